"""Where each report beneath a unit stands: one row for each unit directly below, by any tree."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Template
from typing import NamedTuple

from django.db import connection

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import ReportState, Timeliness
from reporting.models import Cycle, Report
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import scope_of

#: What tells the state of a report, and whether it came in time.
_READ = ("id", "state", "exempted_at", "first_submitted_at", "on_time", "due_at", "deferred_to", "level")
MATRIX = Template("""
SELECT $head AS head, r.unit_id, $columns
FROM $reports r
WHERE r.cycle_id = %(cycle)s AND r.level = ANY(%(levels)s) AND r.unit_id <> %(within)s AND $scope
""")
#: The least far first: one row for what merged stands where the last of its reports stands.
_FAR = (
    *(ReportState.DRAFT, ReportState.RETURNED, ReportState.SIGNING, ReportState.SIGNED),
    *(ReportState.SUBMITTED, ReportState.ACCEPTED),
)


class _Line(NamedTuple):
    head: int
    unit_id: int
    id: int
    state: str
    exempted_at: dt.datetime | None
    first_submitted_at: dt.datetime | None
    on_time: bool | None
    due_at: dt.datetime
    deferred_to: dt.datetime | None
    level: int

    @property
    def is_own(self) -> bool:
        return self.head == self.unit_id

    @property
    def timeliness(self) -> Timeliness:
        return Report(**{name: getattr(self, name) for name in _READ}).timeliness()


@dataclass(slots=True)
class StateRow:
    """One unit beneath: its own report, and how many reports of counties and zones are in each state.

    Through a lens the row of what merged or was divided holds several own reports (``carried``): it shows the state of
    the one that is least far, and none is its ``report_id``.
    """

    unit_id: int
    name: str
    report_id: int | None = None
    state: ReportState | None = None
    timeliness: Timeliness | None = None
    below: dict[ReportState, int] = field(default_factory=lambda: dict.fromkeys(ReportState, 0))
    exempt_below: int = 0
    carried: int = 0

    @property
    def total_below(self) -> int:
        return sum(self.below.values())


def state_matrix(cycle: Cycle, within: OrgUnit, lens: Lens = THEN) -> list[StateRow]:
    """The units directly under ``within`` × state, in code order, by the tree of the cycle's opening or as ``lens``
    places them; two queries, and those of the lens.

    Under the province: its 16 cities and the counties that it governs directly; under a city: its counties.
    """
    placed = placement(lens, [cycle])
    above = {Level.PROVINCE: "r.city_id, r.county_id, ", Level.CITY: "r.county_id, "}
    sql = MATRIX.substitute(
        placed.words,
        head=f"COALESCE({above.get(Level(within.level), '')}r.unit_id)",
        columns=", ".join(f"r.{name}" for name in _READ),
        scope=scope_of(within),
    )
    values = {"cycle": cycle.pk, "within": within.pk, "levels": _levels_shown(within), **placed.values}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        lines = [_Line(*row) for row in cursor.fetchall()]
    names = placed.names({line.head for line in lines}, lens.day or clock.local_day(cycle.opened_at))
    below: dict[int, list[_Line]] = defaultdict(list)
    for line in lines:
        below[line.head].append(line)
    heads = sorted(below, key=lambda pk: (names[pk].code, pk))
    return [_row(pk, names[pk].name, below[pk]) for pk in heads]


def _row(pk: int, name: str, lines: Sequence[_Line]) -> StateRow:
    row = StateRow(pk, name)
    own = [line for line in lines if line.is_own]
    row.carried = len(own)
    if own:
        shown = min(own, key=lambda line: _FAR.index(ReportState(line.state)))
        row.state, row.timeliness = ReportState(shown.state), shown.timeliness
        row.report_id = shown.id if len(own) == 1 else None
    for line in lines:
        if line.is_own:
            continue
        if line.exempted_at is not None:
            row.exempt_below += 1
        else:
            row.below[ReportState(line.state)] += 1
    return row


def _levels_shown(within: OrgUnit) -> list[int]:
    shown = {Level.PROVINCE: [Level.CITY, Level.COUNTY], Level.CITY: [Level.COUNTY, Level.TOWNSHIP]}
    return [level.value for level in shown.get(Level(within.level), [Level.TOWNSHIP])]
