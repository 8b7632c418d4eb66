"""Which units have key people in their bodies, on any day: by position, field and occupation, down to the blank spots.

The denominator is the expected units of that day (应建), not those that have something on record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from string import Template
from typing import Any

from django.db import connection

from core.dated import Moment
from orgs.choices import EstablishmentState, Level
from orgs.models import Cohort, Establishment, OrgUnit, UnitEdition
from orgs.selectors.cohorts import covered_ids
from sanzhang.choices import Category, Field, Position
from sanzhang.models import Occupation
from sanzhang.selectors.bodies_composed import Standing, standings
from sanzhang.selectors.composition import seat_conditions
from sanzhang.selectors.seated import SEATED_LEVELS, moment_parameters, seated

#: 卫生, 教育, 农林: a township is whole with somebody of each (Zhoukou 四(一), Shandong 三.1).
THREE_FIELDS = frozenset((Field.HEALTH.value, Field.EDUCATION.value, Field.AGRICULTURE.value))

_STATEMENT = Template("""
WITH $seated,
asked AS MATERIALIZED (
    SELECT DISTINCT h.unit_id, h.child, h.person, h.position, p.field, p.occupation, $wanted AS is_wanted
    FROM held h JOIN people p USING (person)
    WHERE %(only)s::bigint[] IS NULL OR h.unit_id = ANY(%(only)s)
),
kinds AS (SELECT DISTINCT unit_id, position, field, occupation FROM asked),
own AS (SELECT DISTINCT unit_id, person FROM asked WHERE is_wanted),
below AS (
    SELECT DISTINCT g.unit_id, a.person
    FROM asked a CROSS JOIN LATERAL (VALUES (%(within)s::bigint), (a.child)) g(unit_id)
    WHERE a.is_wanted AND g.unit_id IS NOT NULL
)
SELECT 'kinds', unit_id, 0, array_agg(DISTINCT position), array_agg(DISTINCT field), array_agg(DISTINCT occupation)
FROM kinds GROUP BY unit_id
UNION ALL SELECT 'own', unit_id, count(*), NULL, NULL, NULL FROM own GROUP BY unit_id
UNION ALL SELECT 'below', unit_id, count(*), NULL, NULL, NULL FROM below GROUP BY unit_id
""")


@dataclass(frozen=True, slots=True)
class SeatQuery:
    """Whom coverage counts: all of it must hold of one and the same seat; empty means anybody."""

    position: str = ""
    employment: str = ""
    field: str = ""
    category: str = ""
    occupation: int | None = None

    @classmethod
    def of(cls, values: dict[str, Any]) -> SeatQuery:
        """From the fields of a form or of an address, the occupation as a row or as its key."""
        occupation = values.get("occupation")
        key = getattr(occupation, "pk", occupation)
        words = {
            name: str(values.get(name) or "") for name in ("position", "employment", "field", "category")
        }
        return cls(occupation=int(key) if key else None, **words)

    def conditions(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


@dataclass(slots=True)
class UnitCover:
    """One unit of the day: who of those asked for sits there, and of what kinds everybody there is."""

    unit: Standing
    heads: int = 0
    positions: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    occupations: frozenset[int] = frozenset()
    establishment: Establishment | None = None

    def __str__(self) -> str:
        return self.unit.name

    @property
    def is_covered(self) -> bool:
        return self.heads > 0

    @property
    def has_three_fields(self) -> bool:
        return self.fields >= THREE_FIELDS

    @property
    def missing_fields(self) -> list[Field]:
        return [one for one in Field if one.value in THREE_FIELDS and one.value not in self.fields]

    @property
    def is_established(self) -> bool:
        return self.establishment is not None and self.establishment.state == EstablishmentState.ESTABLISHED


@dataclass(slots=True)
class CoverRow:
    """How many of the expected units have somebody: of one unit right below, or of the whole."""

    unit: Standing | None
    expected: int = 0
    covered: int = 0
    townships: int = 0
    three_fields: int = 0
    heads: int = 0

    def __str__(self) -> str:
        return self.unit.name if self.unit else "合计"

    def add(self, cover: UnitCover) -> None:
        """Count one expected unit in."""
        self.expected += 1
        self.covered += cover.is_covered
        if cover.unit.level == Level.TOWNSHIP:
            self.townships += 1
            self.three_fields += cover.has_three_fields

    @property
    def blank(self) -> int:
        return self.expected - self.covered

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.covered, self.expected) if self.expected else None

    @property
    def three_fields_rate(self) -> Fraction | None:
        return Fraction(self.three_fields, self.townships) if self.townships else None


@dataclass(frozen=True, slots=True)
class KindRow:
    """How many of the expected units have somebody of one position, field or occupation."""

    condition: str
    key: str
    label: str
    covered: int
    expected: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.covered, self.expected) if self.expected else None


@dataclass(slots=True)
class Coverage:
    """The coverage of one unit's subtree on one day; counties and zones apart, as they are ranked."""

    at: Moment
    whole: CoverRow
    regular: list[CoverRow]
    zones: list[CoverRow]
    units: list[UnitCover]

    @property
    def blank_spots(self) -> list[UnitCover]:
        """The expected units where nobody of those asked for sits, in the order of codes."""
        return [cover for cover in self.units if not cover.is_covered]


def coverage(
    within: OrgUnit,
    at: Moment,
    *,
    levels: Collection[Level] = SEATED_LEVELS,
    asked: SeatQuery | None = None,
    cohort: Cohort | None = None,
) -> Coverage:
    """Coverage among the expected units of ``levels`` inside ``within`` (``cohort``: those in it) on a day.

    Two queries, three with a cohort.
    """
    places = standings(within, at, levels)
    only = None if cohort is None else _members(cohort, at, places)
    covers = {
        pk: UnitCover(unit)
        for pk, unit in places.items()
        if unit.level in levels and (only is None or pk in only)
    }
    below = _read(within, at, levels, asked or SeatQuery(), only, covers)
    whole = CoverRow(None, heads=below.get(within.pk, 0))
    rows = {pk: CoverRow(unit, heads=below.get(pk, 0)) for pk, unit in places.items() if unit.child == pk}
    expected = [cover for cover in covers.values() if cover.unit.is_expected]
    for cover in expected:
        whole.add(cover)
        if cover.unit.child in rows:
            rows[cover.unit.child].add(cover)
    shown = [row for row in rows.values() if row.expected]
    return Coverage(
        at,
        whole,
        [row for row in shown if row.unit and not row.unit.is_zone],
        [row for row in shown if row.unit and row.unit.is_zone],
        expected,
    )


def _members(cohort: Cohort, at: Moment, places: dict[int, Standing]) -> set[int]:
    return covered_ids(cohort, at.day, UnitEdition.objects.on(at.day).filter(unit__in=places))


def _read(
    within: OrgUnit,
    at: Moment,
    levels: Collection[Level],
    asked: SeatQuery,
    only: set[int] | None,
    covers: dict[int, UnitCover],
) -> dict[int, int]:
    """Fill ``covers``; the number of heads of ``within`` and of each unit right below."""
    conditions, values = seat_conditions(asked.conditions())
    sql = _STATEMENT.substitute(seated=seated(within), wanted=" AND ".join(conditions) or "true")
    values |= moment_parameters(within, at, levels) | {"only": None if only is None else sorted(only)}
    below: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for part, unit_id, heads, positions, fields, occupations in cursor.fetchall():
            if part == "below":
                below[unit_id] = heads
            elif unit_id in covers and part == "own":
                covers[unit_id].heads = heads
            elif unit_id in covers:
                cover = covers[unit_id]
                cover.positions, cover.fields = frozenset(positions), frozenset(fields)
                cover.occupations = frozenset(occupations)
    return below


def kind_rows(covers: Sequence[UnitCover], occupations: Iterable[Occupation]) -> dict[str, list[KindRow]]:
    """Of the expected units, how many have somebody of each position, field and occupation, whatever else is asked."""
    positions: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    works: Counter[int] = Counter()
    for cover in covers:
        positions.update(cover.positions)
        fields.update(cover.fields)
        works.update(cover.occupations)
    total = len(covers)
    seats = [one for one in reversed(Position) if one != Position.TEAM_MEMBER]
    return {
        "position": [
            KindRow("position", one.value, str(one.label), positions[one.value], total) for one in seats
        ],
        "field": [KindRow("field", one.value, str(one.label), fields[one.value], total) for one in Field],
        "occupation": [
            KindRow("occupation", str(one.pk), one.name, works[one.pk], total)
            for one in occupations
            if works[one.pk] or (one.is_active and one.category != Category.VILLAGE)
        ],
    }


def with_establishment(covers: Sequence[UnitCover], at: Moment) -> list[UnitCover]:
    """``covers`` with what was on record of the association's building: state, reason, plan, responsible. One query."""
    facts = Establishment.objects.as_known(at.day, at.instant)
    said = {
        fact.unit_id: fact
        for fact in facts.filter(unit__in=[cover.unit.unit_id for cover in covers]).order_by(
            "valid_from", "pk"
        )
    }
    for cover in covers:
        cover.establishment = said.get(cover.unit.unit_id)
    return list(covers)
