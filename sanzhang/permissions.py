"""What the registry lets be done, and by whom."""

from accounts.roles import Reach, Role, grant
from core.permissions import declare
from orgs.choices import Level

VIEW_PEOPLE = declare("sanzhang.view", "查看三长")
MANAGE_PEOPLE = declare("sanzhang.manage", "登记三长")
UNMASK = declare("sanzhang.unmask", "查看完整电话")
WRITE_BRIEFINGS = declare("sanzhang.briefings", "拟写汇报材料")
EDIT_OCCUPATIONS = declare("sanzhang.occupations", "维护职业身份")
EDIT_PROCEDURES = declare("sanzhang.procedures", "制定吸纳程序和职数规则")
GIVE_OPINION = declare("sanzhang.opinion", "出具上级科协意见")
SET_RATIOS = declare("sanzhang.ratios", "设定领导机构构成比例")
RECORD_WORK = declare("sanzhang.record_work", "登记履职和支持")
SET_STANDARD = declare("sanzhang.standard", "制定履职规范")
EVALUATE = declare("sanzhang.evaluate", "年度评价和推荐典型")
TAKE_UP = declare("sanzhang.take_up", "选树典型")


def declare_grants() -> None:
    """Fill the table; called once at start."""
    grant(VIEW_PEOPLE, Reach.SUBTREE, roles=[Role.REPORTER, Role.REVIEWER, Role.LEADER])
    grant(MANAGE_PEOPLE, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY, Level.TOWNSHIP])
    grant(UNMASK, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY, Level.TOWNSHIP])
    for permission in (MANAGE_PEOPLE, UNMASK):
        grant(permission, Reach.OWN, roles=[Role.REPORTER], levels=[Level.PROVINCE, Level.CITY])
    grant(WRITE_BRIEFINGS, Reach.SUBTREE, roles=[Role.REPORTER, Role.REVIEWER])
    grant(EDIT_OCCUPATIONS, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
    grant(EDIT_PROCEDURES, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
    grant(SET_RATIOS, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
    grant(GIVE_OPINION, Reach.OWN, roles=[Role.REVIEWER])
    for permission in (RECORD_WORK, EVALUATE):
        grant(permission, Reach.SUBTREE, roles=[Role.REPORTER], levels=[Level.COUNTY, Level.TOWNSHIP])
        grant(permission, Reach.OWN, roles=[Role.REPORTER], levels=[Level.PROVINCE, Level.CITY])
    grant(SET_STANDARD, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
    grant(TAKE_UP, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE, Level.CITY, Level.COUNTY])
