"""Random reports of several cycles with their figures, and the sums recomputed by walking the tree."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from core import clock
from orgs.choices import Level
from reporting.choices import CycleState
from reporting.models import Collection, Cycle, Figure, Indicator, Report, ReportVersion
from tests.factories import Tree

KEYS = ("health_events", "health_reached", "support_funds", "societies", "members")
OWED = {
    "health_events": (3, 4),
    "health_reached": (3, 4),
    "support_funds": (1, 2, 3),
    "societies": (3,),
    "members": (3,),
}


def make_cycle(collection: Collection, month: int, *, locked: bool = False) -> Cycle:
    first = dt.date(2026, month, 1)
    due = dt.date(2026, month, 20)
    return Cycle.objects.create(
        collection=collection,
        period=first,
        form_version=collection.form.versions.get(),
        window_first=(first - dt.timedelta(days=1)).replace(day=20),
        window_last=dt.date(2026, month, 19),
        township_due=due,
        county_due=due,
        city_due=due,
        settles_at=clock.end_of(due),
        state=CycleState.LOCKED if locked else CycleState.OPEN,
        locked_at=clock.end_of(due) if locked else None,
    )


def make_reports(cycle: Cycle, tree: Tree, rng: random.Random) -> None:
    """One report a unit; some untouched, some accepted, some official, some corrected since."""
    due = clock.end_of(cycle.city_due)
    indicators = Indicator.objects.in_bulk(list(KEYS), field_name="key")
    for unit in tree.units.values():
        if unit.level == Level.VILLAGE or rng.random() < 0.03:
            continue
        report = Report.objects.create(
            cycle=cycle,
            unit=unit,
            unit_name=unit.display_name,
            level=unit.level,
            province_id=unit.province_id,
            city_id=unit.city_id,
            county_id=unit.county_id,
            custodian=unit,
            reviewer=unit.parent or unit,
            due_at=due,
        )
        for number in range(1, rng.choice([0, 1, 1, 2]) + 1):
            version = ReportVersion.objects.create(report=report, number=number, frozen_by="测试", digest="x")
            Figure.objects.bulk_create(
                Figure(
                    version=version,
                    indicator=indicators[key],
                    value=None if rng.random() < 0.1 else Decimal(rng.randint(0, 99999)) / 100,
                )
                for key in KEYS
                if unit.level in OWED[key]
            )
            report.live_version = version
            if rng.random() < 0.6:
                report.official_version = version
        report.save()


Sums = dict[tuple[int, str], tuple[Decimal | None, Decimal, int]]


def own_figures(cycles: Iterable[Cycle], column: str) -> dict[Cycle, dict[int, dict[str, Decimal]]]:
    """What each unit's own report of each cycle says."""
    found: dict[Cycle, dict[int, dict[str, Decimal]]] = {}
    for cycle in cycles:
        reports = Report.objects.filter(cycle=cycle).values_list("unit_id", column)
        figures = defaultdict(dict)
        for row in Figure.objects.select_related("indicator"):
            if row.value is not None:
                figures[row.version_id][row.indicator.key] = row.value
        found[cycle] = {unit: dict(figures[version]) for unit, version in reports if version is not None}
    return found


def sum_over(tree: Tree, figures: dict[int, dict[str, Decimal]]) -> Sums:
    """Own, total and reporters of each unit by walking from parent to children."""
    children = defaultdict(list)
    for unit in tree.units.values():
        if unit.level != Level.VILLAGE:
            children[unit.parent_id].append(unit.pk)
    sums: Sums = {}

    def walk(unit_id: int) -> dict[str, tuple[Decimal, int]]:
        parts = [walk(child) for child in children[unit_id]]
        parts.append({key: (value, 1) for key, value in figures.get(unit_id, {}).items()})
        totals: dict[str, tuple[Decimal, int]] = {}
        for key in KEYS:
            here = [part[key] for part in parts if key in part]
            if here:
                totals[key] = (sum(value for value, _ in here), sum(count for _, count in here))
                sums[unit_id, key] = (figures.get(unit_id, {}).get(key), *totals[key])
        return totals

    walk(tree.province.pk)
    return sums
