"""The registry's figures of every unit, as one statement: what the monthly job stores and what pages show as of today.

The statement goes three ways over ancestor columns. Flags of units (expected, established, six haves …) are summed
by township and then by all ancestors at once. Heads are grouped by ancestor and person, so that whoever holds
several seats counts once wherever they meet. The change since the window's start compares two states over *today's*
tree, so that a reorganisation shows as 划入 and 划出 and never as 吸纳 or 离任; what no event explains is 更正. A head counts
in the field and category of its occupation of the day, as composition and coverage do.
"""

from __future__ import annotations

from string import Template
from typing import Any

from core.dated import Moment, known_in_sql
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.selectors.registry_trees import trees, units_concerned
from sanzhang.choices import LEADERSHIP_KINDS

_NOW = ("day", "instant")
_BEFORE = ("day_before", "instant_before")

SEATS = Template("""
seats AS MATERIALIZED (
    SELECT COALESCE(p.merged_into_id, p.id) AS person, COALESCE(h.place, a.unit_id) AS unit_id,
           COALESCE(hb.place, a.unit_id) AS unit_before, b.kind = 'team' AS is_team, o.field,
           o.category = 'pan' AS is_pan,
           a.position IN ('chair', 'vice_chair') AND a.employment IN ('part_time', 'seconded') AS is_vice,
           $now AND (r.voided_at IS NULL OR r.voided_at >= %(instant)s) AS now,
           $before AND (r.voided_at IS NULL OR r.voided_at >= %(instant_before)s) AS before,
           CASE WHEN a.recorded_at >= %(instant_before)s OR a.valid_from > %(day_before)s THEN
               (a.valid_from - DATE '1900-01-01') * 10::bigint + CASE WHEN a.is_backfill THEN 4
                   WHEN a.way_in = 'election' THEN 1 WHEN a.way_in = 'co_option' THEN 2 ELSE 3 END
           END AS entry,
           (a.valid_to <= %(day)s AND a.end_recorded_at < %(instant)s
               AND (a.voided_at IS NULL OR a.voided_at >= %(instant)s)) AS is_ended
    FROM sanzhang_appointment a
    JOIN sanzhang_leadershipbody b ON b.id = a.body_id
    JOIN sanzhang_keyperson p ON p.id = a.person_id
    JOIN sanzhang_keyperson r ON r.id = COALESCE(p.merged_into_id, p.id)
    LEFT JOIN sanzhang_occupationspell w ON w.person_id = r.id AND $worked
    JOIN sanzhang_occupation o ON o.id = COALESCE(w.occupation_id, r.occupation_id)
    LEFT JOIN heirs h ON h.unit_id = a.unit_id LEFT JOIN heirs_before hb ON hb.unit_id = a.unit_id
    WHERE ($now OR $before) AND a.unit_id $seated
),
heads AS MATERIALIZED (
    SELECT x.unit_id, s.person, s.field, s.is_pan,
           bool_or(s.now) AS now, bool_or(s.before) AS before,
           bool_or(s.now AND t.level = 3) AS in_county, bool_or(s.now AND t.level = 4) AS in_township,
           bool_or(s.now AND s.is_vice) AS is_vice,
           min(s.entry) FILTER (WHERE s.now) AS entry, bool_or(s.before AND s.is_ended) AS is_ended
    FROM seats s
    JOIN tree t ON t.unit_id = s.unit_id AND t.level IN (3, 4)
    CROSS JOIN LATERAL (VALUES (t.province_id), (t.city_id), (t.county_id), (t.township_id)) x(unit_id)
    WHERE NOT s.is_team AND x.unit_id IS NOT NULL
    GROUP BY x.unit_id, s.person, s.field, s.is_pan
),
head_counts AS (
    SELECT unit_id,
           count(*) FILTER (WHERE now) AS total,
           count(*) FILTER (WHERE in_county) AS county,
           count(*) FILTER (WHERE in_township) AS township,
           count(*) FILTER (WHERE now AND field = 'health') AS health,
           count(*) FILTER (WHERE now AND field = 'education') AS education,
           count(*) FILTER (WHERE now AND field = 'agriculture') AS agriculture,
           count(*) FILTER (WHERE now AND field NOT IN ('health', 'education', 'agriculture')) AS other,
           count(*) FILTER (WHERE now AND is_pan) AS pan,
           count(*) FILTER (WHERE is_vice) AS vice,
           count(*) FILTER (WHERE before) AS before,
           count(*) FILTER (WHERE now AND NOT before AND entry %% 10 = 1) AS by_election,
           count(*) FILTER (WHERE now AND NOT before AND entry %% 10 = 2) AS by_co_option,
           count(*) FILTER (WHERE now AND NOT before AND entry %% 10 = 3) AS by_other_way,
           count(*) FILTER (WHERE now AND NOT before AND entry %% 10 = 4) AS backfilled,
           count(*) FILTER (WHERE before AND NOT now AND is_ended) AS gone,
           count(a.person) FILTER (WHERE now) AS active
    FROM heads LEFT JOIN active a USING (person) GROUP BY unit_id
)""")

#: Who led or joined an activity of the day's year, by what was on record (Zhoukou 四(二)).
ACTIVE = """
active AS MATERIALIZED (
    SELECT DISTINCT COALESCE(p.merged_into_id, p.id) AS person
    FROM sanzhang_activitypart t
    JOIN sanzhang_activity c ON c.id = t.activity_id
    JOIN sanzhang_keyperson p ON p.id = t.person_id
    WHERE t.recorded_at < %(instant)s AND (t.removed_at IS NULL OR t.removed_at >= %(instant)s)
      AND c.recorded_at < %(instant)s AND (c.voided_at IS NULL OR c.voided_at >= %(instant)s)
      AND c.ended_on <= %(day)s AND c.ended_on >= date_trunc('year', %(day)s::date)
),
is_recorded AS (
    SELECT EXISTS (SELECT 1 FROM sanzhang_activitypart WHERE recorded_at < %(instant)s) AS anything
)"""

MOVES = """
movers AS (
    SELECT DISTINCT s.person FROM seats s
    WHERE s.before AND NOT s.is_team
      AND (s.unit_id <> s.unit_before OR s.unit_before IN (SELECT unit_id FROM reorganised))
),
before_as_now AS (
    SELECT DISTINCT x.unit_id, s.person
    FROM seats s JOIN movers USING (person) JOIN tree t ON t.unit_id = s.unit_id AND t.level IN (3, 4)
    CROSS JOIN LATERAL (VALUES (t.province_id), (t.city_id), (t.county_id), (t.township_id)) x(unit_id)
    WHERE s.before AND NOT s.is_team
),
before_as_was AS (
    SELECT DISTINCT x.unit_id, s.person
    FROM seats s JOIN movers USING (person) JOIN tree_before t ON t.unit_id = s.unit_before AND t.level IN (3, 4)
    CROSS JOIN LATERAL (VALUES (t.province_id), (t.city_id), (t.county_id), (t.township_id)) x(unit_id)
    WHERE s.before AND NOT s.is_team
),
moves AS (
    SELECT unit_id, count(*) FILTER (WHERE w.person IS NULL) AS moved_in,
           count(*) FILTER (WHERE n.person IS NULL) AS moved_out
    FROM before_as_now n FULL JOIN before_as_was w USING (unit_id, person)
    GROUP BY unit_id
),
opening_facts AS (
    SELECT f.unit_id, f.numerator FROM reporting_cyclefact f
    JOIN reporting_indicator i ON i.id = f.indicator_id AND i.key = 'key_people_total'
    WHERE f.cycle_id = %(cycle_before)s
)"""

UNITS = Template("""
own_seats AS (
    SELECT unit_id, count(DISTINCT person) FILTER (WHERE is_team) AS workers, bool_or(NOT is_team) AS is_covered,
           bool_or(NOT is_team AND field = 'health') AND bool_or(NOT is_team AND field = 'education')
               AND bool_or(NOT is_team AND field = 'agriculture') AS has_three_fields
    FROM seats WHERE now GROUP BY unit_id
),
established AS (
    SELECT DISTINCT $place AS unit_id FROM orgs_establishment f $placed WHERE f.state = 'established' AND $known
),
six_haves AS (
    SELECT DISTINCT $place AS unit_id FROM (
        SELECT f.unit_id FROM orgs_sixhaves f WHERE $known GROUP BY f.unit_id HAVING count(DISTINCT f.item) = 6
    ) f $placed
),
officers AS (
    SELECT $place AS unit_id, bool_or(f.role = 'leader_in_charge') AS has_leader,
           bool_or(f.role = 'leader_in_charge' AND f.is_chair) AS leader_is_chair,
           bool_or(f.role = 'liaison') AS has_liaison
    FROM orgs_unitofficer f $placed WHERE $known GROUP BY 1
),
overdue AS (
    SELECT DISTINCT $place AS unit_id
    FROM sanzhang_term m JOIN sanzhang_leadershipbody f ON f.id = m.body_id $placed
    WHERE f.kind = ANY(%(leadership_kinds)s) AND m.starts_on <= %(day)s AND m.lawful_end <= %(day)s
      AND m.recorded_at < %(instant)s
      AND (m.ended_on IS NULL OR m.ended_on > %(day)s OR m.end_recorded_at >= %(instant)s)
),
flags AS MATERIALIZED (
    SELECT t.unit_id, t.level, t.province_id, t.city_id, t.county_id, t.township_id, t.is_expected AS expected,
           t.is_expected AND e.unit_id IS NOT NULL AS established,
           t.is_expected AND t.level = 4 AND h.unit_id IS NOT NULL AS six_haves,
           t.is_expected AND t.level = 4 AND o.has_leader AS leader,
           t.is_expected AND t.level = 4 AND o.leader_is_chair AS leader_is_chair,
           t.is_expected AND t.level = 4 AND o.has_liaison AS liaison,
           d.unit_id IS NOT NULL AS overdue,
           t.is_expected AND s.is_covered AS covered,
           t.is_expected AND t.level = 4 AND s.has_three_fields AS three_fields,
           s.workers
    FROM tree t
    LEFT JOIN established e USING (unit_id) LEFT JOIN six_haves h USING (unit_id)
    LEFT JOIN officers o USING (unit_id) LEFT JOIN overdue d USING (unit_id) LEFT JOIN own_seats s USING (unit_id)
),
by_township AS (
    SELECT province_id, city_id, county_id, township_id,
           count(*) FILTER (WHERE level = 3 AND expected) AS expected_c,
           count(*) FILTER (WHERE level = 4 AND expected) AS expected_t,
           count(*) FILTER (WHERE level = 5 AND expected) AS expected_v,
           count(*) FILTER (WHERE level = 3 AND established) AS established_c,
           count(*) FILTER (WHERE level = 4 AND established) AS established_t,
           count(*) FILTER (WHERE level = 5 AND established) AS established_v,
           count(*) FILTER (WHERE six_haves) AS six_haves,
           count(*) FILTER (WHERE leader) AS leader,
           count(*) FILTER (WHERE leader_is_chair) AS leader_is_chair,
           count(*) FILTER (WHERE liaison) AS liaison,
           count(*) FILTER (WHERE level = 3 AND overdue) AS overdue_c,
           count(*) FILTER (WHERE level = 4 AND overdue) AS overdue_t,
           count(*) FILTER (WHERE level = 3 AND covered) AS covered_c,
           count(*) FILTER (WHERE level = 4 AND covered) AS covered_t,
           count(*) FILTER (WHERE three_fields) AS three_fields,
           COALESCE(sum(workers), 0) AS workers
    FROM flags GROUP BY province_id, city_id, county_id, township_id
),
unit_counts AS (
    SELECT COALESCE(province_id, city_id, county_id, township_id) AS unit_id,
           sum(expected_c) AS expected_c, sum(expected_t) AS expected_t, sum(expected_v) AS expected_v,
           sum(established_c) AS established_c, sum(established_t) AS established_t,
           sum(established_v) AS established_v, sum(six_haves) AS six_haves, sum(leader) AS leader,
           sum(leader_is_chair) AS leader_is_chair, sum(liaison) AS liaison, sum(overdue_c) AS overdue_c,
           sum(overdue_t) AS overdue_t, sum(covered_c) AS covered_c, sum(covered_t) AS covered_t,
           sum(three_fields) AS three_fields, sum(workers) AS workers
    FROM by_township
    GROUP BY GROUPING SETS ((province_id), (city_id), (county_id), (township_id))
)""")

PAPERS = Template("""
papers AS (
    SELECT COALESCE(p.merged_into_id, p.id) AS person, c.unit_id, true AS is_candidacy
    FROM sanzhang_candidacy c JOIN sanzhang_keyperson p ON p.id = c.person_id
    WHERE c.opened_on <= %(day)s AND c.recorded_at < %(instant)s
      AND (c.closed_on IS NULL OR c.closed_on > %(day)s OR c.closed_recorded_at >= %(instant)s)
    UNION ALL
    SELECT COALESCE(p.merged_into_id, p.id), a.unit_id, false
    FROM sanzhang_filing f JOIN sanzhang_appointment a ON a.id = f.appointment_id
    JOIN sanzhang_keyperson p ON p.id = a.person_id
    WHERE f.recorded_at >= %(instant_before)s AND f.recorded_at < %(instant)s
),
papers_here AS (
    SELECT s.person, s.is_candidacy, t.province_id, t.city_id, t.county_id, t.township_id
    FROM papers s $paper_heirs JOIN tree t ON t.unit_id = $paper_unit AND t.level >= 3
)""")

PAPER_COUNTS = """
paper_counts AS (
    SELECT x.unit_id, count(DISTINCT s.person) FILTER (WHERE s.is_candidacy) AS in_procedure,
           count(DISTINCT s.person) FILTER (WHERE NOT s.is_candidacy) AS filed
    FROM papers_here s
    CROSS JOIN LATERAL (VALUES (s.province_id), (s.city_id), (s.county_id), (s.township_id)) x(unit_id)
    WHERE x.unit_id IS NOT NULL GROUP BY x.unit_id
)"""

COUNTS = """
counts AS (
    SELECT t.level, u.*, COALESCE(h.total, 0) AS total, COALESCE(h.county, 0) AS county,
           COALESCE(h.township, 0) AS township, COALESCE(h.health, 0) AS health,
           COALESCE(h.education, 0) AS education, COALESCE(h.agriculture, 0) AS agriculture,
           COALESCE(h.other, 0) AS other, COALESCE(h.pan, 0) AS pan, COALESCE(h.vice, 0) AS vice,
           COALESCE(h.by_election, 0) AS by_election, COALESCE(h.by_co_option, 0) AS by_co_option,
           COALESCE(h.by_other_way, 0) AS by_other_way, COALESCE(h.backfilled, 0) AS backfilled,
           COALESCE(h.gone, 0) AS gone, COALESCE(m.moved_in, 0) AS moved_in, COALESCE(m.moved_out, 0) AS moved_out,
           COALESCE(p.in_procedure, 0) AS in_procedure, COALESCE(p.filed, 0) AS filed,
           CASE WHEN (SELECT anything FROM is_recorded) THEN COALESCE(h.active, 0) END AS active,
           CASE WHEN %(cycle_before)s::bigint IS NOT NULL THEN COALESCE(f.numerator, 0)
                ELSE COALESCE(h.before, 0) - COALESCE(m.moved_in, 0) + COALESCE(m.moved_out, 0) END AS opening
    FROM tree t
    JOIN unit_counts u USING (unit_id)
    LEFT JOIN head_counts h USING (unit_id) LEFT JOIN moves m USING (unit_id)
    LEFT JOIN paper_counts p USING (unit_id) LEFT JOIN opening_facts f USING (unit_id)
    WHERE t.level <= 4
)"""

RECRUITED = "by_election + by_co_option + by_other_way"

#: Indicators of every level down to the township: key → numerator.
AT_EVERY_LEVEL = {
    "units_expected": "expected_c + expected_t + expected_v",
    "units_established": "established_c + established_t + established_v",
    "units_expected_township": "expected_t",
    "units_established_township": "established_t",
    "blank_spots_township": "expected_t - established_t",
    "units_expected_village": "expected_v",
    "units_established_village": "established_v",
    "blank_spots_village": "expected_v - established_v",
    "blank_spots": "expected_c + expected_t + expected_v - established_c - established_t - established_v",
    "six_haves_units": "six_haves",
    "leader_in_charge_units": "leader",
    "chair_by_leader_units": "leader_is_chair",
    "liaison_units": "liaison",
    "terms_overdue": "overdue_c + overdue_t",
    "terms_overdue_township": "overdue_t",
    "key_people_opening": "opening",
    "recruited": RECRUITED,
    "recruited_election": "by_election",
    "recruited_co_option": "by_co_option",
    "recruited_other": "by_other_way",
    "backfilled": "backfilled",
    "left": "gone",
    "moved_in": "moved_in",
    "moved_out": "moved_out",
    "corrected": f"total - opening - ({RECRUITED}) - backfilled + gone - moved_in + moved_out",
    "key_people_total": "total",
    "key_people_township": "township",
    "key_people_health": "health",
    "key_people_education": "education",
    "key_people_agriculture": "agriculture",
    "key_people_other": "other",
    "key_people_pan": "pan",
    "vice_chairs": "vice",
    "townships_covered": "covered_t",
    "townships_three_fields": "three_fields",
    "in_procedure": "in_procedure",
    "filed": "filed",
    "village_workers": "workers",
    "active_key_people": "active",
}

#: Indicators that a township cannot have.
ABOVE_TOWNSHIPS = {
    "units_expected_county": "expected_c",
    "units_established_county": "established_c",
    "blank_spots_county": "expected_c - established_c",
    "terms_overdue_county": "overdue_c",
    "key_people_county": "county",
    "counties_covered": "covered_c",
}

#: Ratios: key → (numerator, denominator), as keys of counts above.
RATIOS = {
    "coverage_rate": ("units_established", "units_expected"),
    "coverage_rate_township": ("units_established_township", "units_expected_township"),
    "coverage_rate_village": ("units_established_village", "units_expected_village"),
    "township_coverage_rate": ("townships_covered", "units_expected_township"),
}
RATIOS_ABOVE_TOWNSHIPS = {
    "coverage_rate_county": ("units_established_county", "units_expected_county"),
    "county_coverage_rate": ("counties_covered", "units_expected_county"),
}

#: Every indicator that the statement computes; ``active_key_people`` is left out until there is a duty record at all.
COMPUTED = (*AT_EVERY_LEVEL, *ABOVE_TOWNSHIPS, *RATIOS, *RATIOS_ABOVE_TOWNSHIPS)


def _rows() -> str:
    numerators = AT_EVERY_LEVEL | ABOVE_TOWNSHIPS
    rows = [f"('{key}', {expression}, NULL, 4)" for key, expression in AT_EVERY_LEVEL.items()]
    rows += [f"('{key}', {expression}, NULL, 3)" for key, expression in ABOVE_TOWNSHIPS.items()]
    for deepest, ratios in ((4, RATIOS), (3, RATIOS_ABOVE_TOWNSHIPS)):
        rows += [
            f"('{key}', {numerators[above]}, {numerators[below]}, {deepest})"
            for key, (above, below) in ratios.items()
        ]
    return ",\n".join(rows)


def _heads(within: OrgUnit, *, is_carried: bool) -> list[str]:
    """The trees, the active, the seats and the heads that everything else is counted from."""
    units = units_concerned(is_carried=is_carried)
    seated = f"= ANY(ARRAY{units})" if within.level >= Level.COUNTY else f"IN {units}"
    now, before = known_in_sql("a", *_NOW), known_in_sql("a", *_BEFORE)
    return [
        trees(within, is_carried=is_carried),
        ACTIVE,
        SEATS.substitute(now=now, before=before, worked=known_in_sql("w", *_NOW), seated=seated),
    ]


def _papers(*, is_carried: bool) -> str:
    return PAPERS.substitute(
        paper_heirs="LEFT JOIN heirs h ON h.unit_id = s.unit_id" if is_carried else "",
        paper_unit="COALESCE(h.place, s.unit_id)" if is_carried else "s.unit_id",
    )


def people_statement(within: OrgUnit, counting: str, *, is_carried: bool = False) -> str:
    """Rows ``(person, amount)``: whom a figure of ``within`` (with all below it) counts, and how often. ``counting``
    selects them from what the figures are counted from; the parameters are those of :func:`statement`."""
    parts = [*_heads(within, is_carried=is_carried), MOVES, _papers(is_carried=is_carried)]
    return f"WITH {','.join(parts)} {counting}"


def statement(within: OrgUnit, *, is_carried: bool = False) -> str:
    """Rows ``(unit_id, key, numerator, denominator)`` for ``within`` and each unit below it down to the townships.

    ``is_carried`` counts for the units of a later day. Parameters: see :func:`parameters`, and
    :func:`~reporting.selectors.registry_trees.carried_parameters`.
    """
    parts = [
        *_heads(within, is_carried=is_carried),
        MOVES,
        UNITS.substitute(
            known=known_in_sql("f", *_NOW),
            place="o.place" if is_carried else "f.unit_id",
            placed="JOIN stood o ON o.unit_id = f.unit_id" if is_carried else "",
        ),
        _papers(is_carried=is_carried),
        PAPER_COUNTS,
        COUNTS,
    ]
    return Template(
        "WITH $parts SELECT c.unit_id, v.key, v.numerator, v.denominator FROM counts c"
        " CROSS JOIN LATERAL (VALUES $rows) v(key, numerator, denominator, deepest)"
        " WHERE c.level <= v.deepest AND v.numerator IS NOT NULL"
    ).substitute(parts=",".join(parts), rows=_rows())


def parameters(*, at: Moment, before: Moment, cycle_before: int | None, within: OrgUnit) -> dict[str, Any]:
    """``at`` is the state shown, ``before`` the one that changes are counted from, and ``cycle_before`` the cycle
    whose stored facts are the opening figures (``None``: computed)."""
    return {
        "day": at.day,
        "instant": at.instant,
        "day_before": before.day,
        "instant_before": before.instant,
        "cycle_before": cycle_before,
        "leadership_kinds": [str(kind) for kind in LEADERSHIP_KINDS],
        "within": within.pk,
    }
