"""The papers whose words may be edited: their passages, the names for their figures, and what these read in a month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orgs.models import OrgUnit
from reporting.choices import PaperKind
from reporting.models import Cycle
from reporting.papers.book import book_of
from reporting.papers.bulletin import passages as bulletin
from reporting.papers.bulletin.passages import Passage
from reporting.papers.bulletin.template_text import values_of
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.papers.summary import passages as summary
from reporting.papers.summary.year import wording_of

Named = tuple[str, str, str]
_OF_THE_MONTH: list[Named] = [(one.group, one.name, one.meaning) for one in PLACEHOLDERS.values()]
_OF_THE_YEAR: list[Named] = [("全年", name, meaning) for name, meaning in summary.YEAR_MEANINGS.items()]


@dataclass(frozen=True, slots=True)
class Wordings:
    """What may be edited of one paper. ``names`` are group, name and meaning in the order they are offered."""

    paper: PaperKind
    passages: tuple[Passage, ...]
    names: list[Named]
    read: Callable[[Cycle, OrgUnit], dict[str, str]]

    @property
    def label(self) -> str:
        return str(self.paper.label)

    def passage(self, key: str) -> Passage | None:
        return next((one for one in self.passages if one.key == key), None)

    @property
    def known(self) -> list[str]:
        return [name for _group, name, _meaning in self.names]

    def grouped(self, values: dict[str, str]) -> list[tuple[str, list[Any]]]:
        """Group → name, meaning and value."""
        found: dict[str, list[Any]] = {}
        for group, name, meaning in self.names:
            found.setdefault(group, []).append((name, meaning, values[name]))
        return list(found.items())


def _month(cycle: Cycle, unit: OrgUnit) -> dict[str, str]:
    return values_of(book_of(cycle, unit))


def _year(cycle: Cycle, unit: OrgUnit) -> dict[str, str]:
    return summary.values_of_year(wording_of(cycle, unit))


WORDINGS = {
    PaperKind.BULLETIN: Wordings(PaperKind.BULLETIN, tuple(bulletin.PASSAGES), _OF_THE_MONTH, _month),
    PaperKind.SUMMARY: Wordings(PaperKind.SUMMARY, summary.PASSAGES, [*_OF_THE_YEAR, *_OF_THE_MONTH], _year),
}
