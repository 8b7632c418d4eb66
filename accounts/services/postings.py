"""Who sits where: dated, given and ended by whoever administers the unit, and passed on whole."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Posting, User
from accounts.roles import Role
from accounts.rules import may_assign, roles_exclude
from accounts.services.delegations import end_delegations_of
from audit.services import record
from core import clock
from core.errors import Conflict, DomainError, Forbidden, check
from orgs.models import OrgUnit


@transaction.atomic
def grant_posting(
    *,
    user: User,
    role: str,
    unit: OrgUnit,
    by: Any,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Posting:
    """Post ``user`` at ``unit`` from ``starts_on`` (today) to ``ends_on`` (open), both inclusive.

    Raises :class:`Forbidden` where ``by`` may not give the role there, :class:`DomainError` for excluded or double
    postings.
    """
    starts_on = starts_on or clock.today()
    if not may_assign(by, role, unit):
        raise Forbidden.for_action(f"授予{Role(role).label}")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise DomainError.of("account_closed", f"账号“{user.username}”已停用，请先恢复启用。")
    if ends_on is not None and ends_on < starts_on:
        raise DomainError.of("ends_before_start", "截止日期不能早于起始日期。", "ends_on")
    overlapping = list(user.postings.between(starts_on, ends_on))
    check(roles_exclude(role, overlapping))
    if any(posting.role == role and posting.unit_id == unit.pk for posting in overlapping):
        raise DomainError.of("posting_exists", f"该账号在{unit}已有{Role(role).label}授权。", "role")
    posting = _create(user, role, unit, starts_on, ends_on, by)
    record(
        kind="accounts.posting_granted",
        by=by,
        unit=unit,
        obj=user,
        summary=f"授予{user.name}（{user.username}）{unit}{Role(role).label}",
        data={"role": role, "starts_on": starts_on, "ends_on": ends_on},
    )
    return posting


def _create(
    user: User, role: str, unit: OrgUnit, starts_on: dt.date, ends_on: dt.date | None, by: Any
) -> Posting:
    try:
        with transaction.atomic():
            return Posting.objects.create(
                user=user,
                role=role,
                unit=unit,
                starts_on=starts_on,
                ends_on=ends_on,
                granted_by=by.actor_label[:120],
            )
    except IntegrityError as error:
        raise Conflict.of("posting_clash", "该账号的授权刚被他人修改，请刷新后重试。") from error


@transaction.atomic
def end_posting(*, posting: Posting, by: Any, ends_on: dt.date | None = None) -> Posting:
    """The last day of a posting, today or another; by whoever may give it."""
    posting = (
        Posting.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=posting.pk)
    )
    if not may_assign(by, posting.role, posting.unit) or posting.user_id == by.pk:
        raise Forbidden.for_action("终止授权")
    ends_on = ends_on or clock.today()
    if posting.ends_on is not None and posting.ends_on < clock.today():
        raise Conflict.of("posting_ended", "该授权已经终止。")
    if ends_on < posting.starts_on:
        raise DomainError.of("ends_before_start", "截止日期不能早于起始日期。", "ends_on")
    _end(posting, ends_on, by)
    return posting


def _end(posting: Posting, ends_on: dt.date, by: Any) -> None:
    posting.ends_on = ends_on
    posting.save(update_fields=["ends_on"])
    end_delegations_of(posting, by=by)
    record(
        kind="accounts.posting_ended",
        by=by,
        unit=posting.unit,
        obj=posting.user,
        summary=f"终止{posting.user.name}（{posting.user.username}）{posting}授权",
        data={"role": posting.role, "ends_on": ends_on},
    )


def passing(leaver: User) -> list[Posting]:
    """The postings of today that a handover passes on; those held for an absent colleague end with the delegation."""
    held = leaver.postings.on(clock.today()).filter(delegation__isnull=True)
    return list(held.select_related("unit", "user").order_by("unit__level", "pk"))


@transaction.atomic
def pass_postings(*, leaver: User, successor: User, by: Any) -> list[Posting]:
    """Every posting of ``leaver`` becomes ``successor``'s today; the open work hangs on the units and passes with it.

    The leaver's end the day before (or today, if they began today); one given until a day lasts no longer. Raises
    :class:`DomainError` where there is nothing to hand over or the roles exclude each other.
    """
    list(User.objects.select_for_update().filter(pk__in=[leaver.pk, successor.pk]).order_by("pk"))
    today = clock.today()
    postings = passing(leaver)
    if not postings:
        raise DomainError.of("nothing_to_hand_over", "该账号名下没有在任授权，无需交接。")
    taken: list[Posting] = []
    for posting in postings:
        until = posting.ends_on
        _end(posting, max(posting.starts_on, today - dt.timedelta(days=1)), by)
        if not _holds(successor, posting, today):
            taken.append(
                grant_posting(
                    user=successor,
                    role=posting.role,
                    unit=posting.unit,
                    by=by,
                    starts_on=today,
                    ends_on=until,
                )
            )
    leaver.forget_postings()
    successor.forget_postings()
    return taken


def _holds(user: User, posting: Posting, day: dt.date) -> bool:
    return user.postings.on(day).filter(role=posting.role, unit=posting.unit_id).exists()
