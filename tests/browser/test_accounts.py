"""An account's first days: opened by the administrator, first sign-in, desk switched, handed over, files fetched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.roles import Role
from files.models import ExportJob
from files.services import run_export
from tests.factories import PASSWORD, Tree, make_tree, user_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "Quancheng-2026-spring"


@pytest.fixture
def land() -> Tree:
    return make_tree()


@pytest.fixture
def other_page(browser: Browser, browser_context_args: dict) -> Iterator[Page]:
    """Somebody else's browser, a phone."""
    context = browser.new_context(**(browser_context_args | {"viewport": {"width": 390, "height": 844}}))
    yield context.new_page()
    context.close()


def _sign_in(page: Page, address: str, username: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/accounts/sign-in/")
    expect(page.get_by_text("本系统为非涉密系统，严禁处理、传输国家秘密和工作秘密").first).to_be_visible()
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_account_from_opening_to_first_sign_in(land: Tree, live_server, page: Page, other_page: Page):
    admin = user_at(land.city, Role.UNIT_ADMIN)
    _sign_in(page, live_server.url, admin.username)
    page.get_by_role("link", name="开通账号", exact=True).click()
    page.get_by_label("单位（行政区划代码）").fill("370102")
    page.get_by_label("姓名").fill("王芳")
    page.get_by_label("填报员").check()
    page.get_by_role("button", name="开通").click()
    expect(page.get_by_text("密码只在此显示一次")).to_be_visible()
    password = page.locator("code").inner_text()

    _sign_in(other_page, live_server.url, "370102-01", password)
    expect(other_page.get_by_text("首次登录请先修改密码")).to_be_visible()
    other_page.goto(f"{live_server.url}/files/")
    expect(other_page.get_by_role("heading", name="修改密码")).to_be_visible()
    other_page.get_by_label("原密码").fill(password)
    other_page.get_by_label("新密码", exact=False).first.fill(NEW)
    other_page.get_by_label("再输一次新密码").fill(NEW)
    other_page.get_by_role("main").get_by_role("button", name="修改密码").click()
    expect(other_page.get_by_text("密码已修改")).to_be_visible()
    assert other_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert User.objects.get(username="370102-01").check_password(NEW)


def test_bulk_previews_before_it_makes(land: Tree, live_server, page: Page):
    _sign_in(page, live_server.url, user_at(land.county, Role.UNIT_ADMIN).username)
    page.get_by_role("link", name="批量开通").click()
    page.get_by_label("上级单位（行政区划代码）").fill("370102")
    page.get_by_label("为哪一级开通").select_option(label="各乡镇（街道）")
    page.get_by_label("填报员").check()
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_role("button", name="开通这 3 个账号").click()
    expect(page.get_by_role("heading", name="已开通 3 个账号")).to_be_visible()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="下载一次").click()
    assert fetched.value.suggested_filename.startswith("初始密码-")


def test_export_shows_its_progress_while_the_page_stays(land: Tree, live_server, page: Page):
    admin = user_at(land.city, Role.UNIT_ADMIN)
    _sign_in(page, live_server.url, admin.username)
    page.get_by_role("button", name="下载名册").click()
    jobs = page.locator("#jobs")
    expect(jobs.get_by_text("排队中")).to_be_visible()
    assert page.url.endswith("/accounts/")
    run_export(job_id=ExportJob.objects.of(admin).get().pk)
    with page.expect_download() as fetched:
        jobs.get_by_role("button", name="下载").click()
    assert fetched.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{live_server.url}/files/")
    expect(page.get_by_text("校验值（SHA-256）")).to_be_visible()


def test_handover_and_reset_ask_first(land: Tree, live_server, page: Page):
    leaver = user_at(land.county, name="李离任")
    successor = user_at(land.county, Role.LEADER, name="赵接任")
    _sign_in(page, live_server.url, user_at(land.city, Role.UNIT_ADMIN).username)
    page.get_by_role("link", name="李离任").click()
    page.get_by_role("button", name="重置密码").click()
    expect(page.get_by_text("该账号现有的登录和接口密钥立即失效")).to_be_visible()
    page.get_by_role("button", name="取消").click()
    page.get_by_role("link", name="交接", exact=True).click()
    expect(page.get_by_text("历下区 填报员")).to_be_visible()
    page.get_by_label("接任人账号").fill(successor.username)
    page.get_by_role("button", name="发起交接").click()
    expect(page.get_by_text("请李离任和赵接任登录后分别确认")).to_be_visible()
    where = page.url
    page.context.clear_cookies()
    _sign_in(page, live_server.url, leaver.username)
    page.goto(where)
    page.get_by_label("历下区解放路街道").fill("街道干事用微信报数")
    page.get_by_text("确认移交").first.click()
    page.get_by_role("button", name="确认移交").click()
    expect(page.get_by_text("已确认，另一方确认后办结")).to_be_visible()
    page.context.clear_cookies()
    _sign_in(page, live_server.url, successor.username)
    page.goto(where)
    expect(page.get_by_text("街道干事用微信报数")).to_be_visible()
    page.get_by_role("button", name="确认接收").click()
    page.get_by_role("dialog").get_by_role("button", name="确认接收").click()
    expect(page.get_by_text("李离任的岗位已交接给赵接任")).to_be_visible()
    leaver.refresh_from_db()
    assert not leaver.is_active
