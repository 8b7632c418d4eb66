"""Who is in: complete and on time, by unit and by level of those who report.

Zero, late, missing and exempt are four different things. Lateness is counted for cities, counties and zones
(``charged``); a township's is shown beside and never charged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from string import Template

from django.db import connection

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup.lenses import THEN, Lens, placement
from reporting.rollup.statements import scope_of


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of reports. ``expected`` (应报) leaves the exempt out; ``pending`` are not yet due and not submitted;
    ``returned`` are being corrected, ``sent_back`` were returned at some time."""

    expected: int = 0
    exempt: int = 0
    deferred: int = 0
    submitted: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    pending: int = 0
    nil: int = 0
    returned: int = 0
    accepted: int = 0
    reviewed: int = 0
    first_pass: int = 0
    sent_back: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)))

    @property
    def submitted_rate(self) -> Fraction | None:
        """上报率: submitted of expected; ``None`` where nothing is expected."""
        return _share(self.submitted, self.expected)

    @property
    def on_time_rate(self) -> Fraction | None:
        """按时率: on time of expected; a deferred report is on time within its term."""
        return _share(self.on_time, self.expected)

    @property
    def first_pass_rate(self) -> Fraction | None:
        """一次通过率: accepted without a return, of those that were reviewed."""
        return _share(self.first_pass, self.reviewed)


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


@dataclass(slots=True)
class CompletenessRow:
    """One unit's subtree, itself included, by tier: ``province``, ``city``, ``county``, ``zone``, ``township``."""

    unit_id: int
    name: str
    code: str
    level: Level
    is_zone: bool
    tiers: dict[str, Counts] = field(default_factory=dict)

    def tier(self, name: str) -> Counts:
        return self.tiers.get(name, Counts())

    @property
    def cities(self) -> Counts:
        return self.tier("city")

    @property
    def counties(self) -> Counts:
        """Counties and zones."""
        return self.tier("county") + self.tier("zone")

    @property
    def townships(self) -> Counts:
        return self.tier("township")

    @property
    def charged(self) -> Counts:
        """Everyone whose lateness counts: cities, counties and zones."""
        return self.cities + self.counties


COMPLETENESS = Template("""
SELECT c.unit_id, c.cycle_id, c.tier, $columns
FROM (
    SELECT COALESCE(province_id, city_id, county_id) AS unit_id, cycle_id, tier, $sums
    FROM (
        SELECT r.cycle_id, r.province_id, r.city_id, r.county_id,
               CASE r.level WHEN 1 THEN 'province' WHEN 2 THEN 'city' WHEN 4 THEN 'township'
                    ELSE CASE WHEN r.is_zone THEN 'zone' ELSE 'county' END END AS tier,
               r.exempted_at IS NULL AS owed, r.deferred_to IS NOT NULL AS deferred,
               r.first_submitted_at IS NOT NULL AND r.first_submitted_at <= %(at)s AS submitted, r.on_time,
               %(at)s >= COALESCE(r.deferred_to, r.due_at) AS due,
               r.is_nil, r.state, r.returns
        FROM $reports r WHERE r.cycle_id = ANY(%(cycles)s) AND $scope
    ) reports
    GROUP BY GROUPING SETS ((cycle_id, province_id, tier), (cycle_id, city_id, tier), (cycle_id, county_id, tier))
) c WHERE c.unit_id IS NOT NULL
""")

GOVERNED = Template(
    "SELECT DISTINCT r.unit_id FROM $reports r WHERE r.cycle_id = %(cycle)s AND r.level = %(county)s"
    " AND r.city_id IS NULL AND r.province_id = %(within)s"
)

#: What each number of :class:`Counts` counts.
CONDITIONS = {
    "expected": "owed",
    "exempt": "NOT owed",
    "deferred": "owed AND deferred",
    "submitted": "owed AND submitted",
    "on_time": "owed AND submitted AND on_time",
    "late": "owed AND submitted AND NOT on_time",
    "missing": "owed AND NOT submitted AND due",
    "pending": "owed AND NOT submitted AND NOT due",
    "nil": "owed AND submitted AND is_nil",
    "returned": "owed AND state = 'returned'",
    "accepted": "owed AND state = 'accepted'",
    "reviewed": "owed AND (state = 'accepted' OR returns > 0)",
    "first_pass": "owed AND state = 'accepted' AND returns = 0",
    "sent_back": "owed AND returns > 0",
}


def completeness(
    cycle: Cycle, *, within: OrgUnit, at: dt.datetime | None = None, lens: Lens = THEN
) -> list[CompletenessRow]:
    """``within`` and each city and county below it, in code order, as of ``at`` (default: now); a constant number of
    queries."""
    return completeness_of([cycle], within=within, at=at, lens=lens)[cycle.pk]


def completeness_of(
    cycles: Sequence[Cycle], *, within: OrgUnit, at: dt.datetime | None = None, lens: Lens = THEN
) -> dict[int, list[CompletenessRow]]:
    """The same for several cycles at once, by cycle; units are named as in the last of them, or as ``lens`` says."""
    found: dict[int, list[CompletenessRow]] = {cycle.pk: [] for cycle in cycles}
    if not cycles:
        return found
    placed = placement(lens, cycles)
    sql = COMPLETENESS.substitute(
        placed.words,
        columns=", ".join(f"c.{name}" for name in CONDITIONS),
        sums=", ".join(f"count(*) FILTER (WHERE {when}) AS {name}" for name, when in CONDITIONS.items()),
        scope=scope_of(within),
    )
    values = {"cycles": list(found), "at": at or clock.now(), "within": within.pk, **placed.values}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        counted = cursor.fetchall()
    day = lens.day or max(clock.local_day(cycle.opened_at) for cycle in cycles)
    names = placed.names({row[0] for row in counted}, day)
    rows: dict[tuple[int, int], CompletenessRow] = {}
    for unit_id, cycle_id, tier, *numbers in counted:
        place = names[unit_id]
        if place.level < within.level:
            continue
        row = rows.get((cycle_id, unit_id))
        if row is None:
            row = rows[cycle_id, unit_id] = CompletenessRow(unit_id, *place)
            found[cycle_id].append(row)
        row.tiers[tier] = Counts(*numbers)
    for listed in found.values():
        listed.sort(key=lambda row: (row.code, row.unit_id))
    return found


def directly_governed(cycle: Cycle, province: OrgUnit, lens: Lens = THEN) -> set[int]:
    """Counties that report to the province itself, by the tree of the cycle's opening or as ``lens`` places them."""
    placed = placement(lens, [cycle])
    sql = GOVERNED.substitute(placed.words)
    values = {"cycle": cycle.pk, "within": province.pk, "county": Level.COUNTY.value, **placed.values}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0] for row in cursor.fetchall()}
