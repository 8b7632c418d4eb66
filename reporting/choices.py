"""The words of reporting."""

from django.db import models


class Source(models.TextChoices):
    """Where a figure comes from (数出一源)."""

    REGISTRY = "R", "台账自动计算"
    TYPED = "T", "填报"
    TYPED_UNTIL_RECORDED = "TR", "填报（台账建成后自动）"


class ValueKind(models.TextChoices):
    COUNT = "count", "整数"
    MONEY = "money", "金额（万元）"
    RATIO = "ratio", "百分比"
    TEXT = "text", "文字"
    FILE = "file", "附件"


class Space(models.TextChoices):
    """How a parent gets it from its children."""

    SUM = "sum", "求和"
    RATIO = "ratio", "比值之和"
    DISTINCT = "distinct", "去重计数"
    COLLECTED = "collected", "汇集"
    NONE = "none", "不汇总"


class Time(models.TextChoices):
    """How cycles make a year."""

    SUM = "sum", "累计"
    LAST = "last", "期末数"
    NONE = "none", "不累计"


class ReportState(models.TextChoices):
    DRAFT = "draft", "填报中"
    SIGNING = "signing", "待签批"
    SIGNED = "signed", "已签批"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已通过"


class Timeliness(models.TextChoices):
    """Four different things, and a fifth: deferred."""

    PENDING = "pending", "未到期"
    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"
    MISSING = "missing", "未报"
    EXEMPT = "exempt", "免报"


class CycleState(models.TextChoices):
    OPEN = "open", "填报中"
    LOCKED = "locked", "已锁定"


class EntryMode(models.TextChoices):
    SELF = "self", "自报"
    ON_BEHALF = "on_behalf", "代填"


class SignOffMode(models.TextChoices):
    WAIVED = "waived", "免签批"
    PHONE = "phone", "领导在线签批"
    SCAN = "scan", "上传签字扫描件"


class ReturnReason(models.TextChoices):
    """Coded reasons of a return; a remark says the rest."""

    FIGURE_DOUBTFUL = "figure_doubtful", "数据存疑"
    FIGURE_MISSING = "figure_missing", "数据漏项"
    LOGIC = "logic", "数据逻辑不符"
    TEXT_INCOMPLETE = "text_incomplete", "文字材料不完整"
    EVIDENCE = "evidence", "佐证材料不足"
    OTHER = "other", "其他"


class Decision(models.TextChoices):
    ACCEPTED = "accepted", "通过"
    RETURNED = "returned", "退回"


class CaseKind(models.TextChoices):
    CORRECTION = "correction", "更正"
    BELATED = "belated", "补报"


class CaseState(models.TextChoices):
    OPEN = "open", "待逐级确认"
    CONFIRMED = "confirmed", "已生效"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class ChaseChannel(models.TextChoices):
    PHONE = "phone", "电话"
    CHAT = "chat", "微信群"
    VISIT = "visit", "当面"
    OTHER = "other", "其他"


class Pace(models.TextChoices):
    """How far a unit is against the straight path to its target."""

    REACHED = "reached", "已完成"
    AHEAD = "ahead", "快于进度"
    ON_TRACK = "on_track", "符合进度"
    BEHIND = "behind", "慢于进度"
    FAR_BEHIND = "far_behind", "明显慢于进度"
    OVERDUE = "overdue", "逾期未完成"
    UNKNOWN = "unknown", "暂无数据"
