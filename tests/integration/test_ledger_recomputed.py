"""台账数 of random records against a recomputation that walks them one by one, over three months of hand-ins."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal

import pytest
import time_machine

from core.actor import SYSTEM
from core.clock import SHANGHAI
from reporting.choices import ReportState
from reporting.models import Figure, Report
from reporting.rollup import Basis, cycle_totals
from reporting.selectors.layout import layout_of
from reporting.selectors.ledger import ledger_of
from sanzhang.choices import EVENTS, CountsAs, SupportKind
from sanzhang.models import Activity, ActivityKind, Support
from sanzhang.services.activity_kinds import load_defaults
from tests.factories import Tree
from tests.month import fill, make_month
from tests.reporting_acts import hand_in

MONTHS = (dt.date(2026, 9, 1), dt.date(2026, 10, 1), dt.date(2026, 11, 1))
FIRST_DAY = dt.date(2026, 8, 1)


def at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, 30, tzinfo=SHANGHAI)


def invent(tree: Tree, chance: random.Random) -> None:
    """Four hundred records, late, struck out, already reported, passed on."""
    load_defaults(by=SYSTEM)
    kinds = list(ActivityKind.objects.all())
    hosts = [tree[code] for code in ("370102", "370102001", "370102002", "370112", "3701")]
    for _ in range(250):
        day = FIRST_DAY + dt.timedelta(days=chance.randrange(115))
        recorded = at(day + dt.timedelta(days=int(chance.expovariate(0.15))), chance.randrange(24))
        reached = chance.randrange(1, 200)
        voided = chance.random() < 0.1
        Activity.objects.create(
            unit=chance.choice(hosts),
            kind=chance.choice(kinds),
            title="活动",
            held_on=day,
            ended_on=day + dt.timedelta(days=chance.choice((0, 0, 0, 2))),
            others=reached,
            reached=reached,
            adopted=chance.choice((0, 0, 3)),
            is_volunteer=chance.random() < 0.2,
            was_reported=chance.random() < 0.1,
            recorded_at=recorded,
            voided_at=recorded if voided else None,
            void_reason="错" if voided else "",
        )
    for _ in range(150):
        day = FIRST_DAY + dt.timedelta(days=chance.randrange(115))
        kind = chance.choice(list(SupportKind))
        Support.objects.create(
            giver=chance.choice([tree["3701"], tree["370102"]]),
            kind=kind,
            given_on=day,
            title="支持",
            amount=Decimal(chance.randrange(1, 9999)) / 100 if kind in ("project", "fund") else None,
            heads=chance.randrange(1, 50),
            is_own=chance.random() < 0.8,
            recorded_at=at(day + dt.timedelta(days=chance.randrange(20)), chance.randrange(24)),
        )


def expected(report: Report, before: Report | None) -> dict[str, Decimal]:
    """The ledger's part of one report, walked record by record in Python."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    first, last = report.cycle.window_first, report.cycle.window_last
    handed_in = report.submitted_at if report.state in ("submitted", "accepted") else None

    def falls(day: dt.date, recorded: dt.datetime) -> bool:
        if day > last or (handed_in is not None and recorded > handed_in):
            return False
        if before is None:
            earlier = day < first and recorded < at(first, 0) - dt.timedelta(minutes=30)
        elif before.state in ("submitted", "accepted"):
            earlier = day < first and recorded <= before.submitted_at
        else:
            earlier = day < first
        return not earlier

    led = False
    for row in Activity.objects.filter(unit=report.unit_id).select_related("kind"):
        if row.voided_at or row.was_reported or not falls(row.ended_on, row.recorded_at):
            continue
        if row.kind.counts_as in EVENTS:
            found[f"{row.kind.counts_as}_events"] += 1
            found[f"{row.kind.counts_as}_reached"] += row.reached
            led = True
        found["agri_adopted"] += row.adopted
        if row.is_volunteer or row.kind.counts_as == CountsAs.VOLUNTEER:
            found["volunteer_events"] += 1
    of_heads = {"award": "support_awards", "talent": "support_talent", "exchange": "support_exchange"}
    for gift in Support.objects.filter(giver=report.unit_id, is_own=True):
        if gift.voided_at or not falls(gift.given_on, gift.recorded_at):
            continue
        if gift.kind == "project":
            found["support_projects"] += 1
        if gift.amount is not None:
            found["support_funds"] += gift.amount
        if gift.kind in of_heads:
            found[of_heads[gift.kind]] += gift.heads
        if gift.kind == "training":
            found["support_training"] += 1
            found["support_trained"] += gift.heads
    owed = {item.indicator.key for item in layout_of(report.cycle.form_version).owed_at(report.level)}
    counted = {key: value for key, value in found.items() if value and key in owed}
    return counted | ({"led_events": Decimal(0)} if led and "led_events" in owed else {})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ledger_agrees_with_a_walk_over_the_records(tree: Tree, seed: int) -> None:
    chance = random.Random(seed)
    month = None
    for period in MONTHS:
        with time_machine.travel(at(period.replace(day=15), 9), tick=False):
            if month is None:
                month = make_month(tree, period)
            else:
                month.cycle = month.next(period)
    assert month is not None
    invent(tree, chance)
    reports = Report.objects.select_related("cycle__form_version", "unit")
    for period in MONTHS:
        for report in reports.filter(
            cycle__period=period, unit__in=[tree[code].pk for code in ("370102", "3701")]
        ):
            if chance.random() < 0.75:
                Report.objects.filter(pk=report.pk).update(
                    state=ReportState.SUBMITTED,
                    submitted_at=at(period.replace(day=chance.randrange(20, 25)), 12),
                    first_submitted_at=at(period.replace(day=20), 12),
                    on_time=True,
                )
    for period in MONTHS:
        rows = list(reports.filter(cycle__period=period))
        ledger = ledger_of(rows, layout_of(rows[0].cycle.form_version))
        for report in rows:
            before = (
                reports.filter(unit=report.unit_id, cycle__period__lt=period)
                .order_by("-cycle__period")
                .first()
            )
            assert dict(ledger.of(report.pk)) == expected(report, before), (period, report.unit_name)


def test_totals_are_the_ledger_and_the_supplement_of_every_unit(tree: Tree) -> None:
    chance = random.Random(7)
    with time_machine.travel(at(dt.date(2026, 11, 20), 9), tick=False):
        month = make_month(tree, MONTHS[-1])
        invent(tree, chance)
        typed: dict[str, Decimal] = defaultdict(Decimal)
        before = {}
        for report in Report.objects.filter(cycle=month.cycle, county=tree["370102"]).select_related(
            "cycle__form_version"
        ):
            fill(report, 3)
            known = ledger_of([report], layout_of(report.cycle.form_version)).of(report.pk)
            before[report.unit_id] = dict(known)
            for item in layout_of(report.cycle.form_version).numeric_owed_at(report.level):
                typed[item.indicator.key] += 3 + known.get(item.indicator.key, Decimal(0))
        hand_in(month)
    totals = cycle_totals(month.cycle, basis=Basis.LIVE, within=tree["370102"]).of_unit(tree["370102"].pk)
    assert {key: totals[key].total for key in typed} == dict(typed)
    for figure in Figure.objects.filter(
        version__report__cycle=month.cycle, value__isnull=False
    ).select_related("indicator", "version__report"):
        known = before[figure.version.report.unit_id].get(figure.indicator.key, Decimal(0))
        assert (figure.recorded, figure.value) == (known, known + 3)
