"""What reporting lets be done, and by whom."""

from accounts.roles import Reach, Role, grant
from core.permissions import declare
from orgs.choices import Level

VIEW_REPORTS = declare("reporting.view", "查看报表")
FILL = declare("reporting.fill", "填报")
SIGN = declare("reporting.sign", "签批")
SUBMIT = declare("reporting.submit", "上报")
REVIEW = declare("reporting.review", "审核")
ANSWER = declare("reporting.answer", "答复问题建议")
CORRECT = declare("reporting.correct", "提出更正")
CHASE = declare("reporting.chase", "催报")
EXCUSE = declare("reporting.excuse", "批准免报和缓报")
MANAGE_CYCLES = declare("reporting.cycles", "管理填报期")
SET_REPORTING = declare("reporting.settings", "填报设置")
WRITE_PAPERS = declare("reporting.papers", "起草通报简报")
SET_TARGETS = declare("reporting.targets", "下达目标")
DESIGN_FORMS = declare("reporting.forms", "设计报表")


def declare_grants() -> None:
    """Fill the table; called once at start. Every check names the unit whose desk it is: the custodian for filling,
    the reviewer for reviewing."""
    grant(VIEW_REPORTS, Reach.SUBTREE, roles=[Role.REPORTER, Role.REVIEWER, Role.LEADER])
    for permission in (FILL, SUBMIT, CORRECT):
        grant(permission, Reach.OWN, roles=[Role.REPORTER])
    grant(SIGN, Reach.OWN, roles=[Role.LEADER])
    grant(REVIEW, Reach.OWN, roles=[Role.REVIEWER])
    grant(
        ANSWER,
        Reach.OWN,
        roles=[Role.REVIEWER, Role.LEADER],
        levels=[Level.PROVINCE, Level.CITY, Level.COUNTY],
    )
    grant(CHASE, Reach.OWN, roles=[Role.REPORTER, Role.REVIEWER])
    grant(EXCUSE, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE, Level.CITY, Level.COUNTY])
    grant(SET_TARGETS, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE, Level.CITY])
    for permission in (MANAGE_CYCLES, DESIGN_FORMS):
        grant(permission, Reach.OWN, roles=[Role.REVIEWER], levels=[Level.PROVINCE])
    grant(SET_REPORTING, Reach.SUBTREE, roles=[Role.UNIT_ADMIN, Role.REPORTER], levels=[Level.COUNTY])
    grant(SET_REPORTING, Reach.SUBTREE, roles=[Role.UNIT_ADMIN], levels=[Level.PROVINCE, Level.CITY])
    grant(
        WRITE_PAPERS,
        Reach.OWN,
        roles=[Role.REPORTER, Role.REVIEWER],
        levels=[Level.PROVINCE, Level.CITY],
    )
