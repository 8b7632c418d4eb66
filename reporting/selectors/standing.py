"""Units beside their sisters: where each stands, who fell, who lies apart; cities, counties and zones, never townships."""

from __future__ import annotations

import datetime as dt
import statistics
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup import THEN, Lens
from reporting.selectors.carried import read_facts
from reporting.selectors.coverage import RATIOS, SHARES, CoverageRow, coverage_table
from reporting.selectors.facts import Fact, FactTable, facts_of
from reporting.selectors.paces import Progress
from reporting.selectors.targets import progress
from reporting.selectors.tiles import BANDS, band_of

#: What units may be compared by: key of the address → label.
MEASURES = {
    "townships_established": "乡镇组织覆盖率",
    "villages_established": "村级组织覆盖率",
    "townships_covered": "乡镇“三长”覆盖率",
    "six_haves": "“六有”达标率",
}
#: Below so many sisters nobody lies apart; beyond so many standard deviations one does.
SISTERS_NEEDED = 5
APART = 1.5


@dataclass(frozen=True, slots=True)
class Place:
    """One unit. Differences are in percentage points."""

    row: CoverageRow
    rate: Fraction | None
    on_month: Fraction | None
    on_year: Fraction | None
    against_sisters: Fraction | None
    target: Progress | None
    is_apart: bool

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def fell(self) -> bool:
        return self.on_month is not None and self.on_month < 0


@dataclass(slots=True)
class Standing:
    """``places`` in code order, zones last; ``whole`` is the ratio of all together."""

    cycle: Cycle
    unit: OrgUnit
    measure: str
    as_of: dt.date
    whole: Fraction | None
    places: list[Place]

    @property
    def label(self) -> str:
        return MEASURES[self.measure]

    @property
    def fell(self) -> list[Place]:
        """Those that fell since last month, deepest first."""
        return sorted((each for each in self.places if each.fell), key=lambda each: each.on_month or 0)

    @property
    def apart(self) -> list[Place]:
        return [each for each in self.places if each.is_apart]

    @property
    def distribution(self) -> list[dict[str, Any]]:
        """How many units lie in each band, in the words of the band."""
        found = dict.fromkeys(BANDS, 0)
        for each in self.places:
            found[band_of(each.rate)] += 1
        return [
            {"label": BANDS[tone][0], "tone": tone, "count": count} for tone, count in found.items() if count
        ]


def read_standing(
    cycle: Cycle, unit: OrgUnit, measure: str, *, lens: Lens = THEN, on: dt.date | None = None
) -> Standing:
    """The units directly below ``unit`` by one ratio, in a constant number of queries: as of the cycle or of ``on``, by
    the tree of that day or carried to the units of the day of ``lens``."""
    table = coverage_table(cycle, unit, lens=lens, on=on)
    rows = [row for row in table.rows if row.level < Level.TOWNSHIP]
    ids = [row.unit_id for row in rows]
    last_year = facts_a_year_ago(cycle, unit, ids, keys_of(measure), lens=lens, on=on)
    targets = _targets(cycle, rows, measure)
    whole = rate_of(table.whole, measure)
    apart = _apart(rows, measure)
    places = [
        Place(
            row=row,
            rate=rate_of(row, measure),
            on_month=found.change if (found := row.measures.get(measure)) else None,
            on_year=points_between(rate_of(row, measure), past_rate(last_year, row.unit_id, measure)),
            against_sisters=points_between(rate_of(row, measure), whole),
            target=targets.get(row.unit_id),
            is_apart=row.unit_id in apart,
        )
        for row in sorted(rows, key=lambda one: (one.is_zone, one.code))
    ]
    return Standing(cycle, unit, measure, table.as_of, whole, places)


def rate_of(row: CoverageRow | None, measure: str) -> Fraction | None:
    """A unit's ratio, unrounded."""
    found = row.measures.get(measure) if row else None
    return found.rate if found else None


def points_between(now: Fraction | None, past: Fraction | None) -> Fraction | None:
    """The difference of two ratios in percentage points."""
    return None if now is None or past is None else (now - past) * 100


def facts_a_year_ago(
    cycle: Cycle, unit: OrgUnit, units: list[int], keys: list[str], *, lens: Lens = THEN, on: dt.date | None
) -> FactTable | None:
    """The facts of the same month of last year, for the units of the tree that is shown; none before the first month
    with facts."""
    past = Cycle.objects.filter(
        collection=cycle.collection_id, period=cycle.year_ago_period, facts_at__isnull=False
    ).first()
    if past is None:
        return None
    tree_of = lens.day or on
    if tree_of is None:
        return facts_of(past, units=units, keys=keys)
    day = on and on.replace(year=on.year - 1, day=min(on.day, 28))
    return read_facts(past, unit, None, tree_of=tree_of, on=day).facts


def keys_of(measure: str) -> list[str]:
    """The registry figures that a measure is made of."""
    return [RATIOS[measure]] if measure in RATIOS else list(SHARES[measure])


def past_rate(table: FactTable | None, unit_id: int, measure: str) -> Fraction | None:
    """A unit's ratio in facts of an earlier month."""
    if table is None:
        return None
    facts: list[Fact | None] = [table.fact(unit_id, key) for key in keys_of(measure)]
    if len(facts) == 1:
        return (
            Fraction(facts[0].numerator, facts[0].denominator) if facts[0] and facts[0].denominator else None
        )
    above, below = facts
    return Fraction(above.numerator, below.numerator) if above and below and below.numerator else None


def _targets(cycle: Cycle, rows: list[CoverageRow], measure: str) -> dict[int, Progress]:
    key = RATIOS.get(measure)
    if key is None:
        return {}
    values = {(row.unit_id, key): fact.value for row in rows if (fact := row.facts.get(key))}
    found = progress(cycle, [row.unit_id for row in rows], values)
    return {unit_id: each for (unit_id, name), each in found.items() if name == key}


def _apart(rows: list[CoverageRow], measure: str) -> set[int]:
    """Those whose ratio lies far from their sisters' mean; zones are not measured with the others."""
    rates = {
        row.unit_id: float(rate)
        for row in rows
        if not row.is_zone and not row.is_group and (rate := rate_of(row, measure)) is not None
    }
    if len(rates) < SISTERS_NEEDED:
        return set()
    mean, spread = statistics.fmean(rates.values()), statistics.pstdev(rates.values())
    return {pk for pk, rate in rates.items() if spread and abs(rate - mean) > APART * spread}


def standing_chart(found: Standing) -> dict[str, Any]:
    """Each unit's ratio beside its target."""
    series = [{"name": found.label, "data": [_float(each.rate) for each in found.places]}]
    if any(each.target for each in found.places):
        aims = [float(each.target.goal.value) / 100 if each.target else None for each in found.places]
        series.append({"name": "目标", "data": aims})
    return {
        "type": "bar",
        "categories": [each.name for each in found.places],
        "series": series,
        "unit": "%",
        "category_name": "单位",
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
