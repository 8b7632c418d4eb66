"""A question put together by hand, seen, drawn, kept and opened again."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.models import SavedQuestion
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection
from tests.factories import PASSWORD, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def official() -> User:
    tree = make_tree()
    collection = load_collection(owner=tree.province, by=SYSTEM)
    open_cycle(collection=collection, period=clock.today().replace(day=1), by=SYSTEM)
    return user_at(tree.city, Role.REPORTER, Role.REVIEWER, name="李明")


def test_asking_drawing_keeping_and_the_sheet_of_the_chart(page: Page, live_server, official: User) -> None:
    page.goto(f"{live_server.url}{reverse('accounts:sign_in')}")
    page.get_by_label("账号").fill(official.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto(f"{live_server.url}{reverse('reporting:asking')}")
    page.locator("summary", has_text="作用发挥").click()
    page.get_by_label("农技培训期数").check()
    page.get_by_role("combobox", name=re.compile("^列[^的]*$")).select_option("指标")
    page.get_by_label("图表").select_option("柱状图")
    page.get_by_role("button", name="查询").click()
    table = page.get_by_role("region", name="查询结果")
    expect(table.get_by_role("rowheader", name="历下区")).to_be_visible()
    expect(table.get_by_role("columnheader", name="农技培训期数（期）")).to_be_visible()
    with page.expect_download() as sheet:
        page.get_by_role("figure").get_by_role("button", name="下载Excel").click()
    assert sheet.value.suggested_filename.endswith("农技培训期数.xlsx")
    page.locator("summary", has_text="已存查询").click()
    page.get_by_label("名称").fill("农技培训")
    page.get_by_role("button", name="保存当前查询").click()
    expect(page.get_by_text("已保存查询“农技培训”。")).to_be_visible()
    page.goto(f"{live_server.url}{reverse('reporting:asking')}")
    page.locator("summary", has_text="已存查询").click()
    page.get_by_role("link", name="农技培训").click()
    expect(
        page.get_by_role("region", name="查询结果").get_by_role("rowheader", name="历城区")
    ).to_be_visible()
    assert SavedQuestion.objects.get().owner == official
