"""What accounts let be done, and the grants on the floors below."""

from accounts.roles import BUSINESS_ROLES, Reach, Role, grant
from audit.permissions import VIEW_AUDIT
from core.permissions import declare
from files.permissions import EXPORT
from orgs.choices import Level
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS, REORGANISE, VIEW_UNITS

MANAGE_ACCOUNTS = declare("accounts.manage", "管理账号")
MANAGE_SECURITY = declare("accounts.security", "管理安全策略")
VIEW_SYSTEM = declare("core.system", "查看系统运行")


def declare_grants() -> None:
    """Fill the table; called once at start."""
    grant(VIEW_UNITS, Reach.SUBTREE, roles=BUSINESS_ROLES)
    grant(EXPORT, Reach.SUBTREE, roles=[Role.REPORTER, Role.REVIEWER, Role.LEADER])
    grant(EDIT_FACTS, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY])
    grant(EDIT_FACTS, Reach.OWN, roles=[Role.REPORTER], levels=[Level.PROVINCE, Level.CITY, Level.TOWNSHIP])
    grant(CONFIRM_EXPECTED, Reach.SUBTREE, roles=[Role.REVIEWER], levels=[Level.PROVINCE, Level.CITY])
    grant(REORGANISE, Reach.SUBTREE, roles=[Role.UNIT_ADMIN], levels=[Level.PROVINCE])
    grant(MANAGE_ACCOUNTS, Reach.SUBTREE, roles=[Role.UNIT_ADMIN])
    grant(MANAGE_SECURITY, Reach.SUBTREE, roles=[Role.SECURITY_ADMIN], levels=[Level.PROVINCE])
    grant(VIEW_SYSTEM, Reach.OWN, roles=[Role.SYSTEM_ADMIN], levels=[Level.PROVINCE])
    grant(VIEW_AUDIT, Reach.SUBTREE, roles=[Role.AUDIT_ADMIN], levels=[Level.PROVINCE])
