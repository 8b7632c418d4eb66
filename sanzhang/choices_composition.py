"""The words of composition: what is counted of the people in a body, and how it stands to the ratio that was set."""

from django.db import models


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
