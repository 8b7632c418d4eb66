"""The way into a leadership body, whole, each at their own screen: shortlist, opinions, meeting, filing, in post, out."""

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
from orgs.models import OrgUnit
from sanzhang.choices import Giver
from sanzhang.models import Appointment, Candidacy
from sanzhang.procedures import Step, plan_in_force
from sanzhang.services import occupations, procedures
from sanzhang.services.procedures import ProcedureFacts
from tests.browsing import PHONE, Window, fits
from tests.factories import Tree, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CITY, COUNTY = "3711", "371122"
PEOPLE = (("王秀兰", "医院院长"), ("赵建国", "学校校长"))


@pytest.fixture
def land(db: None) -> Tree:
    """A county of Shandong, whose province also asks the employer and the superior."""
    tree = make_tree({"37": "山东省", CITY: "日照市", COUNTY: "莒县", "371122100": "城阳街道"})
    occupations.load_defaults(by=SYSTEM)
    draft = procedures.draft(owner=tree.province, by=SYSTEM)
    plan = plan_in_force(tree.province)
    asked = [
        Step("", "所在单位意见", Giver.EMPLOYER, (3, 4, 5)),
        Step("", "上级科协意见", Giver.SUPERIOR, (3, 4, 5)),
    ]
    steps = [plan.rules[0], *asked, *plan.rules[1:]]
    facts = ProcedureFacts("全省吸纳程序", "省科协文件", steps, plan.authorities)
    procedures.save_draft(procedure=draft, facts=facts, by=SYSTEM)
    procedures.publish(procedure=draft, by=SYSTEM)
    return tree


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land[COUNTY], Role.REPORTER, name="李明")


@pytest.fixture
def reviewer(land: Tree) -> User:
    return user_at(land[CITY], Role.REVIEWER, name="孙丽")


def day(ago: int) -> str:
    return (clock.today() - dt.timedelta(days=ago)).isoformat()


def shortlist(page: Page, base: str, unit: OrgUnit, name: str, occupation: str) -> None:
    page.goto(f"{base}{reverse('sanzhang:register')}?as=candidate&unit={unit.pk}")
    with page.expect_response(re.compile(reverse("sanzhang:register_choices"))):
        page.get_by_label("职业身份").select_option(label=occupation)
    page.locator("select[name=position]").select_option("member")
    page.get_by_label("起始日期").fill(day(20))
    page.get_by_label("姓名").fill(name)
    page.get_by_label("工作单位").fill(f"{name}所在单位")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text(f"已登记{name}")).to_be_visible()


def type_step(page: Page, ago: int, number: str = "") -> None:
    form = page.locator("form[action$='/step/']")
    form.get_by_role("radio", name="同意", exact=True).check()
    form.get_by_label("日期").fill(day(ago))
    form.get_by_label("文号").fill(number)
    form.get_by_role("button", name="登记").click()


def enter_only_searches(page: Page) -> None:
    """Enter in a box that finds people searches, and sends nothing."""
    form = page.locator("form[action$='/step/']")
    form.get_by_role("radio", name=re.compile("另提")).check()
    box = form.locator("#find-nominee")
    box.fill(PEOPLE[1][0])
    box.press("Enter")
    expect(form.locator("#nominees")).to_contain_text(PEOPLE[1][0])
    expect(page.locator(".invalid-feedback")).to_have_count(0)
    form.get_by_role("radio", name="同意", exact=True).check()


def open_candidacy(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}{reverse('sanzhang:candidacies')}")
    page.get_by_role("link", name=name).click()


def test_whole_way_by_the_roles_it_belongs_to(
    window: Window, live_server, land: Tree, clerk: User, reviewer: User
) -> None:
    base = live_server.url
    county = window(clerk)
    for name, occupation in PEOPLE:
        shortlist(county, base, land[COUNTY], name, occupation)
    for name, _occupation in PEOPLE:
        open_candidacy(county, base, name)
        expect(county.get_by_text("等待所在单位")).to_be_visible()
        if name == PEOPLE[0][0]:
            enter_only_searches(county)
        type_step(county, 15, "院字〔2026〕3号")
        expect(county.get_by_text("等待日照市科协")).to_be_visible()
        expect(county.get_by_role("button", name="登记", exact=True)).to_have_count(0)

    city = window(reviewer)
    city.get_by_role("link", name=re.compile("待我出具意见")).first.click()
    for name, _occupation in PEOPLE:
        city.get_by_role("checkbox", name=f"同意{name}").check()
    city.get_by_label("日期").fill(day(10))
    city.get_by_role("button", name=re.compile("出具“同意”")).click()
    expect(city.get_by_text("已对2名人选出具同意意见")).to_be_visible()

    for name, _occupation in PEOPLE:
        open_candidacy(county, base, name)
        type_step(county, 11)
        expect(county.get_by_text("日期不能早于上一环节")).to_be_visible()
        type_step(county, 8, "组发〔2026〕12号")
        expect(county.get_by_text("等待代表大会或委员会").first).to_be_visible()

    elect_at_one_meeting(county, base, land[COUNTY])
    assert set(Candidacy.objects.values_list("outcome", flat=True)) == {"appointed"}

    file_and_leave(county)
    seat = Appointment.objects.get(person__name="王秀兰")
    assert (seat.filings.count(), seat.end_reason) == (1, "transferred")


def elect_at_one_meeting(page: Page, base: str, unit: OrgUnit) -> None:
    page.goto(f"{base}{reverse('sanzhang:new_meeting')}?unit={unit.pk}")
    page.locator("select[name=kind]").select_option("plenary")
    page.get_by_label("召开日期").fill(day(5))
    page.get_by_label("文号").fill("莒科协〔2026〕7号")
    page.get_by_label("会议纪要").set_input_files(
        {"name": "纪要.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    page.get_by_role("button", name="保存").click()
    for name, _occupation in PEOPLE:
        page.get_by_role("checkbox", name=f"{name}当选").check()
    page.get_by_role("button", name="勾选的人选任职").click()
    expect(page.get_by_text("2人已任职")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("纪要.pdf"))).to_be_visible()


def file_and_leave(page: Page) -> None:
    page.get_by_role("link", name="王秀兰").click()
    page.get_by_role("button", name=re.compile("登记备案")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("备案机关")).to_have_value("县级党委组织部门")
    dialog.get_by_label("备案号").fill("备字〔2026〕1号")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已备案：县级党委组织部门")).to_be_visible()
    page.get_by_role("button", name=re.compile("^离任")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("离任原因").select_option("transferred")
    dialog.get_by_role("button", name="确认离任").click()
    expect(page.get_by_text("已办理离任")).to_be_visible()


def test_pages_fit_a_phone(window: Window, live_server, land: Tree, clerk: User) -> None:
    page = window(clerk, viewport=PHONE)
    for name in ("candidacies", "candidacy_list", "step_speeds", "terms", "meetings", "meeting_month"):
        page.goto(f"{live_server.url}{reverse(f'sanzhang:{name}')}")
        fits(page)
    page.goto(f"{live_server.url}{reverse('sanzhang:bodies', args=[land[COUNTY].pk])}")
    fits(page)
