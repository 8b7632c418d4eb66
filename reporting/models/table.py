"""Tables among the items of a form: their columns, and when what an indicator means was changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from reporting.choices import COLUMN_KINDS, TYPED_FIGURES, ValueKind
from reporting.models.form import FormItem, FormVersion, Indicator


class TableColumn(models.Model):
    """One column of an item that is a table. Rows are told apart, and added up, by the one column that is the key."""

    item = models.ForeignKey(FormItem, on_delete=models.CASCADE, related_name="columns")
    key = models.SlugField("代号", max_length=40)
    name = models.CharField("列名", max_length=40)
    value_kind = models.CharField(
        "类型", max_length=8, choices=[(kind.value, kind.label) for kind in COLUMN_KINDS]
    )
    unit_label = models.CharField("计量单位", max_length=12, blank=True)
    is_key = models.BooleanField("关键列", default=False)
    is_required = models.BooleanField("必填", default=False)
    options = models.JSONField("选项", default=list, blank=True)
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "表格列"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["item", "key"], name="reporting_column_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_key=True), name="reporting_one_key_a_table"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_numeric(self) -> bool:
        return self.value_kind in TYPED_FIGURES

    @property
    def places(self) -> int:
        return 0 if self.value_kind == ValueKind.COUNT else 2


class DefinitionChange(models.Model):
    """口径调整: from ``period`` on an indicator means something else, so that its series breaks there."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="changes")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="changes")
    period = models.DateField("自哪一期起")
    old = models.CharField("原口径", max_length=300)
    new = models.CharField("新口径", max_length=300)
    at = models.DateTimeField("登记时间", default=clock.now)
    by = models.CharField("登记人", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "口径调整"
        ordering = ["-period", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period"], name="reporting_one_change_a_period"),
            models.CheckConstraint(condition=Q(period__day=1), name="reporting_change_from_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period:%Y-%m} 口径调整"
