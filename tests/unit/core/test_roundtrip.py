"""Sheets that go out and come back: what is untouched, changed, in conflict, refused; and edits at random."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import DomainError
from core.roundtrip import BadCell, Field, Layout, Plan, compare, parsed, read_book, write_book
from core.roundtrip.layouts import KEY_LABEL


class Record:
    def __init__(self, key: int, **values: Any) -> None:
        self.key = key
        self.__dict__.update(values)


FIELDS = (
    Field(key="code", label="代码", is_editable=False),
    Field(key="name", label="姓名", is_required=True, longest=20),
    Field(key="state", label="情况", kind="choice", choices=(("done", "已建"), ("none", "未建"))),
    Field(key="since", label="自何日起", kind="day"),
    Field(key="count", label="人数", kind="number", least=0, most=999),
    Field(key="money", label="经费", kind="number", places=2),
    Field(key="is_chair", label="兼任", kind="flag"),
    Field(key="tags", label="学科", kind="list", choices=(("a", "农学"), ("b", "医学"))),
    Field(key="phone", label="电话", is_masked=True),
)
LAYOUT = Layout("名册", FIELDS, key=lambda one: str(one.key), name=lambda one: one.name, natural="code")
GROWING = Layout("名册", FIELDS, key=lambda one: str(one.key), name=lambda one: one.name, takes_new=True)


def record(key: int = 1, **values: Any) -> Record:
    known: dict[str, Any] = {
        "code": f"37{key:04d}",
        "name": f"张三{key}",
        "state": "done",
        "since": dt.date(2020, 5, 1),
        "count": 12,
        "money": Decimal("3.50"),
        "is_chair": False,
        "tags": ["a"],
        "phone": "138****1234",
    }
    return Record(key, **known | values)


class Sheet:
    """A book that went out, opened for editing by the labels of its columns."""

    def __init__(self, path: Path, records: list[Record], layout: Layout = LAYOUT) -> None:
        self.path, self.layout = path, layout
        write_book(path, layout, records, title="名册", note="截至今日")
        self.book = load_workbook(path)
        self.sheet: Worksheet = self.book[layout.sheet]
        self.head = next(row for row in self.sheet.iter_rows() if row[0].value == KEY_LABEL)
        self.columns = {cell.value: cell.column for cell in self.head if cell.value}
        self.first = self.head[0].row + 1

    def put(self, row: int, label: str, value: Any) -> None:
        self.sheet.cell(self.first + row, self.columns[label]).value = value

    def plan(self, present: list[Record]) -> Plan:
        self.book.save(self.path)
        with self.path.open("rb") as file:
            incoming = read_book(file, self.layout)
        records = {str(one.key): one for one in present} | {one.code: one for one in present}
        return compare(self.layout, incoming, records)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "名册.xlsx"


def changes(plan: Plan) -> dict[str, dict[str, Any]]:
    return {change.name: change.values for change in plan.changes}


def codes(plan: Plan) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in plan.problems]


def test_untouched_sheet_changes_nothing(path: Path) -> None:
    people = [record(1), record(2, since=None, count=None, money=None, tags=[], phone="", state=None)]
    plan = Sheet(path, people).plan(people)
    assert (plan.changes, plan.problems, plan.unchanged) == ([], [], 2)
    assert not plan.can_apply


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@home", "=cmd|' /C calc'!A0"])
def test_text_like_a_formula_is_inert_and_comes_back(path: Path, text: str) -> None:
    people = [record(1, name=text)]
    sheet = Sheet(path, people)
    cell = sheet.sheet.cell(sheet.first, sheet.columns["姓名"])
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    with path.open("rb") as file:
        plan = compare(LAYOUT, read_book(file, LAYOUT), {"1": people[0]})
    assert (plan.changes, plan.problems) == ([], [])


def test_changed_cells_are_changes(path: Path) -> None:
    people = [record(1), record(2)]
    sheet = Sheet(path, people)
    for label, value in {
        "姓名": "李四",
        "情况": "未建",
        "自何日起": "2021年6月1日",
        "人数": "１３",
        "经费": 4.25,
        "兼任": "是",
        "学科": "医学，农学",
        "电话": "13900001111",
    }.items():
        sheet.put(1, label, value)
    plan = sheet.plan(people)
    assert plan.problems == []
    assert changes(plan) == {
        "张三2": {
            "name": "李四",
            "state": "none",
            "since": dt.date(2021, 6, 1),
            "count": 13,
            "money": Decimal("4.25"),
            "is_chair": True,
            "tags": ["a", "b"],
            "phone": "13900001111",
        }
    }
    cell = next(cell for cell in plan.changes[0].cells if cell.key == "state")
    assert (cell.old, cell.new) == ("已建", "未建")


def test_every_bad_cell_is_told_at_once(path: Path) -> None:
    people = [record(1), record(2)]
    sheet = Sheet(path, people)
    sheet.put(0, "姓名", None)
    sheet.put(0, "情况", "大概")
    sheet.put(0, "人数", -1)
    sheet.put(1, "自何日起", "2021-2-30")
    sheet.put(1, "经费", 1.234)
    sheet.put(1, "兼任", "也许")
    sheet.put(1, "学科", "农学、玄学")
    sheet.put(1, "代码", "999999")
    plan = sheet.plan(people)
    one, two = sheet.first, sheet.first + 1
    assert codes(plan) == [
        *((one, label, "bad_cell") for label in ("姓名", "情况", "人数")),
        *((two, label, "bad_cell") for label in ("代码", "自何日起", "经费", "兼任", "学科")),
    ]
    assert f"第 {one} 行“姓名”" in plan.problems[0].where
    assert not plan.can_apply


def test_cell_changed_on_both_sides_is_a_conflict(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2), record(3)])
    for row in range(3):
        sheet.put(row, "人数", 20)
    plan = sheet.plan([record(1, count=30), record(2), record(3, count=20)])
    assert codes(plan) == [(sheet.first, "人数", "conflict")]
    assert "改为“20”" in plan.problems[0].message and "“30”" in plan.problems[0].message
    assert changes(plan) == {"张三2": {"count": 20}}


def test_what_others_changed_meanwhile_stays(path: Path) -> None:
    sheet = Sheet(path, [record(1)])
    sheet.put(0, "姓名", "李四")
    plan = sheet.plan([record(1, count=30)])
    assert plan.problems == [] and changes(plan) == {"张三1": {"name": "李四"}}


def test_masked_cell_means_unchanged(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2)])
    sheet.put(0, "电话", "139****0000")
    sheet.put(1, "电话", None)
    plan = sheet.plan([record(1), record(2)])
    assert changes(plan) == {"张三2": {"phone": ""}}


def test_formula_is_refused_by_its_cell(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2)])
    sheet.put(1, "人数", "=SUM(1,2)")
    plan = sheet.plan([record(1), record(2)])
    assert (sheet.first + 1, "人数", "formula") in codes(plan)
    assert f"F{sheet.first + 1}" in "".join(problem.message for problem in plan.problems)


def test_row_out_of_reach_or_twice_is_refused(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2), record(3)])
    for column in range(1, sheet.sheet.max_column + 1):
        sheet.sheet.cell(sheet.first + 1, column).value = sheet.sheet.cell(sheet.first, column).value
    plan = sheet.plan([record(1)])
    assert codes(plan) == [(sheet.first + 1, "", "twice"), (sheet.first + 2, "", "unknown_row")]


def test_lost_key_is_found_by_the_code(path: Path) -> None:
    sheet = Sheet(path, [record(1)])
    sheet.put(0, KEY_LABEL, None)
    sheet.put(0, "人数", 13)
    assert changes(sheet.plan([record(1)])) == {"张三1": {"count": 13}}


def test_deleted_columns_and_rows_are_unchanged(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2)])
    sheet.sheet.delete_cols(sheet.columns["人数"])
    sheet.sheet.delete_rows(sheet.first)
    plan = sheet.plan([record(1), record(2)])
    assert (plan.changes, plan.problems, plan.unchanged) == ([], [], 1)


def test_sorted_rows_keep_their_keys(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2)])
    sheet.put(0, "人数", 99)
    rows = [[cell.value for cell in row] for row in sheet.sheet.iter_rows(min_row=sheet.first)]
    for place, row in enumerate(reversed(rows)):
        for column, value in enumerate(row, start=1):
            sheet.sheet.cell(sheet.first + place, column).value = value
    assert changes(sheet.plan([record(1), record(2)])) == {"张三1": {"count": 99}}


def test_without_stamps_only_differences_count(path: Path) -> None:
    sheet = Sheet(path, [record(1), record(2)])
    sheet.sheet.delete_cols(sheet.sheet.max_column)
    sheet.put(0, "人数", 13)
    plan = sheet.plan([record(1), record(2, count=50)])
    assert changes(plan) == {"张三1": {"count": 13}, "张三2": {"count": 12}}
    assert "校验列" in plan.notes[0]


def test_new_rows_are_additions_where_taken(path: Path) -> None:
    sheet = Sheet(path, [record(1)], GROWING)
    sheet.put(1, "姓名", "新来的")
    sheet.put(1, "人数", 3)
    sheet.put(2, "人数", 4)
    plan = sheet.plan([record(1)])
    assert [change.values["count"] for change in plan.additions] == [3, 4]
    assert codes(plan) == [(sheet.first + 2, "姓名", "bad_cell")]


def test_empty_form_offers_choices_and_is_open(path: Path) -> None:
    sheet = Sheet(path, [], GROWING)
    assert not sheet.sheet.protection.sheet
    offered = [one.formula1 for one in sheet.sheet.data_validations.dataValidation]
    assert len(offered) == 3 and all("选项" in source for source in offered)
    with pytest.raises(DomainError, match="没有数据行"):
        sheet.plan([])


def test_sheet_is_locked_where_it_must_not_be_changed(path: Path) -> None:
    sheet = Sheet(path, [record(1)])
    assert sheet.sheet.protection.sheet
    assert sheet.sheet.cell(sheet.first, sheet.columns["代码"]).protection.locked
    assert not sheet.sheet.cell(sheet.first, sheet.columns["姓名"]).protection.locked
    assert sheet.sheet.column_dimensions["A"].hidden


def test_foreign_workbook_is_refused(path: Path) -> None:
    other = Layout("名册", (Field(key="x", label="别的"),), key=lambda one: "1", name=lambda one: "")
    write_book(path, other, [Record(1, x="1")])
    book = load_workbook(path)
    for row in book["名册"].iter_rows():
        for cell in row:
            if cell.value in (KEY_LABEL, "别的"):
                cell.value = "无关"
    book.save(path)
    with path.open("rb") as file, pytest.raises(DomainError, match="没有找到表头"):
        read_book(file, LAYOUT)


def test_chosen_columns_keep_what_identifies(path: Path) -> None:
    assert [field.key for field in LAYOUT.only(["count"]).fields] == ["code", "count"]
    assert LAYOUT.only([]) is LAYOUT


def test_stamps_never_tell_a_masked_number() -> None:
    """Equal masks have equal digests, whatever the number behind them."""
    from core.roundtrip.layouts import stamp_of

    assert stamp_of(["138****1234"]) == stamp_of(["138****1234"]) != stamp_of(["13800001234"])


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (dt.datetime(2026, 5, 1), dt.date(2026, 5, 1)),
        ("2026/5/1", dt.date(2026, 5, 1)),
        ("2026.05.01", dt.date(2026, 5, 1)),
        ("20260501", dt.date(2026, 5, 1)),
        (46143, dt.date(2026, 5, 1)),
    ],
)
def test_days_as_people_type_them(cell: Any, day: dt.date) -> None:
    assert parsed(FIELDS[3], cell) == day


@pytest.mark.parametrize("cell", ["五月", "2026-13-01", 5, "2026-05"])
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(BadCell):
        parsed(FIELDS[3], cell)


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=18).map(str.strip).filter(bool)
records_at_random = st.builds(
    dict,
    name=text,
    state=st.sampled_from(["done", "none", None]),
    since=st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2030, 12, 31)),
    count=st.none() | st.integers(0, 999),
    money=st.none() | st.decimals(0, 9999, places=2),
    is_chair=st.booleans(),
    tags=st.lists(st.sampled_from(["a", "b"]), unique=True).map(sorted),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(records_at_random, min_size=1, max_size=6),
    edits=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["name", "state", "since", "count", "money", "is_chair", "tags"]),
        ),
        max_size=8,
    ),
    source=records_at_random,
)
def test_edits_at_random_come_back_exactly(
    path: Path, before: list[dict[str, Any]], edits: list[tuple[int, str]], source: dict[str, Any]
) -> None:
    """What was edited, and nothing else, is what the plan would change."""
    from core.roundtrip import written

    people = [record(number + 1, **values) for number, values in enumerate(before)]
    fields = {field.key: field for field in FIELDS}
    edited = copy.deepcopy(people)
    sheet = Sheet(path, people)
    for row, key in edits:
        if row < len(people):
            setattr(edited[row], key, source[key])
            sheet.put(row, fields[key].label, written(fields[key], source[key]))
            cell = sheet.sheet.cell(sheet.first + row, sheet.columns[fields[key].label])
            if isinstance(cell.value, str):
                cell.data_type = "s"
    plan = sheet.plan(people)
    refused = {problem.column for problem in plan.problems}
    assert refused <= {"情况", "人数", "兼任"} or not plan.problems, plan.problems
    got = {change.record.key: change.values for change in plan.changes}
    for old, new in zip(people, edited, strict=True):
        expected = {key: getattr(new, key) for key in fields if getattr(new, key) != getattr(old, key)}
        assert got.get(old.key, {}) == expected
