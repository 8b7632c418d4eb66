"""挂图作战: coverage, what reports have added up to so far, and a year of both, for one unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from core import clock, formats
from orgs.choices import Level
from orgs.models import Cohort, OrgUnit
from reporting.models import Cycle, Report
from reporting.rollup import THEN, Lens, Trend, basis_for, trend
from reporting.selectors.completeness import CompletenessRow, completeness
from reporting.selectors.coverage import CoverageRow, CoverageTable, coverage_table
from reporting.selectors.facts import Fact

FIELDS = [
    ("key_people_health", "卫生"),
    ("key_people_education", "教育"),
    ("key_people_agriculture", "农林"),
    ("key_people_other", "其他"),
]
RATE_LINES = [
    ("coverage_rate_township", "乡镇组织覆盖率"),
    ("township_coverage_rate", "乡镇吸纳覆盖率"),
    ("county_coverage_rate", "县级吸纳覆盖率"),
]
EVENT_LINES = [
    ("health_events", "健康讲堂、义诊"),
    ("contest_events", "科技竞赛、进校园"),
    ("agri_events", "农技培训"),
    ("popularisation_events", "其他科普活动"),
]
#: With the same month of last year.
MONTHS = 13
#: Provisional registry figures are read anew this often, in seconds.
PROVISIONAL_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Headline:
    """One big number with its change against the month before."""

    label: str
    value: Any
    kind: str
    unit: str = ""
    delta: Any = None
    key: str = ""


HEADLINES = [
    ("coverage_rate", "组织覆盖率", ""),
    ("county_coverage_rate", "县级吸纳覆盖率", ""),
    ("township_coverage_rate", "乡镇吸纳覆盖率", ""),
    ("key_people_total", "在任“三长”", "人"),
    ("blank_spots", "空白点", "个"),
]


def headlines(now: Mapping[str, Fact], before: Mapping[str, Fact]) -> list[Headline]:
    """Coverage in five numbers out of facts that are known, each with its change against the month before."""
    found = []
    for key, label, counted in HEADLINES:
        fact, past = now.get(key), before.get(key)
        if fact is None:
            continue
        scale = 100 if fact.is_ratio else 1
        value = None if fact.value is None else fact.value / scale
        delta = None if value is None or past is None or past.value is None else value - past.value / scale
        found.append(Headline(label, value, "percent" if fact.is_ratio else "number", counted, delta, key))
    return found


def basis_words(cycle: Cycle, table: CoverageTable, on: dt.date | None = None) -> str:
    """Which reports and which day the figures of ``table`` are of, and whether they may still change."""
    if on is not None:
        return f"{basis_for(cycle).label}，台账为{formats.day(on)}当天已登记的情况"
    words = f"{basis_for(cycle).label}，台账截至{formats.short_day(table.as_of)}"
    return f"{words}（截至目前，统计期末取数后固定）" if table.is_provisional else words


@dataclass(slots=True)
class Board:
    """All that the wall chart shows of one unit in one cycle."""

    cycle: Cycle
    unit: OrgUnit
    table: CoverageTable
    reports: list[CompletenessRow]
    years: Trend
    on: dt.date | None = None

    @property
    def whole(self) -> CoverageRow | None:
        return self.table.whole

    @property
    def own_reports(self) -> CompletenessRow | None:
        return next((row for row in self.reports if row.unit_id == self.unit.pk), None)

    @property
    def basis_words(self) -> str:
        """实时，统计截至11月19日 … or 审定; registry figures that may still change say so."""
        return basis_words(self.cycle, self.table, self.on)

    @property
    def headline(self) -> list[Headline]:
        return headlines(self.whole.facts, self.table.before) if self.whole else []

    def latest(self, key: str) -> int | None:
        """The cycle's own total of a typed count."""
        values = self.years.series.get(key, [])
        return int(values[-1]) if values and values[-1] is not None else None


def read_board(
    cycle: Cycle,
    unit: OrgUnit,
    *,
    lens: Lens = THEN,
    on: dt.date | None = None,
    cohort: Cohort | None = None,
) -> Board:
    """The wall chart of ``unit`` in ``cycle``, its registry figures as of ``on``, with the units of ``cohort`` ranked
    apart; a constant number of queries."""
    keys = [key for key, _label in (*RATE_LINES, *EVENT_LINES)] + ["key_people_total"]
    board = Board(
        cycle=cycle,
        unit=unit,
        table=coverage_table(cycle, unit, lens=lens, on=on, cohort=cohort),
        reports=completeness(cycle, within=unit, lens=lens),
        years=trend(unit, keys, cycle, MONTHS, lens=lens),
        on=on,
    )
    _complete_last_month(board)
    return board


def _complete_last_month(board: Board) -> None:
    """A cycle without stored facts takes its month from the facts as they stand, an earlier day's from that day's."""
    if board.whole is None or not (board.table.is_provisional or board.on):
        return
    for key, values in board.years.series.items():
        fact = board.whole.facts.get(key)
        if values and fact is not None and (values[-1] is None or board.on):
            values[-1] = fact.value


def board_stamp(cycle: Cycle, unit: OrgUnit) -> str:
    """Changes whenever something that the board shows may have moved; one cheap query."""
    moved = Report.objects.filter(cycle=cycle).within(unit).aggregate(count=Count("pk"), sum=Sum("revision"))
    facts = cycle.facts_at or _rounded(clock.now())
    return f"{moved['count']}-{moved['sum'] or 0}-{cycle.state}-{facts:%d%H%M%S}"


def _rounded(at: dt.datetime) -> dt.datetime:
    return dt.datetime.fromtimestamp(at.timestamp() // PROVISIONAL_SECONDS * PROVISIONAL_SECONDS, tz=dt.UTC)


def rate_chart(board: Board) -> dict[str, Any]:
    """Coverage over the months as ratios."""
    return _chart(
        board,
        [(label, [_ratio(value) for value in board.years.series[key]]) for key, label in RATE_LINES],
        "%",
    )


def people_chart(board: Board) -> dict[str, Any]:
    return _chart(board, [("在任“三长”", _floats(board.years.series["key_people_total"]))], "人")


def events_chart(board: Board) -> dict[str, Any]:
    """Typed events of each month, stacked by field."""
    lines = [(label, _floats(board.years.series[key])) for key, label in EVENT_LINES]
    return _chart(board, lines, "场", kind="stack")


def _chart(board: Board, lines: list[tuple[str, list[Any]]], unit: str, kind: str = "line") -> dict[str, Any]:
    return {
        "type": kind,
        "categories": board.years.labels,
        "series": [{"name": name, "data": data} for name, data in lines],
        "unit": unit,
        "category_name": "月份",
    }


def _ratio(value: Decimal | None) -> float | None:
    return None if value is None else float(value) / 100


def _floats(values: list[Decimal | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def field_chart(board: Board) -> dict[str, Any] | None:
    """Key people by field; the four add up to the total."""
    if board.whole is None or board.whole.number("key_people_total") is None:
        return None
    return {
        "type": "bar",
        "vertical": True,
        "categories": [label for _key, label in FIELDS],
        "series": [{"name": "在任“三长”", "data": [board.whole.number(key) for key, _label in FIELDS]}],
        "unit": "人",
        "category_name": "领域",
    }


def level_rows(board: Board) -> list[dict[str, Any]]:
    """Expected, established, blank and the ratio by level."""
    if board.whole is None:
        return []
    rows = []
    for suffix, label in (("county", "县级"), ("township", "乡镇（街道）"), ("village", "村（社区）")):
        expected = board.whole.number(f"units_expected_{suffix}")
        established = board.whole.number(f"units_established_{suffix}")
        if expected:
            rows.append(
                {
                    "label": label,
                    "level": {"county": Level.COUNTY, "township": Level.TOWNSHIP, "village": Level.VILLAGE}[
                        suffix
                    ].value,
                    "expected": expected,
                    "established": established or 0,
                    "blank": expected - (established or 0),
                }
            )
    return rows
