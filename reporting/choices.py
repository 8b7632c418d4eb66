"""The words of reporting, its collections, papers, questions and issues."""

from django.db import models


class Source(models.TextChoices):
    """Where a figure comes from (数出一源)."""

    REGISTRY = "R", "台账自动计算"
    TYPED = "T", "填报"
    TYPED_UNTIL_RECORDED = "TR", "填报（台账建成后自动）"
    COMPUTED = "C", "由本表其他项计算"


class ValueKind(models.TextChoices):
    COUNT = "count", "整数"
    DECIMAL = "decimal", "小数"
    MONEY = "money", "金额（万元）"
    RATIO = "ratio", "百分比"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"
    DATE = "date", "日期"
    TEXT = "text", "文字"
    FILE = "file", "附件"
    TABLE = "table", "表格"


#: What a figure is typed as; everything else is kept as text.
TYPED_FIGURES = (ValueKind.COUNT, ValueKind.DECIMAL, ValueKind.MONEY)
#: What a column of a table may be.
COLUMN_KINDS = (*TYPED_FIGURES, ValueKind.TEXT, ValueKind.CHOICE, ValueKind.DATE)


class Space(models.TextChoices):
    """How a parent gets it from its children; choices are counted by option, rows of a table added up by their key."""

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
    """Different things; lateness is never charged to a township, of which it is only said that it is in."""

    PENDING = "pending", "未到期"
    IN = "in", "已报"
    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"
    MISSING = "missing", "未报"
    EXEMPT = "exempt", "免报"


class Rhythm(models.TextChoices):
    """How often a collection comes round, and what its periods are called beside each other."""

    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"
    ONCE = "once", "一次性"

    @property
    def months(self) -> int:
        """Months of a period; 0 for what does not come again."""
        return {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(self.value, 0)

    @property
    def this(self) -> str:
        return {"month": "本月", "quarter": "本季度", "half": "本半年", "year": "本年"}.get(
            self.value, "本期"
        )

    @property
    def last(self) -> str:
        return {"month": "上月", "quarter": "上季度", "year": "上年"}.get(self.value, "上期")

    @property
    def year_ago(self) -> str:
        return {"month": "去年同月", "quarter": "去年同季"}.get(self.value, "去年同期")


class Whom(models.TextChoices):
    """Among the units of the levels that owe: all, a named set with what lies below, or units picked one by one."""

    ALL = "all", "所选层级的全部单位"
    COHORT = "cohort", "某个单位集（如试点）"
    CHOSEN = "chosen", "逐个指定的单位"


class SignOffDemand(models.TextChoices):
    """What a collection wants of the leader's word; the monthly report leaves it to each unit."""

    AS_SET = "as_set", "按各单位的设置"
    WAIVED = "waived", "不需要签批"
    PHONE = "phone", "领导在线签批"
    SCAN = "scan", "盖章或签字纸质件"


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


class SheetReading(models.TextChoices):
    """How the code on a scan was read."""

    TYPED = "typed", "人工录入"
    QR = "qr", "二维码识别"


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
    SMS = "sms", "短信"
    VISIT = "visit", "当面"
    OTHER = "other", "其他"


class ChaseAnswer(models.TextChoices):
    """What was said when somebody was asked for the report."""

    PROMISED = "promised", "承诺按期报送"
    DEFERRAL = "deferral", "申请缓报"
    TROUBLE = "trouble", "有困难需协助"
    TOLD = "told", "电话报数"
    UNREACHED = "unreached", "未联系上"
    OTHER = "other", "其他"


class ReminderKind(models.TextChoices):
    """Why somebody was reminded by the portal."""

    DUE = "due", "报送截止"
    RETURNED = "returned", "退回修改"
    SIGNING = "signing", "待签批"
    REVIEWING = "reviewing", "待审核"
    MISSING = "missing", "下级未报"
    ESCALATED = "escalated", "报上级领导"


class Pace(models.TextChoices):
    """How far a unit is against the straight path to its target."""

    REACHED = "reached", "已完成"
    AHEAD = "ahead", "快于进度"
    ON_TRACK = "on_track", "符合进度"
    BEHIND = "behind", "慢于进度"
    FAR_BEHIND = "far_behind", "明显慢于进度"
    OVERDUE = "overdue", "逾期未完成"
    UNKNOWN = "unknown", "暂无数据"


class FormKind(models.TextChoices):
    """How a form came onto the register (准入清单)."""

    REGULAR = "regular", "常规报表"
    EXTRA = "extra", "临时加报"


class FeedbackState(models.TextChoices):
    OPEN = "open", "待答复"
    ADOPTED = "adopted", "已采纳"
    EXPLAINED = "explained", "已说明"


class Sharing(models.TextChoices):
    """Who is offered a saved question."""

    OWN = "own", "仅自己"
    UNIT = "unit", "本单位"
    LEVEL = "level", "本省同级单位"


class DeliveryRhythm(models.TextChoices):
    """When a subscribed file is made."""

    ON_LOCK = "on_lock", "每期锁定审定后"
    ON_DAY = "on_day", "每月固定日期"


class CollectionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    RUNNING = "running", "执行中"
    PAUSED = "paused", "已停用"
    OVER = "over", "已办结"

    @property
    def pill(self) -> tuple[str, str, str]:
        """Label, tone and icon."""
        tone, icon = {
            "draft": ("neutral", "pencil"),
            "running": ("success", "check-circle"),
            "paused": ("warning", "x-circle"),
            "over": ("info", "lock"),
        }[self.value]
        return (str(self.label), tone, icon)


class ExcuseKind(models.TextChoices):
    """What a superior may grant: the obligation is lifted, or has a later day."""

    EXEMPT = "exempt", "免报"
    DEFERRED = "deferred", "缓报"


class ExcuseState(models.TextChoices):
    """How an exemption or an extension stands."""

    EXEMPT = "exempt", "本期免报"
    RUNNING = "running", "缓报期内未报"
    IN_TIME = "in_time", "缓报期内已报"
    LATE = "late", "缓报期满后报"
    MISSING = "missing", "缓报期满未报"
    LIFTED = "lifted", "已撤销"


class IssueKind(models.TextChoices):
    PROBLEM = "problem", "问题"
    SUGGESTION = "suggestion", "建议"


class IssueState(models.TextChoices):
    OPEN = "open", "待答复"
    ANSWERED = "answered", "已答复"
    WITHDRAWN = "withdrawn", "已撤销"


class IssueAct(models.TextChoices):
    """What was done with an entry, one row each."""

    ANSWER = "answer", "答复"
    PASS_UP = "pass_up", "转报上级"
    REOPEN = "reopen", "仍未解决"


class IssueRoute(models.TextChoices):
    """Whose turn it is, as a list is filtered by it."""

    MINE = "mine", "待本单位答复"
    RAISED = "raised", "本单位反映的"


class PaperKind(models.TextChoices):
    BULLETIN = "bulletin", "通报"
    BRIEFING = "briefing", "简报"
    SUMMARY = "summary", "年终总结"


class PaperState(models.TextChoices):
    DRAFT = "draft", "起草中"
    ISSUED = "issued", "已定稿"
