"""Each kind of answer: as it is typed, as it is kept, as it is read."""

from __future__ import annotations

import json

import pytest

from core.errors import DomainError
from reporting.answers import (
    Column,
    Option,
    Shape,
    column_sum,
    read_answer,
    rows_of,
    written_answer,
)
from reporting.choices import ValueKind

OPTIONS = (Option("o1", "自有"), Option("o2", "租用"), Option("o3", "借用"))
CHOICE, CHOICES = Shape(ValueKind.CHOICE, OPTIONS), Shape(ValueKind.CHOICES, OPTIONS)
TABLE = Shape(
    ValueKind.TABLE,
    columns=(
        Column("kind", "类别", ValueKind.TEXT, is_key=True),
        Column("heads", "人数", ValueKind.COUNT),
        Column("since", "成立日期", ValueKind.DATE),
        Column("state", "状态", ValueKind.CHOICE, options=OPTIONS),
    ),
)


def refused(raw: str, shape: Shape) -> list[tuple[str, str]]:
    with pytest.raises(DomainError) as error:
        read_answer(raw, shape, key="k")
    assert {problem.field for problem in error.value.problems} == {"k"}
    return [(problem.code, problem.message) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("raw", "shape", "kept"),
    [
        ("自有", CHOICE, "o1"),
        ("o2", CHOICE, "o2"),
        ("", CHOICE, ""),
        ("o3，自有", CHOICES, "o1,o3"),
        ("租用、租用", CHOICES, "o2"),
        ("2020-3-5", Shape(ValueKind.DATE), "2020-03-05"),
        ("２０２０年3月5日", Shape(ValueKind.DATE), "2020-03-05"),
        ("2020/03/05", Shape(ValueKind.DATE), "2020-03-05"),
        (" ", Shape(ValueKind.DATE), ""),
        ("一\r\n二", Shape(ValueKind.TEXT), "一\n二"),
    ],
)
def test_answer_is_kept_plain_however_it_is_typed(raw: str, shape: Shape, kept: str) -> None:
    assert read_answer(raw, shape, key="k") == (None, kept)


@pytest.mark.parametrize(
    ("raw", "shape", "code"),
    [
        ("买的", CHOICE, "unknown_option"),
        ("自有、租用", CHOICE, "one_option"),
        ("自有、买的", CHOICES, "unknown_option"),
        ("2020-02-30", Shape(ValueKind.DATE), "not_a_date"),
        ("去年", Shape(ValueKind.DATE), "not_a_date"),
        ("1.005", Shape(ValueKind.DECIMAL), "too_many_decimals"),
        ("[1]", TABLE, "not_a_table"),
        ("{", TABLE, "not_a_table"),
        ("[" * 3000, TABLE, "not_a_table"),
        (json.dumps([{"heads": "1"}] * 201), TABLE, "too_many_rows"),
    ],
)
def test_answer_of_another_kind_is_refused(raw: str, shape: Shape, code: str) -> None:
    assert [found for found, _words in refused(raw, shape)] == [code]


def test_table_is_read_cell_by_cell_and_empty_rows_fall_away() -> None:
    typed = [
        {"kind": " 学会 ", "heads": "１，２００", "since": "2020年1月2日", "state": "租用", "stranger": "x"},
        {"kind": "", "heads": ""},
        {"kind": "农技协", "heads": "3"},
    ]
    value, text = read_answer(json.dumps(typed), TABLE, key="k")
    assert value is None
    assert rows_of(text) == [
        {"kind": "学会", "heads": "1200", "since": "2020-01-02", "state": "o2"},
        {"kind": "农技协", "heads": "3"},
    ]
    assert column_sum(rows_of(text), "heads") == 1203
    assert (
        written_answer(text, TABLE)
        == "类别：学会；人数：1,200；成立日期：2020年1月2日；状态：租用\n类别：农技协；人数：3"
    )
    assert read_answer("[]", TABLE, key="k") == (None, "")


def test_every_wrong_cell_of_a_table_is_named_by_row_and_column() -> None:
    typed = [{"kind": "学会", "heads": "1.5"}, {"kind": "农技协", "heads": "-1", "since": "昨天"}]
    assert refused(json.dumps(typed), TABLE) == [
        ("not_whole", "第1行“人数”：请填整数，没有小数。"),
        ("negative", "第2行“人数”：不能是负数。"),
        ("not_a_date", "第2行“成立日期”：“昨天”不是日期，请填如 2026-03-20。"),
    ]
