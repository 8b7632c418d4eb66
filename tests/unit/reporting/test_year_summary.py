"""年终总结: the year's months added up in words, edited before it goes out, never issued on old figures."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from docx import Document

from core.actor import SYSTEM
from core.errors import Conflict, DomainError
from files.models import ExportJob, ExportState
from files.services import request_export, run_export
from orgs.models import UnitEdition
from reporting.choices import PaperKind
from reporting.models import PaperDraft, Report
from reporting.papers.drafts import drafted_summary, drawn_now, summary_of
from reporting.papers.summary.passages import NAMES, PASSAGES, YEAR_MEANINGS, YEAR_WORDS
from reporting.rules.papers import template_is_plain
from reporting.services import paper_drafts
from reporting.services.facts import compute_facts
from reporting.services.paper_templates import save_template
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.month import WHILE_FILLING, Month, fill, make_month

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(tree: Any) -> Any:
    """October and November of one county are in: five and seven health events a report, twenty-four together."""
    with time_machine.travel(WHILE_FILLING.replace(month=10), tick=False):
        october = make_month(tree, dt.date(2026, 10, 1))
        _report(october, 5)
        compute_facts(cycle=october.cycle, by=SYSTEM)
    with time_machine.travel(WHILE_FILLING, tick=False):
        november = Month(**(vars(october) | {"cycle": october.next(dt.date(2026, 11, 1))}))
        _report(november, 7)
        yield november


def _report(month: Month, value: int) -> None:
    for code in ("370102001", "370102002", "370102003", "370102"):
        fill(month.report(code), 0, health_events=value, health_reached=value)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)


def start(month: Month) -> PaperDraft:
    drawn = drawn_now(PaperKind.SUMMARY, month.cycle, month.city.unit)
    return paper_drafts.start_draft(
        cycle=month.cycle, unit=month.city.unit, paper=PaperKind.SUMMARY, drawn=drawn, by=month.city
    )


def test_text_adds_up_the_year(month):
    summary = drafted_summary(month.cycle, month.city.unit)
    text = summary.plain_text
    assert summary.title == "2026年（1—11月）基层科协组织力“3+1”工作总结"
    assert "共2期月报" in text
    assert "活动以11月最为集中，达28场（期）。" in text
    owed = Report.objects.filter(level__in=[2, 3]).within(month.city.unit).owed().count()
    assert f"应报月报{owed}份，按时报送2份" in text
    [months] = summary.annexes
    assert [row[4] for row in months.rows()] == ["20", "28"]
    assert "{" not in text


def test_shipped_passages_use_known_names_only():
    assert [list(template_is_plain(passage.text, NAMES)) for passage in PASSAGES] == [[]] * len(PASSAGES)


def test_findings_are_said_where_the_figures_have_them_and_numbered(month):
    def findings() -> list[str]:
        [held] = [
            one for one in drafted_summary(month.cycle, month.city.unit).sections if "困难" in one.heading
        ]
        return [paragraph.whole for paragraph in held.paragraphs]

    first, second = findings()
    assert first.startswith("一是组织覆盖还不平衡。尚有空白点")
    assert second.startswith("二是基础条件仍较薄弱。")
    UnitEdition.objects.update(is_expected=False)
    compute_facts(cycle=month.cycle, by=SYSTEM)
    assert findings() == ["各项工作进展平稳，未发现突出问题。"]


def test_own_words_are_used(month):
    save_template(
        owner=month.city.unit, paper=PaperKind.SUMMARY, key="opening", text="{年份}年总结。", by=month.city
    )
    assert drafted_summary(month.cycle, month.city.unit).opening == "2026年总结。"


def test_every_word_of_the_year_says_what_it_means():
    assert set(YEAR_MEANINGS) == set(YEAR_WORDS)
    assert list(YEAR_MEANINGS) == list(YEAR_WORDS)


def test_pages_edit_the_summarys_templates(month, client_of):
    browser = client_of(month.city)
    where = reverse("reporting:template", args=["action"]) + "?paper=summary"
    page = browser.get(where).content.decode()
    assert "全年（16项）" in page
    assert "活动以11月最为集中，达28场（期）。" in page
    preview = reverse("reporting:template_preview", args=["action"]) + "?paper=summary"
    assert "{没有}" in browser.post(preview, {"text": "{没有}"}).content.decode()
    assert (
        "2026年活动48场。" in browser.post(preview, {"text": "{年份}年活动{累计活动}场。"}).content.decode()
    )
    wrong = browser.post(where, {"text": "{年份", "over": 0})
    assert wrong.status_code == 422
    assert "{年份" in wrong.content.decode()
    saved = browser.post(where, {"text": "{年份}年活动{累计活动}场。", "over": 0})
    listed = reverse("reporting:templates") + "?paper=summary"
    assert saved.url == listed
    assert "本单位第1版" in browser.get(listed).content.decode()
    assert "本单位第1版" not in browser.get(reverse("reporting:templates")).content.decode()
    assert "2026年活动48场。" in drafted_summary(month.cycle, month.city.unit).plain_text
    reset = reverse("reporting:template_reset", args=["action"]) + "?paper=summary"
    assert browser.post(reset).url == where
    assert "2026年活动48场。" not in drafted_summary(month.cycle, month.city.unit).plain_text


def test_templates_of_papers_without_them_are_absent(month, client_of):
    browser = client_of(month.city)
    for paper in ("briefing", "nothing"):
        assert browser.get(reverse("reporting:templates"), {"paper": paper}).status_code == 404
    # A passage of the bulletin is none of the summary.
    assert browser.get(reverse("reporting:template", args=["act"])).status_code == 200
    assert browser.get(reverse("reporting:template", args=["act"]), {"paper": "summary"}).status_code == 404
    assert client_of(month.clerk).get(reverse("reporting:templates"), {"paper": "summary"}).status_code == 403


def test_edited_text_is_what_is_printed_and_marked_until_issued(month):
    row = start(month)
    row.texts.filter(key="plans").update(text="下一年度继续抓好落实。")
    summary = summary_of(month.cycle, month.city.unit)
    assert "下一年度继续抓好落实。" in summary.plain_text
    assert "审核用稿" in summary.draft_note
    document = Document(made(month, "reporting.summary_docx").file.open())
    words = "\n".join(one.text for one in document.paragraphs)
    assert "下一年度继续抓好落实。" in words
    assert summary.digest in words
    assert [cell.text for cell in document.tables[0].rows[2].cells][4] == "28"


def made(month: Month, kind: str) -> ExportJob:
    params = {"unit": str(month.city.unit.pk), "cycle": str(month.cycle.pk)}
    job = request_export(kind=kind, params=params, unit=month.city.unit, by=month.city)
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.DONE, job.error
    return job


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils 读出 PDF 文字")
def test_pdf_is_the_docx_on_the_same_page(month, tmp_path):
    job = made(month, "reporting.summary_pdf")
    assert job.file_name.endswith("工作总结（统计截至11月19日，实时版）.pdf")
    path = tmp_path / "summary.pdf"
    path.write_bytes(job.file.open().read())
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    assert done.stdout.count("\f") == job.basis["页数"] > 1
    words = re.sub(r"— \d+ —\s*\f|\s", "", done.stdout)
    for paragraph in Document(made(month, "reporting.summary_docx").file.open()).paragraphs:
        assert re.sub(r"\s", "", paragraph.text) in words


def test_one_summary_a_month_and_none_issued_on_old_figures(month):
    row = start(month)
    with pytest.raises(Conflict, match="年终总结已在起草"):
        start(month)
    with pytest.raises(DomainError, match="重新取数"):
        paper_drafts.issue(draft=row, digest="00000000", by=month.city)
    with pytest.raises(DomainError, match="不能选稿"):
        paper_drafts.choose_sources(draft=row, chosen=[], by=month.city)
    assert not paper_drafts.issue(draft=row, digest=row.digest, by=month.city).is_open


def test_journey_through_the_pages(month, client_of):
    browser = client_of(month.city)
    started = browser.post(reverse("reporting:start_summary"))
    row = PaperDraft.objects.get()
    assert started.url == row.get_absolute_url()
    assert browser.post(reverse("reporting:start_summary")).url == started.url
    page = browser.get(started.url).content.decode()
    assert "reporting.summary_docx" in page
    assert "reporting.summary_pdf" in page
    assert "发文字号" not in page
    assert browser.post(reverse("reporting:draft_head", args=[row.pk])).status_code == 404
    assert browser.get(reverse("reporting:take_anew", args=[row.pk])).status_code == 200
    assert browser.get(reverse("reporting:draft_sources", args=[row.pk])).status_code == 404
    assert browser.post(reverse("reporting:issue_draft", args=[row.pk])).status_code == 302
    assert "打开文稿" in browser.get(reverse("reporting:papers")).content.decode()
    assert client_of(month.clerk).post(reverse("reporting:start_summary")).status_code == 403
