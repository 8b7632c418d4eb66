"""A submitted report beside its past and its sisters, with what a reviewer should look at."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.errors import Problem
from reporting.answers import written_answer
from reporting.choices import Decision, ValueKind
from reporting.models import Figure, FormItem, Report, ReportVersion, ReviewRound
from reporting.rollup import sums_below
from reporting.rules.filling import problems_while_typing
from reporting.selectors.beside import beside_of
from reporting.selectors.history import History, history_of
from reporting.selectors.layout import (
    Layout,
    figures_of,
    frozen_entries,
    layout_of,
    shape_of,
    sheet_for_rules,
)

#: Below so many sister units nothing is an outlier.
SISTERS_NEEDED = 5
OUTLIER_FACTOR = 4
OUTLIER_FLOOR = 30
SCIENCE_DAY_MONTH = 9


@dataclass(slots=True)
class ComparedLine:
    """One figure: as submitted, last month, the same month last year, in the version before, below. ``asked`` is what the
    last return said at it."""

    key: str
    name: str
    unit: str
    value: Decimal | None
    last: Decimal | None
    last_year: Decimal | None
    returned: Decimal | None
    below: Decimal | None
    explanation: str
    is_changed: bool
    is_money: bool
    warnings: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    asked: str = ""
    remark: str = ""

    @property
    def is_odd(self) -> bool:
        return bool(self.warnings or self.hints)

    @property
    def places(self) -> int:
        """Decimals shown: two for money, none for counts."""
        return 2 if self.is_money else 0

    @property
    def change(self) -> Decimal | None:
        if self.value is None or self.last is None:
            return None
        return self.value - self.last


@dataclass(slots=True)
class ComparedText:
    key: str
    name: str
    text: str
    returned: str
    is_changed: bool
    asked: str = ""
    remark: str = ""


@dataclass(slots=True)
class Comparison:
    """All that a reviewer sees of one version. ``hints`` concern the report as a whole; ``before_label`` names the version
    that it is held against, the one last sent back or else the one before."""

    sections: list[tuple[str, list[ComparedLine]]]
    texts: list[ComparedText]
    hints: list[str]
    has_returned: bool
    before_label: str = ""

    @property
    def odd_count(self) -> int:
        return sum(line.is_odd for _title, lines in self.sections for line in lines)

    @property
    def changed_count(self) -> int:
        lines = [line for _title, lines in self.sections for line in lines]
        return sum(line.is_changed for line in lines) + sum(text.is_changed for text in self.texts)


@dataclass(slots=True)
class _Read:
    report: Report
    layout: Layout
    now: dict[str, Figure]
    returned: dict[str, Figure]
    history: History
    below: dict[str, Decimal]
    warnings: dict[str, list[str]]
    outliers: dict[str, str]
    asked: dict[str, str]


def compare(report: Report) -> Comparison:
    """The last submitted version of ``report`` beside everything it is judged against; a constant number of queries."""
    layout = layout_of(report.cycle.form_version)
    now = figures_of(report.last_version_id)
    history = history_of(report)
    last_return = _last_return(report)
    before = last_return.version if last_return else _version_before(report)
    read = _Read(
        report=report,
        layout=layout,
        now=now,
        returned=figures_of(before.pk) if before else {},
        history=history,
        below=sums_below(report.cycle, unit_id=report.unit_id, level=report.level),
        warnings=_warnings(report, layout, now, history),
        outliers=_outliers(report, now),
        asked={one.indicator.key: one.text for one in last_return.remarks.all()} if last_return else {},
    )
    sections = [
        (section.name, [_line(item.indicator, read) for item in items if _is_figure(item, report)])
        for section, items in layout.sections()
    ]
    texts = [
        _text(item, read)
        for item in layout.owed_at(report.level)
        if item.indicator.value_kind != ValueKind.FILE and not item.indicator.is_numeric
    ]
    return Comparison(
        sections=[(title, lines) for title, lines in sections if lines],
        texts=texts,
        hints=_whole_hints(read),
        has_returned=bool(read.returned),
        before_label="退回前" if last_return else f"第{before.number}版" if before else "",
    )


def _is_figure(item: Any, report: Report) -> bool:
    return report.level in item.owed_by and item.indicator.is_reported and item.indicator.is_numeric


def _last_return(report: Report) -> ReviewRound | None:
    """The round that sent an earlier version back."""
    return (
        report.rounds.filter(decision=Decision.RETURNED)
        .exclude(version=report.last_version_id)
        .select_related("version")
        .prefetch_related("remarks__indicator")
        .order_by("-at", "-id")
        .first()
    )


def _version_before(report: Report) -> ReportVersion | None:
    """What was handed in before: withdrawn and handed in again, or corrected."""
    if report.last_version is None:
        return None
    return report.versions.filter(number__lt=report.last_version.number).order_by("-number").first()


def _warnings(
    report: Report, layout: Layout, now: dict[str, Figure], history: History
) -> dict[str, list[str]]:
    sheet = sheet_for_rules(
        report=report,
        layout=layout,
        entries=frozen_entries(now.values()),
        history=history,
        beside=beside_of([report], layout)[report.pk],
    )
    found: dict[str, list[str]] = {}
    for problem in problems_while_typing(sheet):
        found.setdefault(problem.field or "", []).append(_short(problem))
    return found


def _short(problem: Problem) -> str:
    return problem.message.split("请核对")[0].rstrip("。，；")


def _outliers(report: Report, now: dict[str, Figure]) -> dict[str, str]:
    """Figures far above those of the sister units that are in: over four times their median, and over thirty."""
    rows = (
        Figure.objects.filter(
            version__report__cycle=report.cycle_id,
            version__report__reviewer=report.reviewer_id,
            version__report__level=report.level,
            version__report__last_version=F("version_id"),
            value__isnull=False,
        )
        .exclude(version__report=report.pk)
        .values_list("indicator__key", "value")
    )
    sisters: dict[str, list[Decimal]] = {}
    for key, value in rows:
        sisters.setdefault(key, []).append(Decimal(value or 0))
    found = {}
    for key, figure in now.items():
        others = sisters.get(key, [])
        if figure.value is None or len(others) < SISTERS_NEEDED or figure.value <= OUTLIER_FLOOR:
            continue
        median = statistics.median(others)
        if figure.value > OUTLIER_FACTOR * median:
            found[key] = f"明显高于同级单位（中位数 {median:,.0f}）"
    return found


def _line(indicator: Any, read: _Read) -> ComparedLine:
    key = indicator.key
    figure, returned = read.now.get(key), read.returned.get(key)
    value = figure.value if figure else None
    line = ComparedLine(
        key=key,
        name=indicator.name,
        unit=indicator.unit_label,
        value=value,
        last=read.history.last_month.get(key),
        last_year=read.history.last_year.get(key),
        returned=returned.value if returned else None,
        below=read.below.get(key),
        explanation=figure.explanation if figure else "",
        is_changed=returned is not None and returned.value != value,
        is_money=indicator.value_kind == "money",
        warnings=read.warnings.get(key, []),
        asked=read.asked.get(key, ""),
    )
    if key in read.outliers:
        line.hints.append(read.outliers[key])
    if read.report.cycle.period.month == SCIENCE_DAY_MONTH and _halved(line):
        line.hints.append("9月为全国科普日所在月，比上年同期减少过半")
    return line


def _halved(line: ComparedLine) -> bool:
    return (
        line.value is not None
        and line.last_year is not None
        and line.last_year > OUTLIER_FLOOR
        and line.value * 2 < line.last_year
    )


def _text(item: FormItem, read: _Read) -> ComparedText:
    indicator, shape = item.indicator, shape_of(item)
    figure, returned = read.now.get(indicator.key), read.returned.get(indicator.key)
    text = written_answer(figure.text, shape) if figure else ""
    before = written_answer(returned.text, shape) if returned else ""
    return ComparedText(
        key=indicator.key,
        name=indicator.name,
        text=text,
        returned=before,
        is_changed=bool(read.returned) and text != before,
        asked=read.asked.get(indicator.key, ""),
    )


def _whole_hints(read: _Read) -> list[str]:
    """Silent hints for the reviewer, never a demand on the clerk."""
    items = [item.indicator for item in read.layout.numeric_owed_at(read.report.level)]
    values = {item.key: read.now[item.key].value for item in items if item.key in read.now}
    last = read.history.last_month
    hints = []
    flows = [item.key for item in items if item.is_flow]
    if flows and _all_zero(values, flows) and _all_zero(last, flows):
        hints.append("各项活动连续两期全部为 0。")
    elif last and values and all(values.get(key) == last.get(key) for key in values):
        hints.append("全部数据与上月完全相同。")
    return hints


def _all_zero(values: dict[str, Any], keys: Sequence[str]) -> bool:
    known = [values[key] for key in keys if key in values]
    return bool(known) and all(value == 0 for value in known)
