"""Blank spots narrowed by level, part, state, plan and name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core import clock
from core.dated import Moment, end_of_day
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.units import BlankSpot
from orgs.selectors.units import blank_spots as all_blank_spots
from reporting.models import Cycle
from reporting.selectors.facts import closing_moment

#: Villages number tens of thousands: without a level asked for, the list shows counties and townships.
SHOWN_LEVELS = (Level.COUNTY, Level.TOWNSHIP)


@dataclass(frozen=True, slots=True)
class SpotQuery:
    """What the list is narrowed to; empty means everything."""

    q: str = ""
    level: str = ""
    part: str = ""
    state: str = ""
    plan: str = ""
    at: str = ""

    @classmethod
    def of(cls, values: dict[str, Any]) -> SpotQuery:
        return cls(**{name: str(values.get(name) or "") for name in cls.__slots__})

    def as_params(self) -> dict[str, str]:
        """The criteria in use, as they are kept with an export."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    @property
    def levels(self) -> tuple[Level, ...]:
        return (Level(int(self.level)),) if self.level else SHOWN_LEVELS

    def admits(self, spot: BlankSpot) -> bool:
        named = not self.q or self.q in spot.name or spot.division_code.startswith(self.q)
        return named and (not self.state or spot.state == self.state) and self._has_plan(spot)

    def _has_plan(self, spot: BlankSpot) -> bool:
        if self.plan == "none":
            return spot.planned_on is None
        if self.plan == "overdue":
            return spot.planned_on is not None and spot.planned_on < clock.today()
        return not self.plan or spot.planned_on is not None

    @staticmethod
    def counts(spots: Iterable[BlankSpot]) -> list[tuple[str, int]]:
        """How many of each level, in the order of levels."""
        found: dict[Level, int] = {}
        for spot in spots:
            found[spot.level] = found.get(spot.level, 0) + 1
        return [(str(level.label), count) for level, count in sorted(found.items())]


def moment_of(cycle: Cycle, query: SpotQuery, on: dt.date | None = None) -> Moment:
    """The end of ``on``, else of the cycle's window, or now where that has not ended or the present is asked for."""
    if on is not None:
        return end_of_day(on)
    now = Moment(clock.today(), clock.now())
    if query.at == "now":
        return now
    return min(closing_moment(cycle), now, key=lambda moment: moment.instant)


def soonest(spots: Iterable[BlankSpot]) -> list[BlankSpot]:
    """Those planned soonest first, those without a plan last."""
    return sorted(
        spots, key=lambda spot: (spot.planned_on is None, spot.planned_on or dt.date.max, spot.division_code)
    )


def spots_of(unit: OrgUnit, at: Moment, query: SpotQuery, parts: Iterable[OrgUnit] = ()) -> list[BlankSpot]:
    """The blank spots of ``unit`` at a moment that ``query`` admits, in code order; two queries.

    They are those that the registry's figures of that moment count.
    """
    chosen = next((part for part in parts if query.part and str(part.pk) == query.part), None)
    spots = all_blank_spots(chosen or unit, at.day, levels=query.levels, known_at=at.instant)
    return [spot for spot in spots if query.admits(spot)]
