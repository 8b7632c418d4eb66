"""The rule language: what it reads, what it refuses and where, what it comes to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.expressions import (
    ExpressionError,
    Scene,
    Vocabulary,
    Word,
    canonical,
    cells_of,
    check,
    evaluate,
    is_linear,
    parts_of_ratio,
    read,
    registry_keys,
    say,
)

NAMES = {"场次": "events", "人次": "reached", "其中：乡镇（街道），１－６月": "early"}
WORDS = Vocabulary(
    {
        "events": Word("场次"),
        "reached": Word("人次"),
        "premises": Word("场所", "text", options=("own", "rent")),
        "bodies": Word("团体", "text", columns={"heads": "人数"}, is_table=True),
    },
    registry={"key_people_total": "在任三长"},
)
SCENE = Scene(
    cells={"a": Decimal(6), "b": Decimal(4), "none": None, "premises": "own", "zero": Decimal(0)},
    last={"a": Decimal(5)},
    last_year={"a": Decimal(3)},
    registry={"key_people_total": Decimal(9)},
    columns={("bodies", "heads"): Decimal(20)},
    rows={"bodies": 2},
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("如果 [人次] ＞ 0 则 [场次] ＞ 0", "reached > 0 => events > 0"),
        ("[其中：乡镇（街道），１－６月] > 0", "early > 0"),
        ("（a＋b）×2 ≥ 10％", "(a + b) * 2 >= 0.1"),
        ("a - (b - c) = 0 且 非 known(a)", "a - (b - c) = 0 and not known(a)"),
        ("合计(a，b) ≤ 上期(a) 或 去年同期(a) ≠ 1", "sum(a, b) <= last(a) or last_year(a) <> 1"),
        ("premises = 'own'", "premises = 'own'"),
        ("bodies.heads > 行数(bodies)", "bodies.heads > rows(bodies)"),
        ("a => (b > 1 => c > 1)", "a => (b > 1 => c > 1)"),
        ("a / (b * c) > -1", "a / (b * c) > -1"),
    ],
)
def test_text_is_kept_in_one_way_of_writing(text: str, kept: str) -> None:
    node = read(text, NAMES)
    assert canonical(node) == kept
    assert canonical(read(kept)) == kept


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 1, "没有写完"),
        ("a +", 4, "没有写完"),
        ("(a > 1", 7, "少了右括号"),
        ("a > 1 > 2", 7, "只能比较一次"),
        ("eval(a)", 1, "没有“eval”这个函数"),
        ("a.b.c", 4, "前面少了运算符"),
        ("[没有的] > 1", 1, "本表没有“没有的”"),
        ("如果 a > 1", 9, "要有“则”"),
        ("last(a + 1) > 1", 8, "只能写一个填报项"),
        ("a ; b", 3, "不认识“;”"),
        ("__import__('os')", 1, "没有“__import__”这个函数"),
        ("a = 'x", 5, "不认识"),
        ("(" * 21 + "a" + ")" * 21, 21, "20层"),
        ("-" * 25 + "a", 22, "20层"),
        ("a" + "+a" * 150, 300, "300个字符"),
    ],
)
def test_what_is_wrong_is_said_by_position(text: str, at: int, words: str) -> None:
    with pytest.raises(ExpressionError) as error:
        read(text)
    assert words in error.value.message
    assert abs(error.value.at - at) <= 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * 2 - 1", Decimal(13)),
        ("a / b", Decimal("1.5")),
        ("a / zero", None),
        ("a + none", None),
        ("a > b", True),
        ("none > 1", None),
        ("a > b or none > 1", True),
        ("a < b and none > 1", False),
        ("a < b => none > 1", True),
        ("a > b => none > 1", None),
        ("not (a > b)", False),
        ("sum(a, b, elsewhere)", Decimal(10)),
        ("sum(a, none)", None),
        ("sum(elsewhere)", None),
        ("min(a, b) + max(a, b) + abs(b - a)", Decimal(12)),
        ("a > last(a) and a = last_year(a) * 2", True),
        ("last(b) > 1", None),
        ("a <= registry(key_people_total)", True),
        ("premises = 'own'", True),
        ("premises = 'rent'", False),
        ("known(a) and not known(none)", True),
        ("bodies.heads / rows(bodies)", Decimal(10)),
    ],
)
def test_evaluator_knows_what_it_does_not_know(text: str, value: object) -> None:
    assert evaluate(read(text), SCENE) == value


@pytest.mark.parametrize(
    ("text", "wanted", "words"),
    [
        ("events + reached", "truth", "一个判断"),
        ("events > 1", "number", "一个数"),
        ("stranger > 1", "truth", "本表没有“stranger”"),
        ("premises > 1", "truth", "一个选项"),
        ("premises = 'bought'", "truth", "没有选项“bought”"),
        ("premises < 'own'", "truth", "只能比较是否相等"),
        ("bodies > 1", "truth", "是表格"),
        ("bodies.names > 1", "truth", "没有可合计的列"),
        ("registry(events) > 1", "truth", "台账没有"),
        ("rows(events) > 1", "truth", "只用于表格"),
        ("events and reached > 1", "truth", "一个判断"),
        ("sum(premises) > 1", "truth", "一个数"),
    ],
)
def test_expression_that_does_not_fit_the_form_is_refused(text: str, wanted: str, words: str) -> None:
    with pytest.raises(ExpressionError) as error:
        check(read(text), WORDS, wanted=wanted)
    assert words in error.value.message


def test_what_an_expression_reads_and_whether_it_adds_up() -> None:
    node = read("last(events) + registry(key_people_total) > reached")
    assert (cells_of(node), registry_keys(node)) == ({"events", "reached"}, {"key_people_total"})
    linear = ["a + b", "a - b * 2", "sum(a, b) / 4", "-a", "0.5 * (a + b)"]
    assert [is_linear(read(text)) for text in linear] == [True] * 5
    assert [is_linear(read(text)) for text in ["a * b", "a / b", "a + 1", "max(a, b)", "a > b"]] == [
        False
    ] * 5
    assert parts_of_ratio(read("(a + b) / c")) == (read("(a + b) / c").left, read("(a + b) / c").right)
    assert parts_of_ratio(read("a * 100 / b / c")) is None
    assert say(read("如果 reached > 0 则 events ≥ 1"), {"reached": "人次", "events": "场次"}) == (
        "如果 「人次」 > 0 则 「场次」 ≥ 1"
    )


@given(st.text(alphabet="ab01 ()+-*/<>=,.'[]且或非如果则sumlast_", max_size=60))
def test_no_text_breaks_the_reader_and_what_is_read_is_read_again(text: str) -> None:
    try:
        node = read(text)
    except ExpressionError as error:
        assert 1 <= error.at <= len(text) + 1
        return
    kept = canonical(node)
    assert canonical(read(kept)) == kept
    assert evaluate(read(kept), SCENE) == evaluate(node, SCENE)
