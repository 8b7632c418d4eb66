"""Each rule lets through what it should and says why it refuses the rest."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import Problem
from orgs.choices import Level
from sanzhang.models import CandidacyStep, Occupation, Term
from sanzhang.procedures import presets
from sanzhang.rules import people as rules

TODAY = dt.date(2026, 11, 25)
ZHOUKOU = presets()["zhoukou"]


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("name", ["", "张3", "李<b>", "a@b"])
def test_name_odd(name: str) -> None:
    assert rules.name_is_a_name(name)


@pytest.mark.parametrize("name", ["张三", "买买提·艾力", "𠮷田"])
def test_name_fine(name: str) -> None:
    assert not rules.name_is_a_name(name)


def test_employer_missing_blocks_unless_backfill() -> None:
    assert codes(rules.employer_is_named("", is_backfill=False)) == ["employer_missing"]
    assert not rules.employer_is_named("", is_backfill=True)
    assert not rules.employer_is_named("县医院", is_backfill=False)


def test_identity_number_in_a_text() -> None:
    found = rules.holds_no_identity_number(post="院长 37010219700101123X", title="主任医师")
    assert [problem.field for problem in found] == ["post"]
    assert not rules.holds_no_identity_number(post="院长", title="")


@pytest.mark.parametrize("phone", [None, "", "13812345678", "138 1234 5678", "0531-82345678"])
def test_phone_fine(phone: str | None) -> None:
    assert not rules.phone_is_a_number(phone)


@pytest.mark.parametrize("phone", ["1381234567", "23812345678", "电话不详", "82345678"])
def test_phone_odd(phone: str) -> None:
    assert codes(rules.phone_is_a_number(phone)) == ["phone_odd"]


@pytest.mark.parametrize(
    ("born", "wrong"), [((2009, 1), True), ((2008, 11), False), ((1900, 1), True), (None, False)]
)
def test_birth_is_possible(born: tuple[int, int] | None, wrong: bool) -> None:
    month = dt.date(*born, 1) if born else None
    assert bool(rules.birth_is_possible(month, TODAY)) is wrong


def test_retired_occupation_stays_with_its_holder() -> None:
    occupation = Occupation(pk=7, name="旧称", is_active=False)
    assert codes(rules.occupation_is_in_use(occupation)) == ["occupation_retired"]
    assert not rules.occupation_is_in_use(occupation, was=7)


@pytest.mark.parametrize(
    ("level", "position", "wrong"),
    [
        (Level.COUNTY, "chair", False),
        (Level.COUNTY, "delegate", False),
        (Level.COUNTY, "team_member", True),
        (Level.TOWNSHIP, "vice_chair", False),
        (Level.TOWNSHIP, "chair", True),
        (Level.TOWNSHIP, "delegate", True),
        (Level.VILLAGE, "team_member", False),
        (Level.VILLAGE, "member", True),
        (Level.CITY, "member", False),
        (Level.CITY, "team_member", True),
        (Level.PROVINCE, "chair", False),
    ],
)
def test_level_has_position(level: Level, position: str, wrong: bool) -> None:
    assert bool(rules.level_has_position(level, position)) is wrong


def test_occupation_may_take_names_what_it_may() -> None:
    hospital = Occupation(name="乡镇卫生院院长")
    allowed = {Level.TOWNSHIP: ["member", "vice_chair"]}
    assert not rules.occupation_may_take(hospital, allowed, Level.TOWNSHIP, "vice_chair")
    [wrong] = rules.occupation_may_take(hospital, allowed, Level.TOWNSHIP, "standing_member")
    assert wrong.field == "position"
    assert "委员、副主席" in wrong.message
    [elsewhere] = rules.occupation_may_take(hospital, allowed, Level.COUNTY, "vice_chair")
    assert (elsewhere.code, elsewhere.field) == ("occupation_not_at_level", "occupation")


def test_township_vice_chair_full_time() -> None:
    assert rules.employment_fits(Level.TOWNSHIP, "vice_chair", "full_time")
    assert not rules.employment_fits(Level.TOWNSHIP, "vice_chair", "seconded")
    assert not rules.employment_fits(Level.COUNTY, "vice_chair", "full_time")


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (dt.date(1977, 12, 31), ["start_too_early"]),
        (dt.date(1978, 1, 1), []),
        (TODAY + dt.timedelta(days=31), []),
        (TODAY + dt.timedelta(days=32), ["start_too_late"]),
    ],
)
def test_start_is_possible(start: dt.date, code: list[str]) -> None:
    assert codes(rules.start_is_possible(start, TODAY)) == code


def test_end_follows_start() -> None:
    start = dt.date(2024, 5, 1)
    assert codes(rules.end_follows_start(start, start, TODAY)) == ["end_before_start"]
    assert not rules.end_follows_start(start, start + dt.timedelta(days=1), TODAY)
    assert codes(rules.end_follows_start(start, TODAY + dt.timedelta(days=32), TODAY)) == ["end_too_late"]


def test_secondment_ends() -> None:
    start = dt.date(2024, 5, 1)
    assert codes(rules.secondment_ends("seconded", start, None)) == ["secondment_open"]
    assert codes(rules.secondment_ends("seconded", start, start)) == ["secondment_backwards"]
    assert not rules.secondment_ends("seconded", start, dt.date(2026, 5, 1))
    assert not rules.secondment_ends("part_time", start, None)


@pytest.mark.parametrize(
    ("born", "wrong"),
    [((2006, 6), True), ((2006, 5), False), ((1944, 5), False), ((1943, 5), True), (None, False)],
)
def test_age_fits_at_the_start(born: tuple[int, int] | None, wrong: bool) -> None:
    month = dt.date(*born, 1) if born else None
    assert bool(rules.age_fits(month, dt.date(2024, 5, 31))) is wrong


def test_way_in_other_needs_its_basis() -> None:
    assert codes(rules.way_in_is_stated("other", "", is_backfill=False)) == ["basis_missing"]
    assert not rules.way_in_is_stated("other", "县委办〔2025〕3号", is_backfill=False)
    assert codes(rules.way_in_is_stated("", "", is_backfill=False)) == ["way_in_missing"]
    assert not rules.way_in_is_stated("", "", is_backfill=True)


def test_second_seat_in_one_body() -> None:
    assert codes(rules.seat_is_free(dt.date(2023, 1, 1))) == ["second_seat"]
    assert not rules.seat_is_free(None)


def test_term_covers_warns_only_where_terms_are_known() -> None:
    first = Term(ordinal=1, starts_on=dt.date(2016, 1, 1), ended_on=dt.date(2021, 1, 1))
    present = Term(ordinal=2, starts_on=dt.date(2021, 1, 1))
    assert not rules.term_covers([], dt.date(2010, 1, 1))
    assert not rules.term_covers([first, present], dt.date(2021, 1, 1))
    [warning] = rules.term_covers([first, present], dt.date(2015, 12, 31))
    assert warning.level == "warning"
    assert rules.term_of([first, present], dt.date(2020, 12, 31)) is first
    assert rules.term_of([first, present], dt.date(2021, 1, 1)) is present


def test_step_is_next() -> None:
    superior = ZHOUKOU.next_step(Level.COUNTY, [CandidacyStep(step="shortlist", opinion="agree")])
    assert not rules.step_is_next("superior", superior, ZHOUKOU)
    [problem] = rules.step_is_next("decision", superior, ZHOUKOU)
    assert problem.code == "step_out_of_order"
    assert "上级科协意见" in problem.message
    assert codes(rules.step_is_next("decision", None, ZHOUKOU)) == ["steps_done"]


def test_step_follows_the_one_before() -> None:
    taken = [CandidacyStep(step="shortlist", on=dt.date(2026, 5, 10))]
    assert not rules.step_follows(dt.date(2026, 5, 10), taken, ZHOUKOU, TODAY)
    assert codes(rules.step_follows(dt.date(2026, 5, 9), taken, ZHOUKOU, TODAY)) == ["step_too_early"]
    assert codes(rules.step_follows(TODAY + dt.timedelta(days=1), taken, ZHOUKOU, TODAY)) == [
        "step_in_future"
    ]


def test_disagreement_has_a_reason() -> None:
    assert rules.disagreement_has_a_reason("disagree", "")
    assert rules.disagreement_has_a_reason("defer", "")
    assert not rules.disagreement_has_a_reason("agree", "")
    assert not rules.disagreement_has_a_reason("disagree", "任职年限不足")


def test_seat_follows_decision() -> None:
    decided = dt.date(2026, 5, 10)
    assert not rules.seat_follows_decision(decided, decided)
    assert rules.seat_follows_decision(dt.date(2026, 5, 9), decided)


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (dt.date(2024, 1, 1), dt.date(2029, 1, 1), []),
        (dt.date(1977, 1, 1), dt.date(1982, 1, 1), ["term_start"]),
        (dt.date(2024, 1, 1), dt.date(2024, 1, 1), ["term_end"]),
        (dt.date(2024, 1, 1), dt.date(2034, 1, 2), ["term_long"]),
    ],
)
def test_term_is_possible(starts: dt.date, ends: dt.date, code: list[str]) -> None:
    assert codes(rules.term_is_possible(starts, ends, TODAY)) == code


def test_filing_neither_early_nor_in_future() -> None:
    start = dt.date(2026, 5, 1)
    assert codes(rules.filed_after_start(dt.date(2026, 4, 30), start, TODAY)) == ["filed_early"]
    assert codes(rules.filed_after_start(TODAY + dt.timedelta(days=1), start, TODAY)) == ["filed_in_future"]
    assert not rules.filed_after_start(start, start, TODAY)
