"""Files of reporting: the month's papers and detail lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from core import formats
from core.errors import DomainError
from core.keys import key_in
from core.xlsx import XLSX
from files.registry import Built, Exporter, Progress
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle, PaperDraft
from reporting.papers.asking import asked, is_of_principal, may_have, title_of
from reporting.papers.batch import BATCH
from reporting.papers.edition import BULLETIN_TITLE, WORKBOOK_TITLE
from reporting.papers.lists import BLANK_SPOTS, COMPLETENESS, FIGURES, DetailList, write_list
from reporting.selectors.paper_texts import briefings_of

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BRIEFING_TITLE = "“3+1”工作简报"
STEPS = 10
Paper = TypeVar("Paper")


def _may_have_paper(user: Any, params: dict[str, Any]) -> bool:
    return may_have(user, params, deepest=Level.CITY) and is_of_principal(params)


def _gathered(read: Callable[[Cycle, OrgUnit], Paper], params: dict[str, Any], progress: Progress) -> Paper:
    """The figures of a paper, for the cycle and unit asked for."""
    cycle, unit = asked(params)
    progress(1, STEPS, "正在汇总数据")
    return read(cycle, unit)


def _build_workbook(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.book import book_of
    from reporting.papers.workbook import write_workbook

    book = _gathered(book_of, params, progress)
    write_workbook(book, Path(path), made_by=user.actor_label, progress=progress)
    edition = book.figures.edition
    return Built(edition.file_name(WORKBOOK_TITLE, "xlsx"), edition.record(book.digest))


def _with_fonts(record: dict[str, Any]) -> dict[str, Any]:
    """The record with the faces that stand in for licensed ones."""
    from core.pdf import typefaces

    substitutions = typefaces().substitutions
    return record | ({"字体替代": "、".join(substitutions)} if substitutions else {})


def _build_pdf(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.bulletin.pdf import write_pdf
    from reporting.papers.drafts import bulletin_of

    bulletin = _gathered(bulletin_of, params, progress)
    pages = write_pdf(bulletin, Path(path), progress=progress)
    record = _with_fonts(bulletin.edition.record(bulletin.digest) | {"页数": pages})
    return Built(bulletin.edition.file_name(BULLETIN_TITLE, "pdf"), record)


def _build_docx(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.bulletin.docx import write_docx
    from reporting.papers.drafts import bulletin_of

    bulletin = _gathered(bulletin_of, params, progress)
    progress(6, STEPS, "正在写入文档")
    write_docx(bulletin, Path(path))
    return Built(bulletin.edition.file_name(BULLETIN_TITLE, "docx"), bulletin.edition.record(bulletin.digest))


def _briefing(params: dict[str, Any]) -> PaperDraft:
    """The briefing asked for, of the unit and cycle that the parameters name."""
    cycle, unit = asked(params)
    found = briefings_of(cycle, unit).filter(pk=key_in(params.get("draft"))).first()
    if found is None:
        raise DomainError.of("paper_gone", "这期简报已被放弃，请刷新页面。")
    return found


def _build_briefing(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.briefing.paper import briefing_of
    from reporting.papers.briefing.pdf import write_pdf

    row = _briefing(params)
    progress(3, STEPS, "正在排版")
    pages = write_pdf(briefing_of(row), Path(path))
    return Built(f"{row}.pdf", _with_fonts(_record_of(row) | {"页数": pages}))


def _build_briefing_docx(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.briefing.docx import write_docx
    from reporting.papers.briefing.paper import briefing_of

    row = _briefing(params)
    progress(6, STEPS, "正在写入文档")
    write_docx(briefing_of(row), Path(path))
    return Built(f"{row}.docx", _record_of(row))


def _build_summary_pdf(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.drafts import summary_of
    from reporting.papers.summary.pdf import write_pdf

    summary = _gathered(summary_of, params, progress)
    progress(5, STEPS, "正在排版")
    pages = write_pdf(summary, Path(path))
    record = summary.edition.record(summary.digest) | {"页数": pages}
    return Built(summary.file_name("pdf"), _with_fonts(record))


def _build_summary_docx(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    from reporting.papers.drafts import summary_of
    from reporting.papers.summary.docx import write_docx

    summary = _gathered(summary_of, params, progress)
    progress(6, STEPS, "正在写入文档")
    write_docx(summary, Path(path))
    return Built(summary.file_name("docx"), summary.edition.record(summary.digest))


def _record_of(row: PaperDraft) -> dict[str, Any]:
    return {
        "期": row.cycle.label,
        "单位": row.unit.display_name,
        "口径": row.standing,
        "取数时间": formats.moment(row.taken_at),
        "状态": row.get_state_display(),
    }


def _paper(kind: str, what: str, build: Any, content_type: str) -> Exporter:
    return Exporter(
        kind=kind,
        title=lambda params: title_of(params, what),
        allowed=_may_have_paper,
        build=build,
        content_type=content_type,
    )


def _list(detail: DetailList) -> Exporter:
    def build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
        cycle, unit = asked(params)
        return write_list(
            detail, cycle, unit, path, params=params, made_by=user.actor_label, progress=progress
        )

    return Exporter(
        kind=detail.kind,
        title=lambda params: title_of(params, detail.title),
        allowed=may_have,
        build=build,
        content_type=XLSX,
    )


WORKBOOK = _paper("reporting.workbook", WORKBOOK_TITLE, _build_workbook, XLSX)
BULLETIN_PDF = _paper("reporting.bulletin_pdf", f"{BULLETIN_TITLE}（PDF）", _build_pdf, PDF)
BULLETIN_DOCX = _paper("reporting.bulletin_docx", f"{BULLETIN_TITLE}（Word）", _build_docx, DOCX)
DETAIL_LISTS = [_list(detail) for detail in (COMPLETENESS, BLANK_SPOTS, FIGURES)]
BRIEFING_PDF = _paper("reporting.briefing_pdf", f"{BRIEFING_TITLE}（PDF）", _build_briefing, PDF)
BRIEFING_DOCX = _paper("reporting.briefing_docx", f"{BRIEFING_TITLE}（Word）", _build_briefing_docx, DOCX)
SUMMARY_PDF = _paper("reporting.summary_pdf", "年终总结（PDF）", _build_summary_pdf, PDF)
SUMMARY_DOCX = _paper("reporting.summary_docx", "年终总结（Word）", _build_summary_docx, DOCX)
PAPERS = [
    *(WORKBOOK, BULLETIN_PDF, BULLETIN_DOCX, BRIEFING_PDF, BRIEFING_DOCX),
    *(SUMMARY_PDF, SUMMARY_DOCX, BATCH),
]
