"""The sums as SQL: a cascade of GROUP BY over the ancestor columns that reports froze at opening.

Counties are summed from reports, cities from counties, provinces from cities; a row without a county or a city (levels
may be skipped) passes through unsummed. Each level's rows end as ``(unit_id, indicator_id, own, total, reporters,
own_reporters, stale)``.
"""

from __future__ import annotations

from string import Template

from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit
from reporting.rollup.basis import Basis

VERSION_COLUMN = {Basis.LIVE: "live_version_id", Basis.OFFICIAL: "official_version_id"}

#: Figures of the reports of some cycles.
FLOWS = Template("""
    SELECT r.unit_id, r.level, r.province_id, r.city_id, r.county_id, f.indicator_id, f.value, 0 AS stale
    FROM reporting_report r
    JOIN reporting_figure f ON f.version_id = $version $kinds
    WHERE r.cycle_id = ANY(%(cycles)s) AND f.value IS NOT NULL AND $scope
""")

#: The last accepted state of each unit that owes a report in ``cycle``, over the cycles of the year.
STATES = Template("""
    SELECT unit_id, level, province_id, city_id, county_id, indicator_id, value, stale FROM (
        SELECT DISTINCT ON (r.unit_id, f.indicator_id)
               r.unit_id, r.level, r.province_id, r.city_id, r.county_id, f.indicator_id, f.value,
               (past.cycle_id <> r.cycle_id)::int AS stale
        FROM reporting_report r
        JOIN reporting_report past ON past.unit_id = r.unit_id AND past.cycle_id = ANY(%(year)s)
        JOIN reporting_cycle c ON c.id = past.cycle_id
        JOIN reporting_figure f ON f.version_id = $version
        JOIN reporting_indicator i ON i.id = f.indicator_id AND i.space = 'sum' AND i.time = 'last'
        WHERE r.cycle_id = %(cycle)s AND f.value IS NOT NULL AND $scope
        ORDER BY r.unit_id, f.indicator_id, c.period DESC
    ) latest
""")

#: A group without a county holds what cities and the province typed themselves (and townships without a county); so
#: one column carries the own figure of whichever stands above the counties.
CASCADE = Template("""
figures AS MATERIALIZED ($figures),
by_county AS MATERIALIZED (
    SELECT province_id, city_id, county_id, indicator_id, sum(value) AS total, count(*) AS reporters,
           sum(value) FILTER (WHERE level = 3) AS own, sum(value) FILTER (WHERE level < 3) AS own_above $counts
    FROM figures GROUP BY province_id, city_id, county_id, indicator_id
),
by_city AS MATERIALIZED (
    SELECT province_id, city_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters,
           sum(own_above) AS own $sums
    FROM by_county GROUP BY province_id, city_id, indicator_id
),
by_province AS (
    SELECT province_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters,
           sum(own) FILTER (WHERE city_id IS NULL) AS own $sums_above
    FROM by_city GROUP BY province_id, indicator_id
)""")

#: Over several cycles a unit has several figures of its own, and some states are stale.
COUNTS = {
    "counts": ", count(*) FILTER (WHERE level = 3) AS own_reporters,"
    " count(*) FILTER (WHERE level < 3) AS own_reporters_above, sum(stale) AS stale",
    "sums": ", sum(own_reporters_above) AS own_reporters, sum(stale) AS stale",
    "sums_above": ", COALESCE(sum(own_reporters) FILTER (WHERE city_id IS NULL), 0) AS own_reporters,"
    " sum(stale) AS stale",
}
NO_COUNTS = dict.fromkeys(COUNTS, "")

LEVELS = {
    Level.PROVINCE: "SELECT province_id AS unit_id, $rest FROM by_province WHERE province_id IS NOT NULL",
    Level.CITY: "SELECT city_id AS unit_id, $rest FROM by_city WHERE city_id IS NOT NULL",
    Level.COUNTY: "SELECT county_id AS unit_id, $rest FROM by_county WHERE county_id IS NOT NULL",
}
#: What each level's rows end with, over one cycle and over several.
REST_OF_ONE = "indicator_id, own, total, reporters, (own IS NOT NULL)::int AS own_reporters, 0 AS stale"
REST_OF_MANY = "indicator_id, own, total, reporters, own_reporters, stale"
TOWNSHIPS_OF_ONE = (
    "SELECT unit_id, indicator_id, value AS own, value AS total, 1 AS reporters, 1 AS own_reporters, 0 AS stale"
    " FROM figures WHERE level = 4"
)
TOWNSHIPS_OF_MANY = (
    "SELECT unit_id, indicator_id, sum(value) AS own, sum(value) AS total, count(*) AS reporters,"
    " count(*) AS own_reporters, sum(stale) AS stale FROM figures WHERE level = 4 GROUP BY unit_id, indicator_id"
)


def scope_of(within: OrgUnit | None, *, reports: str = "r") -> str:
    """The condition on reports of a subtree; ``%(within)s`` is its unit."""
    if within is None:
        return "true"
    if within.level >= Level.TOWNSHIP:
        return f"{reports}.unit_id = %(within)s"
    return f"{reports}.{ANCESTOR_FIELD[Level(within.level)]}_id = %(within)s"


def of_cycle(*, within: OrgUnit | None, basis: Basis) -> str:
    """Figures of the one cycle in ``%(cycles)s``."""
    return FLOWS.substitute(version=f"r.{VERSION_COLUMN[basis]}", scope=scope_of(within), kinds="")


def flows_of_year(*, within: OrgUnit | None) -> str:
    """Figures of ``%(cycles)s`` that are flows; those of ``%(official_cycles)s`` in their official version."""
    return FLOWS.substitute(
        version=_version("r"),
        scope=scope_of(within),
        kinds="JOIN reporting_indicator i ON i.id = f.indicator_id AND i.time = 'sum'",
    )


def states(*, within: OrgUnit | None) -> str:
    """Last states as of ``%(cycle)s`` over ``%(year)s``."""
    return STATES.substitute(version=_version("past"), scope=scope_of(within))


def _version(reports: str) -> str:
    return Template(
        "CASE WHEN $r.cycle_id = ANY(%(official_cycles)s) THEN $r.official_version_id ELSE $r.live_version_id END"
    ).substitute(r=reports)


def cascade(figures: str, *, within: OrgUnit | None, several: bool = False) -> str:
    """The sums of ``figures`` for ``within`` and every unit below it; ``several`` cycles count reports per unit."""
    top = within.level if within is not None else Level.PROVINCE
    rest = REST_OF_MANY if several else REST_OF_ONE
    levels = [Template(sums).substitute(rest=rest) for level, sums in LEVELS.items() if level >= top]
    levels.append(TOWNSHIPS_OF_MANY if several else TOWNSHIPS_OF_ONE)
    sums = CASCADE.substitute(figures=figures, **(COUNTS if several else NO_COUNTS))
    return Template("WITH $sums $levels").substitute(sums=sums, levels=" UNION ALL ".join(levels))


#: Units of a subtree as it was in ``%(cycle)s``, whether they owed a report or only hold those that did.
UNITS_WITHIN = Template(
    "SELECT DISTINCT u FROM reporting_report r"
    " CROSS JOIN LATERAL (VALUES (r.unit_id), ($county), ($city), (%(within)s)) x(u) WHERE r.cycle_id = ANY(%(cycles)s) AND $scope"
)


def units_within(within: OrgUnit) -> str:
    """Units of ``within``'s subtree in the trees of ``%(cycles)s``."""
    return UNITS_WITHIN.substitute(
        county="r.county_id" if within.level <= Level.COUNTY else "NULL::bigint",
        city="r.city_id" if within.level <= Level.CITY else "NULL::bigint",
        scope=scope_of(within),
    )
