"""The desk's grid: the units it types for × the cells they owe, with those that report themselves beside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from core.errors import Problem
from core.grids import Entry, EntryColumn
from orgs.models import OrgUnit
from reporting.models import Cell, Cycle, Figure, Report
from reporting.rules.filling import Entry as RuleEntry
from reporting.rules.filling import problems_at_submission, problems_while_typing
from reporting.selectors.below import BelowRow, rows_below
from reporting.selectors.beside import Beside, beside_of
from reporting.selectors.history import History, histories
from reporting.selectors.layout import (
    Layout,
    as_counted,
    display_value,
    entries_of,
    frozen_entries,
    layout_of,
    sheet_for_rules,
)
from reporting.selectors.ledger import HANDED_IN, ledger_of
from reporting.selectors.sheet import column_of
from reporting.workflow import EDITABLE

#: The columns whose sum over a row says how much a unit did (场次合计).
EVENTS = ("health_events", "contest_events", "agri_events", "popularisation_events")


@dataclass(slots=True)
class GridRow:
    """One unit of the grid."""

    below: BelowRow
    entries: list[Entry]
    unexplained: list[Problem]

    @property
    def report(self) -> Report:
        return self.below.report

    @property
    def is_typed_here(self) -> bool:
        return not self.below.is_self

    @property
    def counts(self) -> bool:
        """Whether its figures are in the sum already: typed here, or accepted."""
        return self.is_typed_here or self.report.live_version_id is not None

    @property
    def is_open(self) -> bool:
        return self.is_typed_here and self.report.state in EDITABLE and not self.report.is_exempt


@dataclass(slots=True)
class TypingGrid:
    """Everything the grid page shows."""

    columns: list[EntryColumn]
    rows: list[GridRow]
    event_keys: str

    @property
    def lines(self) -> list[tuple[GridRow, list[tuple[EntryColumn, Entry]]]]:
        return [(row, list(zip(self.columns, row.entries, strict=True))) for row in self.rows]

    @property
    def ready(self) -> int:
        return sum(1 for row in self.rows if row.below.is_in)

    @property
    def has_open_rows(self) -> bool:
        return any(row.is_open for row in self.rows)


def read_grid(cycle: Cycle, unit: OrgUnit) -> TypingGrid:
    """The grid of ``unit`` for the lowest level that reports to it; six queries whatever the number of rows."""
    layout = layout_of(cycle.form_version)
    below = [row for row in rows_below(cycle, unit.pk, layout=layout) if row.report.level > unit.level]
    level = max((row.report.level for row in below), default=unit.level + 1)
    below = [row for row in below if row.report.level == level]
    items = layout.numeric_owed_at(level)
    content, revisions = _content([row.report for row in below], layout)
    past = histories(cycle, [row.report.unit_id for row in below])
    beside = beside_of([row.report for row in below], layout)
    rows = [
        _row(row, layout, content[row.report.pk], revisions, past[row.report.unit_id], beside[row.report.pk])
        for row in below
    ]
    columns = [column_of(item) for item in items]
    keys = " ".join(key for key in EVENTS if any(column.key == key for column in columns))
    return TypingGrid(columns=columns, rows=rows, event_keys=keys)


def _content(
    reports: list[Report], layout: Layout
) -> tuple[dict[int, dict[str, RuleEntry]], dict[tuple[int, str], int]]:
    """What stands in the cells; for units that report themselves what they last handed in."""
    content: dict[int, dict[str, RuleEntry]] = defaultdict(dict)
    revisions: dict[tuple[int, str], int] = {}
    typed_here = [
        report
        for report in reports
        if report.custodian_id == report.reviewer_id and report.state not in HANDED_IN
    ]
    typed = {report.pk for report in typed_here}
    cells: dict[int, list[Cell]] = {pk: [] for pk in typed}
    for cell in Cell.objects.filter(report__in=typed).select_related("indicator"):
        cells[cell.report_id].append(cell)
        revisions[(cell.report_id, cell.indicator.key)] = cell.revision
    ledger = ledger_of(typed_here, layout)
    for pk, found in cells.items():
        content[pk] = entries_of(found, ledger.of(pk))
    versions = {report.last_version_id: report.pk for report in reports if report.pk not in typed}
    for figure in Figure.objects.filter(version__in=[pk for pk in versions if pk]).select_related(
        "indicator"
    ):
        content[versions[figure.version_id]] |= frozen_entries([figure])
    return content, revisions


def _row(
    below: BelowRow,
    layout: Layout,
    content: dict[str, RuleEntry],
    revisions: dict[tuple[int, str], int],
    history: History,
    beside: Beside,
) -> GridRow:
    report = below.report
    rules = sheet_for_rules(report=report, layout=layout, entries=content, history=history, beside=beside)
    problems: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems_while_typing(rules):
        problems[problem.field or ""].append(problem)
    is_locked = below.is_self or report.state not in EDITABLE or report.is_exempt
    entries = [
        Entry(
            report=report.pk,
            key=item.indicator.key,
            value=display_value(item.indicator, _entry(content, item.indicator.key, is_locked)),
            recorded=None
            if is_locked
            else as_counted(item.indicator, _recorded(content, item.indicator.key)),
            revision=revisions.get((report.pk, item.indicator.key), 0),
            explanation=content.get(item.indicator.key, RuleEntry()).explanation,
            problems=problems.get(item.indicator.key, []),
            last=as_counted(item.indicator, history.last_month.get(item.indicator.key)),
            last_year=as_counted(item.indicator, history.last_year.get(item.indicator.key)),
            is_locked=is_locked,
        )
        for item in layout.numeric_owed_at(report.level)
    ]
    started = any(entry.value is not None for entry in content.values())
    unexplained = problems_at_submission(rules) if started and not is_locked else []
    return GridRow(below, entries, unexplained)


def _entry(content: dict[str, RuleEntry], key: str, is_locked: bool) -> Decimal | None:
    """The whole figure where it is only read, what is typed beside the ledger's number where it is typed."""
    entry = content.get(key, RuleEntry())
    return entry.value if is_locked else entry.typed


def _recorded(content: dict[str, RuleEntry], key: str) -> Decimal | None:
    return content.get(key, RuleEntry()).recorded
