"""Accounts opened one by one or for a whole level, closed and opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from string import ascii_lowercase

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from rest_framework.authtoken.models import Token

from accounts.models import Posting, User
from accounts.roles import Role
from accounts.rules import may_assign, may_manage
from accounts.services.delegations import end_delegations_of
from accounts.services.passwords import random_password
from accounts.services.postings import grant_posting
from accounts.services.sessions import end_sessions_of
from audit.services import record, record_many
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import Level
from orgs.models import OrgUnit

#: The number that ends an account's name, by its first role: ``370102-01``.
ROLE_NUMBERS = {
    Role.REPORTER: "01",
    Role.REVIEWER: "02",
    Role.LEADER: "03",
    Role.UNIT_ADMIN: "09",
    Role.SYSTEM_ADMIN: "91",
    Role.SECURITY_ADMIN: "92",
    Role.AUDIT_ADMIN: "93",
}
BULK_LIMIT = 200

#: As long as a person's name may be.
NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Opened:
    """A new account with its first password, which is kept nowhere."""

    user: User
    password: str


@dataclass(frozen=True, slots=True)
class Planned:
    """An account that a bulk opening would make, or why it would not."""

    unit: OrgUnit
    role: Role
    username: str
    name: str
    skipped: str = ""


@transaction.atomic
def open_account(
    *,
    unit: OrgUnit,
    roles: Sequence[str],
    name: str,
    by: Actor,
    username: str = "",
    email: str = "",
    starts_on: dt.date | None = None,
) -> Opened:
    """An account posted at ``unit`` in ``roles``, with a random password that must be changed at the first sign-in."""
    if not roles:
        raise DomainError.of("no_role", "请至少选择一个角色。", "roles")
    refused = [role for role in roles if not may_assign(by, role, unit)]
    if refused:
        raise Forbidden.for_action(f"在{unit}授予{Role(refused[0]).label}")
    username = username.strip() or _free_name(unit, Role(roles[0]))
    password = random_password()
    user = _create(
        username=username, password=password, name=name.strip(), email=email, created_by=by.actor_label[:120]
    )
    for role in roles:
        grant_posting(user=user, role=role, unit=unit, by=by, starts_on=starts_on)
    record(kind="accounts.opened", by=by, unit=unit, obj=user, summary=f"开通账号{username}（{name}）")
    return Opened(user, password)


def _create(*, username: str, **fields: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(username, **fields)
    except IntegrityError as error:
        message = f"账号“{username}”已被使用，请换一个。"
        raise DomainError.of("username_taken", message, "username") from error


def _free_name(unit: OrgUnit, role: Role) -> str:
    stem = f"{unit.division_code}-{ROLE_NUMBERS[role]}"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    names = [stem, *(f"{stem}{letter}" for letter in ascii_lowercase[1:])]
    free = next((name for name in names if name not in taken), "")
    if not free:
        raise DomainError.of("names_used_up", f"以“{stem}”开头的账号名已用完，请自行填写账号。", "username")
    return free


def plan_accounts(*, unit: OrgUnit, level: Level, roles: Sequence[str], by: Actor) -> list[Planned]:
    """What :func:`open_accounts` would do: an account per open unit of ``level`` below ``unit`` and role that has none."""
    below = list(OrgUnit.objects.within(unit).open().at(level).in_code_order()[: BULK_LIMIT + 1])
    if len(below) * len(roles) > BULK_LIMIT:
        raise DomainError.of(
            "too_many_accounts", f"一次最多开通 {BULK_LIMIT} 个账号，请选择更低的上级单位或减少角色。", "unit"
        )
    if not below:
        raise DomainError.of("no_units", f"{unit}下面没有{level.label}单位。", "level")
    held = set(
        Posting.objects.on(clock.today())
        .filter(unit__in=below, role__in=roles, user__is_active=True)
        .values_list("unit_id", "role")
    )
    taken = set(
        User.objects.filter(username__regex=rf"^{unit.division_code}[0-9]*-").values_list(
            "username", flat=True
        )
    )
    return [_planned(one, Role(role), held, taken, by) for one in below for role in roles]


def _planned(unit: OrgUnit, role: Role, held: set[tuple[int, str]], taken: set[str], by: Actor) -> Planned:
    username = f"{unit.division_code}-{ROLE_NUMBERS[role]}"
    skipped = ""
    if not may_assign(by, role, unit):
        skipped = "不在您的管理范围内"
    elif (unit.pk, str(role)) in held:
        skipped = "已有该角色的账号"
    elif username in taken:
        skipped = "账号名已被使用"
    return Planned(
        unit, role, username, unit.display_name[: NAME_LIMIT - len(role.label)] + role.label, skipped
    )


@transaction.atomic
def open_accounts(*, unit: OrgUnit, level: Level, roles: Sequence[str], by: Actor) -> list[Opened]:
    """Accounts for all units of one level below ``unit``; those that have one already are left alone."""
    plans = [plan for plan in plan_accounts(unit=unit, level=level, roles=roles, by=by) if not plan.skipped]
    if not plans:
        raise DomainError.of("nothing_to_open", "所选单位都已有该角色的账号，无需开通。")
    passwords = [random_password() for _ in plans]
    with ThreadPoolExecutor(max_workers=4) as pool:
        hashes = list(pool.map(make_password, passwords))
    users = User.objects.bulk_create(
        User(username=plan.username, name=plan.name, password=hashed, created_by=by.actor_label[:120])
        for plan, hashed in zip(plans, hashes, strict=True)
    )
    Posting.objects.bulk_create(
        Posting(
            user=user,
            role=plan.role,
            unit=plan.unit,
            starts_on=clock.today(),
            granted_by=by.actor_label[:120],
        )
        for plan, user in zip(plans, users, strict=True)
    )
    record(
        kind="accounts.opened_many",
        by=by,
        unit=unit,
        summary=f"为{unit}下{level.label}单位批量开通 {len(users)} 个账号",
        data={"usernames": [user.username for user in users]},
    )
    record_many(kind="accounts.opened", by=by, rows=list(_events(plans, users)))
    return [Opened(user, password) for user, password in zip(users, passwords, strict=True)]


def _events(plans: list[Planned], users: list[User]) -> Iterable[dict[str, object]]:
    for plan, user in zip(plans, users, strict=True):
        yield {
            "unit_id": plan.unit.pk,
            "unit_label": str(plan.unit)[:200],
            "object_label": User._meta.label_lower,
            "object_id": str(user.pk),
            "summary": f"开通账号{user.username}（{user.name}）",
            "data": {"role": plan.role},
        }


@transaction.atomic
def close_account(*, user: User, by: Actor, reason: str = "") -> User:
    """No more sign-in: sessions and tokens end at once, the postings today, those to come never begin; the records
    stay."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not may_manage(by, user):
        raise Forbidden.for_action("停用该账号")
    if not user.is_active:
        raise Conflict.of("account_closed", f"账号“{user.username}”已经停用。")
    unit, today = user.unit, clock.today()
    user.is_active = False
    user.closed_at = clock.now()
    user.save(update_fields=["is_active", "closed_at"])
    for posting in user.postings.reaching(today):
        end_delegations_of(posting, by=by)
    user.postings.filter(starts_on__gt=today).delete()
    user.postings.reaching(today).update(ends_on=today)
    end_sessions_of(user=user)
    Token.objects.filter(user=user).delete()
    record(
        kind="accounts.closed",
        by=by,
        unit=unit,
        obj=user,
        summary=f"停用账号{user.username}（{user.name}）",
        data={"reason": reason},
    )
    return user


@transaction.atomic
def reopen_account(*, user: User, by: Actor) -> User:
    """Let a closed account sign in again; postings are given anew."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not may_manage(by, user):
        raise Forbidden.for_action("恢复该账号")
    if user.is_active:
        raise Conflict.of("account_open", f"账号“{user.username}”已在使用中。")
    user.is_active = True
    user.closed_at = None
    user.save(update_fields=["is_active", "closed_at"])
    record(kind="accounts.reopened", by=by, obj=user, summary=f"恢复账号{user.username}（{user.name}）")
    return user
