"""审核: accept, or return with a coded reason and remarks at the cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.db import transaction

from accounts.delegating import acting_for
from accounts.roles import Role
from core import clock
from core.actor import Actor
from core.errors import DomainError, Problem
from orgs.choices import Level
from reporting.choices import Decision, ReportState, ReturnReason
from reporting.models import CellRemark, Report, ReportVersion, ReviewRound
from reporting.selectors.layout import layout_of
from reporting.services.corrections import open_belated_case
from reporting.services.issues import sync_issues
from reporting.services.settlement import has_top_reviewer, settle, unsettle
from reporting.services.submission import bring_back, townships_typed_by
from reporting.services.transition import demand, lock, move
from reporting.workflow import ACCEPT, SEND_BACK, SEND_BACK_ACCEPTED

#: Working days are not counted: a return asks for an answer within so many calendar days.
DEFAULT_CORRECTION_DAYS = 2


@dataclass(slots=True)
class BatchOutcome:
    """What became of each of many: accepted reports, and the refused with their reason."""

    accepted: list[Report] = field(default_factory=list)
    refused: list[tuple[Report, list[Problem]]] = field(default_factory=list)


@transaction.atomic
def accept(*, report: Report, by: Actor, remark: str = "", revision: int | None = None) -> Report:
    """审核通过: the submitted version counts from now on; accepted by the province, it becomes official."""
    fresh = lock(report, revision=revision)
    situation = demand(ACCEPT, report=fresh, by=by)
    version = _in_hand(fresh)
    acting = acting_for(by, Role.REVIEWER, fresh.reviewer)
    fresh.live_version = version
    fresh.accepted_at = clock.now()
    fresh.correction_due_at = None
    ReviewRound.objects.create(
        report=fresh,
        version=version,
        decision=Decision.ACCEPTED,
        remark=remark.strip()[:500],
        by_id=by.pk,
        by=_signed(by, acting),
    )
    move(
        report=fresh,
        action=ACCEPT,
        situation=situation,
        by=by,
        note=_noted(remark, acting),
        data={"version": version.number},
    )
    sync_issues([fresh])
    if fresh.is_belated and not has_top_reviewer(fresh):
        open_belated_case(report=fresh, by=by)
    elif has_top_reviewer(fresh):
        settle(fresh)
    return fresh


def _in_hand(report: Report) -> ReportVersion:
    """The version that is decided on: whatever was submitted has one."""
    return cast(ReportVersion, report.last_version)


def _signed(by: Actor, acting: str) -> str:
    """Who decided, and for whom where somebody is away."""
    return f"{by.actor_label}，{acting}"[:120] if acting else by.actor_label


def _noted(*parts: str) -> str:
    return "；".join(part.strip() for part in parts if part.strip())


def accept_many(*, reports: Sequence[Report], by: Actor) -> BatchOutcome:
    """通过多份: each in its own transaction, so that one refusal does not hold up the others."""
    outcome = BatchOutcome()
    for report in reports:
        try:
            outcome.accepted.append(accept(report=report, by=by))
        except DomainError as error:
            outcome.refused.append((report, error.problems))
    return outcome


@transaction.atomic
def send_back(
    *,
    report: Report,
    reason: str,
    by: Actor,
    remark: str = "",
    cell_remarks: Mapping[str, str] | None = None,
    days: int = DEFAULT_CORRECTION_DAYS,
    revision: int | None = None,
) -> Report:
    """退回 with a coded reason, remarks at cells and a term of its own for the correction.

    Raises:
        DomainError: no reason, neither remark nor cell remark, an unknown cell, or a term outside 1–15 days.
        Conflict: someone else has already decided, or the superior has passed on an accepted report.
    """
    fresh = lock(report, revision=revision)
    action = SEND_BACK_ACCEPTED if fresh.state == ReportState.ACCEPTED else SEND_BACK
    situation = demand(action, report=fresh, by=by)
    remarks = {key: text.strip() for key, text in (cell_remarks or {}).items() if text.strip()}
    known = {item.indicator.key: item.indicator for item in layout_of(fresh.cycle.form_version).items}
    _check_return(reason=reason, remark=remark, remarks=remarks, days=days, known=set(known))
    acting = acting_for(by, Role.REVIEWER, fresh.reviewer)
    if has_top_reviewer(fresh) and action is SEND_BACK_ACCEPTED:
        unsettle(fresh)
    round_ = ReviewRound.objects.create(
        report=fresh,
        version=_in_hand(fresh),
        decision=Decision.RETURNED,
        reason=reason,
        remark=remark.strip()[:500],
        correction_due_at=clock.end_of(clock.today() + dt.timedelta(days=days)),
        by_id=by.pk,
        by=_signed(by, acting),
    )
    CellRemark.objects.bulk_create(
        CellRemark(round=round_, indicator=known[key], text=text[:300]) for key, text in remarks.items()
    )
    fresh.returns += 1
    fresh.correction_due_at = round_.correction_due_at
    fresh.live_version = None
    fresh.official_version = None
    move(
        report=fresh,
        action=action,
        situation=situation,
        by=by,
        note=_noted(ReturnReason(reason).label, remark, acting),
        data={"reason": reason, "cells": remarks},
    )
    if action is SEND_BACK_ACCEPTED:
        sync_issues([fresh])
    if fresh.level == Level.COUNTY:
        bring_back(townships_typed_by(fresh), by=by)
    return fresh


def _check_return(
    *, reason: str, remark: str, remarks: Mapping[str, str], days: int, known: set[str]
) -> None:
    problems = []
    if reason not in ReturnReason.values:
        problems.append(Problem("reason_wanted", "请选择退回原因。", "reason"))
    if not remark.strip() and not remarks:
        problems.append(Problem("remark_wanted", "请写明退回意见，或在有问题的数据上注明。", "remark"))
    if not 1 <= days <= 15:
        problems.append(Problem("bad_term", "修改期限请填 1 至 15 天。", "days"))
    problems += [Problem("unknown_cell", "没有这个填报项。", key) for key in remarks if key not in known]
    if problems:
        raise DomainError(problems)
