"""The facts of a cycle, beside a statement written by hand for the same figures without reorganisation and change."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from core.actor import SYSTEM
from kexie_portal.bench.measure import Outcome, side_by_side
from kexie_portal.bench.scratch import Land
from reporting.models import CycleFact
from reporting.services.facts import compute_facts

BY_HAND = """
WITH tree AS MATERIALIZED (
    SELECT * FROM orgs_unitedition
    WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
), above AS MATERIALIZED (
    SELECT t.unit_id, t.level, t.is_expected, x.head FROM tree t
    CROSS JOIN LATERAL (VALUES (t.province_id), (t.city_id), (t.county_id), (t.township_id)) x(head)
    WHERE x.head IS NOT NULL
), seats AS MATERIALIZED (
    SELECT a.person_id, a.unit_id, b.kind, o.field, o.category, a.position, a.employment,
           (a.valid_from <= %(day)s AND a.recorded_at < %(instant)s
             AND (a.valid_to IS NULL OR a.valid_to > %(day)s OR a.end_recorded_at >= %(instant)s)) AS now,
           (a.valid_from <= %(before)s AND a.recorded_at < %(instant_before)s
             AND (a.valid_to IS NULL OR a.valid_to > %(before)s OR a.end_recorded_at >= %(instant_before)s)) AS was,
           a.way_in
    FROM sanzhang_appointment a JOIN sanzhang_leadershipbody b ON b.id = a.body_id
    JOIN sanzhang_keyperson p ON p.id = a.person_id
    LEFT JOIN sanzhang_occupationspell w ON w.person_id = p.id AND w.valid_from <= %(day)s AND w.recorded_at < %(instant)s
      AND (w.valid_to IS NULL OR w.valid_to > %(day)s OR w.end_recorded_at >= %(instant)s)
      AND (w.voided_at IS NULL OR w.voided_at >= %(instant)s)
    JOIN sanzhang_occupation o ON o.id = COALESCE(w.occupation_id, p.occupation_id)
    WHERE (a.voided_at IS NULL OR a.voided_at >= %(instant)s)
), people AS (
    SELECT u.head, s.person_id, bool_or(now) AS now, bool_or(was) AS was, min(field) AS field,
           bool_or(category = 'pan') AS pan, bool_or(now AND level = 3) AS county, bool_or(now AND level = 4) AS township,
           bool_or(now AND position IN ('chair', 'vice_chair') AND employment IN ('part_time', 'seconded')) AS vice,
           min(way_in) FILTER (WHERE now AND NOT was) AS way
    FROM seats s JOIN above u USING (unit_id) WHERE kind <> 'team' AND u.level IN (3, 4) GROUP BY 1, 2
), heads AS (
    SELECT head, ARRAY[count(*) FILTER (WHERE now), count(*) FILTER (WHERE county), count(*) FILTER (WHERE township),
           count(*) FILTER (WHERE now AND field = 'health'), count(*) FILTER (WHERE now AND field = 'education'),
           count(*) FILTER (WHERE now AND field = 'agriculture'), count(*) FILTER (WHERE now AND field = 'other'),
           count(*) FILTER (WHERE now AND pan), count(*) FILTER (WHERE vice), count(*) FILTER (WHERE was),
           count(*) FILTER (WHERE now AND NOT was), count(*) FILTER (WHERE was AND NOT now),
           count(*) FILTER (WHERE now AND NOT was AND way = 'election'),
           count(*) FILTER (WHERE now AND NOT was AND way = 'co_option'),
           count(*) FILTER (WHERE now AND NOT was AND way = 'other')] AS numbers
    FROM people GROUP BY head
), flags AS (
    SELECT u.head, u.level, u.is_expected, e.unit_id IS NOT NULL AS established, h.n = 6 AS six_haves, o.leader, o.liaison,
           c.unit_id IS NOT NULL AS covered, COALESCE(c.three, false) AS three
    FROM above u
    LEFT JOIN (SELECT DISTINCT unit_id FROM orgs_establishment WHERE state = 'established' AND valid_from <= %(day)s
        AND recorded_at < %(instant)s AND (valid_to IS NULL OR valid_to > %(day)s)) e USING (unit_id)
    LEFT JOIN (SELECT unit_id, count(DISTINCT item) AS n FROM orgs_sixhaves WHERE valid_from <= %(day)s
        AND recorded_at < %(instant)s AND (valid_to IS NULL OR valid_to > %(day)s) GROUP BY 1) h USING (unit_id)
    LEFT JOIN (SELECT unit_id, bool_or(role = 'leader_in_charge') AS leader, bool_or(role = 'liaison') AS liaison
        FROM orgs_unitofficer WHERE valid_from <= %(day)s AND recorded_at < %(instant)s GROUP BY 1) o USING (unit_id)
    LEFT JOIN (SELECT unit_id, count(DISTINCT field) FILTER (WHERE field <> 'other') = 3 AS three FROM seats
        WHERE now AND kind <> 'team' GROUP BY 1) c USING (unit_id)
), units AS (
    SELECT head, ARRAY[count(*) FILTER (WHERE level = 3 AND is_expected), count(*) FILTER (WHERE level = 4 AND is_expected),
           count(*) FILTER (WHERE level = 5 AND is_expected), count(*) FILTER (WHERE level = 3 AND is_expected AND established),
           count(*) FILTER (WHERE level = 4 AND is_expected AND established),
           count(*) FILTER (WHERE level = 5 AND is_expected AND established),
           count(*) FILTER (WHERE level = 3 AND is_expected AND NOT established),
           count(*) FILTER (WHERE level = 4 AND is_expected AND NOT established),
           count(*) FILTER (WHERE level = 5 AND is_expected AND NOT established),
           count(*) FILTER (WHERE level = 4 AND is_expected AND six_haves),
           count(*) FILTER (WHERE level = 4 AND is_expected AND leader),
           count(*) FILTER (WHERE level = 4 AND is_expected AND liaison),
           count(*) FILTER (WHERE level = 3 AND is_expected AND covered),
           count(*) FILTER (WHERE level = 4 AND is_expected AND covered),
           count(*) FILTER (WHERE level = 4 AND is_expected AND three)] AS numbers
    FROM flags GROUP BY head
), wide AS (
    SELECT u.head, u.numbers || COALESCE(h.numbers, array_fill(0::bigint, ARRAY[15])) AS numbers
    FROM units u LEFT JOIN heads h USING (head)
), keys AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM reporting_indicator)
INSERT INTO reporting_cyclefact (cycle_id, unit_id, indicator_id, numerator)
SELECT %(cycle)s, w.head, k.id, w.numbers[1 + (k.n - 1) %% 30] FROM wide w JOIN keys k ON k.n <= %(indicators)s
"""


def measure(land: Land) -> Outcome:
    cycle = land.cycle
    written = compute_facts(cycle=cycle, by=SYSTEM)
    units = CycleFact.objects.filter(cycle=cycle).values("unit").distinct().count()
    values: dict[str, Any] = {
        "cycle": cycle.pk,
        "day": cycle.window_last,
        "instant": cycle.window.ends_at,
        "before": cycle.window_first,
        "instant_before": cycle.window.starts_at,
        "indicators": round(written / units),
    }

    @transaction.atomic
    def by_hand() -> None:
        CycleFact.objects.filter(cycle=cycle).delete()
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, values)

    ours, theirs = side_by_side(lambda: compute_facts(cycle=cycle, by=SYSTEM), by_hand, rounds=3)
    return Outcome(
        f"一期台账数：{units:,} 个单位、200,000 条任职，写入 {written:,} 个数（含划入划出、补录、程序、备案、审计）",
        "一条手写 INSERT…SELECT，同样多的行，不含划入划出、重复档案、承继、程序与备案",
        ours,
        theirs,
        at_most=1.5,
    )
