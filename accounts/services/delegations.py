"""委托: somebody away for a while lets a colleague act, from one day to another; carried out by a dated posting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Delegation, Posting, User
from accounts.permissions import DELEGATE, MANAGE_ACCOUNTS
from accounts.roles import BUSINESS_ROLES, Role
from accounts.rules import roles_exclude
from audit.services import record
from core import clock
from core.errors import Conflict, Forbidden, Problem, check
from orgs.models import OrgUnit

#: What may be done by a deputy; typing needs none, since every clerk of a desk may type.
DELEGABLE = (Role.REVIEWER, Role.LEADER)
#: An absence, not a change of staff.
LONGEST = 92


def may_delegate(by: Any, principal: User, unit: OrgUnit) -> bool:
    """One's own work, or as the unit's administrator the work of somebody who is away already."""
    own = by.pk == principal.pk and by.can(DELEGATE, unit)
    return own or (by.pk != principal.pk and by.can(MANAGE_ACCOUNTS, unit))


@transaction.atomic
def delegate(
    *,
    principal: User,
    deputy: User,
    unit: OrgUnit,
    role: str,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str,
    by: Any,
) -> Delegation:
    """Let ``deputy`` act as ``role`` of ``unit`` for ``principal`` between two days, both inclusive.

    Raises:
        Forbidden: ``by`` is neither the principal nor administers the unit.
        DomainError: the days, the reason, or one of the two people does not fit.
    """
    if not may_delegate(by, principal, unit):
        raise Forbidden.for_action("办理委托")
    list(User.objects.select_for_update().filter(pk__in=[principal.pk, deputy.pk]).order_by("pk"))
    check(
        [
            *_days_fit(starts_on, ends_on),
            *_words_fit(role, reason),
            *_principal_fits(principal, unit, role, starts_on, ends_on),
            *_deputy_fits(principal, deputy, unit, role, starts_on, ends_on),
        ]
    )
    posting = Posting.objects.create(
        user=deputy,
        role=role,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=f"受{principal.name}委托"[:120],
    )
    delegation = Delegation.objects.create(
        unit=unit,
        role=role,
        principal=principal,
        deputy=deputy,
        posting=posting,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        made_by=by.actor_label[:120],
    )
    deputy.forget_postings()
    record(
        kind="accounts.delegated",
        by=by,
        unit=unit,
        obj=delegation,
        summary=f"{principal.name}委托{deputy.name}代行{unit}{Role(role).label}",
        data={"role": role, "starts_on": starts_on, "ends_on": ends_on, "reason": reason.strip()},
    )
    return delegation


def _days_fit(starts_on: dt.date, ends_on: dt.date) -> Iterable[Problem]:
    if starts_on < clock.today():
        yield Problem("starts_in_the_past", "起始日期不能早于今天。", "starts_on")
    if ends_on < starts_on:
        yield Problem("ends_before_start", "截止日期不能早于起始日期。", "ends_on")
    elif (ends_on - starts_on).days >= LONGEST:
        yield Problem("too_long", f"一次委托最长{LONGEST}天；长期离岗请由单位管理员办理岗位交接。", "ends_on")


def _words_fit(role: str, reason: str) -> Iterable[Problem]:
    if role not in DELEGABLE:
        yield Problem("not_delegable", "只能委托审核或签批。", "role")
    if not reason.strip():
        yield Problem("reason_wanted", "请写明事由，例如“出差”“休假”。", "reason")
    elif len(reason.strip()) > 200:
        yield Problem("too_long", "事由请控制在200字以内。", "reason")


def _held(user: User, unit: OrgUnit, starts_on: dt.date, ends_on: dt.date) -> list[Posting]:
    """Postings of ``user`` at ``unit`` on any of the days."""
    return list(user.postings.between(starts_on, ends_on).filter(unit=unit).select_related("delegation"))


def _is_lent(posting: Posting) -> bool:
    return hasattr(posting, "delegation")


def _principal_fits(
    principal: User, unit: OrgUnit, role: str, starts_on: dt.date, ends_on: dt.date
) -> Iterable[Problem]:
    own = [row for row in _held(principal, unit, starts_on, ends_on) if row.role == role]
    if not any(not _is_lent(row) for row in own):
        lent = "受托的权限不能再转委托。" if own else ""
        label = Role(role).label if role in Role.values else "该角色"
        yield Problem("not_held", f"{principal.name}在这段时间不是{unit}{label}，不能委托。{lent}", "role")


def _deputy_fits(
    principal: User, deputy: User, unit: OrgUnit, role: str, starts_on: dt.date, ends_on: dt.date
) -> Iterable[Problem]:
    if deputy.pk == principal.pk:
        yield Problem("same_person", "不能委托给本人。", "deputy")
        return
    held = _held(deputy, unit, starts_on, ends_on)
    if not deputy.is_active or not any(row.role in BUSINESS_ROLES for row in held):
        yield Problem("not_a_colleague", f"{deputy.name}不是{unit}在岗人员，请先由管理员授予岗位。", "deputy")
    if any(row.role == role for row in held):
        yield Problem("has_it_already", f"{deputy.name}在这段时间已有{unit}这项权限，不需要委托。", "deputy")
    if role in Role.values:
        yield from roles_exclude(role, held)


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Any) -> Delegation:
    """Called back before its time: the deputy may act no more from now on."""
    fresh = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("unit", "principal", "deputy", "posting")
        .get(pk=delegation.pk)
    )
    if not (by.pk == fresh.deputy_id or may_delegate(by, fresh.principal, fresh.unit)):
        raise Forbidden.for_action("终止委托")
    if fresh.is_over:
        raise Conflict.of("delegation_over", "这项委托已经结束。")
    _end(fresh, by)
    return fresh


def end_delegations_of(posting: Posting, *, by: Any) -> None:
    """A posting ends, and with it what was lent out of it, and the delegation that it carries out."""
    lent_out = Q(principal=posting.user_id, role=posting.role, unit=posting.unit_id)
    ending = Delegation.objects.unfinished().filter(lent_out | Q(posting=posting.pk))
    for row in ending.select_related("unit", "principal", "deputy", "posting"):
        _end(row, by)


def _end(row: Delegation, by: Any) -> None:
    posting, yesterday = row.posting, clock.today() - dt.timedelta(days=1)
    row.ended_at, row.ended_by = clock.now(), by.actor_label[:120]
    if posting is not None and posting.starts_on > yesterday:
        row.posting = None
    row.save(update_fields=["ended_at", "ended_by", "posting"])
    if posting is not None and row.posting is None:
        posting.delete()
    elif posting is not None:
        posting.ends_on = yesterday
        posting.save(update_fields=["ends_on"])
    row.deputy.forget_postings()
    record(
        kind="accounts.delegation_ended",
        by=by,
        unit=row.unit,
        obj=row,
        summary=f"终止{row.principal.name}对{row.deputy.name}的委托（{row.unit}{row.get_role_display()}）",
        data={"role": row.role, "ends_on": row.ends_on},
    )
