"""Pages and submissions as a browser asks for them, beside bare views of the same server."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import F
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Posting, User
from accounts.roles import Role
from audit.services import record
from core import clock
from core.actor import SYSTEM
from kexie_portal.bench import served as settings
from kexie_portal.bench.measure import Outcome, seconds, side_by_side
from kexie_portal.bench.scratch import Land
from kexie_portal.bench.server import BACKEND, Visitor, served
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import EntryMode, ValueKind
from reporting.models import Cell, Report
from reporting.selectors.layout import layout_of
from reporting.services.facts import compute_facts

REQUESTS = 20
SUBMISSIONS = 8
ROUNDS = 7
TOWNSHIPS_TYPED = 13


def measure(land: Land) -> list[Outcome]:
    """The dashboards with the facts of the month stored, and submissions of townships and of counties."""
    compute_facts(cycle=land.cycle, by=SYSTEM)
    someone = account_of(land.province, Role.REVIEWER, Role.REPORTER)
    with served() as port:
        visitor = Visitor(port, someone)
        pages = [
            page_beside_rows(visitor, someone, reverse("reporting:overview"), "省级首页"),
            page_beside_rows(visitor, someone, reverse("reporting:coverage"), "挂图作战（省）"),
        ]
        return [*pages, _townships(land, port), _counties(land, port)]


def account_of(unit: OrgUnit, *roles: Role) -> User:
    """Somebody who sits at ``unit`` in ``roles``."""
    user = User.objects.create(
        username=f"bench{unit.division_code}-{next(_accounts)}",
        name="测量",
        password=make_password(None),
        must_change_password=False,
    )
    for role in roles:
        Posting.objects.create(
            user=user, unit=unit, role=role, starts_on=clock.today() - dt.timedelta(days=1), granted_by="测量"
        )
    return user


def page_beside_rows(visitor: Visitor, someone: User, address: str, title: str) -> Outcome:
    """One page of the portal beside fifty plain rows in the same frame, with the queries of each."""

    def dashboard() -> None:
        for _ in range(REQUESTS):
            _expect(visitor.get(address), 200)

    def rows() -> None:
        for _ in range(REQUESTS):
            _expect(visitor.get("/bench/rows/"), 200)

    def after_an_act() -> float:
        record(kind="bench.act", by=SYSTEM, summary="测量")
        return seconds(lambda: visitor.get(address))

    ours, theirs = side_by_side(dashboard, rows, rounds=ROUNDS)
    anew = statistics.median(after_an_act() for _ in range(REQUESTS))
    plain = statistics.median(theirs) / REQUESTS
    return Outcome(
        f"{title} {address} × {REQUESTS}（其间没有新的办理）",
        f"同一服务登录后 50 行的页面 × {REQUESTS}，同样的外框和中间件",
        ours,
        theirs,
        at_least=0.5,
        notes=[
            f"刚有人办理后的第一次打开（全部重算）{anew * 1000:.0f} 毫秒，比值 {plain / anew:.2f}；"
            f"查询 {_queries(someone, address)} 次，对照 {_queries(someone, '/bench/rows/')} 次"
        ],
    )


def _queries(someone: User, address: str) -> int:
    """How many queries one request of a signed-in person takes, all of it made anew."""
    with override_settings(
        ROOT_URLCONF=settings.ROOT_URLCONF, CACHES=settings.CACHES, ALLOWED_HOSTS=["testserver"]
    ):
        client = Client()
        client.force_login(someone, backend=BACKEND)
        _expect(client.get(address).status_code, 200)
        record(kind="bench.act", by=SYSTEM, summary="测量")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
    return len(queries)


def _townships(land: Land, port: int) -> Outcome:
    """One report by itself, of a township that reports itself."""
    units = list(OrgUnit.objects.filter(level=Level.TOWNSHIP).order_by("pk")[: _needed()])
    reports = Report.objects.filter(cycle=land.cycle, unit__in=units)
    reports.update(entry_mode=EntryMode.SELF, custodian_id=F("unit_id"))
    return _submission(land, port, units, "自报乡镇上报月报", {unit.pk: [unit.pk] for unit in units})


def _counties(land: Land, port: int) -> Outcome:
    """A county's report with the townships that it typed."""
    units = list(OrgUnit.objects.filter(level=Level.COUNTY).order_by("-pk")[: _needed()])
    typed = {
        unit.pk: [
            unit.pk,
            *Report.objects.filter(cycle=land.cycle, custodian=unit, level=Level.TOWNSHIP).values_list(
                "unit_id", flat=True
            )[:TOWNSHIPS_TYPED],
        ]
        for unit in units
    }
    townships = sum(map(len, typed.values())) / len(typed) - 1
    return _submission(land, port, units, f"县级上报月报，连同平均 {townships:.0f} 个代填乡镇", typed)


def _needed() -> int:
    return SUBMISSIONS * (ROUNDS + 1)


def _submission(
    land: Land, port: int, units: list[OrgUnit], title: str, typed: dict[int, list[int]]
) -> Outcome:
    _fill(land, [unit_id for unit_ids in typed.values() for unit_id in unit_ids])
    reports = dict(Report.objects.filter(cycle=land.cycle, unit__in=units).values_list("unit_id", "pk"))
    visitors = [Visitor(port, account_of(unit, Role.REPORTER)) for unit in units]
    for visitor in visitors:
        _expect(visitor.get("/bench/rows/"), 200)
    waiting = iter([(visitor, reports[unit.pk]) for visitor, unit in zip(visitors, units, strict=True)])
    others = itertools.cycle(visitors)

    def submit() -> None:
        for visitor, report in itertools.islice(waiting, SUBMISSIONS):
            _expect(visitor.post(reverse("reporting:submit", args=[report]), {"revision": 0}), 302)

    def insert() -> None:
        for visitor in itertools.islice(others, SUBMISSIONS):
            day = dt.date(1900, 1, 1) + dt.timedelta(days=next(_days))
            _expect(visitor.post("/bench/insert/", {"day": day}), 200)

    ours, theirs = side_by_side(submit, insert, rounds=ROUNDS)
    return Outcome(
        f"{title} × {SUBMISSIONS}（会话、CSRF、范围、锁、规则、冻结、审计）",
        f"同一服务一次 INSERT 并提交的页面 × {SUBMISSIONS}，同样的中间件",
        ours,
        theirs,
        at_least=0.35,
    )


_days = itertools.count()
_accounts = itertools.count()


def _fill(land: Land, unit_ids: list[int]) -> None:
    """Every cell that is owed, at zero."""
    layout = layout_of(land.cycle.form_version)
    Cell.objects.bulk_create(
        Cell(report=report, indicator=item.indicator, value=Decimal(0))
        for report in Report.objects.filter(cycle=land.cycle, unit__in=unit_ids)
        for item in layout.numeric_owed_at(report.level)
        if item.indicator.value_kind in (ValueKind.COUNT, ValueKind.MONEY)
    )


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"页面回答 {found}，应为 {wanted}")
