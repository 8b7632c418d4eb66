"""无变动: what stays as it was last period is carried over by a deliberate act."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError
from reporting.choices import ValueKind
from reporting.models import Cell, Report
from reporting.selectors.history import histories
from reporting.selectors.layout import layout_of
from reporting.selectors.ledger import ledger_of
from reporting.services.filling import CellChange, locked, standing_value, write_cells
from reporting.services.transition import demand
from reporting.workflow import SAVE

#: What is told anew each time is not carried over.
NEVER_CARRIED = (ValueKind.TEXT, ValueKind.FILE)


@transaction.atomic
def carry_over(*, report: Report, by: Actor) -> int:
    """无变动, a deliberate act: every state (and every choice, date and table) becomes what was accepted last period;
    what is counted over the window and what is told in words is left as it is. Returns how many cells changed.

    Raises:
        Forbidden, Conflict: as for saving.
        DomainError: nothing was accepted last period.
    """
    [fresh] = locked([report], [CellChange(report.pk, "", "")])
    demand(SAVE, report=fresh, by=by)
    layout = layout_of(fresh.cycle.form_version)
    last = histories(fresh.cycle, [fresh.unit_id])[fresh.unit_id]
    recorded = ledger_of([fresh], layout).of(fresh.pk)
    cells = {cell.indicator_id: cell for cell in fresh.cells.select_for_update()}
    if not last.last_month and not last.last_texts:
        raise DomainError.of("nothing_to_carry", "上期没有审核通过的数据，不能沿用，请逐项填写。")
    written = []
    for item in layout.owed_at(fresh.level):
        indicator = item.indicator
        if indicator.is_flow or indicator.value_kind in NEVER_CARRIED:
            continue
        value = standing_value(indicator.key, last, recorded) if indicator.key in last.last_month else None
        text = last.last_texts.get(indicator.key, "")
        cell = cells.get(indicator.pk) or Cell(report=fresh, indicator=indicator, revision=0)
        if (value is None and not text) or (cell.value, cell.text) == (value, text):
            continue
        cell.value, cell.text, cell.explanation = value, text, ""
        cell.revision += 1
        cell.updated_at, cell.updated_by_id, cell.updated_by = clock.now(), by.pk, by.actor_label
        written.append(cell)
    write_cells(written)
    record(
        kind="report.no_change",
        by=by,
        unit=fresh.unit,
        obj=fresh,
        summary=f"无变动：{fresh.unit_name}{fresh.cycle.title}沿用上期{len(written)}项",
        data={"cells": len(written)},
    )
    return len(written)
