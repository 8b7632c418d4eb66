"""Coverage of cities, counties and townships: expected and established, key people, six haves; rank and change.

Ratios are ranked unrounded, zones apart, townships never; a ratio without a denominator has no rank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from orgs.choices import Level
from orgs.models import Cohort, OrgUnit, UnitEdition
from orgs.selectors.cohorts import covered_ids
from orgs.selectors.lineage import Place
from reporting.models import Cycle
from reporting.rollup.lenses import THEN, Lens
from reporting.selectors.carried import read_facts
from reporting.selectors.facts import Fact, FactTable

#: Ratios of a row: name → key of the registry's ratio.
RATIOS = {
    "established": "coverage_rate",
    "counties_established": "coverage_rate_county",
    "townships_established": "coverage_rate_township",
    "villages_established": "coverage_rate_village",
    "counties_covered": "county_coverage_rate",
    "townships_covered": "township_coverage_rate",
}
#: Counts over another count as denominator: name → (numerator, denominator).
SHARES = {"six_haves": ("six_haves_units", "units_expected_township")}
MEASURES = (*RATIOS, *SHARES)


@dataclass(frozen=True, slots=True)
class Measure:
    """One ratio of one unit. ``change`` is in percentage points (百分点), ``None`` without an earlier value;
    ``rank`` is 1, 1, 3 among the units of the same sort, ``None`` where the denominator is zero."""

    numerator: int
    denominator: int
    previous: Fraction | None = None
    rank: int | None = None

    @property
    def rate(self) -> Fraction | None:
        """Unrounded, at most 1; ``None`` (“—”) where nothing is expected."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def change(self) -> Fraction | None:
        if self.rate is None or self.previous is None:
            return None
        return (self.rate - self.previous) * 100


@dataclass(slots=True)
class CoverageRow:
    """One unit's subtree. Zones stand apart (``is_zone``)."""

    unit_id: int
    name: str
    code: str
    level: Level
    is_zone: bool
    facts: dict[str, Fact]
    is_in_cohort: bool = False
    measures: dict[str, Measure] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        """What was divided since: shown, never ranked."""
        return self.unit_id < 0

    def number(self, key: str) -> int | None:
        """A registry count of the unit by indicator key, ``None`` where there is none."""
        fact = self.facts.get(key)
        return fact.numerator if fact else None


@dataclass(slots=True)
class CoverageTable:
    """``regular`` and ``zones`` are ranked apart; ``whole`` is the unit itself, ``before`` its facts that changes are
    counted from."""

    as_of: dt.date
    is_provisional: bool
    whole: CoverageRow | None
    regular: list[CoverageRow]
    zones: list[CoverageRow]
    before: dict[str, Fact] = field(default_factory=dict)

    @property
    def rows(self) -> list[CoverageRow]:
        return [*self.regular, *self.zones]


def coverage_table(
    cycle: Cycle,
    within: OrgUnit,
    level: Level | None = None,
    *,
    lens: Lens = THEN,
    on: dt.date | None = None,
    cohort: Cohort | None = None,
) -> CoverageTable:
    """Units of ``level`` inside ``within`` (default: those directly below it), as of the window's end or, before its
    facts are stored, as they stand; or as of the end of any past day ``on``.

    Changes are against the facts of the cycle before. Units are those of the day shown, or through a ``lens`` those of
    its day, for which both are computed anew. With a ``cohort`` its units (and those below them) are ranked apart from
    the others.
    """
    reading = read_facts(cycle, within, level, tree_of=lens.day, on=on)
    shown, facts, before = reading.shown, reading.facts, reading.before
    own = shown.pop(within.pk, None)
    with_facts = set(facts)
    rows = [_row(place, facts, before) for pk, place in shown.items() if pk in with_facts]
    if cohort is not None:
        _mark(rows, cohort, lens.day or facts.as_of)
    regular = [row for row in rows if not row.is_zone]
    zones = [row for row in rows if row.is_zone]
    for ranked in (Level.CITY, Level.COUNTY):
        for is_in in (True, False):
            for sort in (regular, zones):
                alike = [row for row in sort if (row.level, row.is_in_cohort) == (ranked, is_in)]
                _rank([row for row in alike if not row.is_group])
    whole = _row(own, facts, before) if own is not None and within.pk in with_facts else None
    past = before.of(within.pk) if before is not None else {}
    return CoverageTable(facts.as_of, facts.is_provisional, whole, regular, zones, past)


def _mark(rows: Sequence[CoverageRow], cohort: Cohort, day: dt.date) -> None:
    """Say which rows are in ``cohort`` on ``day``, by themselves or by a unit above them."""
    editions = UnitEdition.objects.on(day).filter(unit__in=[row.unit_id for row in rows])
    inside = covered_ids(cohort, day, editions)
    for row in rows:
        row.is_in_cohort = row.unit_id in inside


def _row(place: Place, facts: FactTable, before: FactTable | None) -> CoverageRow:
    row = CoverageRow(
        unit_id=place.unit_id,
        name=place.name,
        code=place.code,
        level=place.level,
        is_zone=place.is_zone,
        facts=facts.of(place.unit_id),
    )
    earlier = before.of(place.unit_id) if before is not None else {}
    for name in MEASURES:
        parts = _parts(row.facts, name)
        if parts is not None:
            past = _parts(earlier, name)
            previous = Fraction(*past) if past is not None and past[1] else None
            row.measures[name] = Measure(*parts, previous=previous)
    return row


def _parts(facts: dict[str, Fact], name: str) -> tuple[int, int] | None:
    if name in RATIOS:
        fact = facts.get(RATIOS[name])
        return (
            (fact.numerator, fact.denominator) if fact is not None and fact.denominator is not None else None
        )
    above, below = (facts.get(key) for key in SHARES[name])
    return (above.numerator, below.numerator) if above is not None and below is not None else None


def _rank(rows: Sequence[CoverageRow]) -> None:
    """Competition ranks 1, 1, 3 by each measure, highest first."""
    for name in MEASURES:
        rates = sorted(
            (
                measure.rate
                for row in rows
                if (measure := row.measures.get(name)) and measure.rate is not None
            ),
            reverse=True,
        )
        for row in rows:
            measure = row.measures.get(name)
            if measure is not None and measure.rate is not None:
                row.measures[name] = Measure(
                    measure.numerator, measure.denominator, measure.previous, rates.index(measure.rate) + 1
                )
