"""Registration form, roster and briefing, in each format and through the pages."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.models import User
from core.errors import Conflict, DomainError, Forbidden
from files.models import ExportJob
from files.registry import exporter_of
from sanzhang.models import Briefing
from sanzhang.papers import roster as roster_paper
from sanzhang.papers.briefing import draft_briefing
from sanzhang.services.briefings import save_briefing
from tests.factories import Tree

PHONE = "13805310001"
TODAY = dt.date(2026, 11, 21)


def text_of(path: Path, form: str) -> str:
    """All words of a built paper."""
    if form == "pdf":
        command = ["pdftotext", "-layout", str(path), "-"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout
    if form == "docx":
        document = Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    with path.open("rb") as file:
        rows = list(load_workbook(file).active.iter_rows(values_only=True))
    return "\n".join(str(value) for row in rows for value in row if value)


def built(user: User, kind: str, params: dict[str, Any], path: Path) -> str:
    """The words of one file as ``user`` gets it."""
    exporter = exporter_of(f"sanzhang.{kind}")
    assert exporter is not None
    assert exporter.allowed(user, params)
    exporter.build(user, params, str(path), lambda done, total, step="": None)
    return text_of(path, kind.rsplit("_", 1)[-1])


@pytest.mark.parametrize("form", ["xlsx", "docx", "pdf"])
def test_form_of_one_person(
    form: str, clerk: User, city_official: User, heads: dict[str, Any], tmp_path: Path
) -> None:
    params = {"person": heads["vice"].pk}
    words = built(clerk, f"form_{form}", params, tmp_path / "own")
    for expected in ("赵一", "医院院长", "历下区科协", "副主席", PHONE):
        assert expected in words
    above = built(city_official, f"form_{form}", params, tmp_path / "city")
    assert "138****0001" in above
    assert PHONE not in above


def test_form_of_a_foreign_person(clerk: User, other_clerk: User, heads: dict[str, Any]) -> None:
    exporter = exporter_of("sanzhang.form_docx")
    assert exporter is not None
    assert not exporter.allowed(clerk, {"person": heads["foreign"].pk})
    assert exporter.allowed(other_clerk, {"person": heads["foreign"].pk})


@pytest.mark.parametrize("form", ["xlsx", "docx", "pdf"])
def test_roster_by_strokes(form: str, clerk: User, person_of: Any, seat_of: Any, tmp_path: Path) -> None:
    for name in ("马小跳", "丁一", "王秀兰", "毛遂"):
        seat_of(person_of(name, phone=f"1380531{len(name)}{ord(name[0]) % 1000:03d}"), position="delegate")
    words = built(clerk, f"roster_{form}", {"query": {}, "order": "stroke_key"}, tmp_path / "a")
    words = "".join(words.split())
    places = [words.index(name) for name in ("丁一", "马小跳", "王秀兰", "毛遂")]
    assert places == sorted(places)
    assert "以姓氏笔画为序" in words
    assert "共4人" in words


def test_roster_too_long_for_paper(
    clerk: User, heads: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanzhang.exporters import papers as exporters_papers

    monkeypatch.setattr(exporters_papers, "MOST_ON_PAPER", 1)
    with pytest.raises(DomainError) as refused:
        built(clerk, "roster_pdf", {"query": {}}, tmp_path / "a")
    assert "下载名册" in str(refused.value)
    assert roster_paper.MOST_ON_PAPER == 1_000


def test_draft_says_what_the_records_say(tree: Tree, heads: dict[str, Any]) -> None:
    draft = draft_briefing(tree.county, TODAY)
    assert draft.title == "关于历下区科协“3+1”工作情况的汇报"
    assert "共吸纳“三长”2人" in draft.text
    assert "卫生领域1人" in draft.text
    assert draft_briefing(tree.county, dt.date(2024, 6, 1)).text.count("三长”3人") == 1


def test_briefing_is_kept_and_never_overwritten(tree: Tree, clerk: User, other_clerk: User) -> None:
    told = {"unit": tree.county, "title": "汇报", "drafted_on": TODAY}
    with pytest.raises(Forbidden):
        save_briefing(text="一、", by=other_clerk, **told)
    with pytest.raises(DomainError) as refused:
        save_briefing(text=" ", by=clerk, **(told | {"title": ""}))
    assert {problem.code for problem in refused.value.problems} == {"title_missing", "text_missing"}
    with pytest.raises(DomainError):
        save_briefing(text="长" * 20_001, by=clerk, **told)
    first = save_briefing(text="一、队伍情况", by=clerk, **told)
    save_briefing(text="二、工作", by=clerk, briefing=first, revision=1, **told)
    with pytest.raises(Conflict):
        save_briefing(text="三、", by=clerk, briefing=first, revision=1, **told)
    assert Briefing.objects.get().text == "二、工作"


def test_briefing_in_the_browser(
    tree: Tree, clerk: User, leader: User, other_clerk: User, client_of: Any, tmp_path: Path
) -> None:
    url = reverse("sanzhang:briefing", args=[tree.county.pk])
    client = client_of(clerk)
    page = client.get(url)
    assert "一、队伍情况" in page.content.decode()
    assert (client_of(leader).get(url).status_code, client_of(other_clerk).get(url).status_code) == (403, 404)
    typed = {"title": "汇报", "text": "一、队伍情况\n共三人。", "drafted_on": "2026-11-21", "revision": "0"}
    assert client.post(url, typed | {"text": ""}).status_code == 422
    assert client.post(url, typed).status_code == 302
    assert "共三人。" in client.get(url).content.decode()
    assert "共三人。" not in client.get(f"{url}?new=1").content.decode()
    kept = Briefing.objects.get()
    file_url = reverse("sanzhang:briefing_file", args=[kept.pk, "docx"])
    assert client_of(other_clerk).post(file_url).status_code == 404
    assert client.post(file_url).status_code == 302
    assert ExportJob.objects.get().kind == "sanzhang.briefing_docx"
    assert client.post(reverse("sanzhang:briefing_file", args=[kept.pk, "odt"])).status_code == 404
    assert "共三人。" in built(clerk, "briefing_docx", {"briefing": kept.pk}, tmp_path / "a")


def test_papers_are_asked_for_by_post(
    clerk: User, leader: User, client_of: Any, heads: dict[str, Any]
) -> None:
    client = client_of(clerk)
    for name, args in (("form_of_person", [heads["vice"].pk, "pdf"]), ("roster", ["xlsx"]), ("sheet", [])):
        url = reverse(f"sanzhang:{name}", args=args)
        assert client.get(url).status_code == 405
        assert client.post(f"{url}?field=health").status_code == 302
    assert client_of(leader).post(reverse("sanzhang:blank_sheet")).status_code == 403
    kinds = set(ExportJob.objects.values_list("kind", flat=True))
    assert kinds == {"sanzhang.form_pdf", "sanzhang.roster_xlsx", "sanzhang.people_sheet"}
