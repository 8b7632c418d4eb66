"""The form of one report as its pages show it: sections of lines with what stands in them, beside and below them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.errors import Problem
from core.grids import Entry, EntryColumn
from files.models import Attachment
from orgs.choices import Level
from reporting.answers import (
    Column,
    Option,
    Shape,
    chosen,
    column_sum,
    rows_of,
    written_answer,
    written_cell,
)
from reporting.choices import ValueKind
from reporting.models import Report
from reporting.selectors.layout import Layout


@dataclass(slots=True)
class FigureLine:
    """One typed figure: own value, last month's and last year's, the sum below, and what was said about it.

    ``ledger_url`` leads to the records that the ledger's part is made of, ``late`` of which are 补录.
    """

    column: EntryColumn
    entry: Entry
    own: Decimal | None = None
    below: Decimal | None = None
    remark: str = ""
    year: Decimal | None = None
    is_owed: bool = True
    formula: str = ""
    is_summed: bool = True
    ledger_url: str = ""
    late: int = 0

    @property
    def both(self) -> Decimal | None:
        """Own and below together; nothing known is nothing, not zero. Ratios are not added."""
        if not self.is_summed:
            return None
        known = [value for value in (self.own, self.below) if value is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def change(self) -> Decimal | None:
        if self.own is None or self.entry.last is None:
            return None
        return self.own - self.entry.last


@dataclass(slots=True)
class FactLine:
    """One registry figure, read-only."""

    key: str
    name: str
    unit: str
    value: str
    last: str
    hint: str = ""


@dataclass(slots=True)
class TextLine:
    """A narrative; ``limit`` counts characters, ``last`` is last month's text, ``raises`` the sort of entries that its
    paragraphs become."""

    column: EntryColumn
    entry: Entry
    limit: int
    is_required: bool
    last: str = ""
    remark: str = ""
    raises: str = ""
    collected: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class AnswerLine:
    """A choice, several choices, a date or a table; ``last`` is what was answered in the period before, ``field_name`` the
    name it is posted by where it does not save by itself."""

    column: EntryColumn
    entry: Entry
    shape: Shape
    is_required: bool
    last: str = ""
    remark: str = ""
    field_name: str = ""

    @property
    def kind(self) -> ValueKind:
        return self.shape.kind

    @property
    def written(self) -> str:
        return written_answer(self.entry.value, self.shape)

    @property
    def options(self) -> list[tuple[Option, bool]]:
        """Every option, and whether it is chosen."""
        taken = set(chosen(self.entry.value))
        return [(option, option.key in taken) for option in self.shape.options]

    @property
    def rows(self) -> list[list[tuple[Column, str, str]]]:
        """The rows of a table: each cell as it is kept and as it is read."""
        return [
            [(column, row.get(column.key, ""), written_cell(row, column)) for column in self.shape.columns]
            for row in rows_of(self.entry.value)
        ]

    @property
    def sums(self) -> list[tuple[Column, Decimal | None]]:
        """Each column with what it adds up to, where it is a number."""
        rows = rows_of(self.entry.value)
        return [
            (column, column_sum(rows, column.key) if column.is_numeric else None)
            for column in self.shape.columns
        ]


@dataclass(slots=True)
class FileLine:
    """A heap of files; the page that fills puts its upload form here. ``wanted`` is how many there must be."""

    key: str
    name: str
    help_text: str
    files: list[Attachment]
    form: Any = None
    wanted: int = 0
    kinds_words: str = ""


@dataclass(slots=True)
class PaperSection:
    """A section of the form with its lines of each kind."""

    key: str
    title: str
    figures: list[FigureLine] = field(default_factory=list)
    facts: list[FactLine] = field(default_factory=list)
    texts: list[TextLine] = field(default_factory=list)
    answers: list[AnswerLine] = field(default_factory=list)
    files: list[FileLine] = field(default_factory=list)

    @property
    def is_owed(self) -> bool:
        return bool(self.answers) or any(line.is_owed for line in self.figures)


@dataclass(slots=True)
class Paper:
    """The whole form of one report, and what is still to do in it."""

    report: Report
    layout: Layout
    sections: list[PaperSection]
    facts_label: str
    to_do: list[Problem] = field(default_factory=list)
    filled: int = 0
    owed: int = 0
    has_year: bool = False

    @property
    def has_below(self) -> bool:
        return self.report.level < Level.TOWNSHIP

    @property
    def fact_sections(self) -> list[PaperSection]:
        return [section for section in self.sections if section.facts]

    @property
    def figure_sections(self) -> list[PaperSection]:
        return [section for section in self.sections if section.figures]

    @property
    def own_sections(self) -> list[PaperSection]:
        """Sections in which this level types something."""
        return [section for section in self.sections if section.is_owed]

    @property
    def summed_sections(self) -> list[PaperSection]:
        """Sections that only add up what was typed below."""
        return [section for section in self.figure_sections if not section.is_owed]

    @property
    def text_lines(self) -> list[TextLine]:
        return [line for section in self.sections for line in section.texts]

    @property
    def file_lines(self) -> list[FileLine]:
        return [line for section in self.sections for line in section.files]

    @property
    def files_title(self) -> str:
        wanted = any(line.wanted for line in self.file_lines)
        return "附件（带 * 的必须上传）" if wanted else "附件（选填，不要求上传照片）"


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line that is typed, with what stands in it; only ``is_plain`` ones can be read as they were typed."""

    key: str
    label: str
    stored: str
    is_plain: bool


def typed_lines(paper: Paper) -> list[TypedLine]:
    """Every line of the form that its desk types, whatever its kind."""
    figures = [line for section in paper.sections for line in section.figures if line.is_owed]
    answers = [line for section in paper.sections for line in section.answers]
    found: list[FigureLine | AnswerLine | TextLine] = [*figures, *answers, *paper.text_lines]
    return [
        TypedLine(
            key=line.entry.key,
            label=line.column.label,
            stored="" if line.entry.value is None else str(line.entry.value),
            is_plain=not isinstance(line, AnswerLine),
        )
        for line in found
    ]
