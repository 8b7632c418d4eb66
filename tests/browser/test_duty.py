"""An activity recorded on a phone in a minute, kept when the line is gone, and found again in the month's form."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.models import Cell, Report
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection
from sanzhang.models import Activity, Occupation
from sanzhang.services import activity_kinds, appointments, occupations, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.browsing import PHONE, sign_in
from tests.factories import Tree, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def land() -> Tree:
    occupations.load_defaults(by=SYSTEM)
    activity_kinds.load_defaults(by=SYSTEM)
    tree = make_tree({"37": "山东省", "3711": "日照市", "371122": "莒县", "371122101": "城关镇"})
    known = PersonFacts(name="王秀兰", occupation=Occupation.objects.get(name="医院院长"), employer="县医院")
    head = people.register(facts=known, unit=tree["371122"], by=SYSTEM)
    seat = SeatFacts(position="vice_chair", valid_from=clock.today().replace(day=1), way_in="election")
    appointments.appoint(person=head, unit=tree["371122"], seat=seat, by=SYSTEM)
    return tree


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land["371122"], Role.REPORTER, Role.REVIEWER, name="李明")


@pytest.fixture
def report(land: Tree) -> Report:
    collection = load_collection(owner=land.province, by=SYSTEM)
    today = clock.today()
    # The period whose window holds today, so that what happened today counts in it.
    month = today.replace(day=1)
    if today.day >= 20:
        month = (month.replace(day=28) + dt.timedelta(days=7)).replace(day=1)
    cycle = open_cycle(collection=collection, period=month, by=SYSTEM)
    return Report.objects.select_related("cycle", "unit").get(cycle=cycle, unit=land["371122"])


def fill_in(page: Page) -> None:
    page.get_by_label("活动类别").select_option(label="义诊")
    page.get_by_label("地点").fill("县医院广场")
    page.get_by_label("社区居民").fill("40")
    page.get_by_role("group", name="王秀兰").get_by_text("牵头").click()


def test_activity_on_a_phone_counts_in_the_month(
    page: Page, live_server, report: Report, clerk: User
) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, live_server.url, clerk)
    page.goto(live_server.url + reverse("duty:new_activity"))
    fill_in(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="义诊")).to_be_visible()
    made = Activity.objects.get()
    assert (made.reached, made.parts.get().role) == (40, "led")

    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_server.url + reverse("reporting:fill", args=[report.pk]))
    cell = page.locator(f"#entry-{report.pk}-health_events")
    line = page.locator(".sheet-line", has=cell)
    expect(line.get_by_role("link", name="台账 1")).to_be_visible()
    expect(cell).to_have_value("0")
    cell.fill("2")
    expect(line.locator("[data-whole]")).to_have_text("3")
    with page.expect_response(lambda answer: answer.url.endswith("/cells/")):
        cell.blur()
    assert Cell.objects.get(report=report, indicator__key="health_events").value == 2
    line.get_by_role("link", name="台账 1").click()
    page.get_by_role("link", name="义诊").first.click()
    expect(page.get_by_text("县医院广场")).to_be_visible()


def test_activity_typed_without_a_line_is_kept(
    page: Page, context: BrowserContext, live_server, report: Report, clerk: User
) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, live_server.url, clerk)
    page.goto(live_server.url + reverse("duty:new_activity"))
    fill_in(page)
    context.set_offline(True)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("现在没有网络")).to_be_visible()
    context.set_offline(False)
    page.reload()
    expect(page.get_by_text("已恢复上次没有提交的内容")).to_be_visible()
    expect(page.get_by_label("社区居民")).to_have_value("40")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="义诊")).to_be_visible()
    assert Activity.objects.get().place == "县医院广场"
    page.goto(live_server.url + reverse("duty:new_activity"))
    expect(page.get_by_label("社区居民")).to_have_value("")
