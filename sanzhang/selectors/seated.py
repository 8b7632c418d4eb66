"""Who sat in which body on a day, as parts of statements that count heads: by the tree and the work of that day.

The same semantics as the month's registry figures: what was recorded after the moment does not count, merged records are
one head, and the seats of a closed unit are those of the unit that carries on for it.
"""

from __future__ import annotations

from collections.abc import Collection
from string import Template
from typing import Any

from core.dated import Moment, known_in_sql
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit
from orgs.selectors.heirs import heirs_in_sql
from sanzhang.choices import LEADERSHIP_KINDS, SEAT_ORDER, BodyKind

#: The levels whose bodies the programme fills: what coverage and the month's figures count (rule 1: Zhoukou 四(一)).
SEATED_LEVELS = (Level.COUNTY, Level.TOWNSHIP)
#: Every level whose units have leadership bodies: what composition counts (Jilin 二(一)1).
COMPOSED_LEVELS = (Level.PROVINCE, Level.CITY, *SEATED_LEVELS)
#: Each body has its bit, so that a head's bodies are one number.
BODY_BITS = {kind: 1 << place for place, kind in enumerate(LEADERSHIP_KINDS)}

_PARTS = Template("""
tree AS MATERIALIZED (
    SELECT e.unit_id, e.level, e.is_expected, $child AS child
    FROM orgs_unitedition e
    WHERE e.valid_from <= %(day)s AND (e.valid_to IS NULL OR e.valid_to > %(day)s)
      AND $scope AND e.level = ANY(%(levels)s)
),
$heirs,
held AS MATERIALIZED (
    SELECT COALESCE(p.merged_into_id, p.id) AS person, t.unit_id, t.child, t.is_expected,
           $bit AS body, $rank AS rank, a.position, a.employment
    FROM sanzhang_appointment a
    JOIN sanzhang_leadershipbody b ON b.id = a.body_id AND b.kind <> '$team'
    JOIN sanzhang_keyperson p ON p.id = a.person_id
    LEFT JOIN heirs h ON h.unit_id = a.unit_id
    JOIN tree t ON t.unit_id = COALESCE(h.place, a.unit_id)
    WHERE $known $seated
),
people AS MATERIALIZED (
    SELECT r.id AS person, o.id AS occupation, o.category, o.field, r.sex, r.is_party_member, r.birth_month,
           COALESCE(w.is_front_line, r.is_front_line) AS is_front_line,
           COALESCE(w.is_retired, r.is_retired) AS is_retired,
           COALESCE(w.new_organisation, r.new_organisation) AS new_organisation
    FROM sanzhang_keyperson r
    LEFT JOIN sanzhang_occupationspell w ON w.person_id = r.id AND $worked
    JOIN sanzhang_occupation o ON o.id = COALESCE(w.occupation_id, r.occupation_id)
    WHERE r.merged_into_id IS NULL AND (r.voided_at IS NULL OR r.voided_at >= %(instant)s) $few
)""")


def _cases(column: str, values: dict[Any, int]) -> str:
    cases = " ".join(f"WHEN '{key}' THEN {value}" for key, value in values.items())
    return f"CASE {column} {cases} END"


_CONSTANT = {
    "team": BodyKind.TEAM.value,
    "bit": _cases("b.kind", {kind.value: bit for kind, bit in BODY_BITS.items()}),
    "rank": _cases("a.position", {position.value: rank for rank, position in enumerate(SEAT_ORDER)}),
    "heirs": heirs_in_sql("heirs"),
    "known": known_in_sql("a"),
    "worked": known_in_sql("w"),
}


def seated(within: OrgUnit) -> str:
    """The common table expressions ``tree``, ``held`` (seats) and ``people`` (heads with their work of the day).

    ``tree.child`` is the unit directly below ``within`` that a unit belongs to, NULL for ``within`` itself. Parameters:
    :func:`moment_parameters`.
    """
    level = Level(within.level)
    below = [f"e.{name}_id" for other, name in ANCESTOR_FIELD.items() if other > level]
    units = "(SELECT unit_id FROM tree UNION SELECT unit_id FROM heirs)"
    is_small = level > Level.PROVINCE
    return _PARTS.substitute(
        _CONSTANT,
        child=f"COALESCE({', '.join(below)})" if below else "NULL::bigint",
        scope=f"e.{ANCESTOR_FIELD.get(level, 'unit')}_id = %(within)s",
        seated=f"AND a.unit_id = ANY(ARRAY{units})" if is_small else "",
        few="AND r.id = ANY(ARRAY(SELECT person FROM held))" if is_small else "",
    )


def moment_parameters(
    within: OrgUnit, at: Moment, levels: Collection[Level] = SEATED_LEVELS
) -> dict[str, Any]:
    """What :func:`seated` is about: the bodies of the units of ``levels`` inside ``within``."""
    return {
        "within": within.pk,
        "day": at.day,
        "instant": at.instant,
        "levels": [int(level) for level in levels],
    }
