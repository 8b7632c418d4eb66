"""What the units below wrote, as one document to edit one's own words from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reporting.choices import EntryMode, ReportState
from reporting.models import Report
from reporting.paragraphs import entries_in
from reporting.selectors.paper import Paper, TextLine
from reporting.selectors.sheet import collected_texts, read_paper


@dataclass(frozen=True, slots=True)
class Passage:
    """One unit's paragraphs under one heading."""

    unit: str
    report_id: int
    text: str

    @property
    def paragraphs(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class UnitBelow:
    """One unit below, with the way to its report."""

    name: str
    report_id: int
    unit_id: int

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Chapter:
    """One narrative of the form: one's own line beside what was written below."""

    line: TextLine
    passages: list[Passage] = field(default_factory=list)
    silent: list[UnitBelow] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """Everything under one another, each unit's words under its name."""
        return "\n".join(f"{one.unit}：{one.text.strip()}" for one in self.passages)


@dataclass(slots=True)
class WordsBelow:
    """``heard`` are the units of the document, ``waiting`` those whose report is not accepted yet: what they wrote is not in
    it."""

    paper: Paper
    chapters: list[Chapter]
    waiting: list[UnitBelow]
    heard: list[UnitBelow]


def read_words(report: Report) -> WordsBelow:
    """The document of ``report``'s units below; a constant number of queries."""
    paper = read_paper(report, has_facts=False)
    collected = collected_texts(report)
    below = (
        Report.objects.filter(cycle=report.cycle_id, reviewer=report.unit_id)
        .exclude(unit=report.unit_id)
        .owed()
        .order_by("unit__division_code")
        .filter(entry_mode=EntryMode.SELF)
        .values_list("unit__name", "pk", "unit", "state")
    )
    heard: list[UnitBelow] = []
    waiting: list[UnitBelow] = []
    for name, report_id, unit_id, state in below:
        place = heard if state == ReportState.ACCEPTED else waiting
        place.append(UnitBelow(name, report_id, unit_id))
    chapters = []
    for line in paper.text_lines:
        said = collected.get(line.entry.key, [])
        speaking = {row["report"] for row in said}
        chapters.append(
            Chapter(
                line=line,
                passages=[Passage(row["name"], row["report"], row["text"]) for row in said],
                silent=[unit for unit in heard if unit.report_id not in speaking],
            )
        )
    return WordsBelow(paper, chapters, waiting, heard)


def narrowed(words: WordsBelow, *, text: str = "", unit: int = 0, raised: str = "") -> WordsBelow:
    """The document of ``unit`` alone, of those who raised a kind of entry, or of the paragraphs that hold every word of
    ``text``. Who wrote nothing of a narrative is named among the units that are left, but where words are looked for."""
    raising = {
        one.report_id
        for chapter in words.chapters
        if chapter.line.raises == raised
        for one in chapter.passages
        if entries_in(one.text)
    }
    heard = [
        one
        for one in words.heard
        if (not unit or one.unit_id == unit) and (not raised or one.report_id in raising)
    ]
    left = {one.report_id for one in heard}
    chapters = [
        replace(
            chapter,
            passages=list(_holding(text, (one for one in chapter.passages if one.report_id in left))),
            silent=[one for one in chapter.silent if one.report_id in left and not text],
        )
        for chapter in words.chapters
    ]
    return replace(words, chapters=chapters, heard=heard)


def _holding(text: str, passages: Iterable[Passage]) -> Iterable[Passage]:
    wanted = text.casefold().split()
    for passage in passages:
        kept = [
            paragraph
            for paragraph in passage.paragraphs
            if all(word in paragraph.casefold() for word in wanted)
        ]
        if kept:
            yield replace(passage, text="\n".join(kept))
