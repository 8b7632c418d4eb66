"""What must hold before the yearly word on 六有四缺 is given, checked or sent back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.errors import Problem
from orgs.choices import ConfirmationState
from orgs.models import OrgUnit, YearlyConfirmation


def year_is_open(year: int, *, this_year: int) -> Iterator[Problem]:
    """The word is given for this year, or belatedly for the last."""
    if year > this_year:
        yield Problem("future_year", f"{year}年度尚未开始。", "year")
    elif year < this_year - 1:
        yield Problem("old_year", f"{year}年度已过，不能再确认。", "year")


def says_something_new(
    unit: OrgUnit, confirmation: YearlyConfirmation | None, snapshot: dict[str, Any], reply: str
) -> Iterator[Problem]:
    """What was confirmed stays so until something changes; what was sent back wants a change or an answer."""
    if confirmation is None or confirmation.snapshot != snapshot:
        return
    if confirmation.state != ConfirmationState.RETURNED:
        yield Problem("already", f"{unit}{confirmation.year}年度已确认，没有变化，不必再确认。")
    elif not reply.strip():
        yield Problem("unanswered", f"{unit}已被退回，请先按意见修改，或填写情况说明。", "reply")


def waits_for_checking(confirmation: YearlyConfirmation) -> Iterator[Problem]:
    if confirmation.state != ConfirmationState.CONFIRMED:
        yield Problem(
            "not_waiting",
            f"{confirmation}当前为“{confirmation.get_state_display()}”，不需要核查。请刷新页面。",
        )


def is_checked_by_another(confirmation: YearlyConfirmation, checker_id: int | None) -> Iterator[Problem]:
    """Nobody checks what they confirmed themselves."""
    if checker_id is not None and confirmation.confirmed_by_id == checker_id:
        yield Problem("own_word", f"{confirmation}由您本人确认，请由上级其他人员核查。")


def returning_says_why(remark: str, item_remarks: dict[str, str]) -> Iterator[Problem]:
    if not remark.strip() and not any(words.strip() for words in item_remarks.values()):
        yield Problem("no_remark", "请写明退回意见，或在有问题的项目后写明。", "remark")
