"""What is asked, as the address of the page says it and as an export keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlencode


class Grain(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    UNTIL = "ytd"


class Axis(StrEnum):
    UNIT = "unit"
    PERIOD = "period"
    INDICATOR = "indicator"
    SECTION = "section"


class Measure(StrEnum):
    VALUE = "value"
    CHANGE = "change"
    ON_LAST = "mom"
    ON_YEAR = "yoy"
    SHARE = "share"
    RANK = "rank"


#: Names of the address, in the order that it lists them.
NAMES = (
    *("keys", "unit", "spread", "only", "kind", "cohort", "whole"),
    *("span", "first", "last", "grain", "rows", "rows2", "columns", "columns2"),
    *("measures", "shown", "chart", "collection", "sort", "lens"),
)
MANY = ("keys", "measures")
#: How many months ``span`` reaches back from the newest period.
SPANS = {"1": 1, "3": 3, "6": 6, "12": 12, "13": 13, "24": 24, "36": 36, "60": 60}
THIS_YEAR, CHOSEN = "year", "range"
#: By today's tree, where not by that of each cycle's time.
NOW = "now"
#: Said where nothing stands in the columns.
NO_AXIS = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """``unit`` is the top of the subtree asked about, ``None`` one's own; ``spread`` which units of it: ``self``, ``below`` or a
    level's number; ``only`` words that name some of them; ``whole`` adds the unit itself as a line of its own; ``lens`` is
    empty for the trees of the time, :data:`NOW` for today's.
    """

    keys: tuple[str, ...] = ()
    unit: int | None = None
    spread: str = "below"
    only: str = ""
    kind: str = ""
    cohort: int | None = None
    whole: bool = False
    span: str = "12"
    first: dt.date | None = None
    last: dt.date | None = None
    grain: Grain = Grain.MONTH
    rows: tuple[Axis, ...] = (Axis.UNIT,)
    columns: tuple[Axis, ...] = (Axis.PERIOD,)
    measures: tuple[Measure, ...] = (Measure.VALUE,)
    shown: str = ""
    chart: str = ""
    collection: int | None = None
    sort: str = ""
    lens: str = ""

    @property
    def is_now(self) -> bool:
        return self.lens == NOW

    def changed(self, **values: Any) -> Self:
        return replace(self, **values)

    def params(self) -> dict[str, str | list[str]]:
        """As parameters of an address or of an export: what is not said is the default."""
        told: dict[str, Any] = {
            "keys": list(self.keys),
            "unit": self.unit,
            "spread": self.spread,
            "only": self.only,
            "kind": self.kind,
            "cohort": self.cohort,
            "whole": "1" if self.whole else "",
            "span": self.span,
            "first": f"{self.first:%Y-%m}" if self.first and self.span == CHOSEN else "",
            "last": f"{self.last:%Y-%m}" if self.last and self.span == CHOSEN else "",
            "grain": self.grain.value,
            "rows": self.rows[0].value if self.rows else "",
            "rows2": self.rows[1].value if len(self.rows) > 1 else "",
            "columns": self.columns[0].value if self.columns else NO_AXIS,
            "columns2": self.columns[1].value if len(self.columns) > 1 else "",
            "measures": [one.value for one in self.measures],
            "shown": self.shown,
            "chart": self.chart,
            "collection": self.collection,
            "sort": self.sort,
            "lens": self.lens,
        }
        return {
            name: value if isinstance(value, list) else str(value)
            for name, value in told.items()
            if value not in (None, "", [])
        }

    def query(self) -> str:
        return urlencode(self.params(), doseq=True)


def known_params(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``given`` (a request's query, or an export's parameters) that a question knows, lists where many may stand."""
    found: dict[str, Any] = {}
    for name in NAMES:
        values = given.getlist(name) if hasattr(given, "getlist") else given.get(name, [])
        values = values if isinstance(values, list) else [values]
        values = [str(value) for value in values if value not in (None, "")]
        if values:
            found[name] = values if name in MANY else values[-1]
    return found
