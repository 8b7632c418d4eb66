"""The units' paragraphs as one document, and 无变动: what stays is carried over as a deliberate act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from docx import Document

from accounts.models import User
from audit.models import AuditEvent
from core.errors import Conflict, DomainError, Forbidden
from files.models import ExportJob
from files.services import request_export, run_export
from reporting.models import Cell, Cycle, Report
from reporting.selectors.words import read_words
from reporting.services.carrying import carry_over
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.month import Month, desk, fill
from tests.reporting_acts import hand_in


def test_document_holds_the_accepted_paragraphs_and_names_who_is_missing(month: Month) -> None:
    fill(month.county_report, progress="建立了3个科协。\n开展义诊12场。")
    hand_in(month)
    words = read_words(month.city_report)
    chapter = next(one for one in words.chapters if one.line.entry.key == "progress")
    assert [(one.unit, one.paragraphs) for one in chapter.passages] == [
        ("历下区", ["建立了3个科协。", "开展义诊12场。"])
    ]
    assert [str(one) for one in words.waiting] == ["历城区", "济南高新技术产业开发区"]
    silent = next(one for one in words.chapters if one.line.entry.key == "problems")
    assert silent.passages == [] and [str(one) for one in silent.silent] == ["历下区"]


def test_page_edits_beside_the_document_and_others_read(
    month: Month, client_of: Callable[[User], Client]
) -> None:
    fill(month.county_report, progress="建立了3个科协。")
    hand_in(month)
    url = reverse("reporting:words", args=[month.city_report.pk])
    page = client_of(month.city).get(url).content.decode()
    assert "建立了3个科协。" in page and "采用这一段" in page and "data-autosave-url" in page
    waiting = month.report("370112")
    assert f'<a href="{reverse("reporting:report", args=[waiting.pk])}">历城区</a>' in page
    above = client_of(month.province).get(url).content.decode()
    assert "建立了3个科协。" in above and "采用这一段" not in above
    assert client_of(desk(month.tree.other_city)).get(url).status_code == 404
    township = reverse("reporting:words", args=[month.report("370102001").pk])
    assert client_of(month.clerk).get(township).status_code == 404


def test_document_leaves_as_word_file(month: Month) -> None:
    fill(month.county_report, progress="建立了3个科协。")
    hand_in(month)
    job = request_export(
        kind="reporting.words", params={"report": month.city_report.pk}, unit=month.city.unit, by=month.city
    )
    run_export(job_id=job.pk)
    paper = Document(ExportJob.objects.get(pk=job.pk).file)
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "历下区" in text and "建立了3个科协。" in text and "尚未审核通过：历城区" in text


@pytest.fixture
def two_wrote(month: Month) -> Month:
    """历下区 wrote of progress and raised a problem; 历城区 wrote of progress alone."""
    fill(month.county_report, progress="建立了3个科协。\n开展义诊12场。", problems="乡镇缺少经费。")
    hand_in(month)
    other = month.report("370112")
    fill(other, progress="开展科普讲座，经费自筹。", problems="无")
    submit(report=other, by=desk(month.tree["370112"]))
    accept(report=other, by=month.city)
    return month


def passages(page: Any, key: str = "progress") -> list[tuple[str, list[str]]]:
    chapter = next(one for one in page.context["words"].chapters if one.line.entry.key == key)
    return [(one.unit, one.paragraphs) for one in chapter.passages]


def test_document_is_narrowed_to_words_a_unit_or_who_raised_something(
    two_wrote: Month, client_of: Callable[[User], Client]
) -> None:
    client, url = client_of(two_wrote.city), reverse("reporting:words", args=[two_wrote.city_report.pk])
    whole = [("历下区", ["建立了3个科协。", "开展义诊12场。"]), ("历城区", ["开展科普讲座，经费自筹。"])]
    assert passages(client.get(url)) == whole
    found = client.get(url, {"q": "开展 义诊"})
    assert passages(found) == [("历下区", ["开展义诊12场。"])]
    assert 'data-insert="历下区：开展义诊12场。"' in found.content.decode()
    one = client.get(url, {"unit": two_wrote.tree["370112"].pk})
    assert passages(one) == whole[1:]
    assert passages(client.get(url, {"raised": "problem"})) == whole[:1]
    assert passages(client.get(url, {"raised": "suggestion"})) == []
    none = client.get(url, {"q": "航天"})
    assert "没有符合条件的段落" in none.content.decode()
    odd = client.get(url, {"unit": two_wrote.tree.other_city.pk, "raised": "everything"})
    assert passages(odd) == whole


def test_document_over_the_api_is_that_of_the_page(
    two_wrote: Month, api_of: Callable[[User], Any], client_of: Callable[[User], Client]
) -> None:
    path = f"/api/v1/reports/{two_wrote.city_report.pk}/words/"
    page = reverse("reporting:words", args=[two_wrote.city_report.pk])
    for asked in ({}, {"q": "义诊"}, {"raised": "problem"}, {"unit": two_wrote.tree["370112"].pk}):
        told = api_of(two_wrote.city).get(path, asked).json()
        chapter = next(one for one in told["chapters"] if one["key"] == "progress")
        found = [(one["name"], one["paragraphs"]) for one in chapter["passages"]]
        assert found == passages(client_of(two_wrote.city).get(page, asked)), asked
    assert [one["name"] for one in told["waiting"]] == ["济南高新技术产业开发区"]
    assert api_of(two_wrote.city).get(path, {"unit": two_wrote.tree.other_city.pk}).status_code == 400
    assert api_of(desk(two_wrote.tree.other_city)).get(path).status_code == 404
    township = f"/api/v1/reports/{two_wrote.report('370102001').pk}/words/"
    assert api_of(two_wrote.city).get(township).status_code == 404


def test_word_file_follows_the_conditions_of_the_page(
    two_wrote: Month, client_of: Callable[[User], Client]
) -> None:
    url = reverse("reporting:words", args=[two_wrote.city_report.pk])
    page = client_of(two_wrote.city).get(url, {"q": "经费", "raised": "problem"})
    address = page.context["export_url"]
    assert "q=%E7%BB%8F%E8%B4%B9" in address and "raised=problem" in address
    asked = {"report": str(two_wrote.city_report.pk), "q": "经费", "raised": "problem"}
    job = request_export(kind="reporting.words", params=asked, unit=two_wrote.city.unit, by=two_wrote.city)
    run_export(job_id=job.pk)
    paper = Document(ExportJob.objects.get(pk=job.pk).file)
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "乡镇缺少经费。" in text and "自筹" not in text and "义诊" not in text
    assert "包含文字：经费；单位范围：反映了问题的" in text


@pytest.fixture
def december(month: Month, clock_stopped: time_machine.Traveller) -> Cycle:
    fill(month.county_report, 4, progress="十一月的进展")
    hand_in(month)
    clock_stopped.move_to(dt.datetime(2026, 12, 20, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    return month.next(dt.date(2026, 12, 1))


def test_no_change_carries_states_and_leaves_flows_and_words(month: Month, december: Cycle) -> None:
    report = Report.objects.get(cycle=december, unit=month.tree.county)
    changed = carry_over(report=report, by=month.clerk)
    cells = {
        cell.indicator.key: cell for cell in Cell.objects.filter(report=report).select_related("indicator")
    }
    assert changed == len(cells) > 0
    assert cells["societies"].value == Decimal(4)
    assert "health_events" not in cells and "progress" not in cells
    assert carry_over(report=report, by=month.clerk) == 0
    assert AuditEvent.objects.filter(kind="report.no_change").count() == 2


def test_no_change_is_refused_without_a_past_and_to_others(month: Month) -> None:
    with pytest.raises(DomainError) as refused:
        carry_over(report=month.county_report, by=month.clerk)
    assert refused.value.problems[0].code == "nothing_to_carry"
    with pytest.raises(Forbidden):
        carry_over(report=month.county_report, by=month.city)
    fill(month.county_report, 0)
    submit(report=month.county_report, by=month.clerk)
    with pytest.raises(Conflict):
        carry_over(report=month.county_report, by=month.clerk)


def test_no_change_is_a_button_on_the_form(
    month: Month, december: Cycle, client_of: Callable[[User], Client]
) -> None:
    report: Any = Report.objects.get(cycle=december, unit=month.tree.county)
    client = client_of(month.clerk)
    assert "存量数与上期相同" in client.get(reverse("reporting:fill", args=[report.pk])).content.decode()
    assert client.post(reverse("reporting:carry_over", args=[report.pk])).status_code == 302
    assert Cell.objects.get(report=report, indicator__key="societies").value == 4
