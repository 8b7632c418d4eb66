"""Coverage of cities, counties and townships: expected and established, key people, six haves; rank and change.

Ratios are ranked unrounded, zones apart, townships never; a ratio without a denominator has no rank.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Q, QuerySet

from orgs.choices import ANCESTOR_FIELD, Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from reporting.models import Cycle
from reporting.selectors.facts import Fact, FactTable, day_shown, facts_before, facts_for

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
KEYS_COMPARED = {*RATIOS.values(), *(key for parts in SHARES.values() for key in parts)}


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
    measures: dict[str, Measure] = field(default_factory=dict)

    def number(self, key: str) -> int | None:
        """A registry count of the unit by indicator key, ``None`` where there is none."""
        fact = self.facts.get(key)
        return fact.numerator if fact else None


@dataclass(slots=True)
class CoverageTable:
    """``regular`` and ``zones`` are ranked apart; ``whole`` is the unit itself."""

    as_of: dt.date
    is_provisional: bool
    whole: CoverageRow | None
    regular: list[CoverageRow]
    zones: list[CoverageRow]

    @property
    def rows(self) -> list[CoverageRow]:
        return [*self.regular, *self.zones]


def coverage_table(cycle: Cycle, within: OrgUnit, level: Level | None = None) -> CoverageTable:
    """Units of ``level`` inside ``within`` (default: those directly below it), as of the window's end or, before its
    facts are stored, as they stand.

    Changes are against the facts of the cycle before; units are those of the day shown.
    """
    editions = {edition.unit_id: edition for edition in _editions_shown(cycle, within, level)}
    facts = facts_for(cycle, within=within, units=editions)
    before = facts_before(cycle, editions, KEYS_COMPARED)
    own = editions.pop(within.pk, None)
    with_facts = set(facts)
    rows = [_row(edition, facts, before) for pk, edition in editions.items() if pk in with_facts]
    regular = [row for row in rows if not row.is_zone]
    zones = [row for row in rows if row.is_zone]
    for ranked in (Level.CITY, Level.COUNTY):
        _rank([row for row in regular if row.level == ranked])
        _rank([row for row in zones if row.level == ranked])
    whole = _row(own, facts, before) if own is not None and within.pk in with_facts else None
    return CoverageTable(facts.as_of, facts.is_provisional, whole, regular, zones)


def _editions_shown(cycle: Cycle, within: OrgUnit, level: Level | None) -> QuerySet[UnitEdition]:
    """``within`` and the units to show, in code order, of the day shown; villages have no facts."""
    shown = Q(parent=within) if level is None else Q(level=level, **{_ancestor(within): within.pk})
    return (
        UnitEdition.objects.on(day_shown(cycle))
        .filter(shown | Q(unit=within), level__lte=Level.TOWNSHIP)
        .order_by("division_code")
    )


def _ancestor(within: OrgUnit) -> str:
    return ANCESTOR_FIELD.get(Level(within.level), "unit")


def _row(edition: UnitEdition, facts: FactTable, before: FactTable | None) -> CoverageRow:
    row = CoverageRow(
        unit_id=edition.unit_id,
        name=edition.display_name,
        code=edition.division_code,
        level=Level(edition.level),
        is_zone=edition.kind == UnitKind.ZONE,
        facts=facts.of(edition.unit_id),
    )
    earlier = before.of(edition.unit_id) if before is not None else {}
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
