"""The words of the registry of key people, their composition, duty and leading posts."""

from django.db import models

from orgs.choices import Level


class Category(models.TextChoices):
    CORE = "core", "三长"
    PAN = "pan", "泛三长"
    VILLAGE = "village", "村级工作队伍"


class Field(models.TextChoices):
    """领域, apart from category. 社会服务中心主任 counts to agriculture (Zhoukou 四(二)三)."""

    HEALTH = "health", "卫生"
    EDUCATION = "education", "教育"
    AGRICULTURE = "agriculture", "农林"
    OTHER = "other", "其他"


class Sex(models.TextChoices):
    MALE = "m", "男"
    FEMALE = "f", "女"


class Education(models.TextChoices):
    JUNIOR = "junior", "初中及以下"
    SENIOR = "senior", "高中（中专）"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"


class NewOrganisation(models.TextChoices):
    """新经济组织、新社会组织: those who work outside the old system are counted apart (Jilin 二(一)1)."""

    ECONOMIC = "economic", "新经济组织"
    SOCIAL = "social", "新社会组织"


class Discipline(models.TextChoices):
    """学科, as the learned societies are grouped; one person may have several."""

    SCIENCE = "science", "理科"
    ENGINEERING = "engineering", "工科"
    AGRICULTURE = "agriculture", "农科"
    MEDICINE = "medicine", "医科"
    EDUCATION = "education", "教育"
    MANAGEMENT = "management", "管理"
    CROSS = "cross", "交叉学科"


class BodyKind(models.TextChoices):
    """领导机构; and the village working team, which is no leadership body."""

    CONGRESS = "congress", "代表大会"
    COMMITTEE = "committee", "委员会（全委会）"
    STANDING = "standing", "常委会"
    LEADERSHIP = "leadership", "领导班子"
    TEAM = "team", "村级工作队伍"


LEADERSHIP_KINDS = (BodyKind.CONGRESS, BodyKind.COMMITTEE, BodyKind.STANDING, BodyKind.LEADERSHIP)


class Position(models.TextChoices):
    DELEGATE = "delegate", "代表"
    MEMBER = "member", "委员"
    STANDING_MEMBER = "standing_member", "常委"
    VICE_CHAIR = "vice_chair", "副主席"
    CHAIR = "chair", "主席"
    TEAM_MEMBER = "team_member", "队员"


#: The body in which a position sits.
BODY_OF_POSITION = {
    Position.DELEGATE: BodyKind.CONGRESS,
    Position.MEMBER: BodyKind.COMMITTEE,
    Position.STANDING_MEMBER: BodyKind.STANDING,
    Position.VICE_CHAIR: BodyKind.LEADERSHIP,
    Position.CHAIR: BodyKind.LEADERSHIP,
    Position.TEAM_MEMBER: BodyKind.TEAM,
}

#: From the lowest seat to the highest: a head is counted once, by the highest.
SEAT_ORDER = (
    Position.TEAM_MEMBER,
    Position.DELEGATE,
    Position.MEMBER,
    Position.STANDING_MEMBER,
    Position.VICE_CHAIR,
    Position.CHAIR,
)


class Employment(models.TextChoices):
    PART_TIME = "part_time", "兼职"
    SECONDED = "seconded", "挂职"
    FULL_TIME = "full_time", "专职"


class WayIn(models.TextChoices):
    """换届选举 / 届中增补 / 其他方式; “其他” states its basis (Zhoukou 四(四)四, Shandong 三.1 二)."""

    ELECTION = "election", "换届选举"
    CO_OPTION = "co_option", "届中增补"
    OTHER = "other", "其他方式"


class EndReason(models.TextChoices):
    TERM_ENDED = "term_ended", "届满"
    TRANSFERRED = "transferred", "调离"
    RETIRED = "retired", "退休"
    RESIGNED = "resigned", "辞职"
    REMOVED = "removed", "免职"
    DECEASED = "deceased", "去世"
    SECONDMENT_ENDED = "secondment_ended", "挂职期满"
    RENEWAL = "renewal", "换届离任"
    REORGANISED = "reorganised", "机构撤并"


class Giver(models.TextChoices):
    """Who gives the word at a step of the procedure; the superior gives it in the portal, a meeting at its page."""

    OWN = "own", "本单位"
    EMPLOYER = "employer", "所在单位"
    SUPERIOR = "superior", "上级科协"
    ORGANISATION = "organisation", "党委组织部门"
    PARTY_COMMITTEE = "party_committee", "乡镇党委（街道党工委）"
    MEETING = "meeting", "代表大会或委员会"


class MeetingKind(models.TextChoices):
    CONGRESS = "congress", "代表大会"
    PLENARY = "plenary", "全委会议"
    STANDING = "standing", "常委会议"


class OverQuota(models.TextChoices):
    WARN = "warn", "提醒，写明说明后可以任职"
    REFUSE = "refuse", "不得超职数任职"


COUNTY_POSITIONS = (
    Position.DELEGATE,
    Position.MEMBER,
    Position.STANDING_MEMBER,
    Position.VICE_CHAIR,
    Position.CHAIR,
)
TOWNSHIP_POSITIONS = (Position.MEMBER, Position.STANDING_MEMBER, Position.VICE_CHAIR)

#: Positions that a level's bodies know at all (rule 1; a province edits the list by occupation). City and province have
#: the county's; what is counted as “三长” of the programme stays with county and township.
POSITIONS_AT = {
    Level.PROVINCE: COUNTY_POSITIONS,
    Level.CITY: COUNTY_POSITIONS,
    Level.COUNTY: COUNTY_POSITIONS,
    Level.TOWNSHIP: TOWNSHIP_POSITIONS,
    Level.VILLAGE: (Position.TEAM_MEMBER,),
}


class Measure(models.TextChoices):
    """Shares of the people in a body (Jilin 二(一)1, Chuzhou 四, Yinzhou 三.1)."""

    CORE = "core", "三长"
    PAN = "pan", "泛三长"
    FRONT_LINE = "front_line", "一线科技工作者"
    YOUNG = "young", "45岁及以下"
    WOMEN = "women", "女性"
    PARTY = "party", "中共党员"
    HEALTH = "health", "卫生领域"
    EDUCATION = "education", "教育领域"
    AGRICULTURE = "agriculture", "农林领域"
    OTHER_FIELD = "other_field", "其他领域"
    NEW_ORGANISATION = "new_organisation", "新经济、新社会组织"
    RETIRED = "retired", "已退休"


class Unknown(models.TextChoices):
    """What is missing in somebody's record, so that a share cannot count them either way."""

    AGE = "unknown_age", "出生年月未填"
    SEX = "unknown_sex", "性别未填"


#: Measures that a missing entry leaves open.
UNKNOWN_OF = {Measure.YOUNG: Unknown.AGE, Measure.WOMEN: Unknown.SEX}


class Bound(models.TextChoices):
    AT_LEAST = "at_least", "不低于"
    AT_MOST = "at_most", "不高于"


class Verdict(models.TextChoices):
    """How a share stands to its ratio; ``OPEN`` where people without an entry could turn it."""

    MET = "met", "达到"
    UNMET = "unmet", "未达到"
    OPEN = "open", "资料不全，无法判断"


VERDICT_TONES = {Verdict.MET: "success", Verdict.UNMET: "danger", Verdict.OPEN: "warning"}


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


class LeadingRole(models.TextChoices):
    PRESIDENT = "president", "会长（理事长）"
    HEAD = "head", "牵头人"
    VICE_PRESIDENT = "vice_president", "副会长（副理事长）"
    SECRETARY = "secretary", "秘书长"
    COUNCILLOR = "councillor", "理事"


#: Posts by which an affiliate counts as led: the head, not everyone with a seat (Zhoukou 四(三)2).
LEADING = (LeadingRole.PRESIDENT, LeadingRole.HEAD)
