"""Every rule of the form, at its edges."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from core.errors import DomainError
from reporting.answers import parse_figure
from reporting.choices import ValueKind
from reporting.rules.filling import (
    Entry,
    Line,
    Sheet,
    falling_state_is_explained,
    nothing_is_left_out,
    problems_at_submission,
    problems_while_typing,
    relations_hold,
    text_fits,
    unusual_flow_is_explained,
)

PAIR = [
    {
        "demand": "reached > 0 => events > 0",
        "field": "events",
        "code": "reached_without_events",
        "message": "没有场次。",
    },
    {
        "demand": "events > 0 => reached > 0",
        "field": "reached",
        "code": "events_without_reached",
        "message": "填了 {events} 场，人次为 0。",
    },
]
LED = {
    "demand": "led <= sum(events, contests)",
    "field": "led",
    "code": "part_exceeds_whole",
    "message": "{led} 多于 {sum(events, contests)}。",
}


def line(key: str, kind: ValueKind = ValueKind.COUNT, *, flow: bool = True, required: bool = False) -> Line:
    return Line(key=key, name=f"指标{key}", kind=kind, is_flow=flow, is_required=required, max_length=10)


def sheet(
    values: dict[str, int | str | None],
    *,
    lines: Sequence[Line] | None = None,
    relations: Sequence[dict] = (),
    history: dict[str, list[int]] | None = None,
    explained: str = "",
) -> Sheet:
    entries = {
        key: Entry(text=value)
        if isinstance(value, str)
        else Entry(value=None if value is None else Decimal(value), explanation=explained)
        for key, value in values.items()
    }
    return Sheet(
        lines=lines or [line(key) for key in values],
        entries=entries,
        relations=relations,
        history={key: [Decimal(one) for one in past] for key, past in (history or {}).items()},
    )


@pytest.mark.parametrize(
    ("raw", "kind", "expected"),
    [
        ("", ValueKind.COUNT, None),
        ("  ", ValueKind.COUNT, None),
        ("12", ValueKind.COUNT, Decimal(12)),
        ("１２，３４５", ValueKind.COUNT, Decimal(12345)),
        ("1,234", ValueKind.COUNT, Decimal(1234)),
        ("12.0", ValueKind.COUNT, Decimal(12)),
        ("3.5", ValueKind.MONEY, Decimal("3.50")),
        ("999999999", ValueKind.COUNT, Decimal(999999999)),
    ],
)
def test_figure_is_read_as_people_type_it(raw: str, kind: ValueKind, expected: Decimal | None) -> None:
    assert parse_figure(raw, kind=kind, key="k") == expected


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        ("-1", ValueKind.COUNT, "negative"),
        ("－1", ValueKind.COUNT, "negative"),
        ("1" + "0" * 30, ValueKind.COUNT, "too_large"),
        ("1e30", ValueKind.COUNT, "too_large"),
        ("1" * 60, ValueKind.COUNT, "too_large"),
        ("1000000000", ValueKind.COUNT, "too_large"),
        ("1.5", ValueKind.COUNT, "not_whole"),
        ("1.555", ValueKind.MONEY, "too_many_decimals"),
        ("约20", ValueKind.COUNT, "not_a_number"),
        ("NaN", ValueKind.COUNT, "not_a_number"),
        ("Infinity", ValueKind.MONEY, "not_a_number"),
        ("=1+1", ValueKind.COUNT, "not_a_number"),
    ],
)
def test_bad_figure_is_refused_with_its_reason(raw: str, kind: ValueKind, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        parse_figure(raw, kind=kind, key="k")
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.problems[0].field == "k"


def test_reached_without_events_points_at_the_events() -> None:
    found = list(relations_hold(sheet({"events": 0, "reached": 5}, relations=PAIR)))
    assert [(p.code, p.field, p.level) for p in found] == [("reached_without_events", "events", "error")]


def test_events_without_reached_points_at_the_reached() -> None:
    found = list(relations_hold(sheet({"events": 2, "reached": 0}, relations=PAIR)))
    assert [(p.code, p.field, p.message) for p in found] == [
        ("events_without_reached", "reached", "填了 2 场，人次为 0。")
    ]


@pytest.mark.parametrize(("events", "reached"), [(0, 0), (3, 90), (None, 5), (2, None)])
def test_pair_in_order_or_half_typed_is_quiet(events: int | None, reached: int | None) -> None:
    assert not list(relations_hold(sheet({"events": events, "reached": reached}, relations=PAIR)))


def test_part_may_equal_but_not_exceed_the_whole() -> None:
    assert not list(relations_hold(sheet({"events": 2, "contests": 1, "led": 3}, relations=[LED])))
    found = list(relations_hold(sheet({"events": 2, "contests": 1, "led": 4}, relations=[LED])))
    assert [(p.code, p.field, p.message) for p in found] == [("part_exceeds_whole", "led", "4 多于 3。")]


def test_part_is_not_judged_before_the_whole_is_typed() -> None:
    assert not list(relations_hold(sheet({"events": 2, "contests": None, "led": 9}, relations=[LED])))


def test_demand_on_a_cell_that_this_unit_does_not_owe_is_quiet() -> None:
    assert not list(relations_hold(sheet({"events": 2, "contests": 1}, relations=[LED])))


@pytest.mark.parametrize(
    ("value", "past", "warned"),
    [(31, [10], True), (30, [10], False), (20, [1], False), (21, [1], True), (900, [], False)],
)
def test_unusual_flow_is_three_times_the_mean_and_over_twenty(
    value: int, past: list[int], warned: bool
) -> None:
    found = list(unusual_flow_is_explained(sheet({"events": value}, history={"events": past})))
    assert bool(found) == warned
    assert all(p.level == "warning" for p in found)


def test_unusual_flow_looks_at_six_cycles_only() -> None:
    past = [10, 10, 10, 10, 10, 10, 1000]
    assert list(unusual_flow_is_explained(sheet({"events": 40}, history={"events": past})))


@pytest.mark.parametrize(
    ("value", "before", "warned"),
    [(95, 100, False), (89, 100, True), (6, 10, False), (5, 10, True), (120, 100, False)],
)
def test_state_that_falls_by_a_tenth_and_five_is_asked_about(value: int, before: int, warned: bool) -> None:
    states = [line("societies", flow=False)]
    found = list(
        falling_state_is_explained(sheet({"societies": value}, lines=states, history={"societies": [before]}))
    )
    assert bool(found) == warned


def test_zero_is_typed_and_empty_is_left_out() -> None:
    lines = [line("events"), line("reached"), line("progress", ValueKind.TEXT, required=True)]
    found = list(nothing_is_left_out(sheet({"events": 0, "reached": None, "progress": "  "}, lines=lines)))
    assert [(p.code, p.field) for p in found] == [("left_out", "reached"), ("left_out", "progress")]


def test_text_over_its_length_is_refused() -> None:
    lines = [line("progress", ValueKind.TEXT)]
    assert not list(text_fits(sheet({"progress": "十" * 10}, lines=lines)))
    assert [p.code for p in text_fits(sheet({"progress": "十" * 11}, lines=lines))] == ["too_long"]


def test_warning_blocks_submission_until_it_is_explained() -> None:
    silent = sheet({"events": 99}, history={"events": [10]})
    assert [p.level for p in problems_while_typing(silent)] == ["warning"]
    assert [(p.code, p.level) for p in problems_at_submission(silent)] == [("unusually_high", "error")]
    explained = sheet({"events": 99}, history={"events": [10]}, explained="科普日集中开展")
    assert problems_at_submission(explained) == []
