"""The sums as SQL: a cascade of GROUP BY over the ancestor columns that reports froze at opening.

Counties are summed from reports, cities from counties, provinces from cities; a row without a county or a city (levels
may be skipped) passes through unsummed. Sums run over integer keys; an indicator's name joins last, if at all.
"""

from __future__ import annotations

from string import Template

from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit
from reporting.rollup.basis import Basis
from reporting.rollup.lenses import Placement

VERSION_COLUMN = {Basis.LIVE: "live_version_id", Basis.OFFICIAL: "official_version_id"}

#: Sums of one cycle for each unit that has others below it; what a unit typed itself is among its own sum.
MONTH = Template("""
by_county AS MATERIALIZED (
    SELECT r.province_id, r.city_id, r.county_id, f.indicator_id, sum(f.value) AS total, count(*) AS reporters
    FROM reporting_report r JOIN reporting_figure f ON f.version_id = r.$version
    WHERE r.cycle_id = %(cycle)s AND f.value IS NOT NULL AND $scope
    GROUP BY r.province_id, r.city_id, r.county_id, f.indicator_id
),
by_city AS MATERIALIZED (
    SELECT province_id, city_id, indicator_id, sum(total) AS total, sum(reporters)::int AS reporters
    FROM by_county GROUP BY province_id, city_id, indicator_id
),
by_province AS (
    SELECT province_id, indicator_id, sum(total) AS total, sum(reporters)::int AS reporters
    FROM by_city GROUP BY province_id, indicator_id
),
own AS (
    SELECT r.unit_id, f.indicator_id, f.value AS own
    FROM reporting_report r JOIN reporting_figure f ON f.version_id = r.$version
    WHERE r.cycle_id = %(cycle)s AND r.level < 4 AND f.value IS NOT NULL AND $scope
),
sums AS ($levels)""")

#: Units without others below them: what they typed is all there is.
LEAVES = Template("""
    FROM reporting_report r CROSS JOIN LATERAL (
        SELECT array_agg(f.indicator_id) AS indicators, array_agg(f.value) AS figures
        FROM reporting_figure f WHERE f.version_id = r.$version AND f.value IS NOT NULL
    ) typed
    WHERE r.cycle_id = %(cycle)s AND r.level = 4 AND typed.indicators IS NOT NULL AND $scope
""")

#: One row a unit, ready for :class:`~reporting.rollup.tables.TotalsTable`; sixty thousand rows of one figure each
#: take longer to hand over than to sum.
PACKED_MONTH = Template("""
WITH $month
SELECT s.unit_id, array_agg(s.indicator_id), array_agg(o.own), array_agg(s.total), array_agg(s.reporters), NULL, NULL
FROM sums s LEFT JOIN own o USING (unit_id, indicator_id) GROUP BY s.unit_id
UNION ALL
SELECT r.unit_id, typed.indicators, typed.figures, NULL, NULL, NULL, NULL $leaves
""")

ALONE = Template("SELECT * FROM ($packed) packed WHERE unit_id = %(within)s")

#: One row a unit and indicator: ``(unit_id, indicator_id, own, total, reporters)``.
TALL_MONTH = Template("""
WITH $month
SELECT s.unit_id, s.indicator_id, o.own, s.total, s.reporters
FROM sums s LEFT JOIN own o USING (unit_id, indicator_id)
UNION ALL
SELECT r.unit_id, f.indicator_id, f.value, f.value, 1
FROM reporting_report r JOIN reporting_figure f ON f.version_id = r.$version
WHERE r.cycle_id = %(cycle)s AND r.level = 4 AND f.value IS NOT NULL AND $scope
""")

LEVELS = {
    Level.PROVINCE: "SELECT province_id AS unit_id, $rest FROM by_province WHERE province_id IS NOT NULL",
    Level.CITY: "SELECT city_id AS unit_id, $rest FROM by_city WHERE city_id IS NOT NULL",
    Level.COUNTY: "SELECT county_id AS unit_id, $rest FROM by_county WHERE county_id IS NOT NULL",
}
NO_LEVELS = "SELECT 0::bigint AS unit_id, $rest FROM by_county WHERE false"


def _month(template: Template, *, within: OrgUnit | None, basis: Basis) -> str:
    words = {"version": VERSION_COLUMN[basis], "scope": scope_of(within)}
    month = MONTH.substitute(words, levels=_levels(within, "indicator_id, total, reporters"))
    return template.safe_substitute(words, month=month, leaves=LEAVES.substitute(words))


def packed_month(*, within: OrgUnit | None, basis: Basis, alone: bool = False) -> str:
    """Totals of ``%(cycle)s`` for ``within`` and every unit below it, or for ``within`` ``alone``, as
    :class:`TotalsTable` reads them."""
    packed = _month(PACKED_MONTH, within=within, basis=basis)
    return ALONE.substitute(packed=packed) if alone else packed


def tall_month(*, basis: Basis) -> str:
    """The same of every unit, as rows ``(unit_id, indicator_id, own, total, reporters)``."""
    return _month(TALL_MONTH, within=None, basis=basis)


def _levels(within: OrgUnit | None, rest: str) -> str:
    top = within.level if within is not None else Level.PROVINCE
    levels = [sums for level, sums in LEVELS.items() if level >= top] or [NO_LEVELS]
    return " UNION ALL ".join(Template(sums).substitute(rest=rest) for sums in levels)


#: Figures of the reports of one cycle.
MONTH_FIGURES = Template("""
    SELECT r.unit_id, r.level, r.province_id, r.city_id, r.county_id, f.indicator_id, f.value, 0 AS stale
    FROM $reports r JOIN reporting_figure f ON f.version_id = r.$version
    WHERE r.cycle_id = %(cycle)s AND f.value IS NOT NULL AND $scope
""")

#: Figures of the reports of some cycles that are flows.
FLOWS = Template("""
    SELECT r.unit_id, r.level, r.province_id, r.city_id, r.county_id, f.indicator_id, f.value, 0 AS stale
    FROM $reports r
    JOIN reporting_figure f ON f.version_id = $version
    JOIN reporting_indicator i ON i.id = f.indicator_id AND i.time = 'sum'
    WHERE r.cycle_id = ANY(%(cycles)s) AND f.value IS NOT NULL AND $scope
""")

#: The last accepted state of each unit that owes a report in ``cycle``, over the cycles of the year.
STATES = Template("""
    SELECT unit_id, level, province_id, city_id, county_id, indicator_id, value, stale FROM (
        SELECT DISTINCT ON (r.$reporter, f.indicator_id)
               r.unit_id, r.level, r.province_id, r.city_id, r.county_id, f.indicator_id, f.value,
               (past.cycle_id <> r.cycle_id)::int AS stale
        FROM $reports r
        JOIN reporting_report past ON past.unit_id = r.$reporter AND past.cycle_id = ANY(%(year)s)
        JOIN reporting_cycle c ON c.id = past.cycle_id
        JOIN reporting_figure f ON f.version_id = $version
        JOIN reporting_indicator i ON i.id = f.indicator_id AND i.space = 'sum' AND i.time = 'last'
        WHERE r.cycle_id = %(cycle)s AND f.value IS NOT NULL AND $scope
        ORDER BY r.$reporter, f.indicator_id, c.period DESC
    ) latest
""")

#: A group without a county holds what cities and the province typed themselves (and townships without a county); so
#: one column carries the own figure of whichever stands above the counties. Over several cycles a unit has several
#: figures of its own, and some states are stale.
YEAR_CASCADE = Template("""
WITH figures AS MATERIALIZED ($figures),
by_county AS MATERIALIZED (
    SELECT province_id, city_id, county_id, indicator_id, sum(value) AS total, count(*) AS reporters,
           sum(value) FILTER (WHERE level = 3) AS own, sum(value) FILTER (WHERE level < 3) AS own_above,
           count(*) FILTER (WHERE level = 3) AS own_reporters,
           count(*) FILTER (WHERE level < 3) AS own_reporters_above, sum(stale) AS stale
    FROM figures GROUP BY province_id, city_id, county_id, indicator_id
),
by_city AS MATERIALIZED (
    SELECT province_id, city_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters,
           sum(own_above) AS own, sum(own_reporters_above) AS own_reporters, sum(stale) AS stale
    FROM by_county GROUP BY province_id, city_id, indicator_id
),
by_province AS (
    SELECT province_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters,
           sum(own) FILTER (WHERE city_id IS NULL) AS own,
           COALESCE(sum(own_reporters) FILTER (WHERE city_id IS NULL), 0) AS own_reporters, sum(stale) AS stale
    FROM by_city GROUP BY province_id, indicator_id
)
$levels
UNION ALL
SELECT unit_id, indicator_id, sum(value) AS own, sum(value) AS total, count(*) AS reporters,
       count(*) AS own_reporters, sum(stale) AS stale
FROM figures WHERE level = 4 GROUP BY unit_id, indicator_id
""")


def cascade(figures: str, *, within: OrgUnit | None) -> str:
    """The sums of ``figures`` of several cycles for ``within`` and every unit below it, as rows
    ``(unit_id, indicator_id, own, total, reporters, own_reporters, stale)``."""
    levels = _levels(within, "indicator_id, own, total, reporters, own_reporters, stale")
    return YEAR_CASCADE.substitute(figures=figures, levels=levels)


def scope_of(within: OrgUnit | None, *, reports: str = "r") -> str:
    """The condition on reports of a subtree; ``%(within)s`` is its unit."""
    if within is None:
        return "true"
    if within.level >= Level.TOWNSHIP:
        return f"{reports}.unit_id = %(within)s"
    return f"{reports}.{ANCESTOR_FIELD[Level(within.level)]}_id = %(within)s"


def flows_of_year(*, within: OrgUnit | None, placed: Placement) -> str:
    """Figures of ``%(cycles)s`` that are flows; those of ``%(official_cycles)s`` in their official version."""
    return FLOWS.substitute(placed.words, version=version_of("r"), scope=scope_of(within))


def states(*, within: OrgUnit | None, placed: Placement) -> str:
    """Last states as of ``%(cycle)s`` over ``%(year)s``: each reporting unit's own, wherever it is placed."""
    return STATES.substitute(placed.words, version=version_of("past"), scope=scope_of(within))


def month_elsewhere(*, within: OrgUnit | None, basis: Basis, placed: Placement) -> str:
    """Sums of ``%(cycle)s`` with reports where a lens has placed them: several may stand in one place."""
    figures = MONTH_FIGURES.substitute(placed.words, version=VERSION_COLUMN[basis], scope=scope_of(within))
    return cascade(figures, within=within)


def version_of(reports: str) -> str:
    """The version of a report that counts: the official one in ``%(official_cycles)s``, else the live one."""
    return Template(
        "CASE WHEN $r.cycle_id = ANY(%(official_cycles)s) THEN $r.official_version_id ELSE $r.live_version_id END"
    ).substitute(r=reports)


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
