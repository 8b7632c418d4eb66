"""The summary as text and one table, whatever it is printed on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.papers.bulletin.passages import said
from reporting.papers.official import OfficialText, Paragraph, issuer_of, sections_of
from reporting.papers.summary.passages import LACKS, PASSAGES, filled
from reporting.papers.summary.year import EVENTS, REACHED, Year, YearWording, wording_of
from reporting.papers.tables import Cell, Column, Line, PaperTable
from reporting.rollup import Basis

NOT_SETTLED = "审核用稿：最后一期尚未锁定审定"
COLUMNS = [
    Column("月份", "text"),
    Column("乡镇覆盖率", "percent"),
    Column("在任“三长”（人）"),
    Column("新吸纳（人）"),
    Column("活动（场、期）"),
    Column("惠及（人次）"),
]


@dataclass(slots=True, kw_only=True)
class Summary(OfficialText):
    """年终总结; its annex is the year month by month."""

    def file_name(self, suffix: str) -> str:
        """山东省科学技术协会2026年基层科协组织力“3+1”工作总结（统计截至12月19日，审定版V1）.pdf."""
        return f"{self.issuer}{self.title}（{self.edition.standing}）.{suffix}"


def draft(cycle: Cycle, unit: OrgUnit, templates: Mapping[str, str] | None = None) -> Summary:
    """What the year's figures up to ``cycle`` say; ``templates`` are a unit's own words by passage."""
    wording = wording_of(cycle, unit)
    edition = wording.figures.edition
    own = templates or {}
    texts = [
        (one.section, Paragraph(lead, filled(own.get(one.key) or one.text, wording), one.key))
        for one, lead in said(PASSAGES, wording, LACKS)
    ]
    months = months_of(wording.year)
    return Summary(
        edition=edition,
        issuer=issuer_of(edition),
        title_lines=_title_lines(wording),
        opening=next(one.text for head, one in texts if not head),
        sections=sections_of([(head, one) for head, one in texts if head]),
        annexes=[months],
        digest=_digest(wording.book.digest, months),
        draft_note="" if edition.basis == Basis.OFFICIAL else NOT_SETTLED,
    )


def _title_lines(wording: YearWording) -> tuple[str, ...]:
    """2026年基层科协组织力“3+1”工作总结; of a year that is not over in two lines, with its months."""
    year, what = f"{wording.year.number}年", "“3+1”工作总结"
    if wording.year.is_whole:
        return (f"{year}基层科协组织力{what}",)
    return f"{year}（1—{wording.figures.edition.cycle.period.month}月）基层科协组织力", what


def months_of(year: Year) -> PaperTable:
    """The annex: a line a month."""
    series = year.trend.series
    columns = zip(
        year.trend.labels,
        (None if rate is None else rate / 100 for rate in series["coverage_rate_township"]),
        series["key_people_total"],
        series["recruited"],
        year.sums(EVENTS),
        year.sums(REACHED),
        strict=True,
    )
    lines = [Line("part", tuple(Cell(value) for value in month)) for month in columns]
    return PaperTable("附件", f"{year.number}年各月主要数据", list(COLUMNS), lines, label_columns=1)


def _digest(month: str, months: PaperTable) -> str:
    """The last month's checksum and the year's table as one."""
    rows = [tuple(row) for row in months.rows()]
    return hashlib.sha256(f"{month}{rows}".encode()).hexdigest()[:8].upper()
