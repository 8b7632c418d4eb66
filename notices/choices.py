"""Groups of messages, by which the inbox is filtered; a message's kind is the occasion's, such as ``report.return``."""

from django.db import models


class Group(models.TextChoices):
    REMINDER = "reminder", "催报提醒"
    REPORT = "report", "月报流转"
    CASE = "case", "更正补报"
    CYCLE = "cycle", "开报通知"
    CANDIDACY = "candidacy", "吸纳程序"
    FACTS = "facts", "单位情况"


#: The kinds of each group: those that begin with one of these.
BEGINNINGS = {
    Group.REMINDER: ("reminder", "missing"),
    Group.REPORT: ("report",),
    Group.CASE: ("case",),
    Group.CYCLE: ("cycle",),
    Group.CANDIDACY: ("candidacy",),
    Group.FACTS: ("orgs",),
}
