"""What the registry lets be done, and by whom."""

from accounts.roles import Reach, Role, grant
from core.permissions import declare
from orgs.choices import Level

VIEW_PEOPLE = declare("sanzhang.view", "查看三长")
MANAGE_PEOPLE = declare("sanzhang.manage", "登记三长")
UNMASK = declare("sanzhang.unmask", "查看完整电话")
EDIT_OCCUPATIONS = declare("sanzhang.occupations", "维护职业身份")


def declare_grants() -> None:
    """Fill the table; called once at start."""
    grant(VIEW_PEOPLE, Reach.SUBTREE, roles=[Role.REPORTER, Role.REVIEWER, Role.LEADER])
    grant(MANAGE_PEOPLE, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY, Level.TOWNSHIP])
    grant(UNMASK, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY, Level.TOWNSHIP])
    grant(EDIT_OCCUPATIONS, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
