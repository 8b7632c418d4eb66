"""The words of the tree."""

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
