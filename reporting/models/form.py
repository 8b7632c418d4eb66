"""Forms, their published versions, and the indicators they ask for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import TYPED_FIGURES, IssueKind, Source, Space, Time, ValueKind


class Indicator(models.Model):
    """One thing that is counted, the same over all forms and years; a changed meaning is a new indicator.

    What is written under a narrative that ``raises`` becomes entries of that sort, answered one by one from above.
    """

    key = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("指标", max_length=80)
    unit_label = models.CharField("计量单位", max_length=12, blank=True)
    value_kind = models.CharField("数值类型", max_length=8, choices=ValueKind.choices)
    source = models.CharField("来源", max_length=2, choices=Source.choices)
    space = models.CharField("层级汇总", max_length=10, choices=Space.choices)
    time = models.CharField("时间汇总", max_length=6, choices=Time.choices)
    definition = models.CharField("口径", max_length=300, blank=True)
    clause = models.CharField("依据", max_length=120, blank=True)
    may_have_target = models.BooleanField("可下达目标", default=True, db_default=True)
    raises = models.CharField(
        "逐条答复", max_length=10, choices=IssueKind.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(raises="") | models.Q(value_kind="text"),
                name="reporting_only_words_raise",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_numeric(self) -> bool:
        return self.value_kind in (*TYPED_FIGURES, ValueKind.RATIO)

    @property
    def is_typed(self) -> bool:
        """Somebody types it; neither the registry nor a formula knows it."""
        return self.source in (Source.TYPED, Source.TYPED_UNTIL_RECORDED)

    @property
    def is_computed(self) -> bool:
        """A formula over other items of the same form gives it."""
        return self.source == Source.COMPUTED

    @property
    def is_reported(self) -> bool:
        """It stands in the versions of reports; registry figures never do."""
        return self.source != Source.REGISTRY

    @property
    def places(self) -> int:
        """Decimals that are kept and shown."""
        return 0 if self.value_kind == ValueKind.COUNT else 2

    @property
    def is_flow(self) -> bool:
        """Counted over a window and summed over the year; otherwise a state as of the window's end."""
        return self.time == Time.SUM


class Form(models.Model):
    """A form as an idea; what units fill in is one of its versions."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="forms", verbose_name="制定单位"
    )
    key = models.SlugField("代号", max_length=40)
    name = models.CharField("名称", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="reporting_form_key_once")]

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """What a form asks, unchangeable once published; a form has at most one that is not (the draft).

    ``rules`` are the checks between cells in the language of :mod:`reporting.expressions`, as data:
    ``{"demand": "led <= sum(events, contests)", "field": key, "level": "error" | "warning", "message": words}``.
    """

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本号")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.CharField("发布人", max_length=120, blank=True)
    rules = models.JSONField("核对关系", default=list)
    note = models.CharField("说明", max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField("起草人", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表版本"
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="reporting_form_version_once"),
            models.UniqueConstraint(
                fields=["form"],
                condition=models.Q(published_at__isnull=True),
                name="reporting_one_draft_a_form",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} 第{self.number}版"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class Section(models.Model):
    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField("代号", max_length=40)
    name = models.CharField("名称", max_length=40)
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "报表分节"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="reporting_section_once")]

    def __str__(self) -> str:
        return self.name


class FormItem(models.Model):
    """One line of a form version: the indicator, who owes it, who must not leave it empty.

    ``options`` of a choice are ``[{"key": …, "name": …}]``; ``formula`` is that of a computed one; ``definition`` is what
    the indicator will mean from this version on (口径调整), where that changes.
    """

    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="items")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="items")
    order = models.PositiveSmallIntegerField("顺序")
    owed_by = ArrayField(
        models.PositiveSmallIntegerField(choices=Level.choices),
        default=list,
        blank=True,
        verbose_name="填报层级",
    )
    required_at = ArrayField(
        models.PositiveSmallIntegerField(choices=Level.choices),
        default=list,
        blank=True,
        verbose_name="必填层级",
    )
    help_text = models.CharField("填报说明", max_length=300, blank=True)
    max_length = models.PositiveIntegerField("字数上限", null=True, blank=True)
    minimum = models.DecimalField("最小值", max_digits=14, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField("最大值", max_digits=14, decimal_places=2, null=True, blank=True)
    options = models.JSONField("选项", default=list, blank=True)
    formula = models.CharField("计算公式", max_length=300, blank=True)
    file_kinds = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name="可传的文件类型"
    )
    file_count = models.PositiveSmallIntegerField("至少几份", default=0, db_default=0)
    definition = models.CharField("调整后的口径", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表项目"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "indicator"], name="reporting_item_once"),
            models.CheckConstraint(
                condition=models.Q(minimum__isnull=True)
                | models.Q(maximum__isnull=True)
                | models.Q(minimum__lte=models.F("maximum")),
                name="reporting_item_bounds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}"
