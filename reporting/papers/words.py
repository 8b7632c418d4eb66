"""What was written below as a Word file, to be edited outside the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import clock, formats
from core.errors import DomainError
from core.keys import key_in
from core.leaflets import DOCX, Leaflet, Text, write
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from reporting.filters.words import WordsForm
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


def leaflet_of(report: Report, words: WordsBelow, *, made_by: str, conditions: str = "") -> Leaflet:
    """A heading for each narrative, each unit's paragraphs under its name; ``conditions`` it was narrowed to."""
    blocks: list[Text] = []
    for chapter in words.chapters:
        if chapter.passages:
            blocks.append(Text([], heading=chapter.line.column.label))
            blocks += [Text(one.paragraphs, heading=one.unit) for one in chapter.passages]
    missing = f"尚未审核通过：{'、'.join(map(str, words.waiting))}。" if words.waiting else ""
    return Leaflet(
        title=f"{report.unit.display_name}{report.cycle.title}文字材料汇集",
        lead=f"截至{formats.day(clock.today())}，{_whose(words, conditions)}",
        blocks=blocks or [Text(["没有符合条件的文字材料。" if conditions else "下级单位还没有写文字材料。"])],
        note=f"{missing}汇集人：{made_by}",
        author=made_by,
    )


def _whose(words: WordsBelow, conditions: str) -> str:
    if conditions:
        return f"只列符合条件的段落（{conditions}）"
    return f"已审核通过{len(words.heard)}个单位"


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    report = _report(user, params)
    if report is None:
        raise DomainError.of("no_report", "没有找到这份报表，或不在您的管辖范围内。")
    asked = WordsForm(params, whole=read_words(report))
    words = asked.words
    paper = leaflet_of(report, words, made_by=user.actor_label, conditions=asked.said)
    write(paper, "docx", Path(path))
    name = f"{report.unit.display_name}{report.cycle.title}文字材料汇集.docx"
    return Built(name, {"单位数": len(words.heard)})


WORDS_PAPER = Exporter(
    kind=KIND, title=lambda params: "文字材料汇集", allowed=_allowed, build=_build, content_type=DOCX
)
