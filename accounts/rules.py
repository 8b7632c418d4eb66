"""Who may give which role where, and which roles exclude each other (三员)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Posting, User
from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY
from accounts.roles import OFFICER_ROLES, Role
from core.actor import SystemActor
from core.errors import Problem
from orgs.models import OrgUnit

PLAIN_ROLES = (Role.REPORTER, Role.REVIEWER, Role.LEADER)


def may_assign(actor: Any, role: str, unit: OrgUnit) -> bool:
    """A unit administrator staffs its own unit and all below, and makes administrators below; the security
    administrator makes unit administrators and the two other officers. Nobody makes a security administrator here."""
    if isinstance(actor, SystemActor):
        return True
    if role in PLAIN_ROLES:
        return actor.can(MANAGE_ACCOUNTS, unit)
    if role == Role.UNIT_ADMIN:
        below = any(
            unit.is_within(top) and unit.pk != top.pk for top in actor.reach_of(MANAGE_ACCOUNTS).subtrees
        )
        return below or actor.can(MANAGE_SECURITY, unit)
    return role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN) and actor.can(MANAGE_SECURITY, unit)


def roles_to_give(actor: Any, unit: OrgUnit) -> list[Role]:
    return [role for role in Role if may_assign(actor, role, unit)]


def may_manage(actor: Any, user: User) -> bool:
    """Whether ``actor`` may reset, close or hand over the account: every posting it holds is one ``actor`` may give.

    An account without a posting of today is judged by those it had. Nobody manages their own.
    """
    if isinstance(actor, SystemActor):
        return True
    if actor.pk == user.pk:
        return False
    held = user.postings_now or list(user.postings.select_related("unit"))
    return bool(held) and all(may_assign(actor, posting.role, posting.unit) for posting in held)


def roles_exclude(role: str, others: Iterable[Posting]) -> list[Problem]:
    """The three officers exclude each other and every business role, at any unit, for the same days."""
    held = {Role(posting.role) for posting in others} - {Role(role)}
    clashing = held if role in OFFICER_ROLES else held & OFFICER_ROLES
    if not clashing:
        return []
    names = "、".join(sorted(str(other.label) for other in clashing))
    return [
        Problem(
            "roles_exclude",
            f"该账号已是{names}，不能再任{Role(role).label}：系统、安全、审计三员互斥，且不得兼任业务角色。",
            "role",
        )
    ]
