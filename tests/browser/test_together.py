"""Typing that the network cannot lose, and two people in one report who see each other."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.models import Cell, Collection, Report
from reporting.services.cycles import open_cycle
from reporting.services.filling import zero_the_rest
from reporting.services.forms import load_collection
from reporting.services.submission import submit, withdraw
from tests.browsing import Window, sign_in
from tests.factories import Tree, make_tree, user_at
from tests.forms import census

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNTY = "371122"
#: What typing areas load on demand.
SCRIPTS = re.compile(r"/grid[^/]*\.js")


@pytest.fixture
def land() -> Tree:
    return make_tree({"37": "山东省", "3711": "日照市", COUNTY: "莒县", f"{COUNTY}101": "城阳街道"})


@pytest.fixture
def report(land: Tree) -> Report:
    collection = load_collection(owner=land.province, by=SYSTEM)
    cycle = open_cycle(collection=collection, period=clock.today().replace(day=1), by=SYSTEM)
    return Report.objects.select_related("cycle", "unit").get(cycle=cycle, unit=land[COUNTY])


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land[COUNTY], Role.REPORTER, name="李明")


@pytest.fixture
def colleague(land: Tree) -> User:
    return user_at(land[COUNTY], Role.REPORTER, name="王芳")


def cell(page: Page, report: Report, key: str) -> Locator:
    return page.locator(f'[data-report="{report.pk}"][data-key="{key}"]')


def opened(page: Page, base: str, report: Report) -> Page:
    page.goto(f"{base}{reverse('reporting:fill', args=[report.pk])}")
    expect(page.locator("[data-autosave-url][data-ready]")).to_be_visible()
    return page


def status(page: Page) -> Locator:
    return page.locator("[data-autosave-words]")


def stored(report: Report) -> dict[str, str]:
    rows = Cell.objects.filter(report=report).values_list("indicator__key", "value", "text")
    return {key: text if value is None else f"{value:.0f}" for key, value, text in rows}


def cut_off(page: Page) -> None:
    """The laptop dies: no event runs in the page, nothing is sent on leaving."""
    with pytest.raises(PlaywrightError), page.expect_event("crash"):
        page.goto("chrome://crash")
    page.close()


def test_nothing_typed_is_lost_when_the_network_goes_and_the_laptop_dies(
    context: BrowserContext, live_server, report: Report, clerk: User, colleague: User
) -> None:
    base = live_server.url
    page = opened(sign_in(context.new_page(), base, clerk), base, report)
    cell(page, report, "health_events").fill("3")
    expect(status(page)).to_contain_text("已保存")
    context.set_offline(True)
    cell(page, report, "health_reached").fill("150")
    cell(page, report, "agri_events").fill("2")
    cell(page, report, "problems").fill("一、经费不足\n二、人手不够")
    expect(status(page)).to_contain_text("网络中断，已暂存在本机")
    assert set(stored(report)) == {"health_events"}
    cut_off(page)
    context.set_offline(False)

    context.clear_cookies()
    other = opened(sign_in(context.new_page(), base, colleague), base, report)
    expect(cell(other, report, "health_events")).to_have_value("3")
    expect(cell(other, report, "agri_events")).to_have_value("")
    other.close()
    assert set(stored(report)) == {"health_events"}

    context.clear_cookies()
    page = opened(sign_in(context.new_page(), base, clerk), base, report)
    expect(cell(page, report, "health_reached")).to_have_value("150")
    expect(status(page)).to_contain_text("已保存")
    assert stored(report) == {
        "health_events": "3",
        "health_reached": "150",
        "agri_events": "2",
        "problems": "一、经费不足\n二、人手不够",
    }
    expect(page.get_by_text("将反映问题 2 条")).to_be_visible()


def test_answers_of_every_kind_given_before_the_scripts_arrive_are_saved(
    page: Page, live_server, land: Tree, clerk: User
) -> None:
    version, period = census(land), clock.today().replace(day=1)
    collection = Collection.objects.create(
        owner=land.province, key="census", name="普查", form=version.form, first_period=period, noun="普查表"
    )
    cycle = open_cycle(collection=collection, period=period, by=SYSTEM)
    report = Report.objects.get(cycle=cycle, unit=land[COUNTY])
    page.route(SCRIPTS, lambda route: route.abort())
    sign_in(page, live_server.url, clerk)
    page.goto(f"{live_server.url}{reverse('reporting:fill', args=[report.pk])}")
    expect(status(page)).to_contain_text("正在重试，请勿关闭页面")
    cell(page, report, "staff").fill("40")
    cell(page, report, "premises").select_option(label="租用")
    page.get_by_label("缺经费").check()
    page.get_by_label("缺场所").check()
    page.get_by_role("button", name="其余填 0").click()
    expect(page.get_by_text("填写的内容尚未保存，请稍候再提交。")).to_be_visible()
    assert stored(report) == {}
    page.unroute(SCRIPTS)
    expect(status(page)).to_contain_text("已保存", timeout=15_000)
    expect(page.locator("[data-choices-for]")).to_be_visible()
    assert stored(report) == {"staff": "40", "premises": "o2", "needs": "o1,o3"}


def test_what_is_typed_anew_before_the_scripts_arrive_goes_before_what_was_kept(
    page: Page, live_server, report: Report, clerk: User
) -> None:
    page = opened(sign_in(page, live_server.url, clerk), live_server.url, report)
    page.route("**/reports/cells/", lambda route: route.abort())
    cell(page, report, "health_events").fill("3")
    cell(page, report, "agri_events").fill("2")
    expect(status(page)).to_contain_text("已暂存")
    page.route(SCRIPTS, lambda route: route.abort())
    page.reload()
    cell(page, report, "health_events").fill("4")
    page.unroute("**/reports/cells/")
    page.unroute(SCRIPTS)
    expect(status(page)).to_contain_text("已保存", timeout=15_000)
    assert stored(report) == {"health_events": "4", "agri_events": "2"}
    expect(cell(page, report, "agri_events")).to_have_value("2")


def test_two_in_one_report_see_each_other_and_both_values_of_a_conflict(
    window: Window, live_server, report: Report, clerk: User, colleague: User
) -> None:
    base = live_server.url
    first = opened(window(clerk), base, report)
    second = opened(window(colleague), base, report)
    expect(second.locator("[data-presence-words]")).to_contain_text("李明")
    cell(second, report, "agri_events").focus()
    first.evaluate("document.querySelector('[data-presence-url]').presence.schedule(0)")
    expect(first.locator("[data-presence-words]")).to_contain_text("王芳（农技培训期数")
    expect(first.locator(".cell-box[data-here='王芳']")).to_have_count(1)

    cell(first, report, "volunteer_events").fill("5")
    expect(status(first)).to_contain_text("已保存")
    expect(cell(second, report, "volunteer_events")).to_have_value("5")

    second.route("**/reports/cells/", lambda route: route.abort())
    cell(second, report, "health_events").fill("15")
    expect(status(second)).to_contain_text("已暂存")
    cell(first, report, "health_events").fill("12")
    expect(status(first)).to_contain_text("已保存")
    second.unroute("**/reports/cells/")
    cell(second, report, "health_events").press("Enter")
    cell(second, report, "health_events").focus()
    panel = second.get_by_role("group", name="本格提示")
    expect(panel).to_contain_text("李明")
    expect(panel).to_contain_text("我的 15")
    expect(panel).to_contain_text("对方的 12")
    first.locator(".cell-box.is-contested").wait_for()
    cell(first, report, "health_events").focus()
    shown = first.get_by_role("group", name="本格提示")
    expect(shown).to_contain_text("已保存 12")
    expect(shown).to_contain_text("王芳 15")

    panel.get_by_role("button", name="用我的").click()
    expect(cell(first, report, "health_events")).to_have_value("15")
    expect(first.locator(".cell-box.is-contested")).to_have_count(0)
    assert stored(report)["health_events"] == "15"


def test_what_came_too_late_for_the_submission_is_shown_until_it_is_dropped(
    context: BrowserContext, live_server, report: Report, clerk: User, colleague: User
) -> None:
    page = opened(sign_in(context.new_page(), live_server.url, clerk), live_server.url, report)
    context.set_offline(True)
    cell(page, report, "health_events").fill("17")
    cell(page, report, "progress").fill("开展义诊")
    expect(status(page)).to_contain_text("网络中断，已暂存在本机")
    zero_the_rest(report=report, by=colleague)
    submit(report=report, by=colleague)
    context.set_offline(False)
    expect(page.locator(".cell-box.is-error").first).to_be_visible()
    page.reload()
    late = page.get_by_role("region", name="本机没有存上的内容")
    expect(late).to_contain_text("健康讲堂、义诊、防癌体检场次：17")
    expect(late).to_contain_text("：开展义诊")
    expect(late.get_by_role("listitem")).to_have_count(2)
    withdraw(report=report, by=colleague)
    opened(page, live_server.url, report)
    expect(cell(page, report, "health_events")).to_have_value("17")
    expect(status(page)).to_contain_text("与他人填写的不一致")
    submit(report=report, by=colleague)
    page.reload()
    late.get_by_role("button", name="丢弃").click()
    page.get_by_role("dialog").get_by_role("button", name="丢弃").click()
    expect(late).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="流转记录")).to_be_visible()
    expect(late).to_be_hidden()
    assert stored(report)["health_events"] == "0"
