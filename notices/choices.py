"""Groups of messages, by which the inbox is filtered; a message's kind is the occasion's, such as ``report.return``."""

from django.db import models


class MailState(models.TextChoices):
    """What became of the e-mail or the text message behind a message."""

    NONE = "none", "不发送"
    PENDING = "pending", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    UNKNOWN = "unknown", "结果不明"
    DROPPED = "dropped", "已办结未发"


class Channel(models.TextChoices):
    MAIL = "mail", "邮件"
    SMS = "sms", "短信"


class Group(models.TextChoices):
    REMINDER = "reminder", "催报提醒"
    REPORT = "report", "月报流转"
    CASE = "case", "更正补报"
    CYCLE = "cycle", "开报通知"
    CANDIDACY = "candidacy", "吸纳程序"
    FACTS = "facts", "单位情况"
    SUPPORT = "support", "支持与典型"
    HANDOVER = "handover", "交接与委托"


#: The kinds of each group: those that begin with one of these.
BEGINNINGS = {
    Group.REMINDER: ("reminder", "missing"),
    Group.REPORT: ("report",),
    Group.CASE: ("case",),
    Group.CYCLE: ("cycle",),
    Group.CANDIDACY: ("candidacy",),
    Group.FACTS: ("orgs",),
    Group.SUPPORT: ("sanzhang",),
    Group.HANDOVER: ("handover", "accounts"),
}
