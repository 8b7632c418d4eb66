"""People in by a sheet, and one unit's renewal: who stays, who goes, looked at before it is done."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.roles import Role
from core.actor import SYSTEM
from orgs.models import OrgUnit
from sanzhang.models import Appointment, KeyPerson, Occupation, Term
from sanzhang.services import appointments, occupations, people, terms
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.browser.test_journey import serious_faults
from tests.browser.test_unit_lists import bring, column
from tests.browsing import PHONE, Window, fits
from tests.factories import Tree, make_tree, user_at
from tests.worker import worker_of_papers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNTY = "371122"
STARTED, ENDED = dt.date(2020, 1, 1), dt.date(2026, 11, 10)
NEWCOMER = {
    "姓名": "孙小农",
    "职业身份": "农技站站长",
    "工作单位": "莒县农技站",
    "性别": "女",
    "任职单位": "莒县",
    "职务": "副主席",
    "任职方式": "兼职",
    "任职起始日期": dt.date(2024, 3, 1),
    "吸纳方式": "届中增补",
}


@pytest.fixture
def land() -> Tree:
    occupations.load_defaults(by=SYSTEM)
    tree = make_tree({"37": "山东省", "3711": "日照市", COUNTY: "莒县", "371122001": "城阳街道"})
    terms.open_term(unit=tree[COUNTY], kind="leadership", ordinal=8, starts_on=STARTED, by=SYSTEM)
    seated(tree[COUNTY], "王秀兰", "医院院长")
    seated(tree[COUNTY], "赵建国", "学校校长")
    return tree


def seated(unit: OrgUnit, name: str, occupation: str) -> None:
    known = PersonFacts(
        name=name, occupation=Occupation.objects.get(name=occupation), employer=f"{name}的单位"
    )
    seat = SeatFacts(position="vice_chair", valid_from=STARTED, way_in="election")
    appointments.appoint(
        person=people.register(facts=known, unit=unit, by=SYSTEM), unit=unit, seat=seat, by=SYSTEM
    )


@pytest.fixture
def page(window: Window, live_server, land: Tree) -> Page:
    clerk = user_at(land[COUNTY], Role.REPORTER, name="李明")
    return window(clerk)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[None]:
    with worker_of_papers(tmp_path / "worker.log", queues="papers,default"):
        yield


@pytest.mark.slow
def test_people_brought_in_by_a_sheet(page: Page, live_server, worker: None, tmp_path: Path) -> None:
    base, path = live_server.url, tmp_path / "三长.xlsx"
    page.goto(f"{base}{reverse('sanzhang:list')}")
    page.get_by_text(re.compile("^花名册与表格导入")).click()
    page.get_by_role("button", name="下载空白模板").click()
    ready = page.get_by_role("button", name=re.compile("下载（"))
    expect(ready).to_be_visible(timeout=40_000)
    with page.expect_download() as caught:
        ready.click()
    caught.value.save_as(path)

    book = load_workbook(path)
    sheet = book.worksheets[0]
    line = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "姓名") + 1
    for label, value in NEWCOMER.items():
        sheet.cell(line, column(sheet, label)).value = value
    book.save(path)
    page.get_by_role("link", name="上传表格").click()
    assert serious_faults(page) == []
    bring(page, base, "sanzhang.people", path)
    opener = page.get_by_role("button", name="确认导入")
    expect(opener).to_be_visible(timeout=40_000)
    expect(page.get_by_role("row", name=re.compile("孙小农"))).to_be_visible()
    assert not KeyPerson.objects.filter(name="孙小农").exists()
    opener.click()
    page.get_by_role("dialog").get_by_role("button", name="全部导入").click()
    expect(page.get_by_text("新增1人，修改0人。")).to_be_visible(timeout=40_000)
    seat = Appointment.objects.get(person__name="孙小农")
    assert (seat.position, seat.unit.division_code) == ("vice_chair", COUNTY)


def test_unit_renews_its_leadership(page: Page, live_server, land: Tree) -> None:
    page.goto(f"{live_server.url}{reverse('sanzhang:bodies', args=[land[COUNTY].pk])}")
    page.get_by_role("link", name="办理换届").click()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label(re.compile("召开日期")).fill(ENDED.isoformat())
    page.get_by_label("王秀兰的去留").select_option(label="连任")
    page.get_by_label("赵建国的去留").select_option(label="退休离任")
    assert serious_faults(page) == []
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_text("连任（1人）")).to_be_visible()
    expect(page.get_by_text("赵建国（副主席，退休）")).to_be_visible()
    assert Term.objects.count() == 1
    assert serious_faults(page) == []
    page.get_by_role("button", name="确认换届").click()
    expect(page.get_by_text("已换届：领导班子。")).to_be_visible()
    old, new = Term.objects.order_by("ordinal")
    assert (old.ended_on, new.starts_on, new.ordinal) == (ENDED, ENDED, 9)
    assert [seat.person.name for seat in Appointment.objects.on(ENDED)] == ["王秀兰"]


def test_pages_fit_a_phone(window: Window, live_server, land: Tree) -> None:
    clerk = user_at(land[COUNTY], Role.REPORTER, Role.REVIEWER)
    page = window(clerk, viewport=PHONE)
    for name in ("list", "register", "doubles", "composition", "coverage", "terms", "new_meeting"):
        page.goto(f"{live_server.url}{reverse(f'sanzhang:{name}')}")
        fits(page)
        assert serious_faults(page) == []
    for name in ("list", "activities", "new_activity", "supports", "exemplars", "grades"):
        page.goto(f"{live_server.url}{reverse(f'duty:{name}')}")
        fits(page)
        assert serious_faults(page) == []
    page.goto(f"{live_server.url}{reverse('sanzhang:renew', args=[land[COUNTY].pk])}?bodies=leadership")
    fits(page)
