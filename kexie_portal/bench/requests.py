"""Pages and submissions as requests through the whole stack of middleware, beside bare views."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Posting, User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from kexie_portal.bench.measure import Outcome, side_by_side
from kexie_portal.bench.scratch import Land
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import ValueKind
from reporting.models import Cell, Report
from reporting.selectors.layout import layout_of
from reporting.services.facts import compute_facts

REQUESTS = 20


def measure(land: Land) -> list[Outcome]:
    """The province's first page with the facts of the month stored, and the submission of counties' reports."""
    compute_facts(cycle=land.cycle, by=SYSTEM)
    with override_settings(ROOT_URLCONF="kexie_portal.bench.peers", ALLOWED_HOSTS=["*"]):
        return [_page(land), _submission(land)]


def _signed_in(unit: OrgUnit, *roles: Role) -> Client:
    user = User.objects.create_user(f"bench{unit.division_code}", name="测量", must_change_password=False)
    for role in roles:
        Posting.objects.create(
            user=user, unit=unit, role=role, starts_on=clock.today() - dt.timedelta(days=1), granted_by="测量"
        )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(land: Land) -> Outcome:
    client = _signed_in(land.province, Role.REVIEWER, Role.REPORTER)
    address = reverse("reporting:overview")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        _expect(client.get(address).status_code, 200)
    asked = len(queries)

    def dashboard() -> None:
        for _ in range(REQUESTS):
            client.get(address)

    def rows() -> None:
        for _ in range(REQUESTS):
            client.get("/bench/rows/")

    _expect(client.get("/bench/rows/").status_code, 200)
    ours, theirs = side_by_side(dashboard, rows, rounds=5)
    return Outcome(
        f"省级首页 {address} × {REQUESTS}",
        f"登录后 50 行的页面 × {REQUESTS}",
        ours,
        theirs,
        at_least=0.5,
        notes=[f"每页查询 {asked} 次"],
    )


def _submission(land: Land) -> Outcome:
    counties = list(OrgUnit.objects.filter(level=Level.COUNTY)[:60])
    clients = [_signed_in(county, Role.REPORTER) for county in counties]
    reports = [_filled(land, county) for county in counties]
    waiting = iter(zip(clients, reports, strict=True))
    days = itertools.count()

    def submit() -> None:
        for client, report in itertools.islice(waiting, 10):
            answer = client.post(reverse("reporting:submit", args=[report.pk]), {"revision": report.revision})
            _expect(answer.status_code, 302)

    def insert() -> None:
        for _ in range(10):
            day = dt.date(1900, 1, 1) + dt.timedelta(days=next(days))
            _expect(clients[0].post("/bench/insert/", {"day": day}).status_code, 200)

    ours, theirs = side_by_side(submit, insert, rounds=5)
    return Outcome(
        "上报月报 × 10（会话、范围、锁、规则、冻结、审计）",
        "一次 INSERT 并提交的页面 × 10",
        ours,
        theirs,
        at_least=0.35,
    )


def _filled(land: Land, county: OrgUnit) -> Report:
    report = Report.objects.get(cycle=land.cycle, unit=county)
    Cell.objects.bulk_create(
        Cell(report=report, indicator=item.indicator, value=Decimal(0))
        for item in layout_of(land.cycle.form_version).numeric_owed_at(report.level)
        if item.indicator.value_kind in (ValueKind.COUNT, ValueKind.MONEY)
    )
    return report


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"页面回答 {found}，应为 {wanted}")
