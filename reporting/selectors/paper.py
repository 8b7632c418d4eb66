"""The form of one report as its pages show it: sections of lines with what stands in them, beside and below them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.errors import Problem
from core.grids import Entry, EntryColumn
from files.models import Attachment
from orgs.choices import Level
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
    ledger_url: str = ""
    late: int = 0

    @property
    def both(self) -> Decimal | None:
        """Own and below together; nothing known is nothing, not zero."""
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
    """A narrative; ``limit`` counts characters, ``last`` is last month's text."""

    column: EntryColumn
    entry: Entry
    limit: int
    is_required: bool
    last: str = ""
    remark: str = ""
    collected: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class FileLine:
    """A heap of files; the page that fills puts its upload form here."""

    key: str
    name: str
    help_text: str
    files: list[Attachment]
    form: Any = None


@dataclass(slots=True)
class PaperSection:
    """A section of the form with its lines of each kind."""

    key: str
    title: str
    figures: list[FigureLine] = field(default_factory=list)
    facts: list[FactLine] = field(default_factory=list)
    texts: list[TextLine] = field(default_factory=list)
    files: list[FileLine] = field(default_factory=list)

    @property
    def is_owed(self) -> bool:
        return any(line.is_owed for line in self.figures)


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
        return [section for section in self.figure_sections if section.is_owed]

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
