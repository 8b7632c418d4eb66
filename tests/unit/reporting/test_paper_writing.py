"""Templates of the bulletin's words, its text before it is issued, and the briefing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from files.registry import exporter_of
from reporting.choices import PaperKind
from reporting.models import PaperDraft, PaperText, Report, ReportVersion
from reporting.papers.book import book_of
from reporting.papers.briefing.docx import write_docx as write_briefing
from reporting.papers.briefing.paper import briefing_of
from reporting.papers.briefing.pdf import laid_out
from reporting.papers.briefing.sources import sources_for
from reporting.papers.bulletin import draft
from reporting.papers.bulletin.passages import PASSAGES
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.papers.drafts import bulletin_of, changes_of, drafted, drawn_of
from reporting.papers.wordings import WORDINGS
from reporting.rules.papers import BRACES, template_is_plain
from reporting.services import paper_drafts as service
from reporting.services.filling import CellChange
from reporting.services.paper_drafts import Draft, Drawn, PaperHead
from reporting.services.paper_templates import reset_template, save_template
from sanzhang.services.evaluations import choose_exemplar
from tests.factories import user_at
from tests.month import Month, fill

BULLETIN, BRIEFING = PaperKind.BULLETIN, PaperKind.BRIEFING


def started(month: Month, unit: Any = None, by: Any = None) -> PaperDraft:
    unit = unit or month.tree.province
    drawn = drawn_of(drafted(book_of(month.cycle, unit)))
    return service.start_draft(
        cycle=month.cycle, unit=unit, paper=BULLETIN, drawn=drawn, by=by or month.province
    )


def save(row: PaperDraft, key: str, value: str, by: Any, revision: int = 0) -> Any:
    return service.save_texts(draft=row, changes=[CellChange(row.pk, key, value, revision)], by=by)


def accepted(month: Month, code: str, **values: Any) -> Report:
    """A report whose figures count at once: version and live version as the services would leave them."""
    report = month.report(code)
    fill(report, 0, **values)
    version = ReportVersion.objects.create(report=report, number=1, frozen_by="测试", digest="x")
    for cell in report.cells.all():
        version.figures.create(indicator=cell.indicator, value=cell.value, text=cell.text)
    report.live_version = version
    report.save()
    return report


def test_shipped_templates_are_templates():
    for passage in PASSAGES:
        assert list(template_is_plain(passage.text, PLACEHOLDERS.keys())) == [], passage.key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_wanted"),
        ("国" * 2001, "too_long"),
        ("共{乡镇已建.__class__}个", "unknown_placeholder"),
        ("共{0}个", "unknown_placeholder"),
        ("共{乡镇已建个", "open_brace"),
        ("共{{乡镇已建}}个", "open_brace"),
        ("一\n二", "one_paragraph"),
    ],
)
def test_what_is_no_template_is_told_at_the_field(text: str, code: str):
    problems = list(template_is_plain(text, PLACEHOLDERS.keys()))
    assert [(problem.code, problem.field) for problem in problems] == [(code, "text")]


def test_every_placeholder_reads_as_words(month: Month):
    from reporting.papers.bulletin.template_text import values_of

    values = values_of(book_of(month.cycle, month.tree.province))
    assert set(values) == set(PLACEHOLDERS)
    assert not [name for name, value in values.items() if "{" in value or "None" in value]
    assert values["乡镇应建"] == "10"
    used = {name for passage in PASSAGES for name in BRACES.findall(passage.text)}
    assert used <= set(PLACEHOLDERS)


def test_template_of_a_unit_words_its_bulletin(month: Month):
    province = month.tree.province
    save_template(
        owner=province, paper=BULLETIN, key="coverage", text="共建成{乡镇已建}个乡镇科协。", by=month.province
    )
    own = drafted(book_of(month.cycle, province)).plain_text
    assert "共建成0个乡镇科协。" in own
    assert "应建县级科协" not in own
    below = drafted(book_of(month.cycle, month.tree.city)).plain_text
    assert "共建成0个乡镇科协。" in below
    save_template(
        owner=month.tree.city, paper=BULLETIN, key="coverage", text="我市{乡镇应建}个。", by=month.city
    )
    assert "我市" in drafted(book_of(month.cycle, month.tree.city)).plain_text
    assert "我市" not in drafted(book_of(month.cycle, province)).plain_text


def test_reset_goes_back_to_the_shipped_words_and_keeps_versions(month: Month):
    province = month.tree.province
    with pytest.raises(Conflict):
        reset_template(owner=province, paper=BULLETIN, key="act", by=month.province)
    first = save_template(owner=province, paper=BULLETIN, key="act", text="要真抓实干。", by=month.province)
    with pytest.raises(Conflict):
        save_template(
            owner=province,
            paper=BULLETIN,
            key="act",
            text="另一句。",
            by=month.province,
            over=first.number - 1,
        )
    last = reset_template(owner=province, paper=BULLETIN, key="act", by=month.province)
    assert (first.number, last.number, last.is_shipped) == (1, 2, True)
    shipped = WORDINGS[BULLETIN].passage("act")
    assert shipped is not None
    assert shipped.text in drafted(book_of(month.cycle, province)).plain_text
    assert AuditEvent.objects.filter(kind="paper.template").count() == 2


def test_template_is_for_those_who_write_papers_of_the_unit(month: Month):
    about = {"owner": month.tree.city, "paper": BULLETIN, "key": "act", "text": "要真抓实干。"}
    for stranger in (month.clerk, month.province, user_at(month.tree.city, Role.LEADER)):
        with pytest.raises(Forbidden):
            save_template(**about, by=stranger)
    with pytest.raises(DomainError):
        save_template(**(about | {"key": "nothing"}), by=month.city)
    assert save_template(**about, by=month.city).number == 1


def test_drafts_text_is_that_of_the_figures_until_edited(month: Month):
    row = started(month)
    bulletin = bulletin_of(month.cycle, month.tree.province)
    plain = draft(book_of(month.cycle, month.tree.province))
    assert bulletin.plain_text == plain.plain_text
    outcome = save(row, "recruit", "要把好入口关。", month.province)
    assert [cell.revision for cell in outcome.saved] == [1]
    assert "要把好入口关。" in bulletin_of(month.cycle, month.tree.province).plain_text
    with pytest.raises(Conflict):
        started(month)


def test_paragraph_that_somebody_changed_since_is_a_conflict(month: Month):
    row = started(month)
    save(row, "act", "甲写的。", month.province)
    outcome = save(row, "act", "乙写的。", month.province)
    assert not outcome.saved
    assert outcome.conflicts[0].value == "甲写的。"
    assert save(row, "act", "乙写的。", month.province, revision=1).saved
    assert save(row, "act", "", month.province, revision=2).refused[0].problems[0].code == "text_wanted"
    assert save(row, "nothing", "有字", month.province).refused[0].problems[0].code == "no_paragraph"


def test_draft_is_written_by_its_own_unit_only(month: Month):
    with pytest.raises(Forbidden):
        started(month, by=month.city)
    row = started(month)
    for stranger in (month.city, user_at(month.tree.province, Role.LEADER)):
        with pytest.raises(Forbidden):
            save(row, "act", "改。", stranger)
        with pytest.raises(Forbidden):
            service.issue(draft=row, digest=row.digest, by=stranger)
    assert save(row, "act", "改。", month.province).saved


def moved(month: Month) -> Draft:
    """What the figures say once a report has come in."""
    accepted(month, "370102", societies=7)
    return drawn_of(drafted(book_of(month.cycle, month.tree.province)))


def test_taking_anew_keeps_what_was_edited_unless_chosen(month: Month):
    row = started(month)
    save(row, "organisations", "组织体系不断健全。", month.province)
    drawn = moved(month)
    changes = {change.key: change for change in changes_of(row, drawn)}
    assert changes["organisations"].is_edited
    assert "县级学会7个" in changes["organisations"].now
    assert "act" not in changes
    row = service.take_anew(draft=row, drawn=drawn, replaced=(), by=month.province)
    assert row.digest == drawn.digest
    assert row.texts.get(key="organisations").text == "组织体系不断健全。"
    row = service.take_anew(draft=row, drawn=drawn, replaced={"organisations"}, by=month.province)
    assert "县级学会7个" in row.texts.get(key="organisations").text
    assert changes_of(row, drawn) == []


def test_taking_anew_adds_and_drops_passages(month: Month):
    row = started(month)
    whole = drawn_of(drafted(book_of(month.cycle, month.tree.province)))
    fewer = Draft(
        whole.standing, "X", whole.taken_at, [one for one in whole.paragraphs if one.key != "blank"]
    )
    assert [change.words for change in changes_of(row, fewer)] == ["删去"]
    row = service.take_anew(draft=row, drawn=fewer, replaced=(), by=month.province)
    assert not row.texts.filter(key="blank").exists()
    assert "新增" in [change.words for change in changes_of(row, whole)]
    row = service.take_anew(draft=row, drawn=whole, replaced=(), by=month.province)
    assert [text.key for text in row.texts.all()] == [one.key for one in whole.paragraphs]


def test_issued_text_stands_until_it_is_reopened(month: Month):
    row = started(month)
    with pytest.raises(DomainError, match="重新取数"):
        service.issue(draft=row, digest="OTHER", by=month.province)
    issued = service.issue(draft=row, digest=row.digest, by=month.province)
    assert not issued.is_open
    for act in (
        lambda: save(issued, "act", "改。", month.province),
        lambda: service.discard(draft=issued, by=month.province),
        lambda: service.set_head(draft=issued, head=PaperHead("文号"), by=month.province),
    ):
        with pytest.raises(Conflict):
            act()
    again = service.reopen_issued(draft=issued, by=month.province)
    assert save(again, "act", "改。", month.province).saved
    with pytest.raises(Conflict):
        service.reopen_issued(draft=again, by=month.province)


def test_issuing_refuses_townships_and_many_names(month: Month):
    row = started(month)
    save(row, "act", "解放路街道做得好。", month.province)
    with pytest.raises(DomainError, match="解放路街道"):
        service.issue(draft=row, digest=row.digest, by=month.province)
    save(row, "act", "做得好。", month.province, revision=1)
    assert not service.issue(draft=row, digest=row.digest, by=month.province).is_open


def test_number_stands_on_the_paper_when_known(month: Month):
    row = started(month)
    assert bulletin_of(month.cycle, month.tree.province).number == "〔2026〕　号"
    service.set_head(draft=row, head=PaperHead(" 鲁科协发〔2026〕12号 "), by=month.province)
    assert bulletin_of(month.cycle, month.tree.province).number == "鲁科协发〔2026〕12号"


def test_paper_says_when_text_and_annexes_hold_different_figures(month: Month):
    row = started(month)
    assert row.digest not in bulletin_of(month.cycle, month.tree.province).draft_note
    moved(month)
    assert row.digest in bulletin_of(month.cycle, month.tree.province).draft_note


def test_discarded_draft_leaves_the_templates_words(month: Month):
    row = started(month)
    save(row, "act", "改过的话。", month.province)
    service.discard(draft=row, by=month.province)
    assert not PaperText.objects.exists()
    assert "改过的话。" not in bulletin_of(month.cycle, month.tree.province).plain_text
    kept = AuditEvent.objects.get(kind="paper.discard")
    assert kept.data["edited"] == {"act": "改过的话。"}
    with pytest.raises(Conflict):
        service.discard(draft=row, by=month.province)


def briefing(month: Month) -> PaperDraft:
    drawn = Draft("统计截至11月19日，实时版", "", month.cycle.opened_at, [])
    return service.start_draft(
        cycle=month.cycle, unit=month.tree.province, paper=BRIEFING, drawn=drawn, by=month.province
    )


def test_briefing_is_made_of_what_was_ticked(month: Month, tmp_path: Path):
    accepted(month, "3701", progress="全市推进会召开。\n各县跟进。", problems="经费不足。")
    choose_exemplar(
        unit=month.tree.county,
        kind="deed",
        title="王院长下乡",
        text="坚持义诊十年。",
        by=SYSTEM,
    )
    row = briefing(month)
    sources = sources_for(month.cycle, month.tree.province)
    headings = [source.heading for source in sources]
    assert headings[:3] == ["工作动态", "典型推介", "问题反映"]
    with pytest.raises(DomainError, match="选稿"):
        service.issue(draft=row, digest="", by=month.province)
    service.choose_sources(draft=row, chosen=[one.drawn() for one in sources[:2]], by=month.province)
    save(row, sources[0].key, "全市推进会开得好。", month.province)
    service.choose_sources(draft=row, chosen=[sources[0].drawn()], by=month.province)
    service.set_head(
        draft=row, head=PaperHead("", 7, "三长工作简报", "省科协基层部", None), by=month.province
    )
    row.refresh_from_db()
    paper = briefing_of(row)
    assert (paper.masthead, paper.number, paper.compiled_by) == ("三长工作简报", "第7期", "省科协基层部")
    assert paper.plain_text == "工作动态\n济南市\n全市推进会开得好。"
    path = tmp_path / "briefing.docx"
    write_briefing(paper, path)
    words = [paragraph.text for paragraph in Document(str(path)).paragraphs]
    laid = "".join(
        box.text
        for page in laid_out(paper).pages
        for box in page._page_box.descendants()
        if hasattr(box, "text")
    )
    for word in ("三长工作简报", "第7期", "工作动态", "全市推进会开得好。"):
        assert word in words
        assert word in laid


def test_briefings_are_numbered_through_the_year(month: Month):
    assert [briefing(month).issue, briefing(month).issue] == [1, 2]
    row = started(month)
    with pytest.raises(DomainError):
        service.choose_sources(draft=row, chosen=[Drawn("a", "b", "c", "d")], by=month.province)
    with pytest.raises(DomainError):
        service.set_head(draft=briefing(month), head=PaperHead(), by=month.province)


def test_pages_take_a_bulletin_from_draft_to_issue(month: Month, client_of: Any):
    client = client_of(month.city)
    query = f"?cycle={month.cycle.pk}&unit={month.tree.city.pk}"
    assert "起草通报" in client.get(f"/reports/papers/{query}").content.decode()
    answer = client.post(f"/reports/papers/bulletin/start/{query}")
    row = PaperDraft.objects.get()
    assert answer.url == f"/reports/papers/drafts/{row.pk}/"
    assert "组织覆盖情况" in client.get(answer.url).content.decode()
    typed = {"cells": [{"report": row.pk, "key": "act", "value": "要抓好落实。", "revision": 0}]}
    saved = client.post(f"{answer.url}save/", json.dumps(typed), content_type="application/json")
    assert saved.json()["cells"][0] | {"problems": []} == {
        "report": row.pk,
        "key": "act",
        "revision": 1,
        "problems": [],
        "saved": True,
    }
    client.post(f"{answer.url}head/", {"document_number": "济科协发〔2026〕3号"})
    accepted(month, "370102", societies=7)
    assert "重新取数" in client.post(f"{answer.url}issue/").content.decode()
    assert "县级学会7个" in client.get(f"{answer.url}figures/").content.decode()
    client.post(f"{answer.url}figures/")
    client.post(f"{answer.url}issue/")
    row.refresh_from_db()
    assert (row.is_open, row.document_number) == (False, "济科协发〔2026〕3号")
    assert row.texts.get(key="act").text == "要抓好落实。"


def test_pages_edit_templates_with_errors_at_the_field(month: Month, client_of: Any):
    client = client_of(month.province)
    where = "/reports/papers/templates/coverage/"
    assert "可用的数据项" in client.get(where).content.decode()
    preview = client.post(f"{where}preview/", {"text": "建成{乡镇已建}个"}).content.decode()
    assert "建成0个" in preview
    wrong = client.post(where, {"text": "建成{没有}个", "over": 0})
    assert wrong.status_code == 422
    assert "{没有}" in wrong.content.decode()
    assert client.post(where, {"text": "建成{乡镇已建}个", "over": 0}).status_code == 302
    assert "本单位第1版" in client.get("/reports/papers/templates/").content.decode()
    assert client.post(f"{where}reset/").status_code == 302
    assert client.get("/reports/papers/templates/nothing/").status_code == 404


def test_pages_of_another_city_are_absent(month: Month, client_of: Any):
    row = started(month, month.tree.city, month.city)
    stranger = client_of(user_at(month.tree.other_city, Role.REPORTER))
    own = client_of(month.city)
    for part in ("", "figures/", "sources/"):
        assert stranger.get(f"/reports/papers/drafts/{row.pk}/{part}").status_code == 404
    assert own.get(f"/reports/papers/drafts/{row.pk}/").status_code == 200


def test_briefing_pages_and_files(month: Month, client_of: Any, tmp_path: Path):
    accepted(month, "370102", progress="推进有力。")
    client = client_of(month.city)
    query = f"?cycle={month.cycle.pk}&unit={month.tree.city.pk}"
    answer = client.post(f"/reports/papers/briefings/start/{query}")
    row = PaperDraft.objects.get(paper=BRIEFING)
    page = client.get(answer.url).content.decode()
    assert "推进有力。" in page
    key = sources_for(month.cycle, month.tree.city)[0].key
    client.post(answer.url, {"source": [key]})
    assert row.texts.get().text == "推进有力。"
    assert f"第{row.issue}期" in client.get(f"/reports/papers/briefings/{query}").content.decode()
    params = {"cycle": str(month.cycle.pk), "unit": str(month.tree.city.pk), "draft": str(row.pk)}
    for kind in ("pdf", "docx"):
        exporter = exporter_of(f"reporting.briefing_{kind}")
        path = tmp_path / kind
        built = exporter.build(month.city, params, str(path), lambda done, total, step="": None)
        assert built.file_name == f"济南市2026年11月简报第1期.{kind}"
        assert path.stat().st_size > 1000
        with pytest.raises(DomainError):
            exporter.build(month.city, params | {"draft": "9" * 30}, str(path), lambda *told: None)
