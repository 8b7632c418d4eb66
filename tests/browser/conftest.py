"""Debian's Chromium, speaking Chinese; Playwright's loop in the test's thread must not bar the database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from accounts.models import User
from tests.browsing import Window, sign_in

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = ["--no-sandbox", "--disable-gpu"] if os.geteuid() == 0 else ["--disable-gpu"]
    return browser_type_launch_args | {"executable_path": found, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return browser_context_args | {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture
def window(browser: Browser, browser_context_args: dict, live_server) -> Iterator[Window]:
    """Each window has a context of its own, closed at the end: an open one holds a connection of the database."""
    with ExitStack() as open_ones:

        def opened(user: User, **options: object) -> Page:
            context = open_ones.enter_context(browser.new_context(**(browser_context_args | options)))
            return sign_in(context.new_page(), live_server.url, user)

        yield opened
