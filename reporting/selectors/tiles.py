"""The schematic map: one tile a unit, where it roughly lies, in red, amber or green with sign and word."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from core import formats
from orgs.choices import Level
from reporting.selectors.completeness import CompletenessRow
from reporting.selectors.coverage import CoverageRow
from reporting.selectors.paces import Progress

DATA = Path(__file__).resolve().parent.parent / "data" / "tile_map.json"
#: Columns of a grid without known places.
COLUMNS = 6
#: What tiles may be coloured by: key of the address → label, measure of coverage, figure of its target.
VIEWS = {
    "established": ("乡镇组织覆盖率", "townships_established", "coverage_rate_township"),
    "covered": ("乡镇“三长”覆盖率", "townships_covered", "township_coverage_rate"),
    "haves": ("“六有”达标率", "six_haves", ""),
    "timely": ("按时上报率", "", ""),
}
#: Without a target: at least so much is good, at least so much is near.
GOOD, NEAR = Fraction(95, 100), Fraction(85, 100)
BANDS = {
    "success": ("达到", "check-circle-fill"),
    "warning": ("接近", "exclamation-triangle-fill"),
    "danger": ("差距大", "x-octagon"),
    "neutral": ("无数据", "dash-lg"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit. ``column`` and ``row`` count from zero; the word says what the colour means."""

    unit_id: int
    name: str
    column: int
    row: int
    shown: str
    tone: str
    word: str
    icon: str


@cache
def positions() -> dict[str, tuple[int, int]]:
    """Known places by division code."""
    return {code: (place[0], place[1]) for code, place in json.loads(DATA.read_text("utf-8")).items()}


def tiles_of(
    rows: Sequence[CoverageRow],
    view: str,
    *,
    within: str,
    targets: Mapping[tuple[int, str], Progress],
    reports: Mapping[int, CompletenessRow],
) -> list[Tile]:
    """The tiles of ``rows`` of the unit named ``within``, in code order; units without a known place stand below the
    others, zones last."""
    known = positions()
    loose = [row for row in rows if row.code not in known]
    is_map = len(loose) * 2 < len(rows)
    width = 1 + max((known[row.code][0] for row in rows if row.code in known), default=COLUMNS - 1)
    first = 1 + max((known[row.code][1] for row in rows if row.code in known), default=-1) if is_map else 0
    width = width if is_map else COLUMNS
    found, free = [], 0
    for row in sorted(rows, key=lambda one: (one.is_zone, one.code)):
        if is_map and row.code in known:
            column, line = known[row.code]
        else:
            column, line = free % width, first + free // width
            free += 1
        shown, tone, word, icon = _state(row, view, targets, reports)
        found.append(Tile(row.unit_id, row.name.removeprefix(within), column, line, shown, tone, word, icon))
    return found


def _state(
    row: CoverageRow,
    view: str,
    targets: Mapping[tuple[int, str], Progress],
    reports: Mapping[int, CompletenessRow],
) -> tuple[str, str, str, str]:
    """Figure, tone, word and sign; a township is there or not, and measured by nothing else."""
    _label, measure, key = VIEWS[view]
    if row.level == Level.TOWNSHIP:
        is_there = bool(row.number("units_established"))
        return ("", "success", "已建", "check-lg") if is_there else ("", "danger", "未建", "x-lg")
    rate = _rate(row, measure, reports)
    each = targets.get((row.unit_id, key)) if key else None
    if each is not None and rate is not None:
        word, tone, icon = each.pill
        return formats.percent(rate), tone, word, icon
    tone = band_of(rate)
    return formats.percent(rate), tone, *BANDS[tone]


def _rate(row: CoverageRow, measure: str, reports: Mapping[int, CompletenessRow]) -> Fraction | None:
    if not measure:
        quality = reports.get(row.unit_id)
        return quality.charged.on_time_rate if quality else None
    found = row.measures.get(measure)
    return found.rate if found else None


def band_of(rate: Fraction | None) -> str:
    """The tone of a ratio that has no target."""
    if rate is None:
        return "neutral"
    return "success" if rate >= GOOD else "warning" if rate >= NEAR else "danger"
