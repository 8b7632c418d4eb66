"""A month as the city and the province do it: returned and accepted, the wall chart moves, drilled, locked, corrected."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from core.windows import previous_month
from reporting.choices import CaseState, ReportState
from reporting.models import CorrectionCase, Cycle, Report
from reporting.services.corrections import open_case
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from reporting.services.forms import load_collection, load_monthly_form
from reporting.services.submission import submit
from tests.browsing import PHONE, Window, fits, sign_in
from tests.factories import Tree, make_tree, user_at
from tests.month import fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Longer than the wall chart waits before it asks again, in milliseconds.
A_WHILE = 31_000


@pytest.fixture
def land() -> Tree:
    return make_tree(
        {"37": "山东省", "3711": "日照市", "371122": "莒县", "371122100": "城阳街道", "371103": "岚山区"}
    )


@pytest.fixture
def cycle(land: Tree) -> Cycle:
    """Last month: its window has ended, so that it can be locked."""
    load_monthly_form(owner=land.province, by=SYSTEM)
    collection = load_collection(owner=land.province, by=SYSTEM)
    period: dt.date = previous_month(clock.today().replace(day=1))
    made = open_cycle(collection=collection, period=period, by=SYSTEM)
    compute_facts(cycle=made, by=SYSTEM)
    return made


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land["371122"], Role.REPORTER, name="李明")


@pytest.fixture
def city(land: Tree) -> User:
    return user_at(land["3711"], Role.REPORTER, Role.REVIEWER, name="孙丽")


@pytest.fixture
def province(land: Tree) -> User:
    return user_at(land.province, Role.REPORTER, Role.REVIEWER, name="周建")


def report_of(cycle: Cycle, land: Tree, code: str) -> Report:
    return Report.objects.select_related("cycle", "unit", "custodian", "reviewer").get(
        cycle=cycle, unit=land[code]
    )


def test_month_returned_accepted_drilled_locked_and_corrected(
    page: Page,
    window: Window,
    live_server,
    land: Tree,
    cycle: Cycle,
    clerk: User,
    city: User,
    province: User,
) -> None:
    base = live_server.url
    county = report_of(cycle, land, "371122")
    fill(county, 0, health_events=12, health_reached=300)
    submit(report=county, by=clerk)

    watching = window(province)
    watching.clock.install()
    watching.goto(f"{base}{reverse('reporting:coverage')}?cycle={cycle.pk}")
    activity = watching.locator(".stat-card").filter(has_text="健康讲堂、义诊")
    expect(activity).to_contain_text("—")

    sign_in(page, base, city)
    expect(page.get_by_role("heading", level=1)).to_contain_text("总体情况")
    page.get_by_role("link", name="去审核").click()
    page.get_by_role("link", name="莒县").click()
    page.get_by_label("对“健康讲堂、义诊、防癌体检服务人次”的意见").fill("请附签到册")
    page.get_by_label("退回原因").select_option(label="数据存疑")
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator("body")).to_contain_text("已退回莒县修改")
    county.refresh_from_db()
    assert county.state == ReportState.RETURNED
    page.goto(f"{base}{reverse('reporting:overview')}")
    expect(page.get_by_role("region", name="退回后还没有重报")).to_contain_text("莒县")

    fill(county, 0, health_events=12, health_reached=280)
    submit(report=report_of(cycle, land, "371122"), by=clerk)
    page.goto(f"{base}{reverse('reporting:queue')}")
    page.get_by_label("选择莒县").check()
    page.get_by_role("button", name="通过所选").click()
    expect(page.locator("body")).to_contain_text("已通过1份报表")

    lost = watching.get_by_text("连接刚刚中断")
    watching.context.set_offline(True)
    watching.clock.fast_forward(A_WHILE)
    expect(lost).to_be_visible()
    expect(activity).to_contain_text("—")
    watching.context.set_offline(False)
    watching.clock.fast_forward(A_WHILE)
    expect(activity).to_contain_text("12")
    expect(lost).to_be_hidden()
    activity.get_by_role("link").click()
    watching.get_by_role("link", name="日照市").click()
    watching.get_by_role("link", name="莒县").click()
    watching.get_by_role("row", name=re.compile("莒县（本级）")).get_by_role("link", name="查看").click()
    expect(watching.get_by_role("heading", level=1)).to_contain_text("莒县科协")

    own = report_of(cycle, land, "3711")
    fill(own)
    submit(report=own, by=city)
    watching.goto(f"{base}{reverse('reporting:queue')}")
    watching.get_by_role("link", name="日照市").click()
    watching.get_by_role("button", name="审核通过").click()
    expect(watching.locator("body")).to_contain_text("已审核通过")
    watching.goto(f"{base}{reverse('reporting:cycles')}")
    watching.get_by_role("button", name="锁定本期").click()
    watching.get_by_role("dialog").get_by_role("button", name="锁定").click()
    expect(watching.locator("body")).to_contain_text("已锁定，审定数已固定")
    watching.goto(f"{base}{reverse('reporting:totals')}?cycle={cycle.pk}")
    expect(watching.get_by_role("row", name=re.compile("健康讲堂、义诊、防癌体检服务人次"))).to_contain_text(
        "280"
    )

    open_case(
        report=report_of(cycle, land, "371122"), changes={"health_reached": "270"}, reason="复核", by=clerk
    )
    page.goto(f"{base}{reverse('reporting:cases')}")
    page.get_by_role("button", name="确认").click()
    expect(page.locator("body")).to_contain_text("已确认，等待上级确认")
    assert CorrectionCase.objects.get().state == CaseState.OPEN
    watching.reload()
    expect(watching.get_by_role("row", name=re.compile("健康讲堂、义诊、防癌体检服务人次"))).to_contain_text(
        "审定280，实时270，差−10"
    )
    watching.goto(f"{base}{reverse('reporting:cases')}")
    watching.get_by_role("button", name="确认").click()
    expect(watching.locator("body")).to_contain_text("已生效")


@pytest.mark.parametrize(
    "name",
    [
        "overview",
        "coverage",
        "completeness",
        "totals",
        "registry",
        "blank_spots",
        "cases",
        "cycles",
        "deadlines",
        "feedback",
    ],
)
def test_page_fits_a_phone(
    name: str, window: Window, live_server, land: Tree, cycle: Cycle, province: User
) -> None:
    phone = window(province, viewport=PHONE)
    phone.goto(f"{live_server.url}{reverse(f'reporting:{name}')}")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    fits(phone)
