"""Roles and what they grant, in code.

Business roles reach their unit and, for some permissions, its whole subtree. The three officers (三员) see no business
data and exclude each other and every business role.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import Enum

from django.db import models

from core.permissions import Permission
from orgs.choices import Level


class Role(models.TextChoices):
    REPORTER = "reporter", "填报员"
    REVIEWER = "reviewer", "审核员"
    LEADER = "leader", "领导"
    UNIT_ADMIN = "unit_admin", "单位管理员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


BUSINESS_ROLES = frozenset({Role.REPORTER, Role.REVIEWER, Role.LEADER, Role.UNIT_ADMIN})
OFFICER_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class Reach(Enum):
    """How far a grant goes from the unit of the posting."""

    OWN = "own"
    SUBTREE = "subtree"


_grants: dict[tuple[str, int], dict[str, Reach]] = defaultdict(dict)


def grant(
    permission: Permission, reach: Reach, *, roles: Iterable[Role], levels: Iterable[Level] = tuple(Level)
) -> None:
    """Let ``roles`` posted at a unit of one of ``levels`` do ``permission`` as far as ``reach``."""
    for role in roles:
        for level in levels:
            _grants[(role, level)][permission.code] = reach


def reach_of(role: str, level: int, permission: str) -> Reach | None:
    """How far ``role`` at a unit of ``level`` may go with ``permission``; ``None``: not at all."""
    return _grants.get((role, level), {}).get(str(permission))
