"""What was written below as a Word file, to be edited outside the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import clock, formats
from core.errors import DomainError
from core.keys import key_in
from core.leaflets import DOCX, Leaflet, Text, write
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.models import Report
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.offline import RELATED
from reporting.selectors.words import WordsBelow, read_words

KIND = "reporting.words"


def _report(user: Any, params: dict[str, Any]) -> Report | None:
    rows = Report.objects.visible_to(user, VIEW_REPORTS).select_related(*RELATED)
    return rows.filter(pk=key_in(params.get("report"))).first()


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    report = _report(user, params)
    return report is not None and bool(user.can(EXPORT, report.unit))


def leaflet_of(report: Report, words: WordsBelow, *, made_by: str) -> Leaflet:
    """A heading for each narrative, each unit's paragraphs under its name."""
    blocks: list[Text] = []
    for chapter in words.chapters:
        if chapter.passages:
            blocks.append(Text([], heading=chapter.line.column.label))
            blocks += [Text(one.paragraphs, heading=one.unit) for one in chapter.passages]
    missing = f"尚未审核通过：{'、'.join(map(str, words.waiting))}。" if words.waiting else ""
    return Leaflet(
        title=f"{report.unit.display_name}{report.cycle.title}文字材料汇集",
        lead=f"截至{formats.day(clock.today())}，已审核通过{words.heard}个单位",
        blocks=blocks or [Text(["下级单位还没有写文字材料。"])],
        note=f"{missing}汇集人：{made_by}",
        author=made_by,
    )


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    report = _report(user, params)
    if report is None:
        raise DomainError.of("no_report", "没有找到这份报表，或不在您的管辖范围内。")
    words = read_words(report)
    write(leaflet_of(report, words, made_by=user.actor_label), "docx", Path(path))
    name = f"{report.unit.display_name}{report.cycle.title}文字材料汇集.docx"
    return Built(name, {"单位数": words.heard})


EXPORTER = Exporter(
    kind=KIND, title=lambda params: "文字材料汇集", allowed=_allowed, build=_build, content_type=DOCX
)


def register_words_paper() -> None:
    """Called once at start."""
    register_exporter(EXPORTER)
