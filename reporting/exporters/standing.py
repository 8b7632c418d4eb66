"""The comparison of units as a sheet: the rows that the page shows."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from core.xlsx import SheetColumn
from files.lists import Listing, listing_file
from orgs.choices import Level
from reporting.papers.asking import asked, day_asked, may_have, title_of, tree_words
from reporting.rollup import THEN, Lens
from reporting.selectors.standing import MEASURES, Place, read_standing

TITLE = "单位对比"
COLUMNS = [
    SheetColumn("单位", width=24),
    SheetColumn("本期", "percent", 12),
    SheetColumn("环比（百分点）", "points", 14),
    SheetColumn("同比（百分点）", "points", 14),
    SheetColumn("目标", "percent", 12),
    SheetColumn("进度", width=14),
    SheetColumn("与平均相差（百分点）", "points", 18),
]


def _find(user: Any, query: QueryDict) -> Listing:
    cycle, unit = asked(query)
    measure = str(query.get("measure"))
    measure = measure if measure in MEASURES else next(iter(MEASURES))
    lens = Lens.now() if query.get("lens") == "now" else THEN
    found = read_standing(cycle, unit, measure, lens=lens, on=day_asked(query))
    return Listing(
        title=f"{unit.display_name}{cycle.label}{found.label}对比",
        sheet=TITLE,
        columns=COLUMNS,
        rows=map(_line, found.places),
        total=len(found.places),
        counted="个单位",
        on=found.as_of,
        remarks=["以往的数据归到现行区划的单位" if lens.day else tree_words(query)],
        basis={"期": cycle.label, "单位": unit.display_name, "指标": found.label},
    )


def _line(each: Place) -> list[Any]:
    return [
        each.name,
        None if each.rate is None else float(each.rate),
        _points(each.on_month),
        _points(each.on_year),
        float(each.target.goal.value) / 100 if each.target else None,
        each.target.pace.label if each.target else "",
        _points(each.against_sisters),
    ]


def _points(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)


STANDING_SHEET = listing_file(
    kind="reporting.standing",
    title=lambda params: title_of(params, TITLE),
    allowed=lambda user, params: may_have(user, params, deepest=Level.CITY),
    find=_find,
)
