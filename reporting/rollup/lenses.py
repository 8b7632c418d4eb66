"""Which tree figures are placed in: each cycle's own (按当时区划), today's (按现行区划), or that of another day.

A lens moves figures and never adds or drops one: whatever it looks through, the province's total is the same. What
merged is added up at its successor; what was divided stands as one group and is not apportioned; what moved or was
renamed counts where it is and as it is called on the lens's day. Stored totals are as they were and are not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any, NamedTuple

from core import clock
from orgs.choices import Level, UnitKind
from orgs.models import UnitEdition
from orgs.selectors.lineage import Group, Lineage
from reporting.models import Cycle


@dataclass(frozen=True, slots=True)
class Lens:
    """``day`` is the day whose tree is looked through; ``None`` leaves each cycle in its own."""

    day: dt.date | None = None

    @property
    def is_then(self) -> bool:
        return self.day is None

    @classmethod
    def now(cls) -> Lens:
        return cls(clock.today())


#: Each cycle in the tree of its opening.
THEN = Lens()

#: Reports with the place that their unit has come to by the lens's day; ``reporter_id`` is the unit that reported.
#: A unit that is not in that day's tree at all (it came later) stands as its report says.
PLACED = Template("""
(SELECT r.id, r.cycle_id, r.unit_id AS reporter_id, r.level AS reporter_level, COALESCE(x.place_id, r.unit_id) AS unit_id,
        COALESCE(x.level, e.level, r.level) AS level,
        $ancestors,
        COALESCE(x.is_zone, e.kind = 'zone', r.is_zone) AS is_zone,
        r.live_version_id, r.official_version_id, r.state, r.returns, r.is_nil, r.on_time, r.first_submitted_at,
        r.due_at, r.deferred_to, r.exempted_at
 FROM reporting_report r
 LEFT JOIN unnest(%(lens_cycles)s::bigint[], %(lens_units)s::bigint[], %(lens_places)s::bigint[],
                  %(lens_levels)s::smallint[], %(lens_zones)s::boolean[], %(lens_provinces)s::bigint[],
                  %(lens_cities)s::bigint[], %(lens_counties)s::bigint[])
      x(cycle_id, unit_id, place_id, level, is_zone, province_id, city_id, county_id)
      ON x.cycle_id = r.cycle_id AND x.unit_id = r.unit_id
 LEFT JOIN orgs_unitedition e ON x.unit_id IS NULL AND e.unit_id = r.unit_id
      AND e.valid_from <= %(lens_day)s AND (e.valid_to IS NULL OR e.valid_to > %(lens_day)s)
)""").substitute(
    ancestors=", ".join(
        f"CASE WHEN x.unit_id IS NOT NULL THEN x.{name} WHEN e.id IS NOT NULL THEN e.{name} ELSE r.{name} END AS {name}"
        for name in ("province_id", "city_id", "county_id")
    )
)
_ARRAYS = (
    *("lens_cycles", "lens_units", "lens_places", "lens_levels", "lens_zones"),
    *("lens_provinces", "lens_cities", "lens_counties"),
)


class PlaceName(NamedTuple):
    name: str
    code: str
    level: Level
    is_zone: bool


@dataclass(slots=True)
class Placement:
    """The reports of some cycles as a relation for statements, with its parameters and the groups among the places."""

    reports: str = "reporting_report"
    reporter: str = "unit_id"
    reporter_level: str = "level"
    values: dict[str, Any] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)

    def names(self, ids: Iterable[int], day: dt.date) -> dict[int, PlaceName]:
        """What the places ``ids`` are called in the tree of ``day``; one query."""
        found: dict[int, PlaceName] = {}
        wanted = [pk for pk in ids if pk not in self.groups]
        editions = UnitEdition.objects.filter(unit__in=wanted).order_by("valid_from", "pk")
        for pk, valid_from, name, code, level, kind in editions.values_list(
            "unit_id", "valid_from", "display_name", "division_code", "level", "kind"
        ):
            if pk not in found or valid_from <= day:
                found[pk] = PlaceName(self.ended.get(pk) or name, code, Level(level), kind == UnitKind.ZONE)
        for pk, group in self.groups.items():
            found[pk] = PlaceName(group.name, group.code, group.level, group.is_zone)
        return found

    @property
    def words(self) -> dict[str, str]:
        """What templates of statements call ``$reports``, ``$reporter`` and ``$reporter_level``."""
        return {
            "reports": self.reports,
            "reporter": self.reporter,
            "reporter_level": self.reporter_level,
        }


def placement(lens: Lens, cycles: Iterable[Cycle], lineage: Lineage | None = None) -> Placement:
    """How ``lens`` places the reports of ``cycles``: three queries, none for the trees as they were.

    With a ``lineage`` of the lens's day, read already, groups are keyed as it keys them.
    """
    if lens.day is None:
        return Placement()
    lineage = lineage or Lineage(lens.day)
    rows: list[Sequence[Any]] = [
        (cycle.pk, unit_id, *standing[:6])
        for cycle in cycles
        for unit_id, standing in lineage.standings(clock.local_day(cycle.opened_at), cycle.opened_at).items()
        if standing.level <= Level.TOWNSHIP
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in _ARRAYS]
    return Placement(
        reports=PLACED,
        reporter="reporter_id",
        reporter_level="reporter_level",
        values={"lens_day": lens.day, **dict(zip(_ARRAYS, columns, strict=True))},
        groups=lineage.groups,
        ended=lineage.ended_names({row[2] for row in rows}),
    )
