"""One month's rollup, beside one statement written by hand, and beside a query per node."""

from __future__ import annotations

from django.db import connection
from django.db.models import Count, Q, Sum

from kexie_portal.bench.measure import Outcome, seconds, side_by_side
from kexie_portal.bench.scratch import Land
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Figure
from reporting.rollup import Basis, cycle_totals

BY_HAND = """
WITH figures AS MATERIALIZED (
    SELECT r.province_id, r.city_id, r.county_id, r.unit_id, r.level, f.indicator_id, f.value
    FROM reporting_report r JOIN reporting_figure f ON f.version_id = r.live_version_id
    WHERE r.cycle_id = %s AND f.value IS NOT NULL
), county AS (
    SELECT province_id, city_id, county_id, indicator_id, sum(value) AS total, count(*) AS reporters,
           sum(value) FILTER (WHERE level = 3) AS own, sum(value) FILTER (WHERE level < 3) AS own_above
    FROM figures GROUP BY 1, 2, 3, 4
), city AS (
    SELECT province_id, city_id, indicator_id, sum(total) AS total, sum(reporters) AS reporters,
           sum(own_above) AS own FROM county GROUP BY 1, 2, 3
), sums AS (
    SELECT province_id AS unit_id, indicator_id, sum(own) FILTER (WHERE city_id IS NULL) AS own, sum(total) AS total,
           sum(reporters) AS reporters FROM city GROUP BY 1, 2
    UNION ALL SELECT city_id, indicator_id, own, total, reporters FROM city WHERE city_id IS NOT NULL
    UNION ALL SELECT county_id, indicator_id, own, total, reporters FROM county WHERE county_id IS NOT NULL
    UNION ALL SELECT unit_id, indicator_id, value, value, 1 FROM figures WHERE level = 4
)
SELECT s.unit_id, i.key, s.own, s.total, s.reporters FROM sums s JOIN reporting_indicator i ON i.id = s.indicator_id
"""


def measure(land: Land) -> list[Outcome]:
    def rollup() -> object:
        return cycle_totals(land.cycle, basis=Basis.LIVE)

    def by_hand() -> object:
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [land.cycle.pk])
            return cursor.fetchall()

    def per_node() -> None:
        figures = Figure.objects.filter(version__live_of__cycle=land.cycle)
        for unit in OrgUnit.objects.filter(level__lte=Level.TOWNSHIP):
            column = {1: "province", 2: "city", 3: "county", 4: "unit"}[unit.level]
            own = Sum("value", filter=Q(version__live_of__unit=unit))
            list(
                figures.filter(**{f"version__live_of__{column}": unit})
                .values("indicator")
                .annotate(own=own, total=Sum("value"), reporters=Count("pk"))
            )

    def every_cell() -> int:
        return sum(1 for _cell in cycle_totals(land.cycle, basis=Basis.LIVE).rows())

    ours, theirs = side_by_side(rollup, by_hand, rounds=7)
    read = seconds(every_cell)
    return [
        Outcome(
            "一期汇总：全部填报单位 × 30 项指标（本级、下级、合计、份数）",
            "一条手写 SQL，取回同样的数",
            ours,
            theirs,
            at_most=1.3,
            notes=[f"连同逐格读出全部 {every_cell():,} 个数：{read:.3f} 秒"],
        ),
        Outcome("一期汇总", "逐个单位各查一次", ours, [seconds(per_node)], at_least=40),
    ]
