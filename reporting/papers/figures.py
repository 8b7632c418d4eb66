"""The row objects of a paper: everything its tables and sentences say, read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from orgs.choices import Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from reporting.models import Cycle, Indicator
from reporting.papers.edition import Edition, edition_of
from reporting.papers.reading import pilots_among, registry_year
from reporting.papers.tables import NOT_COUNTED, STAR, Cell, Kind, Role, ranks
from reporting.rollup import TotalsTable, Trend, cycle_totals, trend, year_to_date
from reporting.selectors.comparable import comparable_sums, cycle_before
from reporting.selectors.completeness import CompletenessRow, Counts, completeness
from reporting.selectors.coverage import CoverageRow, CoverageTable, coverage_table
from reporting.selectors.layout import Layout, layout_of
from reporting.selectors.targets import target_values

ORDER: tuple[Role, ...] = ("part", "pilot", "zone")
#: This month, the twelve before it: last month and the same month of last year are among them.
MONTHS = 13


@dataclass(slots=True)
class Part:
    """A line of the tables: the unit as a whole, one directly below it, or its own doings (本级)."""

    unit_id: int
    name: str
    code: str
    level: Level
    role: Role
    coverage: CoverageRow | None = None
    quality: CompletenessRow | None = None
    parent_name: str = ""

    @property
    def charged(self) -> Counts:
        """The reports of cities, counties and zones."""
        return self.quality.charged if self.quality else Counts()


@dataclass(slots=True)
class Figures:
    """Of one unit in one cycle, as of one instant. ``parts`` are the units directly below, in code order, pilots and
    zones after the others; ``counties`` all counties and zones below a province; ``targets`` of the whole by key."""

    edition: Edition
    layout: Layout
    coverage: CoverageTable
    whole: Part
    parts: list[Part]
    counties: list[Part]
    month: TotalsTable
    year: TotalsTable
    months: Trend
    registry_year: dict[str, int]
    comparable: dict[str, tuple[Decimal, Decimal]]
    indicators: dict[str, Indicator] = field(default_factory=dict)
    targets: dict[str, Decimal | Fraction] = field(default_factory=dict)
    _ranks: dict[str, dict[int, int | None]] = field(default_factory=dict)

    @property
    def own(self) -> Part:
        """The unit's own doings, apart from those below."""
        whole = self.whole
        name = {Level.PROVINCE: "省本级", Level.CITY: "市本级"}.get(whole.level, "县本级")
        return Part(whole.unit_id, name, whole.code, whole.level, "own")

    @property
    def child_label(self) -> str:
        """What the units below are: the head of the second column."""
        return "市" if self.edition.unit.level == Level.PROVINCE else "县（市、区）"

    def registry(self, part: Part, key: str) -> Cell:
        """A registry count of a part; “—” where the registry has none, and for 本级."""
        return Cell(part.coverage.number(key) if part.coverage else None)

    def rate(self, part: Part, measure: str) -> Cell:
        """A ratio of a part, unrounded."""
        found = part.coverage.measures.get(measure) if part.coverage else None
        return Cell(found.rate if found else None, "percent")

    def rank(self, part: Part, measure: str) -> Cell:
        """The part's rank by a ratio among its like; the whole has none."""
        ranked = self._ranks.get(measure)
        if ranked is None:
            ranked = self._ranks[measure] = self._ranked(measure)
        return Cell(ranked.get(part.unit_id) if part.role != "whole" else None, "rank")

    def _ranked(self, measure: str) -> dict[int, int | None]:
        """Ranks by a ratio, unrounded, of cities among cities and counties among counties, pilots and zones apart."""
        found: dict[int, int | None] = {}
        for sort in {(part.role, part.level) for part in self.parts if part.level < Level.TOWNSHIP}:
            alike = [part for part in self.parts if (part.role, part.level) == sort]
            rates = [self._ratio(part, measure) for part in alike]
            found |= dict(zip([part.unit_id for part in alike], ranks(rates), strict=True))
        return found

    @staticmethod
    def _ratio(part: Part, measure: str) -> Fraction | None:
        found = part.coverage.measures.get(measure) if part.coverage else None
        return found.rate if found else None

    def typed(self, part: Part, key: str, *, year: bool = False) -> Cell:
        """A typed total of a part this month, or over the year.

        States are each unit's last accepted ones, starred where one is from an earlier month (沿用上期); a flow of a
        part of which nothing was accepted this month is not counted (未计入).
        """
        indicator = self.indicators[key]
        kind: Kind = "money" if indicator.value_kind == "money" else "number"
        table = self.month if indicator.is_flow and not year else self.year
        cell = table.cell(part.unit_id, key)
        if part.role == "own":
            return Cell(cell.own if cell else None, kind)
        if cell is not None:
            return Cell(cell.total, kind, STAR if cell.stale else "")
        waits = indicator.is_flow and not year and part.role != "whole" and part.charged.expected > 0
        return Cell(NOT_COUNTED, "text") if waits else Cell(None, kind)

    def own_keys(self, keys: Iterable[str]) -> bool:
        """Whether the unit did any of ``keys`` itself this year."""
        return any(self.typed(self.own, key, year=True).value is not None for key in keys)


def gather(cycle: Cycle, unit: OrgUnit) -> Figures:
    """Everything that the papers of ``unit`` in ``cycle`` say, as of now."""
    edition = edition_of(cycle, unit)
    layout = layout_of(cycle.form_version)
    quality = {row.unit_id: row for row in completeness(cycle, within=unit, at=edition.made_at)}
    counties = coverage_table(cycle, unit, Level.COUNTY)
    coverage = coverage_table(cycle, unit, Level.CITY) if unit.level == Level.PROVINCE else counties
    rows = {row.unit_id: row for table in (counties, coverage) for row in table.rows}
    below = _below(unit, coverage)
    if any(edition.level == Level.TOWNSHIP for edition in below):
        rows |= {row.unit_id: row for row in coverage_table(cycle, unit, Level.TOWNSHIP).rows}
    numeric = [item.indicator for item in layout.items if item.indicator.is_numeric]
    months = trend(unit, [one.key for one in numeric], cycle, months=MONTHS)
    pilots = pilots_among(unit, coverage.as_of)
    cities = dict(
        UnitEdition.objects.on(coverage.as_of).filter(parent=unit).values_list("unit_id", "display_name")
    )
    return Figures(
        edition=edition,
        layout=layout,
        coverage=coverage,
        whole=_part(
            unit.pk, _whole_name(edition), unit.division_code, unit.level, "whole", coverage.whole, quality
        ),
        parts=_parts(below, pilots, rows, quality),
        counties=_counties(unit, counties, quality, cities),
        month=cycle_totals(cycle, basis=edition.basis, within=unit),
        year=year_to_date(cycle, basis=edition.basis, within=unit),
        months=months,
        registry_year=registry_year(cycle, unit, coverage.whole),
        comparable=comparable_sums(cycle, cycle_before(cycle), unit, edition.basis),
        indicators={one.key: one for one in numeric},
        targets=target_values(cycle, unit.pk),
    )


def _whole_name(edition: Edition) -> str:
    return f"{edition.whole}合计"


def _below(unit: OrgUnit, coverage: CoverageTable) -> list[UnitEdition]:
    """Units directly below on the day of the figures; townships only where no county stands between."""
    return list(UnitEdition.objects.on(coverage.as_of).filter(parent=unit, level__lte=Level.TOWNSHIP))


def _parts(
    below: list[UnitEdition],
    pilots: set[int],
    rows: dict[int, CoverageRow],
    quality: dict[int, CompletenessRow],
) -> list[Part]:
    """Lines in order. Where every unit is a pilot, none stands apart."""
    regular = {one.unit_id for one in below if one.kind != UnitKind.ZONE}
    apart = pilots & regular if regular - pilots else set()
    found = [_part_of(one, apart, rows, quality) for one in below]
    return sorted(found, key=lambda part: (ORDER.index(part.role), part.code))


def _part_of(
    one: UnitEdition,
    pilots: set[int],
    rows: dict[int, CoverageRow],
    quality: dict[int, CompletenessRow],
) -> Part:
    role: Role = "part"
    if one.kind == UnitKind.ZONE:
        role = "zone"
    elif one.unit_id in pilots:
        role = "pilot"
    return _part(one.unit_id, one.name, one.division_code, one.level, role, rows.get(one.unit_id), quality)


def _part(
    unit_id: int,
    name: str,
    code: str,
    level: int,
    role: Role,
    row: CoverageRow | None,
    quality: dict[int, CompletenessRow],
    parent_name: str = "",
) -> Part:
    return Part(unit_id, name, code, Level(level), role, row, quality.get(unit_id), parent_name)


def _counties(
    unit: OrgUnit, table: CoverageTable, quality: dict[int, CompletenessRow], cities: dict[int, str]
) -> list[Part]:
    parents = dict(
        UnitEdition.objects.on(table.as_of)
        .filter(unit__in=[row.unit_id for row in table.rows])
        .values_list("unit_id", "parent_id")
    )
    rows = sorted(table.rows, key=lambda row: row.code)
    return [
        _part(
            row.unit_id,
            row.name,
            row.code,
            row.level,
            "zone" if row.is_zone else "part",
            row,
            quality,
            cities.get(parents.get(row.unit_id) or 0, unit.display_name),
        )
        for row in rows
    ]
