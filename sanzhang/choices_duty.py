"""The words of duty records, the duty standard, evaluations and the support ledger."""

from django.db import models


class CountsAs(models.TextChoices):
    """As what an activity counts in the monthly form (作用发挥)."""

    HEALTH = "health", "健康讲堂、义诊、防癌体检"
    CONTEST = "contest", "青少年科技竞赛、科普进校园"
    AGRICULTURE = "agri", "农技培训"
    POPULARISATION = "popularisation", "其他科普活动"
    ADOPTION = "adoption", "推广新技术、新品种、新模式（只计项次）"
    VOLUNTEER = "volunteer", "科技志愿服务（只计次数）"
    NOTHING = "none", "不计入月报"


#: Activities of these kinds are events of the monthly form, each with its audience.
EVENTS = (CountsAs.HEALTH, CountsAs.CONTEST, CountsAs.AGRICULTURE, CountsAs.POPULARISATION)


class DutyItem(models.TextChoices):
    """What the duty standard counts (履职规范)."""

    MEETING = "meeting", "会议"
    ACTIVITY = "activity", "活动"
    SURVEY = "survey", "调研"
    PROPOSAL = "proposal", "建议"


class PartRole(models.TextChoices):
    LED = "led", "牵头"
    JOINED = "joined", "参与"


class Grade(models.TextChoices):
    EXCELLENT = "excellent", "优秀"
    COMPETENT = "competent", "称职"
    BARELY = "barely", "基本称职"
    NOT = "not", "不称职"


class ExemplarKind(models.TextChoices):
    """典型组织、典型个人、典型事迹 (Shandong 四.5)."""

    PERSON = "person", "典型个人"
    UNIT = "unit", "典型组织"
    DEED = "deed", "典型事迹"


class SupportKind(models.TextChoices):
    """The “1”: what a superior gives (Zhoukou 四(四))."""

    PROJECT = "project", "项目"
    FUND = "fund", "经费"
    AWARD = "award", "奖项推荐"
    TALENT = "talent", "人才举荐"
    EXCHANGE = "exchange", "干部交流"
    TRAINING = "training", "培训"
    GUIDANCE = "guidance", "业务指导"


#: Kinds that are counted in heads, and so must say how many.
OF_HEADS = (SupportKind.AWARD, SupportKind.TALENT, SupportKind.EXCHANGE, SupportKind.TRAINING)
#: Kinds that may carry money.
OF_MONEY = (SupportKind.PROJECT, SupportKind.FUND)
