"""What is typed into reports, as sheets that are filled in without a network carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orgs.models import OrgUnit
from reporting.answers import written_answer
from reporting.choices import ValueKind
from reporting.models import Cell, Cycle, FormItem, Report
from reporting.rules.filling import Entry
from reporting.selectors.history import History, histories
from reporting.selectors.layout import Layout, as_counted, entries_of, layout_of, shape_of
from reporting.selectors.ledger import Ledger, ledger_of
from reporting.workflow import EDITABLE

#: Files and tables of many rows are for the page.
NOT_IN_SHEETS = (ValueKind.FILE, ValueKind.TABLE)
RELATED = ("cycle", "cycle__form_version", "cycle__collection", "unit", "custodian", "reviewer")


@dataclass(slots=True)
class OfflineReport:
    """One report as it stands: its items that a sheet can carry and what is typed into them."""

    report: Report
    items: list[FormItem]
    cells: dict[str, Cell]
    recorded: dict[str, Decimal]
    history: History

    def revision(self, key: str) -> int:
        cell = self.cells.get(key)
        return cell.revision if cell else 0

    def explanation(self, key: str) -> str:
        cell = self.cells.get(key)
        return cell.explanation if cell else ""

    @property
    def numeric_keys(self) -> set[str]:
        return {item.indicator.key for item in self.items if item.indicator.is_numeric}

    def entries(self) -> dict[str, Entry]:
        """What stands in the report, as rules and formulas see it."""
        return entries_of(self.cells.values(), self.recorded)

    def recorded_words(self) -> list[tuple[str, str]]:
        """What the ledgers know already, by name."""
        return [
            (item.indicator.name, f"{as_counted(item.indicator, self.recorded[item.indicator.key]):,}")
            for item in self.items
            if self.recorded.get(item.indicator.key)
        ]

    def value(self, item: FormItem) -> Decimal | str | None:
        """What is typed: a number, the words of an answer, nothing."""
        cell = self.cells.get(item.indicator.key)
        if cell is None:
            return None
        if item.indicator.is_numeric:
            return as_counted(item.indicator, cell.value)
        return written_answer(cell.text, shape_of(item)) or None

    def typed(self, key: str) -> Decimal | str | None:
        """The value of the item ``key``."""
        return self.value(next(item for item in self.items if item.indicator.key == key))


@dataclass(slots=True)
class OfflineLine:
    """One item of one report, for the sheet that has a row for each."""

    offline: OfflineReport
    item: FormItem
    words: tuple[str, ...] = field(default=())

    @property
    def indicator(self) -> Any:
        return self.item.indicator

    @property
    def key(self) -> str:
        return f"{self.offline.report.pk}/{self.item.indicator.key}"

    @property
    def value(self) -> Decimal | str | None:
        return self.offline.value(self.item)

    @property
    def explanation(self) -> str:
        return self.offline.explanation(self.item.indicator.key)

    @property
    def recorded(self) -> Decimal | None:
        return as_counted(self.indicator, self.offline.recorded.get(self.indicator.key))

    @property
    def last(self) -> Decimal | None:
        return as_counted(self.indicator, self.offline.history.last_month.get(self.indicator.key))

    @property
    def last_year(self) -> Decimal | None:
        return as_counted(self.indicator, self.offline.history.last_year.get(self.indicator.key))

    @property
    def takes_several(self) -> bool:
        return bool(self.indicator.value_kind == ValueKind.CHOICES)


def items_in_sheets(layout: Layout, level: int) -> list[FormItem]:
    return [item for item in layout.owed_at(level) if item.indicator.value_kind not in NOT_IN_SHEETS]


def read_offline(reports: Sequence[Report]) -> list[OfflineReport]:
    """Reports of one cycle as they stand, in a constant number of queries; ``report.cycle`` should be loaded."""
    if not reports:
        return []
    layout = layout_of(reports[0].cycle.form_version)
    cells: dict[int, dict[str, Cell]] = {report.pk: {} for report in reports}
    for cell in Cell.objects.filter(report__in=cells).select_related("indicator"):
        cells[cell.report_id][cell.indicator.key] = cell
    ledger: Ledger = ledger_of(reports, layout)
    past = histories(reports[0].cycle, [report.unit_id for report in reports])
    return [
        OfflineReport(
            report=report,
            items=items_in_sheets(layout, report.level),
            cells=cells[report.pk],
            recorded=dict(ledger.of(report.pk)),
            history=past[report.unit_id],
        )
        for report in reports
    ]


def lines_of(offline: OfflineReport) -> list[OfflineLine]:
    """A row for each item, with the words that it offers."""
    return [
        OfflineLine(offline, item, tuple(option.name for option in shape_of(item).options))
        for item in offline.items
    ]


def townships_of(cycle: Cycle, desk: OrgUnit) -> list[Report]:
    """The reports that the desk types for those below it and may still edit, in code order."""
    return list(
        Report.objects.filter(cycle=cycle, custodian=desk, state__in=EDITABLE)
        .owed()
        .exclude(unit=desk)
        .select_related(*RELATED)
        .order_by("unit__division_code")
    )
