"""The transition table of a report: which action leads from which states to which, by whose permission at which desk.

Pages, API and services all read this table, so that a button never promises what the server refuses. The whole table of
action × state × role stands in ``docs/workflow.md`` and is tested exhaustively.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.errors import Problem
from core.permissions import Permission
from reporting.choices import ReportState, SignOffMode
from reporting.permissions import CORRECT, FILL, REVIEW, SIGN, SUBMIT

Desk = Literal["custodian", "reviewer"]

#: The superior has not yet passed on what it summed.
SUPERIOR_STILL_OPEN = frozenset({ReportState.DRAFT, ReportState.RETURNED})


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides what may be done with a report, apart from who asks.

    ``superior_state`` is the state of the reviewer's own report of the same cycle; ``None`` where it owes none.
    ``resting`` is the state to which an unfinished report falls back: returned while a correction is awaited.
    """

    state: ReportState
    superior_state: ReportState | None = None
    sign_off: SignOffMode = SignOffMode.WAIVED
    is_locked: bool = False
    is_exempt: bool = False
    has_open_case: bool = False
    reviews_itself: bool = False
    resting: ReportState = ReportState.DRAFT

    @property
    def superior_is_open(self) -> bool:
        """Whether the superior can still take in a change without a case."""
        return not self.is_locked and (
            self.superior_state is None or self.superior_state in SUPERIOR_STILL_OPEN
        )


Guard = Callable[[Situation], Problem | None]
Target = Callable[[Situation], ReportState]


def to(state: ReportState) -> Target:
    return lambda situation: state


def stay(situation: Situation) -> ReportState:
    return situation.state


def rest(situation: Situation) -> ReportState:
    return situation.resting


def submitted(situation: Situation) -> ReportState:
    """The province's own report is accepted by itself; so is what a county typed for a township."""
    return ReportState.ACCEPTED if situation.reviews_itself else ReportState.SUBMITTED


def free(situation: Situation) -> Problem | None:
    return None


def not_exempt(situation: Situation) -> Problem | None:
    if situation.is_exempt:
        return Problem("exempt", "本期已批准免报，不需要填报。如要填报，请联系上级取消免报。")
    return None


def signing_wanted(situation: Situation) -> Problem | None:
    if situation.sign_off != SignOffMode.PHONE:
        return Problem("no_sign_off", "本单位没有启用在线签批。")
    return not_exempt(situation)


def scan_wanted(situation: Situation) -> Problem | None:
    if situation.sign_off != SignOffMode.SCAN:
        return Problem("no_scan", "本单位没有启用签字扫描件。")
    return not_exempt(situation)


def signed_where_wanted(situation: Situation) -> Problem | None:
    if situation.sign_off != SignOffMode.WAIVED and situation.state != ReportState.SIGNED:
        return Problem("not_signed", "还没有签批：请先送领导签批或上传签字扫描件，再上报。")
    return not_exempt(situation)


def superior_open(situation: Situation) -> Problem | None:
    if situation.has_open_case:
        return Problem("case_open", "这份报表有一件更正正在逐级确认，办结前不能退回。")
    if not situation.superior_is_open:
        return Problem("superior_passed_on", "上级已将本期汇总上报，不能再退回；如需修改，请提出更正。")
    return None


def no_other_case(situation: Situation) -> Problem | None:
    if situation.has_open_case:
        return Problem("case_open", "这份报表已有一件更正正在逐级确认，请等它办结后再提出。")
    return None


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the table."""

    code: str
    label: str
    sources: frozenset[ReportState]
    target: Target
    permission: Permission
    desk: Desk
    guard: Guard = free

    def refusal(self, situation: Situation) -> Problem | None:
        """Why the action is out of order now, or ``None``."""
        if situation.state not in self.sources:
            return Problem(
                "out_of_order",
                f"报表当前为“{situation.state.label}”，不能{self.label}。请刷新页面查看最新状态。",
            )
        return self.guard(situation)


def _states(*states: ReportState) -> frozenset[ReportState]:
    return frozenset(states)


EDITABLE = _states(ReportState.DRAFT, ReportState.RETURNED)

SAVE = Action("save", "填报", EDITABLE, stay, FILL, "custodian", not_exempt)
ASK_SIGN_OFF = Action(
    "ask_sign_off", "送领导签批", EDITABLE, to(ReportState.SIGNING), FILL, "custodian", signing_wanted
)
UPLOAD_SCAN = Action(
    "upload_scan", "上传签字扫描件", EDITABLE, to(ReportState.SIGNED), FILL, "custodian", scan_wanted
)
AGREE = Action("sign", "签批同意", _states(ReportState.SIGNING), to(ReportState.SIGNED), SIGN, "custodian")
DISAGREE = Action("refuse_to_sign", "签批退回修改", _states(ReportState.SIGNING), rest, SIGN, "custodian")
REOPEN = Action(
    "reopen", "取消签批并修改", _states(ReportState.SIGNING, ReportState.SIGNED), rest, FILL, "custodian"
)
SUBMIT_REPORT = Action(
    "submit",
    "上报",
    EDITABLE | _states(ReportState.SIGNED),
    submitted,
    SUBMIT,
    "custodian",
    signed_where_wanted,
)
WITHDRAW = Action("withdraw", "撤回", _states(ReportState.SUBMITTED), rest, SUBMIT, "custodian")
ACCEPT = Action(
    "accept", "审核通过", _states(ReportState.SUBMITTED), to(ReportState.ACCEPTED), REVIEW, "reviewer"
)
SEND_BACK = Action(
    "return", "退回", _states(ReportState.SUBMITTED), to(ReportState.RETURNED), REVIEW, "reviewer"
)
SEND_BACK_ACCEPTED = Action(
    "return_accepted",
    "退回已通过的报表",
    _states(ReportState.ACCEPTED),
    to(ReportState.RETURNED),
    REVIEW,
    "reviewer",
    superior_open,
)
OPEN_CASE = Action(
    "correct", "提出更正", _states(ReportState.ACCEPTED), stay, CORRECT, "custodian", no_other_case
)

TABLE: tuple[Action, ...] = (
    SAVE,
    ASK_SIGN_OFF,
    UPLOAD_SCAN,
    AGREE,
    DISAGREE,
    REOPEN,
    SUBMIT_REPORT,
    WITHDRAW,
    ACCEPT,
    SEND_BACK,
    SEND_BACK_ACCEPTED,
    OPEN_CASE,
)

ACTIONS = {action.code: action for action in TABLE}


def actions_for(situation: Situation, *, may: Callable[[Permission, Desk], bool]) -> list[Action]:
    """The actions open to somebody now. ``may(permission, desk)`` answers for the person and the report's desks."""
    return [
        action
        for action in TABLE
        if action.refusal(situation) is None and may(action.permission, action.desk)
    ]
