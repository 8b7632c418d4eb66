"""Of whom the bodies are made up: counts and shares on any day, of one unit's bodies or of all below a unit.

A head counts once in each body, and once where bodies are put together, by the highest seat. Whose month of birth or sex
is not on record is counted apart, as unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from string import Template
from typing import Any

from django.db import connection

from core.dated import Moment
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import SEAT_ORDER, UNKNOWN_OF, BodyKind, Measure, Position, Unknown
from sanzhang.rules.composition import born_after
from sanzhang.selectors.seated import BODY_BITS, COMPOSED_LEVELS, moment_parameters, seated

#: All leadership bodies put together.
TOGETHER = ""

#: What each measure counts of a row of ``people``.
CONDITIONS: dict[Measure | Unknown, str] = {
    Measure.CORE: "category = 'core'",
    Measure.PAN: "category = 'pan'",
    Measure.FRONT_LINE: "is_front_line",
    Measure.YOUNG: "birth_month > %(born_after)s",
    Measure.WOMEN: "sex = 'f'",
    Measure.PARTY: "is_party_member",
    Measure.HEALTH: "field = 'health'",
    Measure.EDUCATION: "field = 'education'",
    Measure.AGRICULTURE: "field = 'agriculture'",
    Measure.OTHER_FIELD: "field = 'other'",
    Measure.NEW_ORGANISATION: "new_organisation <> ''",
    Measure.RETIRED: "is_retired",
    Unknown.AGE: "birth_month IS NULL",
    Unknown.SEX: "sex = ''",
}
_PLACES = {counted: place for place, counted in enumerate(CONDITIONS)}


class Grouping(Enum):
    """Whose heads are put together: each unit's own, or all below ``within`` and below each unit under it."""

    OWN = "(h.unit_id, true)"
    BELOW = "(%(within)s::bigint, false), (h.child, false)"


_STATEMENT = Template("""
WITH $seated,
traits AS MATERIALIZED (SELECT person, $bits AS bits FROM people),
heads AS (
    SELECT g.unit_id, g.is_own, h.person, bit_or(h.body) AS bodies, max(h.rank) AS rank
    FROM held h CROSS JOIN LATERAL (VALUES $groups) g(unit_id, is_own) WHERE g.unit_id IS NOT NULL
    GROUP BY g.unit_id, g.is_own, h.person
),
cells AS (
    SELECT unit_id, is_own, bodies, rank, bits, count(*) AS heads
    FROM heads JOIN traits USING (person) GROUP BY unit_id, is_own, bodies, rank, bits
)
SELECT c.is_own, c.unit_id, k.kind, sum(c.heads), $sums
FROM cells c JOIN (VALUES $kinds) k(kind, bits) ON c.bodies & k.bits > 0
GROUP BY c.is_own, c.unit_id, k.kind
""")


@dataclass(frozen=True, slots=True)
class Composition:
    """The people of one body, or of several put together: how many, and how many of each measure.

    ``by_seat`` counts each head by the highest of the seats.
    """

    members: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    by_seat: dict[str, int] = field(default_factory=dict)

    def count(self, counted: Measure | Unknown) -> int:
        return self.counts.get(counted.value, 0)

    def unknown(self, measure: Measure) -> int:
        """How many may or may not belong to ``measure``, because an entry is missing."""
        missing = UNKNOWN_OF.get(measure)
        return self.count(missing) if missing else 0

    def share(self, measure: Measure) -> Fraction | None:
        """The share of those who are known to belong to ``measure``; ``None`` where nobody sits."""
        return Fraction(self.count(measure), self.members) if self.members else None


#: Composition by unit and kind of body (``TOGETHER``: all of them).
Compositions = dict[int, dict[str, Composition]]


def compositions(
    within: OrgUnit,
    at: Moment,
    *,
    grouping: Grouping = Grouping.BELOW,
    levels: Collection[Level] = COMPOSED_LEVELS,
) -> Compositions:
    """The bodies of the units of ``levels`` inside ``within`` at a moment; one statement, whatever their number."""
    return _read(within, at, [grouping], levels)[grouping]


def compositions_below_and_own(
    within: OrgUnit, at: Moment, levels: Collection[Level] = COMPOSED_LEVELS
) -> tuple[Compositions, Compositions]:
    """Both groupings in the one statement."""
    found = _read(within, at, list(Grouping), levels)
    return found[Grouping.BELOW], found[Grouping.OWN]


def _read(
    within: OrgUnit, at: Moment, groupings: Sequence[Grouping], levels: Collection[Level]
) -> dict[Grouping, Compositions]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(within, groupings), _parameters(within, at, levels))
        rows = cursor.fetchall()
    found: dict[Grouping, Compositions] = {grouping: defaultdict(dict) for grouping in Grouping}
    for is_own, unit_id, kind, members, *counts in rows:
        numbers = list(map(int, counts))
        found[Grouping.OWN if is_own else Grouping.BELOW][unit_id][kind] = Composition(
            int(members),
            dict(zip(_COUNTED, numbers, strict=False)),
            dict(zip(_SEAT_KEYS, numbers[len(_COUNTED) :], strict=True)),
        )
    return {grouping: dict(made) for grouping, made in found.items()}


def _parameters(within: OrgUnit, at: Moment, levels: Collection[Level]) -> dict[str, Any]:
    return moment_parameters(within, at, levels) | {"born_after": born_after(at.day)}


_COUNTED = tuple(one.value for one in CONDITIONS)
_SEATS: tuple[Position, ...] = SEAT_ORDER[1:]
_SEAT_KEYS = tuple(seat.value for seat in _SEATS)


def _statement(within: OrgUnit, groupings: Sequence[Grouping]) -> str:
    bits = " | ".join(
        f"CASE WHEN {condition} THEN {1 << _PLACES[counted]} ELSE 0 END"
        for counted, condition in CONDITIONS.items()
    )
    sums = [
        f"COALESCE(sum(c.heads) FILTER (WHERE c.bits & {1 << place} > 0), 0)" for place in _PLACES.values()
    ]
    sums += [f"COALESCE(sum(c.heads) FILTER (WHERE c.rank = {SEAT_ORDER.index(seat)}), 0)" for seat in _SEATS]
    kinds = [f"('{kind.value}', {bit})" for kind, bit in BODY_BITS.items()]
    kinds.append(f"('{TOGETHER}', {sum(BODY_BITS.values())})")
    return _STATEMENT.substitute(
        seated=seated(within),
        bits=bits,
        groups=", ".join(grouping.value for grouping in groupings),
        sums=", ".join(sums),
        kinds=", ".join(kinds),
    )


def heads_of(
    within: OrgUnit,
    at: Moment,
    *,
    kind: str = TOGETHER,
    counted: Measure | Unknown | None = None,
    levels: Collection[Level] = COMPOSED_LEVELS,
    own_only: bool = False,
    seats: dict[str, Any] | None = None,
) -> list[int]:
    """The keys of the heads behind a number: in bodies of ``kind`` below ``within`` (``own_only``: its own), that
    ``counted`` counts. ``seats`` narrows the seats, see :func:`seat_conditions`. One statement."""
    conditions, values = seat_conditions(seats or {})
    if kind != TOGETHER:
        conditions.append(f"h.body = {BODY_BITS[BodyKind(kind)]}")
    if own_only:
        conditions.append("h.unit_id = %(within)s")
    if counted is not None:
        conditions.append(CONDITIONS[counted])
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"WITH {seated(within)} SELECT DISTINCT person FROM held h JOIN people p USING (person) {where}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, _parameters(within, at, levels) | values)
        return [row[0] for row in cursor.fetchall()]


#: Conditions on a seat and on who holds it, by name.
_SEAT_COLUMNS = {
    "position": "h.position",
    "employment": "h.employment",
    "field": "p.field",
    "category": "p.category",
    "occupation": "p.occupation",
}


def seat_conditions(asked: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """SQL over ``held h`` and ``people p`` for those of ``position``, ``employment``, ``field``, ``category`` and
    ``occupation`` (a key) that have a value, with its parameters; all must hold of one and the same seat."""
    used = {name: value for name, value in asked.items() if value not in (None, "")}
    conditions = [f"{_SEAT_COLUMNS[name]} = %(seat_{name})s" for name in used]
    return conditions, {f"seat_{name}": value for name, value in used.items()}
