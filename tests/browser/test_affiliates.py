"""A society from its registration, in two steps, through a change of state, to its exit."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from core.actor import SYSTEM
from orgs.models import Affiliate, AffiliateState
from orgs.services.affiliate_kinds import load_defaults
from tests.browser.test_journey import serious_faults
from tests.browsing import PHONE, Window, fits
from tests.factories import Tree, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def land() -> Tree:
    load_defaults(by=SYSTEM)
    return make_tree({"37": "山东省", "3711": "日照市", "371122": "莒县", "371122001": "城阳街道"})


@pytest.fixture
def clerk(land: Tree) -> User:
    return user_at(land["371122"], Role.REPORTER, name="李明")


def test_society_registered_changed_and_gone(window: Window, live_server, clerk: User) -> None:
    base = live_server.url
    page = window(clerk)
    page.goto(f"{base}{reverse('orgs:affiliates')}")
    page.get_by_role("link", name=re.compile("登记组织")).first.click()
    page.get_by_role("link", name="学会（协会、研究会）").click()
    page.get_by_label("名称").fill("莒县果树学会")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.get_by_label("名称")).to_have_value("莒县果树学会")
    page.get_by_label(re.compile("^成立日期")).fill("2024-03-01")
    assert serious_faults(page) == []
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="莒县果树学会")).to_be_visible()
    assert serious_faults(page) == []

    page.get_by_role("link", name="变更状态").click()
    page.get_by_role("radio", name=re.compile("僵尸")).check()
    page.get_by_label("自何日起").fill("2026-05-01")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".invalid-feedback")).to_be_visible()
    page.get_by_label("原因").fill("两年未开展活动")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("列为僵尸组织")).to_be_visible()

    page.get_by_role("link", name="办理退出").click()
    page.get_by_label("退出日期").fill("2026-11-01")
    page.get_by_label("退出原因").fill("注销登记")
    page.locator("form.panel").get_by_role("button").click()
    expect(page.get_by_text("不再计入统计")).to_be_visible()
    history = AffiliateState.objects.filter(affiliate=Affiliate.objects.get()).order_by("valid_from")
    assert [row.state for row in history] == ["normal", "dormant", "exited"]


def test_pages_fit_a_phone_and_show_two_filters_first(window: Window, live_server, clerk: User) -> None:
    page = window(clerk, viewport=PHONE)
    for name in ("affiliates", "register_affiliate", "affiliates_overview", "affiliates_matrix"):
        page.goto(f"{live_server.url}{reverse(f'orgs:{name}')}")
        fits(page)
        assert serious_faults(page) == []
    page.goto(f"{live_server.url}{reverse('orgs:affiliates')}")
    third = page.locator("form select[name=kind]")
    expect(third).to_be_hidden()
    page.get_by_role("button", name="全部条件").click()
    expect(third).to_be_focused()
