"""The trees that registry figures are counted in: as it was on both days of a change, or carried to a later day.

Either gives the statement ``tree`` and ``tree_before`` (units with their ancestors on the two days), ``reorganised``
(units that stand elsewhere in the two) and ``heirs`` and ``heirs_before`` (where the seats of closed units have gone).
Carried, both days are told in the units of the later one, so nothing moves in or out by a reorganisation; ``stood`` says
where each unit of the day has come to. A unit that was set up since has a row for what came below it, and is not itself
counted.
"""

from __future__ import annotations

from string import Template
from typing import Any

from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit
from orgs.selectors.heirs import heirs_in_sql
from orgs.selectors.lineage import Lineage

TREE = Template("""
tree AS MATERIALIZED (
    SELECT unit_id, level, is_expected, province_id, city_id, county_id, township_id
    FROM orgs_unitedition e
    WHERE e.valid_from <= %(day)s AND (e.valid_to IS NULL OR e.valid_to > %(day)s) AND $scope
),
tree_before AS MATERIALIZED (
    SELECT unit_id, level, province_id, city_id, county_id, township_id
    FROM orgs_unitedition e
    WHERE e.valid_from <= %(day_before)s AND (e.valid_to IS NULL OR e.valid_to > %(day_before)s)
      AND ($scope OR e.unit_id IN (SELECT unit_id FROM tree))
),
reorganised AS MATERIALIZED (
    SELECT unit_id FROM tree t FULL JOIN tree_before b USING (unit_id)
    WHERE (t.level, t.province_id, t.city_id, t.county_id, t.township_id)
          IS DISTINCT FROM (b.level, b.province_id, b.city_id, b.county_id, b.township_id)
)""")


_NAMES = tuple(f"{name}_id" for name in ANCESTOR_FIELD.values())
CARRIED = Template("""
stands AS MATERIALIZED (
    SELECT * FROM unnest(%(stand_units)s::bigint[], %(stand_places)s::bigint[], %(stand_levels)s::smallint[],
                         %(stand_provinces)s::bigint[], %(stand_cities)s::bigint[], %(stand_counties)s::bigint[],
                         %(stand_townships)s::bigint[])
        x(unit_id, place, level, province_id, city_id, county_id, township_id)
),
stood AS MATERIALIZED (
    SELECT * FROM (
        SELECT e.unit_id, COALESCE(x.place, e.unit_id) AS place, COALESCE(x.level, n.level, e.level) AS level,
               e.is_expected, $ancestors
        FROM orgs_unitedition e
        LEFT JOIN stands x ON x.unit_id = e.unit_id
        LEFT JOIN orgs_unitedition n ON x.unit_id IS NULL AND n.unit_id = e.unit_id
             AND n.valid_from <= %(stand_day)s AND (n.valid_to IS NULL OR n.valid_to > %(stand_day)s)
        WHERE e.valid_from <= %(day)s AND (e.valid_to IS NULL OR e.valid_to > %(day)s)
    ) e WHERE $scope
),
places AS MATERIALIZED (
    SELECT place AS unit_id, level, bool_or(is_expected) AS is_expected, province_id, city_id, county_id, township_id
    FROM stood GROUP BY place, level, province_id, city_id, county_id, township_id
),
tree AS MATERIALIZED (
    SELECT * FROM places
    UNION ALL
    SELECT DISTINCT city_id, 2, false, province_id, city_id, NULL::bigint, NULL::bigint FROM places p
    WHERE NOT EXISTS (SELECT FROM places q WHERE q.unit_id = p.city_id) AND city_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT county_id, 3, false, province_id, city_id, county_id, NULL::bigint FROM places p
    WHERE NOT EXISTS (SELECT FROM places q WHERE q.unit_id = p.county_id) AND county_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT township_id, 4, false, province_id, city_id, county_id, township_id FROM places p
    WHERE NOT EXISTS (SELECT FROM places q WHERE q.unit_id = p.township_id) AND township_id IS NOT NULL
),
tree_before AS (SELECT unit_id, level, province_id, city_id, county_id, township_id FROM tree),
reorganised AS (SELECT unit_id FROM tree WHERE false),
heirs AS (SELECT unit_id, place FROM stands),
heirs_before AS (SELECT unit_id, place FROM stands)""")
_ARRAYS = (
    *("stand_units", "stand_places", "stand_levels"),
    *("stand_provinces", "stand_cities", "stand_counties", "stand_townships"),
)


def trees(within: OrgUnit, *, is_carried: bool) -> str:
    """The common table expressions that the rest of the statement counts over, for ``within`` and all below it."""
    scope = f"e.{ANCESTOR_FIELD[Level(within.level)]}_id = %(within)s"
    if is_carried:
        ancestors = ", ".join(
            f"CASE WHEN x.unit_id IS NOT NULL THEN x.{name} WHEN n.id IS NOT NULL THEN n.{name} ELSE e.{name} END"
            f" AS {name}"
            for name in _NAMES
        )
        return CARRIED.substitute(scope=scope, ancestors=ancestors)
    parts = [
        TREE.substitute(scope=scope),
        heirs_in_sql("heirs", "day"),
        heirs_in_sql("heirs_before", "day_before"),
    ]
    return ",".join(parts)


def units_concerned(*, is_carried: bool) -> str:
    """The units whose seats may count, as a subquery."""
    if is_carried:
        return "(SELECT unit_id FROM stood UNION SELECT unit_id FROM stands)"
    return "(SELECT unit_id FROM tree UNION SELECT unit_id FROM tree_before UNION SELECT unit_id FROM heirs)"


def carried_parameters(lineage: Lineage, day: Any) -> dict[str, Any]:
    """How the units of ``day`` stand in ``lineage``'s tree."""
    rows = [(unit_id, one.unit_id, one.level, *one[3:]) for unit_id, one in lineage.standings(day).items()]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in _ARRAYS]
    return {"stand_day": lineage.day, **dict(zip(_ARRAYS, columns, strict=True))}
