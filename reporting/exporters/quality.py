"""The table of 报送质量 as a sheet: the rows of the page, then the unit in view period by period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core import clock, formats
from core.keys import key_in
from core.xlsx import XLSX, write_rows
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.models import Cycle
from reporting.papers.asking import asked, lens_asked, may_have, title_of, tree_words
from reporting.selectors.quality import TIERS, Quality, quality_of
from reporting.tables.quality import sheet_columns, sheet_row

TITLE = "报送质量统计表"


def _since(params: dict[str, Any], cycle: Cycle) -> Cycle | None:
    key = key_in(params.get("since"))
    return Cycle.objects.filter(pk=key, collection=cycle.collection_id, period__lt=cycle.period).first()


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    cycle, unit = asked(params)
    progress(1, 3, "正在统计")
    found = quality_of(cycle, within=unit, since=_since(params, cycle), lens=lens_asked(params))
    tier = str(params.get("tier", ""))
    tier = tier if tier in found.tiers else next(iter(found.tiers), "charged")
    rows = list(_rows(found, tier))
    moment = formats.moment(clock.now())
    notes = [f"{TIERS[tier][0]}，截至 {moment}", tree_words(params), f"制表：{user.actor_label}"]
    count = write_rows(
        path,
        sheet_columns(is_township=tier == "township"),
        iter(rows),
        sheet="报送质量",
        title=f"{unit.display_name}{found.label}{cycle.noun}{TITLE}",
        note="　　".join(note for note in notes if note),
        total=len(rows),
        progress=progress,
    )
    return Built(f"{unit.display_name}{found.label}{TITLE}.xlsx", {"数据截至": moment, "行数": count})


def _rows(found: Quality, tier: str) -> Iterator[list[Any]]:
    counts, is_township = TIERS[tier][1], tier == "township"
    whole = found.whole
    listed = [row for _caption, group in found.groups() for row in group]
    for row in [*([whole] if whole else []), *listed]:
        yield sheet_row(row.code, row.name, found.label, counts(row), is_township=is_township)
    for line in found.periods(tier):
        yield sheet_row("", found.unit.name, line.cycle.label, line.counts, is_township=is_township)


QUALITY_TABLE = Exporter(
    kind="reporting.completeness_table",
    title=lambda params: title_of(params, TITLE),
    allowed=may_have,
    build=_build,
    content_type=XLSX,
)


def register_quality_table() -> None:
    """Called once at start."""
    register_exporter(QUALITY_TABLE)
