"""What the units below wrote, as one document to edit one's own words from."""

from __future__ import annotations

from dataclasses import dataclass, field

from reporting.choices import ReportState
from reporting.models import Report
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
class Silent:
    """One unit of which nothing is in the document, with the way to its report."""

    name: str
    report_id: int

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Chapter:
    """One narrative of the form: one's own line beside what was written below."""

    line: TextLine
    passages: list[Passage] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """Everything under one another, each unit's words under its name."""
        return "\n".join(f"{one.unit}：{one.text.strip()}" for one in self.passages)


@dataclass(slots=True)
class WordsBelow:
    """``waiting`` are units whose report is not accepted yet: what they wrote is not in the document."""

    paper: Paper
    chapters: list[Chapter]
    waiting: list[Silent]
    heard: int


def read_words(report: Report) -> WordsBelow:
    """The document of ``report``'s units below; a constant number of queries."""
    paper = read_paper(report, has_facts=False)
    collected = collected_texts(report)
    below = (
        Report.objects.filter(cycle=report.cycle_id, reviewer=report.unit_id)
        .exclude(unit=report.unit_id)
        .owed()
        .order_by("unit__division_code")
        .values_list("pk", "unit__name", "state", "entry_mode")
    )
    typed = [row for row in below if row[3] == "self"]
    accepted = [(pk, name) for pk, name, state, _mode in typed if state == ReportState.ACCEPTED]
    chapters = []
    for line in paper.text_lines:
        said = collected.get(line.entry.key, [])
        speaking = {row["report"] for row in said}
        chapters.append(
            Chapter(
                line=line,
                passages=[Passage(row["name"], row["report"], row["text"]) for row in said],
                silent=[Silent(name, pk) for pk, name in accepted if pk not in speaking],
            )
        )
    waiting = [Silent(name, pk) for pk, name, state, _mode in typed if state != ReportState.ACCEPTED]
    return WordsBelow(paper, chapters, waiting, len(accepted))
