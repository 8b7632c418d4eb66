"""What accounts let be done, and the grants on the floors below."""

from accounts.roles import BUSINESS_ROLES, Reach, Role, grant
from audit.permissions import VIEW_AUDIT
from core.permissions import declare
from files.permissions import EXPORT, VIEW_FILES
from orgs.choices import Level
from orgs.permissions import (
    CHECK_FACTS,
    CHECK_TREE,
    CONFIRM_EXPECTED,
    DRAFT_REORGANISATION,
    EDIT_AFFILIATE_KINDS,
    EDIT_FACTS,
    MANAGE_AFFILIATES,
    MANAGE_COHORTS,
    REORGANISE,
    REPAIR_TREE,
    VIEW_UNITS,
)

MANAGE_ACCOUNTS = declare("accounts.manage", "管理账号")
DELEGATE = declare("accounts.delegate", "委托他人代行")
MANAGE_SECURITY = declare("accounts.security", "管理安全策略")
VIEW_SYSTEM = declare("core.system", "查看系统运行")


def declare_grants() -> None:
    """Fill the table; called once at start."""
    grant(VIEW_UNITS, Reach.SUBTREE, roles=BUSINESS_ROLES)
    grant(EXPORT, Reach.SUBTREE, roles=[Role.REPORTER, Role.REVIEWER, Role.LEADER])
    grant(VIEW_FILES, Reach.OWN, roles=[Role.UNIT_ADMIN])
    grant(EDIT_FACTS, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY])
    grant(EDIT_FACTS, Reach.OWN, roles=[Role.REPORTER], levels=[Level.PROVINCE, Level.CITY, Level.TOWNSHIP])
    grant(CONFIRM_EXPECTED, Reach.SUBTREE, roles=[Role.REVIEWER], levels=[Level.PROVINCE, Level.CITY])
    grant(CHECK_FACTS, Reach.SUBTREE, roles=[Role.REVIEWER])
    grant(MANAGE_COHORTS, Reach.SUBTREE, roles=[Role.REVIEWER], levels=[Level.PROVINCE, Level.CITY])
    grant(
        DRAFT_REORGANISATION,
        Reach.SUBTREE,
        roles=[Role.UNIT_ADMIN],
        levels=[Level.PROVINCE, Level.CITY],
    )
    grant(REORGANISE, Reach.SUBTREE, roles=[Role.UNIT_ADMIN], levels=[Level.PROVINCE])
    for tending in (CHECK_TREE, REPAIR_TREE):
        grant(tending, Reach.OWN, roles=[Role.UNIT_ADMIN, Role.SYSTEM_ADMIN], levels=[Level.PROVINCE])
    grant(MANAGE_AFFILIATES, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY])
    grant(
        MANAGE_AFFILIATES,
        Reach.OWN,
        roles=[Role.REPORTER],
        levels=[Level.PROVINCE, Level.CITY, Level.TOWNSHIP],
    )
    grant(EDIT_AFFILIATE_KINDS, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
    grant(MANAGE_ACCOUNTS, Reach.SUBTREE, roles=[Role.UNIT_ADMIN])
    grant(DELEGATE, Reach.OWN, roles=[Role.REVIEWER, Role.LEADER, Role.UNIT_ADMIN])
    grant(MANAGE_SECURITY, Reach.SUBTREE, roles=[Role.SECURITY_ADMIN], levels=[Level.PROVINCE])
    grant(VIEW_SYSTEM, Reach.OWN, roles=[Role.SYSTEM_ADMIN], levels=[Level.PROVINCE])
    grant(VIEW_AUDIT, Reach.SUBTREE, roles=[Role.AUDIT_ADMIN], levels=[Level.PROVINCE])
