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

#: Figures of the reports of some cycles; those of ``official_cycles`` in their official version.
FLOWS = Template("""
    SELECT r.unit_id, r.level, r.province_id, r.city_id, r.county_id, f.indicator_id, f.value, 0 AS stale
    FROM reporting_report r
    JOIN reporting_figure f ON f.version_id = $version
    JOIN reporting_indicator i ON i.id = f.indicator_id AND i.space = 'sum' $kinds
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

CASCADE = Template("""
figures AS MATERIALIZED ($figures),
by_county AS MATERIALIZED (
    SELECT province_id, city_id, county_id, indicator_id, sum(value) AS total, count(*) AS reporters,
           sum(stale) AS stale,
           sum(value) FILTER (WHERE level = 3) AS own_c, count(*) FILTER (WHERE level = 3) AS own_cn,
           sum(value) FILTER (WHERE level = 2) AS own_m, count(*) FILTER (WHERE level = 2) AS own_mn,
           sum(value) FILTER (WHERE level = 1) AS own_p, count(*) FILTER (WHERE level = 1) AS own_pn
    FROM figures GROUP BY province_id, city_id, county_id, indicator_id
),
by_city AS MATERIALIZED (
    SELECT province_id, city_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters, sum(stale) AS stale,
           sum(own_m) AS own_m, sum(own_mn) AS own_mn, sum(own_p) AS own_p, sum(own_pn) AS own_pn
    FROM by_county GROUP BY province_id, city_id, indicator_id
),
by_province AS (
    SELECT province_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters, sum(stale) AS stale,
           sum(own_p) AS own_p, sum(own_pn) AS own_pn
    FROM by_city GROUP BY province_id, indicator_id
)""")

LEVELS = {
    Level.PROVINCE: "SELECT province_id AS unit_id, indicator_id, own_p AS own, total, reporters, own_pn AS own_reporters,"
    " stale FROM by_province WHERE province_id IS NOT NULL",
    Level.CITY: "SELECT city_id AS unit_id, indicator_id, own_m AS own, total, reporters, own_mn AS own_reporters, stale"
    " FROM by_city WHERE city_id IS NOT NULL",
    Level.COUNTY: "SELECT county_id AS unit_id, indicator_id, own_c AS own, total, reporters, own_cn AS own_reporters,"
    " stale FROM by_county WHERE county_id IS NOT NULL",
    Level.TOWNSHIP: "SELECT unit_id, indicator_id, sum(value) AS own, sum(value) AS total, count(*) AS reporters,"
    " count(*) AS own_reporters, sum(stale) AS stale FROM figures WHERE level = 4 GROUP BY unit_id, indicator_id",
}


def scope_of(within: OrgUnit | None, *, reports: str = "r") -> str:
    """The condition on reports of a subtree; ``%(within)s`` is its unit."""
    if within is None:
        return "true"
    if within.level >= Level.TOWNSHIP:
        return f"{reports}.unit_id = %(within)s"
    return f"{reports}.{ANCESTOR_FIELD[Level(within.level)]}_id = %(within)s"


def flows(*, within: OrgUnit | None, only_flows: bool) -> str:
    """Figures of ``%(cycles)s``; ``only_flows`` leaves states out."""
    return FLOWS.substitute(
        version=_version("r"), scope=scope_of(within), kinds="AND i.time = 'sum'" if only_flows else ""
    )


def states(*, within: OrgUnit | None) -> str:
    """Last states as of ``%(cycle)s`` over ``%(year)s``."""
    return STATES.substitute(version=_version("past"), scope=scope_of(within))


def _version(reports: str) -> str:
    return Template(
        "CASE WHEN $r.cycle_id = ANY(%(official_cycles)s) THEN $r.official_version_id ELSE $r.live_version_id END"
    ).substitute(r=reports)


def cascade(figures: str, *, within: OrgUnit | None) -> str:
    """The sums of ``figures`` for ``within`` and every unit below it."""
    top = within.level if within is not None else Level.PROVINCE
    levels = " UNION ALL ".join(sums for level, sums in LEVELS.items() if level >= top)
    return Template("WITH $cascade $levels").substitute(
        cascade=CASCADE.substitute(figures=figures), levels=levels
    )


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
