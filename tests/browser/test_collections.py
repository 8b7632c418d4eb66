"""A task made by the province in steps, and paper stamped by the sheet, as people do it."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from core import clock, qr
from core.actor import SYSTEM
from reporting.choices import ReportState
from reporting.models import Collection, Report
from reporting.selectors.stamped import read_stamp_paper
from reporting.services.forms import load_form
from tests.browsing import sign_in
from tests.factories import make_tree
from tests.month import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def photo(*texts: str) -> bytes:
    sheet = Image.new("L", (900, 420 * len(texts)), 250)
    for place, text in enumerate(texts):
        sheet.paste(Image.open(qr.png(text)).convert("L"), (200, 60 + 420 * place))
    out = io.BytesIO()
    sheet.save(out, "JPEG")
    return out.getvalue()


def test_a_census_is_asked_in_steps_filled_and_stamped_by_the_sheet(page: Page, live_server) -> None:
    base = live_server.url
    tree = make_tree()
    load_form("census_form", owner=tree.province, by=SYSTEM)
    sign_in(page, base, desk(tree.province))
    page.goto(f"{base}{reverse('reporting:collections')}")
    page.get_by_role("link", name="布置任务").click()
    page.get_by_label("任务名称").fill("科普阵地普查")
    page.get_by_label("报表简称").fill("普查表")
    page.get_by_label("报表", exact=False).nth(1).select_option(label="基层科协组织和科普阵地普查表")
    page.get_by_label("盖章或签字纸质件").check()
    page.get_by_role("button", name="保存，下一步").click()
    for level in ("省级", "乡镇级"):
        page.get_by_label(level, exact=True).uncheck()
    page.get_by_role("button", name="保存，下一步").click()
    page.get_by_label("统计期末前几天开放填报").fill("60")
    page.get_by_role("button", name="保存，下一步").click()
    expect(page.get_by_text("市级 2 个")).to_be_visible()
    expect(page.get_by_role("table", name="后几期的日期").get_by_role("row")).to_have_count(4)
    page.get_by_role("button", name="启用").first.click()
    page.get_by_role("dialog").get_by_role("button", name="启用").click()
    expect(page.get_by_text("执行中")).to_be_visible()
    page.goto(f"{base}{reverse('reporting:cycles')}")
    page.get_by_role("button", name="现在开放").click()
    page.get_by_role("dialog").get_by_role("button", name="开放").click()
    expect(page.get_by_text("填报中").first).to_be_visible()

    report = Report.objects.select_related("cycle", "unit").get(
        cycle__collection=Collection.objects.get(name="科普阵地普查"), unit=tree.county
    )
    page.context.clear_cookies()
    sign_in(page, base, desk(tree.county))
    page.goto(f"{base}{reverse('reporting:desk')}")
    page.get_by_role("link", name="填报本级数据").click()
    page.get_by_label("注册科技志愿者").fill("40")
    page.get_by_label("其中：本季度参加过活动的").fill("12")
    page.get_by_label("尚无").check()
    expect(page.get_by_text("3 / 3 项")).to_be_visible()
    page.get_by_role("link", name="打印盖章").click()
    sheets = read_stamp_paper(report).sheets
    for sheet in sheets:
        expect(page.get_by_text(sheet.code)).to_be_visible()
    codes = [f"KEXIE {report.pk} {sheet.code}" for sheet in sheets]
    scan = {"name": "盖章.jpg", "mimeType": "image/jpeg", "buffer": photo(*codes)}
    page.locator("input[type=file]").set_input_files([scan])  # type: ignore[list-item]
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("各页都已盖章上传，可以上报。")).to_be_visible()
    page.get_by_role("link", name="去上报").click()
    page.get_by_role("button", name="上报").first.click()
    page.get_by_role("dialog").get_by_role("button", name="确认上报").click()
    expect(page.get_by_text("待审核").first).to_be_visible()
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED
    assert report.on_time
    assert report.due_at > clock.now()
