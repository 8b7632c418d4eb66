"""A county's month as its people do it: the grid, a township on a phone, the leader's word, up, back and up again."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.choices import EntryMode, ReportState, SignOffMode
from reporting.models import Report, UnitReporting
from reporting.rollup import sums_below
from reporting.services import review
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection
from tests.browsing import PHONE, Window, fits, saved, sign_in
from tests.factories import Tree, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOWNSHIPS = [
    *("城关", "柳河", "北岭", "河口", "大王", "太平", "马庄"),
    *("龙泉", "石桥", "双井", "黄店", "赵集", "清溪"),
]
COUNTY = "371122"
SELF_REPORTING = f"{COUNTY}113"
#: One township's eleven cells in the order of the columns.
FIGURES = ["2", "80", "1", "60", "3", "90", "1", "2", "150", "5", "4"]


@pytest.fixture
def land() -> Tree:
    names = {"37": "山东省", "3711": "日照市", COUNTY: "莒县"}
    names |= {f"{COUNTY}{100 + place}": f"{name}镇" for place, name in enumerate(TOWNSHIPS, 1)}
    tree = make_tree(names)
    UnitReporting.objects.create(unit=tree[SELF_REPORTING], entry_mode=EntryMode.SELF)
    UnitReporting.objects.create(unit=tree[COUNTY], sign_off=SignOffMode.PHONE)
    return tree


@pytest.fixture
def report(land: Tree) -> Report:
    collection = load_collection(owner=land.province, by=SYSTEM)
    cycle = open_cycle(collection=collection, period=clock.today().replace(day=1), by=SYSTEM)
    return Report.objects.select_related("cycle", "unit").get(cycle=cycle, unit=land[COUNTY])


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land[COUNTY], Role.REPORTER, Role.REVIEWER, name="李明")


@pytest.fixture
def leader(land: Tree) -> User:
    return user_at(land[COUNTY], Role.LEADER, name="赵国强")


@pytest.fixture
def official(land: Tree) -> User:
    return user_at(land["3711"], Role.REPORTER, Role.REVIEWER, name="孙丽")


def type_the_grid(page: Page, rows: int) -> None:
    page.get_by_label("城关镇 健康讲堂、义诊、防癌体检场次").click()
    for _row in range(rows):
        for value in FIGURES:
            page.keyboard.type(value)
            page.keyboard.press("Tab")


def test_county_month_typed_signed_submitted_returned_and_accepted(
    page: Page,
    window: Window,
    live_server,
    land: Tree,
    report: Report,
    clerk: User,
    leader: User,
    official: User,
) -> None:
    base = live_server.url
    sign_in(page, base, clerk)
    expect(page.get_by_role("heading", name="本月要做的事")).to_be_visible()
    page.get_by_role("link", name="录入乡镇数据").click()

    type_the_grid(page, rows=12)
    saved(page)
    expect(page.locator('[data-sum-of="health_events"]')).to_have_text("24")
    expect(page.locator("#grid-ready")).to_have_text("已报齐 12/13 个")
    page.get_by_role("button", name=re.compile(r"柳河镇\s*报数")).click()
    page.get_by_role("dialog").get_by_label("报数人").fill("王小明")
    page.get_by_role("dialog").get_by_role("button", name="记录").click()
    expect(page.get_by_role("row", name=re.compile("柳河镇"))).to_contain_text("王小明报数")

    township = window(user_at(land[SELF_REPORTING], name="陈静"), viewport=PHONE)
    township.get_by_role("link", name="填报本级数据").click()
    fits(township)
    for label, value in (("健康讲堂、义诊、防癌体检场次", "3"), ("健康讲堂、义诊、防癌体检服务人次", "100")):
        township.get_by_label(label).fill(value)
    saved(township)
    township.get_by_role("button", name="其余填 0").click()
    township.get_by_role("button", name=re.compile("^上报")).click()
    township.get_by_role("dialog").get_by_role("button", name="确认上报").click()
    expect(township.get_by_role("heading", level=1)).to_contain_text("待审核")
    fits(township)

    page.reload()
    page.get_by_role("link", name=re.compile(r"审核\s*清溪镇")).click()
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator("body")).to_contain_text("已审核通过")

    page.goto(f"{base}{reverse('reporting:desk')}")
    page.get_by_role("link", name="填报本级数据").click()
    page.get_by_label("健康讲堂、义诊、防癌体检场次").fill("4")
    page.get_by_label("健康讲堂、义诊、防癌体检服务人次").fill("160")
    saved(page)
    expect(page.locator('[data-sum-for="health_events"]')).to_have_text("31")
    page.get_by_role("button", name="其余填 0").click()
    page.get_by_label("本月进展情况").fill("本月新吸纳乡镇卫生院院长3名。")
    saved(page)
    page.get_by_role("button", name="送领导签批").click()
    page.get_by_role("dialog").get_by_role("button", name="送签").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待签批")

    signing = window(leader, viewport=PHONE)
    signing.get_by_role("link", name="审阅并签批").click()
    fits(signing)
    signing.get_by_role("button", name="同意").click()
    expect(signing.locator("body")).to_contain_text("已签批同意")

    page.reload()
    page.get_by_role("button", name="上报日照市科协").click()
    expect(page.get_by_role("dialog")).to_contain_text("都已报齐")
    page.get_by_role("dialog").get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待审核")
    assert sums_below(report.cycle, unit_id=land[COUNTY].pk, level=3)["health_events"] == 27

    review.send_back(
        report=report, reason="figure_doubtful", cell_remarks={"health_reached": "请核对人次"}, by=official
    )
    page.goto(f"{base}{reverse('reporting:desk')}")
    expect(page.locator("main")).to_contain_text("请核对人次")
    page.get_by_role("link", name="按意见修改").click()
    page.get_by_label("健康讲堂、义诊、防癌体检服务人次").fill("150")
    saved(page)
    page.get_by_role("button", name="送领导签批").click()
    page.get_by_role("dialog").get_by_role("button", name="送签").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待签批")
    signing.goto(f"{base}{reverse('reporting:sign', args=[report.pk])}")
    signing.get_by_role("button", name="同意").click()
    expect(signing.locator("body")).to_contain_text("已签批同意")
    page.reload()
    page.get_by_role("button", name="上报日照市科协").click()
    page.get_by_role("dialog").get_by_role("button", name="确认上报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("待审核")

    review.accept(report=report, by=official)
    page.goto(f"{base}{reverse('reporting:desk')}")
    expect(page.locator("main")).to_contain_text("月报已审核通过")
    report.refresh_from_db()
    assert (report.state, report.returns) == (ReportState.ACCEPTED, 1)
    assert report.live_version.figures.get(indicator__key="health_reached").value == 150


def test_submission_with_empty_cells_leads_to_them(
    page: Page, live_server, land: Tree, report: Report, clerk: User
) -> None:
    UnitReporting.objects.filter(unit=land[COUNTY]).update(sign_off=SignOffMode.WAIVED)
    sign_in(page, live_server.url, clerk)
    page.goto(f"{live_server.url}{reverse('reporting:fill', args=[report.pk])}")
    page.get_by_role("button", name="上报日照市科协").click()
    expect(page.get_by_role("dialog")).to_contain_text("有13个单位还没有报齐")
    page.get_by_role("dialog").get_by_role("button", name="确认上报").click()
    problem = page.locator("[data-problems]").get_by_role("link", name=re.compile("督导检查次数"))
    expect(problem).to_be_visible()
    problem.click()
    expect(page.get_by_label("督导检查次数")).to_be_in_viewport()
    assert Report.objects.get(pk=report.pk).state == ReportState.DRAFT


def test_grid_refuses_and_asks_at_the_cell(
    page: Page, live_server, land: Tree, report: Report, clerk: User
) -> None:
    sign_in(page, live_server.url, clerk)
    page.goto(f"{live_server.url}{reverse('reporting:grid')}")
    cell = page.get_by_label("城关镇 健康讲堂、义诊、防癌体检服务人次")
    cell.fill("80")
    page.get_by_label("城关镇 健康讲堂、义诊、防癌体检场次").fill("0")
    expect(page.locator(".cell-box.is-error")).to_have_count(1)
    expect(page.get_by_role("group", name="本格提示")).to_contain_text("请补填场次")


def test_grid_fits_a_phone_with_one_township_per_card(
    window: Window, live_server, land: Tree, report: Report, clerk: User
) -> None:
    page = window(clerk, viewport=PHONE)
    page.goto(f"{live_server.url}{reverse('reporting:grid')}")
    fits(page)
    page.get_by_label("柳河镇 科技志愿服务次数").fill("3")
    saved(page)
    expect(page.locator('[data-sum-of="volunteer_events"]')).to_have_text("3")


def test_reminder_is_copied_from_the_page(
    page: Page, live_server, land: Tree, report: Report, clerk: User
) -> None:
    sign_in(page, live_server.url, clerk)
    page.goto(f"{live_server.url}{reverse('reporting:chase')}")
    expect(page.get_by_label("催报文字")).to_have_value(re.compile("尚未报送13个：城关镇、柳河镇"))
    page.get_by_role("button", name="复制催报文字").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
