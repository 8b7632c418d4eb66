"""Lists as data."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from core import tables
from core.tables import Column

COLUMNS = [
    Column("name", "单位", "name", link=lambda row: f"/units/{row['id']}/", sort="name"),
    Column("people.total", "人数", "number", sort="total"),
    Column("rate", "覆盖率", "percent"),
    Column("state", "状态", "pill", value=lambda row: row["state"]),
]
ROW = {"id": 3, "name": "甲县", "people": {"total": 1200}, "rate": None, "state": ("已通过", "success")}


def test_cells_are_written_by_kind() -> None:
    cells = tables.build([ROW], COLUMNS).rows[0].cells
    assert [cell.value for cell in cells] == [
        "甲县",
        "1,200",
        "—",
        {"label": "已通过", "tone": "success", "icon": ""},
    ]
    assert [cell.href for cell in cells] == ["/units/3/", None, None, None]


def test_empty_text_is_shown_as_absent() -> None:
    assert tables.build([{"name": ""}], [Column("name", "单位")]).rows[0].cells[0].value == "—"


def test_zero_is_not_absent() -> None:
    assert tables.build([{"n": 0}], [Column("n", "数", "number")]).rows[0].cells[0].value == "0"


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("", "name"),
        ("total", "total"),
        ("-total", "-total"),
        ("password", "name"),
        ("--total", "name"),
        ("rate", "name"),
    ],
)
def test_only_declared_columns_order(asked: str, order: str) -> None:
    request = RequestFactory().get("/", {"sort": asked})
    assert tables.order_of(request, COLUMNS, default="name") == order


def test_head_turns_the_order_round_and_keeps_the_filters() -> None:
    request = RequestFactory().get("/", {"sort": "name", "state": "late", "page": "3"})
    heads = tables.build([], COLUMNS, request=request, order="name").heads
    assert heads[0]["sorted"] == "ascending"
    assert heads[0]["url"] == "?sort=-name&state=late"
    assert heads[1]["url"] == "?sort=total&state=late"
    assert heads[2]["url"] == ""
