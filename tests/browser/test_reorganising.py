"""Two townships become one: the wizard, both life lines, the coverage board by either tree, and the way back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.models import OrgUnit, Succession
from orgs.selectors.verification import verify_tree
from orgs.services import facts
from reporting.models import Cycle
from reporting.services.cycles import open_cycle
from reporting.services.facts import compute_facts
from reporting.services.forms import load_collection
from tests.browser.test_journey import serious_faults
from tests.browsing import PHONE, Window, fits
from tests.factories import Tree, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNTY = "371122"
GONE = ("城阳街道", "店子集街道")
STANDS = "陵阳街道"
NEW = "莒阳街道"


@pytest.fixture
def land() -> Tree:
    names = {"37": "山东省", "3711": "日照市", COUNTY: "莒县"}
    names |= {f"{COUNTY}00{place}": name for place, name in enumerate((*GONE, STANDS), 1)}
    tree = make_tree(names)
    with time_machine.travel(clock.now() - dt.timedelta(days=90), tick=False):
        for place in (1, 2):
            unit, since = tree[f"{COUNTY}00{place}"], dt.date(2024, 3, 1)
            facts.set_establishment(unit=unit, state="established", since=since, by=SYSTEM)
    return tree


@pytest.fixture
def admin(land: Tree) -> User:
    return user_at(land.province, Role.UNIT_ADMIN, name="陈静")


@pytest.fixture
def cycle(land: Tree) -> Cycle:
    """The newest month whose window is over, counted by the tree before the merger."""
    month = clock.today().replace(day=1)
    if clock.today().day <= 20:
        month = (month - dt.timedelta(days=1)).replace(day=1)
    cycle = open_cycle(collection=load_collection(owner=land.province, by=SYSTEM), period=month, by=SYSTEM)
    compute_facts(cycle=cycle, by=SYSTEM)
    return cycle


def tick_found(page: Page, field: str, name: str) -> None:
    search = page.get_by_label(f"查找{field}")
    search.fill(name)
    search.press("Enter")
    page.get_by_role("group", name=field).get_by_label(re.compile(name)).check()


def merge(page: Page, base: str) -> None:
    """From the empty list to the day it takes effect."""
    page.goto(f"{base}{reverse('orgs:reorganisations')}")
    page.get_by_role("link", name="新建调整").click()
    page.get_by_label("事项名称").fill("两街道合并")
    page.get_by_role("button", name=re.compile("下一步")).click()
    page.get_by_role("main").get_by_role("link", name="合并", exact=True).click()
    for name in GONE:
        tick_found(page, "被合并的单位", name)
    page.get_by_label("或新设承接单位：名称").fill(NEW)
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.get_by_label("或新设承接单位：名称")).to_have_value(NEW)
    page.get_by_label("新设承接单位：代码").fill(f"{COUNTY}004")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("row", name=re.compile(GONE[1]))).to_contain_text(NEW)

    page.get_by_role("link", name=re.compile("下一步：依据")).click()
    page.get_by_label("批准文件文号").fill("莒政字〔2026〕9号")
    page.get_by_label("生效日期").fill(clock.today().isoformat())
    page.locator("input[type=file]").set_input_files(
        {"name": "批复.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    page.get_by_role("button", name=re.compile("下一步：后续安排")).click()
    page.get_by_role("button", name=re.compile("下一步：预览")).click()
    expect(page.get_by_text(GONE[0]).first).to_be_visible()


def lens_shows(page: Page, base: str, lens: str, words: str) -> None:
    page.goto(f"{base}{reverse('reporting:coverage')}")
    page.get_by_label("区划", exact=False).last.select_option(label=lens)
    page.get_by_role("button", name="查询").click()
    board = page.locator("#board")
    expect(board.get_by_text(words).first).to_be_visible()


def test_two_townships_merged_seen_by_both_trees_and_taken_back(
    window: Window, live_server, land: Tree, admin: User, cycle: Cycle
) -> None:
    base = live_server.url
    page = window(admin)
    merge(page, base)
    assert serious_faults(page) == []
    page.get_by_role("button", name="办理生效").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("可以整体撤回")
    dialog.get_by_role("button", name="办理生效").click()
    expect(page.get_by_text("“两街道合并”已生效")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("批复.pdf"))).to_be_visible()
    held = page.url
    heir = OrgUnit.objects.get(name=NEW)
    assert set(Succession.objects.values_list("successor_id", flat=True)) == {heir.pk}

    for unit, other in ((land[f"{COUNTY}001"], NEW), (heir, GONE[1])):
        page.goto(f"{base}{reverse('orgs:detail', args=[unit.pk])}")
        event = page.get_by_role("listitem").filter(has_text="莒政字〔2026〕9号").first
        expect(event.get_by_role("link", name=re.compile(other)).first).to_be_visible()

    reader = window(user_at(land.province, Role.REPORTER))
    lens_shows(reader, base, "按当时区划", "2 / 3")
    lens_shows(reader, base, "按现行区划", "1 / 2")

    page.goto(held)
    page.get_by_role("link", name="撤回").click()
    page.get_by_label("撤回原因").fill("批复有误")
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("各项数据恢复到办理以前")).to_be_visible()
    assert not OrgUnit.objects.filter(name=NEW).exists()
    assert not list(verify_tree())


def test_pages_fit_a_phone(window: Window, live_server, admin: User) -> None:
    page = window(admin, viewport=PHONE)
    for name in ("reorganisations", "new_reorganisation", "division_updates", "expectations", "cohorts"):
        page.goto(f"{live_server.url}{reverse(f'orgs:{name}')}")
        fits(page)
