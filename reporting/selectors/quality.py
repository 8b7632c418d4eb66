"""报送质量 of one cycle or of several together: the tiers that are shown, the units directly below, period by period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup.lenses import THEN, Lens
from reporting.selectors.completeness import CompletenessRow, Counts, completeness_of, directly_governed

#: What the tabs show: label, and the counts of a row.
TIERS: dict[str, tuple[str, Callable[[CompletenessRow], Counts]]] = {
    "charged": ("市县合计", lambda row: row.charged),
    "city": ("市级", lambda row: row.cities),
    "county": ("县（市、区）", lambda row: row.tier("county")),
    "zone": ("功能区", lambda row: row.tier("zone")),
    "township": ("乡镇（街道）", lambda row: row.townships),
}
TIERS_SHOWN = {
    Level.PROVINCE: ["charged", "city", "county", "zone", "township"],
    Level.CITY: ["charged", "township"],
    Level.COUNTY: ["township", "county", "zone"],
}


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """The unit in view in one of the cycles."""

    cycle: Cycle
    counts: Counts


@dataclass(slots=True)
class Quality:
    """``rows`` are the sums over ``cycles`` (oldest first), in code order; ``by_cycle`` what they are sums of."""

    unit: OrgUnit
    cycles: list[Cycle]
    lens: Lens
    rows: list[CompletenessRow]
    by_cycle: dict[int, list[CompletenessRow]]

    @property
    def whole(self) -> CompletenessRow | None:
        """The unit in view, with all below it."""
        return next((row for row in self.rows if row.unit_id == self.unit.pk), None)

    @property
    def label(self) -> str:
        """2026年9月, 2026年9月至2026年11月."""
        first, last = self.cycles[0].label, self.cycles[-1].label
        return last if len(self.cycles) == 1 else f"{first}至{last}"

    @property
    def heading(self) -> str:
        """What the page is called by: the cycle's own name, or the span."""
        last = self.cycles[-1]
        return f"{self.label}{last.heading.removeprefix(last.label)}"

    @property
    def tiers(self) -> list[str]:
        """Those that have something to show for the unit in view."""
        whole = self.whole
        if whole is None:
            return []
        shown = TIERS_SHOWN.get(Level(self.unit.level), ["township"])
        return [name for name in shown if TIERS[name][1](whole) != Counts()]

    def groups(self) -> list[tuple[str, list[CompletenessRow]]]:
        """The units directly below: cities and the counties that the province governs; counties and zones apart."""
        if self.unit.level >= Level.COUNTY:
            return []
        if self.unit.level == Level.PROVINCE:
            governed = directly_governed(self.cycles[-1], self.unit, self.lens)
            return [
                ("各市", [row for row in self.rows if row.level == Level.CITY]),
                ("省直管县（市、区）", [row for row in self.rows if row.unit_id in governed]),
            ]
        counties = [row for row in self.rows if row.level == Level.COUNTY]
        return [
            ("县（市、区）", [row for row in counties if not row.is_zone]),
            ("功能区", [row for row in counties if row.is_zone]),
        ]

    def periods(self, tier: str) -> list[PeriodLine]:
        """The unit in view, cycle by cycle, newest first; none for a single cycle."""
        if len(self.cycles) == 1:
            return []
        counts = TIERS[tier][1]
        return [
            PeriodLine(cycle, counts(row))
            for cycle in reversed(self.cycles)
            for row in self.by_cycle[cycle.pk]
            if row.unit_id == self.unit.pk
        ]


def quality_of(cycle: Cycle, *, within: OrgUnit, since: Cycle | None = None, lens: Lens = THEN) -> Quality:
    """``within`` and those below it in ``cycle``, or in all cycles of its collection from ``since`` on, summed."""
    cycles = cycles_between(since, cycle) if since is not None else [cycle]
    by_cycle = completeness_of(cycles, within=within, lens=lens)
    return Quality(within, cycles, lens, _summed([by_cycle[one.pk] for one in cycles]), by_cycle)


def cycles_between(since: Cycle, until: Cycle) -> list[Cycle]:
    """The collection's cycles from one to the other, oldest first."""
    found = Cycle.objects.filter(
        collection=until.collection_id, period__gte=since.period, period__lte=until.period
    )
    return list(found.select_related("collection", "form_version").order_by("period", "pk"))


def _summed(months: Sequence[list[CompletenessRow]]) -> list[CompletenessRow]:
    found: dict[int, CompletenessRow] = {}
    for rows in months:
        for row in rows:
            summed = found.get(row.unit_id)
            tiers = dict(summed.tiers) if summed is not None else {}
            for name, counts in row.tiers.items():
                tiers[name] = tiers.get(name, Counts()) + counts
            found[row.unit_id] = replace(row, tiers=tiers)
    return sorted(found.values(), key=lambda row: (row.code, row.unit_id))
