"""The table of 报送质量 as a sheet: the rows of the page, then the unit in view period by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict

from core.keys import key_in
from files.lists import Listing, listing_file
from reporting.models import Cycle
from reporting.papers.asking import asked, lens_asked, may_have, title_of, tree_words
from reporting.selectors.quality import TIERS, Quality, quality_of
from reporting.tables.quality import sheet_columns, sheet_row

TITLE = "报送质量统计表"


def _since(params: Mapping[str, Any], cycle: Cycle) -> Cycle | None:
    key = key_in(params.get("since"))
    return Cycle.objects.filter(pk=key, collection=cycle.collection_id, period__lt=cycle.period).first()


def _find(user: Any, query: QueryDict) -> Listing:
    cycle, unit = asked(query)
    found = quality_of(cycle, within=unit, since=_since(query, cycle), lens=lens_asked(query))
    tier = str(query.get("tier", ""))
    tier = tier if tier in found.tiers else next(iter(found.tiers), "charged")
    rows = list(_rows(found, tier))
    return Listing(
        title=f"{unit.display_name}{found.label}{cycle.noun}{TITLE}",
        name=f"{unit.display_name}{found.label}{TITLE}",
        sheet="报送质量",
        columns=sheet_columns(is_township=tier == "township"),
        rows=rows,
        total=len(rows),
        counted="行",
        remarks=(str(TIERS[tier][0]), tree_words(query)),
    )


def _rows(found: Quality, tier: str) -> Iterator[list[Any]]:
    counts, is_township = TIERS[tier][1], tier == "township"
    whole = found.whole
    listed = [row for _caption, group in found.groups() for row in group]
    for row in [*([whole] if whole else []), *listed]:
        yield sheet_row(row.code, row.name, found.label, counts(row), is_township=is_township)
    for line in found.periods(tier):
        yield sheet_row("", found.unit.name, line.cycle.label, line.counts, is_township=is_township)


QUALITY_TABLE = listing_file(
    kind="reporting.completeness_table",
    title=lambda params: title_of(params, TITLE),
    allowed=may_have,
    find=_find,
)
