"""One month, all the way: from the county's grid to the province's workbook and bulletin, each at their own screen."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.choices import EntryMode, ReportState, SignOffMode
from reporting.models import Cycle, Report, UnitReporting
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from reporting.services.forms import load_collection
from reporting.services.submission import submit
from tests.browser.test_county_month import (
    COUNTY,
    SELF_REPORTING,
    TOWNSHIPS,
    fits,
    saved,
    sign_in,
    type_the_grid,
)
from tests.browsing import PHONE, Window
from tests.factories import Tree, make_tree, user_at
from tests.month import fill
from tests.worker import worker_of_papers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CITY, OTHER_COUNTY = "3711", "371121"
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def land() -> Tree:
    names = {
        "37": "山东省",
        CITY: "日照市",
        COUNTY: "莒县",
        OTHER_COUNTY: "五莲县",
        f"{OTHER_COUNTY}100": "洪凝镇",
    }
    names |= {f"{COUNTY}{100 + place}": f"{name}镇" for place, name in enumerate(TOWNSHIPS, 1)}
    tree = make_tree(names)
    UnitReporting.objects.create(unit=tree[SELF_REPORTING], entry_mode=EntryMode.SELF)
    UnitReporting.objects.create(unit=tree[COUNTY], sign_off=SignOffMode.PHONE)
    return tree


@pytest.fixture
def cycle(land: Tree) -> Cycle:
    """The newest month whose window is over, so that it can be locked; its registry facts are taken, as beat does."""
    this_month = clock.today().replace(day=1)
    last_month = (this_month - dt.timedelta(days=1)).replace(day=1)
    period = this_month if clock.today().day > 20 else last_month
    cycle = open_cycle(collection=load_collection(owner=land.province, by=SYSTEM), period=period, by=SYSTEM)
    compute_facts(cycle=cycle, by=SYSTEM)
    return cycle


def report_of(cycle: Cycle, tree: Tree, code: str) -> Report:
    return Report.objects.select_related("cycle", "unit").get(cycle=cycle, unit=tree[code])


def confirm(page: Page, opener: str, button: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{opener}")).click()
    page.get_by_role("dialog").get_by_role("button", name=button).click()


def zero_the_rest(page: Page, last: str = "科技志愿服务次数") -> None:
    page.get_by_role("button", name="其余填 0").click()
    expect(page.get_by_label(last)).to_have_value("0")


def serious_faults(page: Page) -> list[str]:
    """What the accessibility checker finds that bars somebody."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {fault['id']} {fault['nodes'][0]['target']}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def county_types_and_submits(page: Page, phone: Page, leader: Page, report: Report) -> None:
    page.get_by_role("link", name="录入乡镇数据").click()
    type_the_grid(page, rows=12)
    saved(page)

    phone.get_by_role("link", name="填报本级数据").click()
    phone.get_by_label("健康讲堂、义诊、防癌体检场次").fill("3")
    phone.get_by_label("健康讲堂、义诊、防癌体检服务人次").fill("100")
    saved(phone)
    zero_the_rest(phone)
    confirm(phone, "上报", "确认上报")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("待审核")
    fits(phone)
    page.reload()
    page.get_by_role("row", name=re.compile("清溪镇")).get_by_role("link", name=re.compile("审核")).click()
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator("body")).to_contain_text("已审核通过")

    page.goto(f"{page.url.split('/reports')[0]}{reverse('reporting:fill', args=[report.pk])}")
    page.get_by_label("健康讲堂、义诊、防癌体检场次").fill("4")
    page.get_by_label("健康讲堂、义诊、防癌体检服务人次").fill("160")
    saved(page)
    zero_the_rest(page)
    page.get_by_label("本月进展情况").fill("莒县新吸纳乡镇卫生院院长3名。")
    saved(page)
    sign_off_and_submit(page, leader, report)


def sign_off_and_submit(page: Page, leader: Page, report: Report) -> None:
    confirm(page, "送领导签批", "送签")
    expect(page.get_by_role("heading", level=1)).to_contain_text("待签批")
    leader.goto(f"{leader.url.split('/reports')[0]}{reverse('reporting:sign', args=[report.pk])}")
    fits(leader)
    leader.get_by_role("button", name="同意").click()
    expect(leader.locator("body")).to_contain_text("已签批同意")
    page.reload()
    confirm(page, "上报日照市科协", "确认上报")
    expect(page.get_by_role("heading", level=1)).to_contain_text("待审核")


def test_month_from_the_county_to_the_bulletin(
    page: Page, window: Window, live_server, land: Tree, cycle: Cycle, tmp_path: Path
) -> None:
    base = live_server.url
    county_report, city_report = report_of(cycle, land, COUNTY), report_of(cycle, land, CITY)
    other = report_of(cycle, land, OTHER_COUNTY)
    fill(other, health_events=2, health_reached=20)
    submit(report=other, by=user_at(land[OTHER_COUNTY], Role.REPORTER))

    sign_in(page, base, user_at(land[COUNTY], Role.REPORTER, Role.REVIEWER, name="李明"))
    phone = window(user_at(land[SELF_REPORTING], name="陈静"), viewport=PHONE)
    leader = window(user_at(land[COUNTY], Role.LEADER, name="赵国强"), viewport=PHONE)
    county_types_and_submits(page, phone, leader, county_report)

    city = window(user_at(land[CITY], Role.REPORTER, Role.REVIEWER, name="孙丽"))
    city.goto(f"{base}{reverse('reporting:queue')}")
    faults = serious_faults(city)
    city.get_by_role("link", name="莒县", exact=True).click()
    faults += serious_faults(city)
    city.get_by_label(re.compile("对“健康讲堂、义诊、防癌体检服务人次”的意见")).fill("请核对人次")
    city.get_by_label("退回原因").select_option("figure_doubtful")
    city.get_by_role("button", name="退回修改").click()
    expect(city.locator("body")).to_contain_text("已退回莒县修改")

    page.goto(f"{base}{reverse('reporting:desk')}")
    expect(page.locator("main")).to_contain_text("请核对人次")
    page.get_by_role("link", name="按意见修改").click()
    page.get_by_label("健康讲堂、义诊、防癌体检服务人次").fill("150")
    saved(page)
    sign_off_and_submit(page, leader, county_report)

    province = window(user_at(land.province, Role.REPORTER, Role.REVIEWER, name="周建华"))
    province.goto(f"{base}{reverse('reporting:coverage')}")
    board = province.locator("#board")
    before = board.inner_text()

    city.goto(f"{base}{reverse('reporting:queue')}")
    for name in ("莒县", "五莲县"):
        city.get_by_label(f"选择{name}").check()
    city.get_by_role("button", name="通过所选").click()
    expect(city.locator("body")).to_contain_text("没有等待审核的报表")
    province.reload()
    expect(board).not_to_have_text(before)
    faults += serious_faults(province)

    city.goto(f"{base}{reverse('reporting:fill', args=[city_report.pk])}")
    expect(city.locator("main")).to_contain_text("莒县新吸纳乡镇卫生院院长3名")
    zero_the_rest(city, "督导检查次数")
    for label in ("本月进展情况", "下步打算"):
        city.get_by_label(label).fill("全市按计划推进，下月开展督导。")
    saved(city)
    faults += serious_faults(city)
    confirm(city, "上报", "确认上报")
    expect(city.get_by_role("heading", level=1)).to_contain_text("待审核")

    province.goto(f"{base}{reverse('reporting:review', args=[city_report.pk])}")
    province.get_by_role("button", name="审核通过").click()
    expect(province.locator("body")).to_contain_text("已审核通过")
    province.goto(f"{base}{reverse('reporting:cycles')}")
    confirm(province, "锁定本期", "锁定")
    expect(province.locator("body")).to_contain_text("已锁定")
    assert Report.objects.get(pk=county_report.pk).official_version_id is not None
    assert Report.objects.get(pk=city_report.pk).state == ReportState.ACCEPTED

    province.goto(f"{base}{reverse('reporting:papers')}?cycle={cycle.pk}")
    faults += serious_faults(province)
    with worker_of_papers(tmp_path / "worker.log"):
        files = {
            kind: made_and_downloaded(province, kind, title, tmp_path)
            for kind, title in (("reporting.workbook", "工作月报"), ("reporting.bulletin_pdf", "通报"))
        }
    book = load_workbook(files["reporting.workbook"], read_only=True)
    cells = [value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row]
    assert 4 + 27 + 2 in cells
    assert files["reporting.bulletin_pdf"].read_bytes().startswith(b"%PDF-")
    assert faults == []


def made_and_downloaded(page: Page, kind: str, title: str, folder: Path) -> Path:
    """Ask for a paper, go on using the page while it is made, and fetch it."""
    page.locator(f'form[action*="{kind}"] button').first.click()
    job = page.locator("#jobs [data-job]").filter(has_text=title)
    download = job.get_by_role("button", name=re.compile("^下载"))
    expect(download).to_be_visible(timeout=120_000)
    with page.expect_download() as fetched:
        download.click()
    target = folder / fetched.value.suggested_filename
    fetched.value.save_as(target)
    return target
