"""What every test in the browser does: sign in, wait until all is saved, look whether a page fits its screen."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import PASSWORD

PHONE = {"width": 390, "height": 844}

#: Opens somebody's own browser window, signed in; further options are those of a browser context.
Window = Callable[..., Page]


def sign_in(page: Page, base: str, user: User) -> Page:
    page.goto(f"{base}{reverse('accounts:sign_in')}")
    page.get_by_label("账号").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def saved(page: Page) -> None:
    expect(page.locator("[data-autosave-words]")).to_contain_text("已保存")


def fits(page: Page) -> None:
    """Nothing stands out of the screen sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
