"""The list of units at work: changed in bulk, out and back as a workbook, named sets, kept views, the yearly word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.models import Cohort, CohortMember, Establishment, UnitOfficer, YearlyConfirmation
from orgs.services import facts
from tests.browser.test_journey import serious_faults
from tests.browsing import PHONE, Window, fits
from tests.factories import Tree, make_tree, user_at
from tests.worker import worker_of_papers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNTY = "371122"
TOWNSHIPS = ("城阳街道", "店子集街道", "陵阳镇")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def land() -> Tree:
    names = {"37": "山东省", "3711": "日照市", COUNTY: "莒县"}
    names |= {f"{COUNTY}00{place}": name for place, name in enumerate(TOWNSHIPS, 1)}
    tree = make_tree(names)
    facts.set_have(unit=tree[f"{COUNTY}001"], item="premises", since=dt.date(2024, 3, 1), by=SYSTEM)
    return tree


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land[COUNTY], Role.REPORTER, name="李明")


@pytest.fixture
def reviewer(land: Tree) -> User:
    return user_at(land["3711"], Role.REVIEWER, name="孙丽")


@pytest.fixture
def page(window: Window, live_server, clerk: User) -> Page:
    return window(clerk)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[None]:
    with worker_of_papers(tmp_path / "worker.log", queues="papers,default"):
        yield


def column(sheet: Worksheet, label: str) -> int:
    return next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == label)


def row_of(sheet: Worksheet, name: str) -> int:
    return next(cell.row for row in sheet.iter_rows() for cell in row if str(cell.value).endswith(name))


def bring(page: Page, base: str, kind: str, path: Path) -> None:
    page.goto(f"{base}{reverse('files:new_import', args=[kind])}")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并核对").click()


def test_bulk_edit_with_its_preview(page: Page, live_server, land: Tree) -> None:
    page.goto(f"{live_server.url}{reverse('orgs:list')}?level=4")
    for name in TOWNSHIPS[:2]:
        page.get_by_role("checkbox", name=re.compile(name)).check()
    expect(page.get_by_text("已选 2 个")).to_be_visible()
    assert serious_faults(page) == []
    page.get_by_role("button", name="批量修改").click()
    page.get_by_role("radio", name="建立情况").check()
    page.get_by_role("button", name="预览改动").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    page.get_by_label("建立情况改为").select_option(label="已建")
    page.get_by_label("自何日起").fill("2026-05-01")
    page.get_by_label("依据").fill("莒科协〔2026〕3号")
    page.get_by_role("button", name="预览改动").click()
    expect(page.get_by_role("row", name=re.compile(TOWNSHIPS[0]))).to_contain_text("已建")
    assert not Establishment.objects.exists()
    assert serious_faults(page) == []
    page.get_by_role("button", name="确认写入 2 个单位的改动").click()
    expect(page.get_by_role("row", name=re.compile(TOWNSHIPS[1]))).to_contain_text("已建")
    assert set(Establishment.objects.values_list("state", "unit__name")) == {
        ("established", name) for name in TOWNSHIPS[:2]
    }


@pytest.mark.slow
def test_workbook_goes_out_and_comes_back(
    page: Page, live_server, land: Tree, worker: None, tmp_path: Path
) -> None:
    base, path = live_server.url, tmp_path / "单位名册.xlsx"
    page.goto(f"{base}{reverse('orgs:list')}?level=4")
    page.get_by_role("button", name="下载名册").click()
    ready = page.get_by_role("button", name=re.compile("下载（"))
    expect(ready).to_be_visible(timeout=40_000)
    with page.expect_download() as caught:
        ready.click()
    caught.value.save_as(path)

    book = load_workbook(path)
    sheet = book["单位名册"]
    sheet.cell(row_of(sheet, TOWNSHIPS[2]), column(sheet, "联络员")).value = "周敏"
    book.save(path)
    bring(page, base, "orgs.units", path)
    opener = page.get_by_role("button", name="确认导入")
    expect(opener).to_be_visible(timeout=40_000)
    changed = page.get_by_role("row", name=re.compile(TOWNSHIPS[2]))
    expect(changed).to_contain_text("空 → 周敏")
    assert not UnitOfficer.objects.exists()
    assert serious_faults(page) == []
    opener.click()
    page.get_by_role("dialog").get_by_role("button", name="全部导入").click()
    expect(page.get_by_role("heading", name="已写入的改动")).to_be_visible(timeout=40_000)
    assert UnitOfficer.objects.get().name == "周敏"

    sheet.cell(row_of(sheet, TOWNSHIPS[0]), column(sheet, "建立情况")).value = "建好了"
    sheet.cell(row_of(sheet, TOWNSHIPS[1]), column(sheet, "自何日起")).value = "去年"
    book.save(path)
    bring(page, base, "orgs.units", path)
    faults = page.get_by_role("table", name="错误")
    expect(faults).to_be_visible(timeout=40_000)
    for place, label in (
        (row_of(sheet, TOWNSHIPS[0]), "建立情况"),
        (row_of(sheet, TOWNSHIPS[1]), "自何日起"),
    ):
        expect(faults.get_by_role("row", name=re.compile(rf"{place}\s+{label}"))).to_be_visible()
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)


@pytest.mark.slow
def test_file_of_something_else_is_refused_in_words(
    page: Page, live_server, worker: None, tmp_path: Path
) -> None:
    book, path = Workbook(), tmp_path / "别的.xlsx"
    book.worksheets[0].append(["品名", "数量"])
    book.save(path)
    bring(page, live_server.url, "orgs.units", path)
    expect(page.get_by_text("文件中没有工作表“单位名册”")).to_be_visible(timeout=40_000)
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)


def test_cohort_made_and_used_in_the_list(window: Window, live_server, land: Tree) -> None:
    base = live_server.url
    page = window(user_at(land["3711"], Role.REVIEWER))
    page.goto(f"{base}{reverse('orgs:cohorts')}")
    page.get_by_role("link", name="新建单位集").click()
    page.get_by_label("名称").fill("“3+1”试点")
    page.get_by_label("试点", exact=True).check()
    page.get_by_label("自何日起").fill("2026-01-01")
    page.get_by_role("button", name="保存").click()
    page.get_by_label("粘贴行政区划代码").fill(f"{COUNTY}001，{COUNTY}003")
    page.get_by_label("自何日起加入").fill("2026-01-01")
    page.get_by_role("button", name=re.compile("加入所选")).click()
    expect(page.get_by_text("已加入 2 个单位")).to_be_visible()
    assert CohortMember.objects.count() == 2
    page.get_by_role("link", name="在名册中查看").click()
    expect(page.get_by_role("row", name=re.compile(TOWNSHIPS[2]))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(TOWNSHIPS[1]))).to_have_count(0)
    assert page.url.endswith(f"cohort={Cohort.objects.get().pk}")


def test_view_kept_and_shared(window: Window, live_server, page: Page, land: Tree) -> None:
    base = live_server.url
    page.goto(f"{base}{reverse('orgs:list')}?q={TOWNSHIPS[2]}")
    page.get_by_text("视图", exact=True).click()
    page.get_by_label("将当前列表存为视图").fill("只看陵阳")
    page.get_by_label("本单位同事也可使用").check()
    page.get_by_role("button", name="保存视图").click()
    expect(page.get_by_text("已保存视图“只看陵阳”")).to_be_visible()

    colleague = window(user_at(land[COUNTY], Role.REVIEWER))
    colleague.goto(f"{base}{reverse('orgs:list')}")
    expect(colleague.get_by_role("row", name=re.compile(TOWNSHIPS[0]))).to_be_visible()
    colleague.get_by_text("视图", exact=True).click()
    expect(colleague.get_by_text("李明 共享")).to_be_visible()
    colleague.get_by_role("link", name="只看陵阳").click()
    expect(colleague.get_by_role("row", name=re.compile(TOWNSHIPS[2]))).to_be_visible()
    expect(colleague.get_by_role("row", name=re.compile(TOWNSHIPS[0]))).to_have_count(0)


def test_yearly_word_for_all_sent_back_and_given_again(
    window: Window, live_server, page: Page, land: Tree, reviewer: User
) -> None:
    base, unit = live_server.url, land[COUNTY]
    page.goto(f"{base}{reverse('orgs:confirmations')}")
    page.get_by_role("button", name="全部确认无变化").click()
    page.get_by_role("dialog").get_by_role("button", name="确认无变化").click()
    expect(page.get_by_text(re.compile("已确认 4 个单位"))).to_be_visible()

    city = window(reviewer)
    city.goto(f"{base}{reverse('orgs:confirmation', args=[unit.pk])}")
    city.get_by_label("有固定场所的核查意见").fill("请补充")
    city.get_by_role("button", name="退回修改").click()
    expect(city.get_by_text("的确认，填报人员会收到消息")).to_be_visible()

    page.goto(base)
    page.get_by_role("main").get_by_role("link", name=re.compile("六有四缺")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("六有四缺年度确认")
    page.get_by_role("link", name="莒县", exact=True).last.click()
    expect(page.get_by_text("请补充").first).to_be_visible()
    page.get_by_role("button", name="重新确认").click()
    assert YearlyConfirmation.objects.get(unit=unit).state == "returned"
    page.get_by_label("情况说明").fill("已核对，确无场所")
    page.get_by_role("button", name="重新确认").click()
    expect(page.get_by_text("已确认 1 个单位")).to_be_visible()
    word = YearlyConfirmation.objects.get(unit=unit)
    assert (word.state, word.year) == ("confirmed", clock.today().year)


def test_pages_fit_a_phone(window: Window, live_server, clerk: User, land: Tree) -> None:
    page = window(clerk, viewport=PHONE)
    names = ("list", "roster", "missing", "item_coverage", "confirmations", "cohorts", "expectations")
    for name in names:
        page.goto(f"{live_server.url}{reverse(f'orgs:{name}')}")
        fits(page)
        assert serious_faults(page) == []
    for name in ("detail", "history", "edit_items", "confirmation"):
        page.goto(f"{live_server.url}{reverse(f'orgs:{name}', args=[land[COUNTY].pk])}")
        fits(page)
        assert serious_faults(page) == []


def test_questions_about_a_blank_spot_are_asked_of_a_blank_spot_alone(
    page: Page, live_server, land: Tree
) -> None:
    unit = land[f"{COUNTY}002"]
    page.goto(f"{live_server.url}{reverse('orgs:edit_establishment', args=[unit.pk])}")
    page.get_by_role("radio", name="已建").check()
    expect(page.get_by_label("未建原因")).to_be_hidden()
    page.get_by_role("radio", name="未建").check()
    page.get_by_label("自何日起").fill("2026-01-01")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("未建科协的，请选择或写明原因。")).to_be_visible()
    expect(page.get_by_role("radio", name="未建")).to_be_checked()
    page.get_by_label("未建原因").select_option(index=1)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    assert Establishment.objects.get(unit=unit).reason_code
