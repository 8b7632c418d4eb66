"""挂图作战 on one screen: everything that a leader sees of one unit, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Max

from orgs.choices import HavesItem, LacksItem, Level
from orgs.models import OrgUnit
from orgs.selectors.items import ItemTable, item_table
from orgs.selectors.units import BlankSpot, blank_spots
from reporting.models import Cycle, Target
from reporting.rollup import basis_for
from reporting.selectors.board import EVENT_LINES, Board, board_stamp, read_board
from reporting.selectors.comparable import comparable_sums, cycle_a_year_ago, cycle_before
from reporting.selectors.facts import moment_shown
from reporting.selectors.paces import Progress
from reporting.selectors.spots import SHOWN_LEVELS, soonest
from reporting.selectors.targets import MAIN_KEYS, Key, day_weighed, figures_now, goals_for
from reporting.selectors.tiles import Tile, tiles_of

SPOTS_SHOWN = 16
#: Whose blank spots are named in a county; above it those of the levels that every list of them shows.
SPOTS_IN_COUNTY = (Level.TOWNSHIP, Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Movement:
    """A typed count of the month beside last month (环比) and the same month last year (同比): ``month`` and ``year`` are
    its sums and theirs over the units that are counted in both."""

    key: str
    label: str
    value: Decimal | None
    month: tuple[Decimal, Decimal] | None
    year: tuple[Decimal, Decimal] | None

    @property
    def on_month(self) -> Fraction | None:
        return _change(self.month)

    @property
    def on_year(self) -> Fraction | None:
        return _change(self.year)


def _change(sums: tuple[Decimal, Decimal] | None) -> Fraction | None:
    return Fraction(sums[0]) / Fraction(sums[1]) - 1 if sums and sums[1] else None


@dataclass(frozen=True, slots=True)
class Item:
    """How many expected townships have, or lack, one thing."""

    key: str
    label: str
    count: int
    expected: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.count, self.expected) if self.expected else None


@dataclass(slots=True)
class Wall:
    board: Board
    targets: dict[Key, Progress]
    tiles: list[Tile]
    haves: list[Item]
    lacks: list[Item]
    spots: list[BlankSpot]
    spot_count: int
    spot_levels: tuple[Level, ...]
    movements: list[Movement] = field(default_factory=list)

    @property
    def own_targets(self) -> list[Progress]:
        return [each for (unit_id, _key), each in self.targets.items() if unit_id == self.board.unit.pk]


def read_wall(cycle: Cycle, unit: OrgUnit, view: str) -> Wall:
    """The wall chart of ``unit`` at the end of the cycle's window, in a constant number of queries."""
    board = read_board(cycle, unit)
    moment = moment_shown(cycle)
    below = [row.unit_id for row in board.table.rows if row.level < Level.TOWNSHIP]
    targets = _targets(board, [unit.pk, *below])
    items = item_table(unit, Level.TOWNSHIP, moment.day)
    levels = SPOTS_IN_COUNTY if unit.level == Level.COUNTY else SHOWN_LEVELS
    spots = blank_spots(unit, moment.day, levels=levels, known_at=moment.instant)
    reports = {row.unit_id: row for row in board.reports}
    return Wall(
        board=board,
        targets=targets,
        tiles=tiles_of(board.table.rows, view, within=unit.name, targets=targets, reports=reports),
        haves=_items(items, "haves", HavesItem),
        lacks=_items(items, "lacks", LacksItem),
        spots=soonest(spots)[:SPOTS_SHOWN],
        spot_count=len(spots),
        spot_levels=levels,
        movements=_movements(board),
    )


def _targets(board: Board, units: list[int]) -> dict[Key, Progress]:
    """Targets beside the figures that the board has read already; the unit's other figures in one reading more."""
    goals = goals_for(board.cycle, units)
    rows = [*board.table.rows, *([board.whole] if board.whole else [])]
    values: dict[Key, Any] = {
        (row.unit_id, key): fact.value
        for row in rows
        for key, fact in row.facts.items()
        if (row.unit_id, key) in goals
    }
    rest = {key for unit_id, key in goals if unit_id == board.unit.pk and (unit_id, key) not in values}
    flows = {key for (unit_id, key), goal in goals.items() if goal.is_flow and unit_id == board.unit.pk}
    if rest | flows:
        values |= figures_now(board.cycle, board.unit, [board.unit.pk], rest | flows)
    day = day_weighed(board.cycle)
    order = {key: place for place, key in enumerate(MAIN_KEYS)}
    found = {
        place: Progress(place[0], goal, values.get(place), day)
        for place, goal in goals.items()
        if not goal.is_flow or place[0] == board.unit.pk
    }
    return dict(sorted(found.items(), key=lambda each: order.get(each[0][1], len(order))))


def _items(table: ItemTable, kind: str, items: Any) -> list[Item]:
    whole = table.whole
    return [
        Item(f"{kind}.{key}", label, whole.count(f"{kind}.{key}"), whole.expected)
        for key, label in items.choices
    ]


def _movements(board: Board) -> list[Movement]:
    cycle, basis = board.cycle, basis_for(board.cycle)
    month = comparable_sums(cycle, cycle_before(cycle), board.unit, basis)
    year = comparable_sums(cycle, cycle_a_year_ago(cycle), board.unit, basis)
    return [
        Movement(key, label, (board.years.series.get(key) or [None])[-1], month.get(key), year.get(key))
        for key, label in EVENT_LINES
    ]


def wall_stamp(cycle: Cycle, unit: OrgUnit) -> str:
    """Changes whenever something that the wall shows may have moved; two cheap queries."""
    known = Target.objects.filter(unit__province=unit.province_id).aggregate(
        last=Max("pk"), count=Count("pk"), ended=Count("ended_at")
    )
    return f"{board_stamp(cycle, unit)}-{known['last']}-{known['count']}-{known['ended']}"
