"""The whole of a paper: every table in order, and the digest that ties the file to its figures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.papers import list_tables, quality_tables, registry_tables, work_tables
from reporting.papers.figures import Figures, gather
from reporting.papers.reading import Tardy, Words, raised_words, tardy_reports
from reporting.papers.summary_table import summary
from reporting.papers.tables import PaperTable
from reporting.selectors.issues import answers_by_report
from reporting.selectors.spots import SpotQuery, moment_of, spots_of


@dataclass(slots=True)
class Book:
    """``tables`` are 表1 to 表11 in order."""

    figures: Figures
    tables: list[PaperTable]
    words: list[Words]
    tardy: list[Tardy]

    @property
    def digest(self) -> str:
        """Eight characters of the figures' checksum: equal papers hold equal figures."""
        return digest_of(self.tables)

    def table(self, name: str) -> PaperTable:
        """One table by its sheet's name."""
        return next(table for table in self.tables if table.name == name)


def digest_of(tables: list[PaperTable]) -> str:
    whole = hashlib.sha256()
    for table in tables:
        for row in table.rows():
            whole.update("\x1f".join(row).encode())
            whole.update(b"\x1e")
    return whole.hexdigest()[:8].upper()


def book_of(cycle: Cycle, unit: OrgUnit) -> Book:
    """The figures of ``unit`` in ``cycle`` as the tables of the month."""
    figures = gather(cycle, unit)
    edition = figures.edition
    query = SpotQuery()
    spots = spots_of(unit, moment_of(cycle, query), query)
    words = raised_words(cycle, unit, edition.basis)
    tardy = tardy_reports(cycle, unit, edition.made_at)
    tables = [
        summary(figures),
        registry_tables.coverage(figures),
        registry_tables.key_people(figures),
        work_tables.action(figures),
        work_tables.organisations(figures),
        work_tables.guidance(figures),
        quality_tables.quality(figures),
        list_tables.counties(figures),
        list_tables.blank_spots(figures, spots),
        quality_tables.words(figures, words, answers_by_report(one.report_id for one in words)),
        quality_tables.tardy(figures, tardy),
    ]
    return Book(figures, tables, words, tardy)
