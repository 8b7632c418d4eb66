"""What moved at one unit: its ratios against last month, last year and the target, who fell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from core import formats
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup import THEN, Lens
from reporting.selectors.coverage import RATIOS, CoverageRow, CoverageTable
from reporting.selectors.paces import Progress
from reporting.selectors.standing import (
    MEASURES,
    facts_a_year_ago,
    keys_of,
    past_rate,
    points_between,
    rate_of,
)
from reporting.selectors.targets import progress

NAMED = 5


@dataclass(frozen=True, slots=True)
class Move:
    """One ratio of the unit; differences in percentage points. ``fell`` are the units directly below that fell since
    last month, deepest first, ``None`` where no earlier month is known; townships are never compared."""

    measure: str
    label: str
    rate: Fraction | None
    on_month: Fraction | None
    on_year: Fraction | None
    target: Progress | None
    fell: list[tuple[str, Fraction]] | None

    @property
    def fell_words(self) -> str:
        """历下区 −1.2、槐荫区 −0.4; the number of all where more fell than are named."""
        if not self.fell:
            return formats.ABSENT if self.fell is None else "没有"
        named = "、".join(f"{name} {formats.signed(change, 1)}" for name, change in self.fell[:NAMED])
        return named if len(self.fell) <= NAMED else f"{named}等{len(self.fell)}个"


def read_moves(
    cycle: Cycle, unit: OrgUnit, table: CoverageTable, *, lens: Lens = THEN, on: dt.date | None = None
) -> list[Move]:
    """The ratios of ``table``, which is that of ``unit``; a constant number of queries."""
    whole = table.whole
    if whole is None:
        return []
    keys = sorted({key for measure in MEASURES for key in keys_of(measure)})
    last_year = facts_a_year_ago(cycle, unit, [unit.pk], keys, lens=lens, on=on)
    values = {(unit.pk, key): fact.value for key, fact in whole.facts.items()}
    targets = progress(cycle, [unit.pk], values)
    below = [row for row in table.rows if row.level < Level.TOWNSHIP]
    return [
        Move(
            measure=measure,
            label=label,
            rate=rate_of(whole, measure),
            on_month=found.change if (found := whole.measures.get(measure)) else None,
            on_year=points_between(rate_of(whole, measure), past_rate(last_year, unit.pk, measure)),
            target=targets.get((unit.pk, RATIOS.get(measure, ""))),
            fell=_fell(below, measure),
        )
        for measure, label in MEASURES.items()
    ]


def _fell(rows: list[CoverageRow], measure: str) -> list[tuple[str, Fraction]] | None:
    changes = [
        (row.name, change)
        for row in rows
        if (found := row.measures.get(measure)) and (change := found.change) is not None
    ]
    if not changes:
        return None
    return sorted((each for each in changes if each[1] < 0), key=lambda each: each[1])
