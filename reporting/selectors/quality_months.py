"""Completeness over months: the units directly below, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup.lenses import THEN, Lens
from reporting.selectors.completeness import CompletenessRow, completeness_of

MONTHS = 6


@dataclass(slots=True)
class MonthsLine:
    """One unit's rows by cycle; a unit that was not there in a month has none."""

    unit_id: int
    name: str
    code: str
    rows: dict[int, CompletenessRow] = field(default_factory=dict)


def months_until(cycle: Cycle, months: int = MONTHS) -> list[Cycle]:
    """The last cycles up to ``cycle``, oldest first."""
    cycles = Cycle.objects.filter(collection=cycle.collection_id, period__lte=cycle.period)
    return list(cycles.order_by("-period")[:months])[::-1]


def quality_by_month(cycles: list[Cycle], within: OrgUnit, lens: Lens = THEN) -> list[MonthsLine]:
    """The units of the level below ``within`` in code order, each with its row of every cycle; a constant number of
    queries."""
    level = Level(min(within.level + 1, Level.COUNTY))
    lines: dict[int, MonthsLine] = {}
    for pk, rows in completeness_of(cycles, within=within, lens=lens).items():
        for row in rows:
            if row.level == level and row.unit_id != within.pk:
                line = lines.setdefault(row.unit_id, MonthsLine(row.unit_id, row.name, row.code))
                line.rows[pk] = row
    return sorted(lines.values(), key=lambda line: (line.code, line.unit_id))
