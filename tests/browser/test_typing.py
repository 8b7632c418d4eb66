"""Typing areas in a real browser: what is typed is saved, kept, restored and never lost."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

EMPTY = '[data-report="909"][data-key="health_events"]'
BELOW = '[data-report="910"][data-key="health_events"]'


class Server:
    """Answers saves as the portal would; ``mode`` chooses how, ``sent`` keeps the cells that came."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.mode = "ok"
        self.their_value = "7"

    def __call__(self, route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        if self.mode == "lost":
            route.abort()
            return
        cells = json.loads(route.request.post_data)["cells"]
        self.sent.extend(cells)
        status, body = getattr(self, f"_{self.mode}")(cells)
        headers = {"Location": "/accounts/sign-in/"} if status == 302 else None
        route.fulfill(status=status, json=body, headers=headers)

    def _ok(self, cells: list[dict]) -> tuple[int, dict]:
        saved = [self._cell(cell) | {"revision": cell["revision"] + 1} for cell in cells]
        return 200, {"saved_at": "2026-11-21T12:03:05+08:00", "cells": saved}

    def _warning(self, cells: list[dict]) -> tuple[int, dict]:
        status, body = self._ok(cells)
        for cell in body["cells"]:
            cell["problems"] = [{"level": "warning", "code": "unusual", "message": "请核对"}]
        return status, body

    def _refused(self, cells: list[dict]) -> tuple[int, dict]:
        problem = {"level": "error", "code": "led", "message": "不能超过场次之和"}
        return 422, {"cells": [self._cell(cell) | {"problems": [problem]} for cell in cells]}

    def _conflict(self, cells: list[dict]) -> tuple[int, dict]:
        theirs = {"value": self.their_value, "revision": 9, "by": "张三"}
        return 409, {"cells": [], "conflicts": [self._cell(cell) | theirs for cell in cells]}

    def _closed(self, cells: list[dict]) -> tuple[int, dict]:
        return 409, {"problems": [{"message": "本月报已上报，不能修改"}]}

    def _expired(self, cells: list[dict]) -> tuple[int, dict]:
        return 401, {}

    def _redirected(self, cells: list[dict]) -> tuple[int, dict]:
        return 302, {}

    @staticmethod
    def _cell(cell: dict) -> dict:
        return {"report": cell["report"], "key": cell["key"], "problems": []}


@pytest.fixture
def server(page: Page, live_server, settings) -> Server:
    settings.DEBUG = True
    server = Server()
    page.route("**/gallery/", server)
    page.goto(f"{live_server.url}/gallery/")
    expect(page.locator("[data-autosave-url][data-ready]").first).to_be_visible()
    return server


def status(page: Page):
    return page.locator("[data-autosave-words]").first


def paste(page: Page, selector: str, text: str) -> None:
    page.locator(selector).focus()
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(paste);
        }""",
        text,
    )


def test_cell_typed_is_saved_with_its_revision(page: Page, server: Server) -> None:
    page.locator(EMPTY).fill("１,２００")
    expect(status(page)).to_contain_text("已保存 12:03:05")
    assert server.sent == [
        {"report": 909, "key": "health_events", "value": "1200", "explanation": None, "revision": 1}
    ]
    assert page.locator(EMPTY).get_attribute("data-revision") == "2"


def test_cell_typed_before_the_script_came_is_saved(page: Page, server: Server) -> None:
    held: list[Route] = []
    page.route("**/grid.js", lambda route: held.append(route))
    page.reload(wait_until="domcontentloaded")
    page.locator(EMPTY).fill("12")
    held[0].continue_()
    expect(status(page)).to_contain_text("已保存")
    assert [cell["value"] for cell in server.sent] == ["12"]


def test_cell_typed_again_while_saving_is_sent_with_the_new_revision(page: Page, server: Server) -> None:
    page.locator(EMPTY).fill("1")
    expect(status(page)).to_contain_text("已保存")
    page.locator(EMPTY).fill("2")
    page.locator(BELOW).focus()
    expect(page.locator('[data-report="909"]').first).to_have_attribute("data-revision", "3")
    assert [(cell["value"], cell["revision"]) for cell in server.sent] == [("1", 1), ("2", 2)]


def test_cell_typed_without_network_comes_back_and_is_saved(page: Page, server: Server) -> None:
    server.mode = "lost"
    page.locator(EMPTY).fill("31")
    expect(status(page)).to_have_text("网络中断，已暂存在本机，联网后自动续存")
    page.reload()
    expect(page.locator(EMPTY)).to_have_value("31")
    server.mode = "ok"
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status(page)).to_contain_text("已保存")
    assert server.sent[-1]["value"] == "31"
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_cell_refused_keeps_the_value_and_is_not_sent_again(page: Page, server: Server) -> None:
    server.mode = "refused"
    page.locator(EMPTY).fill("99")
    expect(status(page)).to_contain_text("2 格需要改正")
    expect(page.get_by_text("不能超过场次之和")).to_be_visible()
    page.locator(BELOW).focus()
    page.reload()
    expect(page.locator(EMPTY)).to_have_value("99")
    expect(page.locator(EMPTY)).to_have_attribute("aria-invalid", "true")
    assert len(server.sent) == 1


def test_cell_that_is_no_number_is_told_at_once_and_not_sent(page: Page, server: Server) -> None:
    page.locator(EMPTY).fill("十二")
    expect(page.get_by_text("请填不小于 0 的整数")).to_be_visible()
    page.locator(BELOW).fill("5")
    expect(page.locator(BELOW)).to_have_attribute("data-revision", "2")
    assert [cell["value"] for cell in server.sent] == ["5"]
    page.reload()
    expect(page.locator(EMPTY)).to_have_value("十二")
    expect(page.locator(EMPTY)).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(("choice", "value", "sent_again"), [("用我的", "4", True), ("用对方的", "7", False)])
def test_conflict_shows_both_values_and_either_wins(
    page: Page, server: Server, choice: str, value: str, sent_again: bool
) -> None:
    server.mode = "conflict"
    page.locator(EMPTY).fill("4")
    expect(page.get_by_text("张三已改过这一格")).to_be_visible()
    server.mode = "ok"
    page.get_by_role("button", name=choice, exact=True).click()
    expect(page.locator(EMPTY)).to_have_value(value)
    expect(page.locator(".cell-box.is-conflict")).to_have_count(0)
    expect(page.locator(EMPTY)).to_have_attribute("data-revision", "10" if sent_again else "9")
    assert [cell["revision"] for cell in server.sent] == ([1, 9] if sent_again else [1])


def test_conflict_of_equal_values_is_none(page: Page, server: Server) -> None:
    server.mode, server.their_value = "conflict", "4"
    page.locator(EMPTY).fill("4")
    expect(page.locator(EMPTY)).to_have_attribute("data-revision", "9")
    expect(page.get_by_text("已改过这一格")).to_have_count(0)


def test_closed_month_shows_the_reason_at_the_cell(page: Page, server: Server) -> None:
    server.mode = "closed"
    page.locator(EMPTY).fill("4")
    expect(page.get_by_text("本月报已上报，不能修改")).to_be_visible()
    expect(page.locator(EMPTY)).to_have_value("4")


@pytest.mark.parametrize("mode", ["expired", "redirected"])
def test_expired_session_keeps_the_queue_until_the_next_sign_in(
    page: Page, server: Server, mode: str
) -> None:
    server.mode = mode
    page.locator(EMPTY).fill("8")
    expect(status(page)).to_contain_text("登录已过期，已暂存在本机")
    server.mode = "ok"
    page.reload()
    expect(status(page)).to_contain_text("已保存")
    assert server.sent[-1]["value"] == "8"


def test_odd_figure_passes_with_a_line_of_explanation(page: Page, server: Server) -> None:
    server.mode = "warning"
    page.locator(EMPTY).fill("880")
    page.get_by_label("数值属实的，写一句说明即可").fill("科普日集中开展")
    page.get_by_role("button", name="保存说明").click()
    expect(page.locator('[data-report="909"]').first).to_have_attribute("data-revision", "3")
    assert server.sent[-1]["explanation"] == "科普日集中开展"
    expect(page.locator(".cell-box.is-explained")).to_have_count(1)


def test_arrow_keys_move_over_locked_rows(page: Page, server: Server) -> None:
    page.locator('[data-report="901"][data-key="health_events"]').focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-report="903"][data-key="health_events"]')).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-report="903"][data-key="health_reached"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-report="904"][data-key="health_reached"]')).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.locator('[data-report="901"][data-key="health_events"]')).to_be_focused()


def test_enter_in_the_last_row_goes_to_the_next_column(page: Page, server: Server) -> None:
    page.locator('[data-report="912"][data-key="health_events"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-report="900"][data-key="health_reached"]')).to_be_focused()


def test_escape_takes_back_what_was_typed(page: Page, server: Server) -> None:
    cell = page.locator('[data-report="901"][data-key="health_events"]')
    before = cell.input_value()
    cell.focus()
    page.keyboard.type("77")
    page.keyboard.press("Escape")
    expect(cell).to_have_value(before)


def test_block_pasted_fills_to_the_right_and_down(page: Page, server: Server) -> None:
    paste(page, EMPTY, "1\t1,020\r\n2\t30\r\n")
    expect(page.locator('[data-report="909"][data-key="health_reached"]')).to_have_value("1020")
    expect(page.locator('[data-report="910"][data-key="health_reached"]')).to_have_value("30")
    expect(page.locator("#toasts")).to_contain_text("已粘贴 4 格")
    expect(status(page)).to_contain_text("已保存")
    assert len(server.sent) == 4


def test_block_pasted_with_names_finds_its_rows_and_can_be_undone(page: Page, server: Server) -> None:
    paste(page, EMPTY, "河口镇\t6\n不存在的乡\t9\n北岭\t5\n")
    expect(page.locator('[data-report="912"][data-key="health_events"]')).to_have_value("6")
    expect(page.locator(EMPTY)).to_have_value("5")
    expect(page.locator("#toasts")).to_contain_text("没有找到：不存在的乡")
    page.get_by_role("button", name="撤销粘贴").click()
    expect(page.locator(EMPTY)).to_have_value("")


def test_block_larger_than_the_grid_tells_what_was_left_out(page: Page, server: Server) -> None:
    paste(page, '[data-report="912"][data-key="volunteer_events"]', "1\t2\n3\t4")
    expect(page.locator("#toasts")).to_contain_text("3 格超出表格或不可填，未粘贴")


def test_sum_follows_typing_and_counts_locked_rows(page: Page, server: Server) -> None:
    total = page.locator('[data-sum-of="health_events"]')
    before = int(total.inner_text().replace(",", ""))
    page.locator(EMPTY).fill("1000")
    expect(total).to_have_text(f"{before + 1000:,}")
    row = page.locator('[data-row-label="北岭乡"] [data-row-sum]')
    expect(row).to_have_text("1,000")
    page.locator('[data-report="909"][data-key="agri_events"]').fill("24")
    expect(row).to_have_text("1,024")
    page.locator('[data-report="909"][data-key="agri_reached"]').fill("500")
    expect(row).to_have_text("1,024")
    expect(page.locator('[data-row-label="石门街道"] [data-row-sum]')).to_have_text("38")


def test_submission_waits_for_unsaved_cells(page: Page, server: Server) -> None:
    server.mode = "lost"
    page.locator(EMPTY).fill("3")
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("button", name="确认上报").click()
    expect(page.locator("#toasts")).to_contain_text("还有 1 格没有保存成功")
    expect(page.get_by_role("button", name="确认上报")).to_be_hidden()


def test_standing_problems_are_told_and_can_be_gone_to(page: Page, server: Server) -> None:
    expect(status(page)).to_contain_text("1 格需要改正")
    page.get_by_role("button", name="去处理").first.click()
    expect(page.locator('[data-report="901"][data-key="led_events"]')).to_be_focused()
    expect(page.get_by_text("“三长”牵头的场次不能超过以上场次之和")).to_be_visible()


def test_last_month_and_last_year_stand_beside_the_cell_in_hand(page: Page, server: Server) -> None:
    page.locator(EMPTY).focus()
    expect(page.locator("[data-cell-beside]").first).to_have_text(
        "北岭乡 健康讲堂、义诊、防癌体检（场）：上月 17，去年同月 7"
    )


def test_cell_is_sent_at_once_when_the_page_is_left(page: Page, server: Server) -> None:
    page.locator(EMPTY).press_sequentially("6")
    with page.expect_response(lambda response: response.request.method == "POST", timeout=600):
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert [cell["value"] for cell in server.sent] == ["6"]


def test_narrative_saves_by_itself(page: Page, server: Server) -> None:
    page.get_by_label("本月进展情况").fill("第一段\n第二段")
    expect(page.locator("[data-autosave-words]").nth(1)).to_contain_text("已保存")
    assert server.sent[-1] == {
        "report": 812, "key": "progress", "value": "第一段\n第二段", "explanation": None, "revision": 1
    }  # fmt: skip


def test_server_error_is_tried_again(page: Page, server: Server) -> None:
    server.mode = "lost"
    page.locator(EMPTY).fill("12")
    expect(status(page)).to_contain_text("网络中断")
    server.mode = "ok"
    expect(status(page)).to_contain_text("已保存", timeout=6000)
    assert [cell["value"] for cell in server.sent] == ["12"]


def test_conflict_with_what_was_sent_from_here_is_none(page: Page, server: Server) -> None:
    page.locator(EMPTY).fill("1")
    expect(page.locator(EMPTY)).to_have_attribute("data-revision", "2")
    server.mode, server.their_value = "conflict", "1"
    page.locator(EMPTY).fill("12")
    expect(page.locator(EMPTY)).to_have_attribute("data-revision", "9")
    server.mode = "ok"
    expect(page.locator(EMPTY)).to_have_attribute("data-revision", "10", timeout=8000)
    assert [cell["value"] for cell in server.sent][-1] == "12"
    expect(page.locator(".cell-box.is-conflict")).to_have_count(0)


def test_explanation_typed_without_network_comes_back(page: Page, server: Server) -> None:
    server.mode = "warning"
    page.locator(EMPTY).fill("880")
    expect(page.get_by_text("请核对", exact=True)).to_be_visible()
    server.mode = "lost"
    page.get_by_label("数值属实的，写一句说明即可").fill("科普日")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("网络中断")
    server.mode = "ok"
    page.reload()
    expect(status(page)).to_contain_text("已保存")
    assert server.sent[-1]["value"] == "880"
    assert server.sent[-1]["explanation"] == "科普日"


def test_enter_goes_down_the_list_of_figures(page: Page, server: Server) -> None:
    page.locator('[data-report="812"][data-key="health_events"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-report="812"][data-key="health_reached"]')).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator('[data-report="812"][data-key="health_events"]')).to_be_focused()
