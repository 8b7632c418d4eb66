"""The words of the second wing: affiliates, how they are governed, and with whom they work."""

from django.db import models


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
