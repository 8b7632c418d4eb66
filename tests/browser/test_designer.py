"""A form designed by the province, and answered by a county: a choice, a table typed row by row, a formula that follows."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.models import Cell, Collection, FormVersion, Report
from reporting.services.cycles import open_cycle
from tests.browsing import sign_in
from tests.factories import Tree, user_at
from tests.forms import census_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(tree: Tree, version: FormVersion) -> Report:
    """The county's report of a collection of the form, with days enough to fill it in."""
    today = clock.today()
    collection = Collection.objects.create(
        owner=tree.province,
        key="census",
        name="普查",
        noun="普查表",
        form=version.form,
        first_period=today.replace(day=1),
    )
    period = (today.replace(day=1) + dt.timedelta(days=40)).replace(day=1)
    cycle = open_cycle(collection=collection, period=period, by=SYSTEM)
    return Report.objects.get(cycle=cycle, unit=tree["370102"])


def test_form_is_finished_by_keyboard_published_and_answered(live_server, page: Page, tree: Tree) -> None:
    version = census_draft(tree)
    sign_in(page, live_server.url, user_at(tree["37"], Role.REVIEWER))
    page.goto(f"{live_server.url}{reverse('reporting:form_version', args=[version.pk])}")
    page.get_by_role("button", name="上移专职", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("专职")
    page.get_by_role("link", name="核对并发布").click()
    page.get_by_label("本版说明").fill("第一版")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("已发布，下一期起使用")).to_be_visible()

    report = opened(tree, version)
    page.context.clear_cookies()
    sign_in(page, live_server.url, user_at(tree["370102"], Role.REPORTER))
    page.goto(f"{live_server.url}{reverse('reporting:fill', args=[report.pk])}")
    page.locator(f"#entry-{report.pk}-staff").fill("8")
    page.locator(f"#entry-{report.pk}-staff_full").fill("2")
    page.locator(f"#entry-{report.pk}-premises").select_option(label="租用")
    page.get_by_label("缺经费").check()
    rows = page.locator("table[data-rows-for]")
    rows.get_by_label("类别").fill("学会")
    rows.get_by_label("人数").fill("一")
    rows.get_by_label("人数").press("Enter")
    rows.get_by_label("类别").nth(1).fill("农技协")
    rows.get_by_label("人数").nth(1).fill("5")
    expect(page.get_by_text("第1行“人数”：“一”不是数字，请只填数字。")).to_be_visible()
    rows.get_by_label("人数").first.fill("３")
    expect(page.locator("[data-autosave-words]")).to_contain_text("已保存")
    expect(page.locator(f"[data-result='{report.pk}|full_share']")).to_have_text("25")
    page.reload()
    expect(rows.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_label("缺经费")).to_be_checked()
    cell = Cell.objects.get(report=report, indicator__key="bodies")
    assert [list(row.values()) for row in json.loads(cell.text)] == [["学会", "3"], ["农技协", "5"]]
