"""A long detail export with query, masking and escaping, beside a bare writer with its rows in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from core.cipher import mask
from core.xlsx import SheetColumn, write_rows
from kexie_portal.bench.apart import memory_of_export
from kexie_portal.bench.measure import Outcome, side_by_side
from sanzhang.models import Appointment

LABELS = (
    "姓名",
    "职业",
    "领域",
    "单位",
    "区划",
    "机构",
    "职务",
    "任职方式",
    "吸纳方式",
    "起始日期",
    "补录",
    "电话",
)


def measure() -> Outcome:
    peer, write_peer = _peer()
    plain = [[*row[:11], "13800000000"] for row in _query()]
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = side_by_side(
            lambda: export(Path(folder) / "ours.xlsx"),
            lambda: write_peer(Path(folder) / "peer.xlsx", plain),
            rounds=3,
            warm=False,
        )
        before, peak = memory_of_export(connection.settings_dict["NAME"], str(Path(folder) / "apart.xlsx"))
    return Outcome(
        f"导出 {len(plain):,} 行 × {len(LABELS)} 列 xlsx（查询、隐去电话、文本防公式）",
        f"{peer}，各行已在内存",
        ours,
        theirs,
        at_least=4,
        notes=[f"单独进程的内存峰值 {peak:.0f} MB，其中导出 {peak - before:.0f} MB（目标 ≤ 150 MB）"],
    )


def _query() -> Iterator[list[Any]]:
    rows = Appointment.objects.order_by("pk").values_list(
        "person__name",
        "person__occupation__name",
        "person__occupation__field",
        "unit__display_name",
        "unit__division_code",
        "body__kind",
        "position",
        "employment",
        "way_in",
        "valid_from",
        "is_backfill",
    )
    for row in rows.iterator(chunk_size=5000):
        yield [*row[:10], "是" if row[10] else "", mask("13800000000")]


def export(path: Path) -> None:
    columns = [SheetColumn(label, "day" if label == "起始日期" else "text") for label in LABELS]
    write_rows(path, columns, _query())


def _peer() -> tuple[str, Any]:
    try:
        import xlsxwriter
    except ImportError:
        return "openpyxl 只写模式（没有安装 xlsxwriter）", _openpyxl

    def constant_memory(path: Path, rows: list[list[Any]]) -> None:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        book.close()

    return f"xlsxwriter {xlsxwriter.__version__} constant_memory", constant_memory


def _openpyxl(path: Path, rows: list[list[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(path)
