"""The words of the tree, of affiliates and of the yearly update."""

from django.db import models


class Level(models.IntegerChoices):
    """Administrative level; with skipped levels it differs from the depth in the tree."""

    PROVINCE = 1, "省级"
    CITY = 2, "市级"
    COUNTY = 3, "县级"
    TOWNSHIP = 4, "乡镇级"
    VILLAGE = 5, "村级"


#: The ancestor column of each level; a unit's own level column holds the unit itself.
ANCESTOR_FIELD = {
    Level.PROVINCE: "province",
    Level.CITY: "city",
    Level.COUNTY: "county",
    Level.TOWNSHIP: "township",
}

#: Digits of a division code by level (统计用区划代码, National Bureau of Statistics).
CODE_DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}


class UnitKind(models.TextChoices):
    """What sort of division it is: zones and quasi-divisions are counted and ranked apart."""

    REGULAR = "regular", "行政区划"
    ZONE = "zone", "功能区"
    QUASI = "quasi", "类似单位"


class EditionCause(models.TextChoices):
    OPENED = "opened", "设立"
    IMPORTED = "imported", "导入"
    RENAMED = "renamed", "更名"
    RECODED = "recoded", "代码变更"
    MOVED = "moved", "改隶"
    RELEVELLED = "relevelled", "升格或降格"
    MERGED = "merged", "合并"
    SPLIT = "split", "分设"
    CLOSED = "closed", "撤销"
    EXPECTED = "expected", "应建调整"


class EstablishmentState(models.TextChoices):
    ESTABLISHED = "established", "已建"
    PREPARING = "preparing", "筹建"
    ABSENT = "absent", "未建"


class HavesItem(models.TextChoices):
    """“六有” (Zhoukou 四(三)一)."""

    PREMISES = "premises", "有固定场所"
    NAMEPLATE = "nameplate", "有牌子"
    STAFF = "staff", "有专兼职工作人员"
    MANAGEMENT_RULES = "management_rules", "有管理制度"
    RULES_OF_PROCEDURE = "rules_of_procedure", "有议事规则"
    FUNDING = "funding", "有经费保障"


class LacksItem(models.TextChoices):
    """“四缺” (Zhoukou 三(二))."""

    POSTS = "posts", "缺编制"
    FUNDS = "funds", "缺经费"
    PREMISES = "premises", "缺办公场所"
    STAFF = "staff", "缺工作人员"


class OfficerRole(models.TextChoices):
    """The two mandatory facts of a township, and the rest of the contact roster (联络表)."""

    LEADER_IN_CHARGE = "leader_in_charge", "分管领导"
    LIAISON = "liaison", "联络员"
    FIRST_RESPONSIBLE = "first_responsible", "第一责任人"
    HEAD_OF_DEPARTMENT = "head_of_department", "责任部门负责人"
    GOVERNMENT_LEADER = "government_leader", "政府联系领导"


class BlankReason(models.TextChoices):
    """Why an expected division has no association yet (Shandong 三.3: 着力消除空白点)."""

    REORGANISED = "reorganised", "区划调整后未重新组建"
    NO_STAFF = "no_staff", "无人员，筹建班子未落实"
    NO_POSTS = "no_posts", "无编制或机构未批复"
    NO_FUNDS = "no_funds", "经费未落实"
    NO_PREMISES = "no_premises", "场所未落实"
    NO_CHAIR = "no_chair", "主席人选未定"
    SHARED_OFFICE = "shared_office", "与其他部门合署，未单独建立"
    TERM_PENDING = "term_pending", "待换届后组建"
    OTHER = "other", "其他"


class MandatoryFact(models.TextChoices):
    """What must be on record of an expected unit (Zhoukou 四(三)一: 明确分管领导和联络员; Shandong 四.1)."""

    LEADER = "leader", "分管领导"
    LIAISON = "liaison", "联络员"
    FIRST_RESPONSIBLE = "first_responsible", "第一责任人"
    STATE = "state", "建立情况"
    REASON = "reason", "空白点原因"
    PLAN = "plan", "空白点计划日期"
    RESPONSIBLE = "responsible", "空白点责任人"


class ConfirmationState(models.TextChoices):
    """Where the yearly word on “六有四缺” stands."""

    CONFIRMED = "confirmed", "已确认待核查"
    CHECKED = "checked", "已核查"
    RETURNED = "returned", "已退回"


class ActKind(models.TextChoices):
    """What one line of a reorganisation (行政区划调整) does to one unit."""

    MERGE = "merge", "合并"
    SPLIT = "split", "分设"
    RENAME = "rename", "更名"
    RECODE = "recode", "代码变更"
    MOVE = "move", "改隶"
    RELEVEL = "relevel", "升格或降格"
    OPEN = "open", "设立"
    CLOSE = "close", "撤销"


class ReorganisationState(models.TextChoices):
    DRAFT = "draft", "草拟中"
    SCHEDULED = "scheduled", "待生效"
    APPLIED = "applied", "已生效"
    UNDONE = "undone", "已撤回"
    DISCARDED = "discarded", "已作废"


class KindGroup(models.TextChoices):
    """What sort of affiliate a kind is; lists and overviews are ordered by it."""

    SOCIETY = "society", "学会"
    BASE = "base", "基层组织"
    TRANSFORMED = "transformed", "变革型组织"
    PLACE = "place", "科普阵地"
    TEAM = "team", "服务队伍"
    STATION = "station", "服务站"


class DetailPart(models.TextChoices):
    """Parts of an affiliate's record that only some kinds have."""

    FORMATION = "formation", "组建方式"
    REGISTRATION = "registration", "登记证号"
    GOVERNANCE = "governance", "治理结构"
    PARTY = "party", "党组织"
    MEMBERS = "members", "会员"


class Formation(models.TextChoices):
    """组建方式 (Zhoukou 四(三)4)."""

    ALONE = "alone", "单独组建"
    REGIONAL = "regional", "区域联建"
    SECTOR = "sector", "行业统建"
    HOSTED = "hosted", "依托组建"


class Organ(models.TextChoices):
    """Bodies of a society's government (Chuzhou 三, 完善学会治理结构)."""

    COUNCIL = "council", "理事会"
    STANDING_COUNCIL = "standing_council", "常务理事会"
    SUPERVISORS = "supervisors", "监事会"
    SECRETARIAT = "secretariat", "秘书处"


class Standing(models.TextChoices):
    """Where an affiliate stands (Jilin 二(二): model societies, dormant ones and their exit)."""

    NORMAL = "normal", "正常"
    MODEL = "model", "示范"
    DORMANT = "dormant", "僵尸"
    EXITED = "exited", "已退出"


class PartnerKind(models.TextChoices):
    """With whom an affiliate works (Yinzhou 二(二))."""

    UNIT = "unit", "乡镇（街道）、村（社区）"
    ENTERPRISE = "enterprise", "企业"
    UNIVERSITY = "university", "高校院所"
    SCHOOL = "school", "中小学校"
    CIVILIZATION_CENTRE = "civilization_centre", "新时代文明实践中心"
    PARTY_CENTRE = "party_centre", "党群服务中心"


class UpdateState(models.TextChoices):
    REVIEW = "review", "审核中"
    DISCARDED = "discarded", "已作废"


class ChangeKind(models.TextChoices):
    """How a division of the file differs from the tree; of several differences the weightiest."""

    ADDED = "added", "新增"
    GONE = "gone", "消失"
    MOVED = "moved", "改隶"
    RECODED = "recoded", "代码变更"
    RENAMED = "renamed", "更名"
    RECLASSED = "kind", "类别变化"


class Decision(models.TextChoices):
    """What a difference is taken for."""

    SAME = "same", "同一单位"
    MERGE = "merge", "并入"
    SPLIT = "split", "分设"
    CLOSE = "close", "撤销"
    OPEN = "open", "新设"
    IGNORE = "ignore", "不处理"


#: What each kind of difference may be taken for, the usual first.
DECISIONS_OF: dict[str, tuple[Decision, ...]] = {
    ChangeKind.ADDED: (Decision.OPEN, Decision.SPLIT, Decision.SAME, Decision.IGNORE),
    ChangeKind.GONE: (Decision.MERGE, Decision.SPLIT, Decision.SAME, Decision.CLOSE, Decision.IGNORE),
    ChangeKind.MOVED: (Decision.SAME, Decision.IGNORE),
    ChangeKind.RECODED: (Decision.SAME, Decision.IGNORE),
    ChangeKind.RENAMED: (Decision.SAME, Decision.IGNORE),
    ChangeKind.RECLASSED: (Decision.SAME, Decision.IGNORE),
}


class IntegrityState(models.TextChoices):
    RUNNING = "running", "核对中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
