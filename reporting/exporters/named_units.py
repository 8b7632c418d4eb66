"""The units behind a registry figure as a sheet: the rows of the page."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from core.xlsx import SheetColumn
from files.lists import Listing, listing_file
from reporting.models import Indicator
from reporting.papers.asking import asked, day_asked, may_have, title_of, tree_words
from reporting.rollup import THEN, Lens
from reporting.selectors.registry_units import MET, UNMET, NamedUnit, naming_of, units_behind

KIND = "reporting.named_units"
COLUMNS = [
    SheetColumn("单位", width=28),
    SheetColumn("行政区划代码", width=16),
    SheetColumn("所属", width=28),
    SheetColumn("情况", width=16),
    SheetColumn("本级机构“三长”", "number", 16),
]


def _title(params: Any) -> str:
    return title_of(params, f"{Indicator.objects.get(key=params['key']).name}单位名单")


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return naming_of(str(params.get("key"))) is not None and may_have(user, params)


def _find(user: Any, query: QueryDict) -> Listing:
    cycle, unit = asked(query)
    lens = Lens.now() if query.get("lens") == "now" else THEN
    found = units_behind(str(query["key"]), cycle, unit, lens=lens, on=day_asked(query))
    meets = str(query.get("meets", ""))
    rows = found.chosen(meets if meets in (MET, UNMET) else "", str(query.get("q", ""))[:60].strip())

    def line(one: NamedUnit) -> tuple[Any, ...]:
        return (one.name, one.code, one.place, one.words, one.people)

    return Listing(
        title=_title(query),
        columns=COLUMNS,
        rows=map(line, rows),
        total=len(rows),
        counted="个单位",
        sheet="单位名单",
        on=found.as_of,
        remarks=[f"应计{found.expected:,}个，{found.naming.met}{found.met:,}个", tree_words(query)],
        basis={"期": cycle.label, "单位": unit.display_name, "数据": found.met},
    )


NAMED_UNITS = listing_file(kind=KIND, title=_title, allowed=_allowed, find=_find)
