"""Keeping the form in step with a correction: should the report come back to the desk, what was corrected stands in it.

A cell holds what was typed beside the ledger, a correction the whole figure; so the cell moves by the difference.
"""

from __future__ import annotations

from decimal import Decimal

from core import clock
from core.actor import Actor
from reporting.models import CaseItem, Cell, CorrectionCase


def write_into_form(case: CorrectionCase, *, by: Actor) -> None:
    """The corrected values into the cells."""
    _write(case, by, [(item, item.old_value, item.new_value, item.new_text) for item in _items(case)])


def take_out_of_form(case: CorrectionCase, *, by: Actor) -> None:
    """The values from before the correction back into the cells."""
    _write(case, by, [(item, item.new_value, item.old_value, item.old_text) for item in _items(case)])


def _items(case: CorrectionCase) -> list[CaseItem]:
    return list(case.items.all())


def _write(
    case: CorrectionCase, by: Actor, changes: list[tuple[CaseItem, Decimal | None, Decimal | None, str]]
) -> None:
    cells = {
        cell.indicator_id: cell
        for cell in Cell.objects.select_for_update().filter(
            report=case.report_id, indicator__in=[item.indicator_id for item, *_rest in changes]
        )
    }
    for item, before, after, text in changes:
        cell = cells.get(item.indicator_id) or Cell(report_id=case.report_id, indicator_id=item.indicator_id)
        if after is not None:
            cell.value = max(Decimal(0), (cell.value or Decimal(0)) + after - (before or Decimal(0)))
        cell.text = text
        cell.revision += 1
        cell.updated_at, cell.updated_by_id, cell.updated_by = clock.now(), by.pk, by.actor_label[:120]
        cell.save()
