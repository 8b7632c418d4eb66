"""年度评价 in four grades, and exemplars chosen with their reasons; people are never ranked by points."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import ExemplarKind, Grade
from sanzhang.models.activity import Activity
from sanzhang.models.person import KeyPerson


class EvaluationQuerySet(ScopedQuerySet):
    unit_path = "unit"


class Evaluation(models.Model):
    """One person's year as judged by ``unit``, whose body the highest seat stands in."""

    person = models.ForeignKey(KeyPerson, on_delete=models.PROTECT, related_name="evaluations")
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="evaluations", verbose_name="评价单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    grade = models.CharField("等次", max_length=10, choices=Grade.choices)
    remark = models.CharField("评语", max_length=300, blank=True)
    given_at = models.DateTimeField("评价时间", default=clock.now, editable=False)
    given_by = models.CharField("评价人", max_length=120, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度评价"
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "year"], name="sanzhang_evaluated_once_a_year"),
            models.CheckConstraint(
                condition=~Q(grade="not") | ~Q(remark=""), name="sanzhang_not_competent_has_a_remark"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.year}年 {self.get_grade_display()}"


class ExemplarQuerySet(ScopedQuerySet):
    unit_path = "unit"


class Exemplar(models.Model):
    """典型: a person, a unit or a deed, chosen by ``unit`` and taken up level by level.

    ``level`` is the highest level that has taken it up.
    """

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="exemplars", verbose_name="推荐单位"
    )
    kind = models.CharField("类别", max_length=8, choices=ExemplarKind.choices)
    year = models.PositiveSmallIntegerField("年度")
    person = models.ForeignKey(
        KeyPerson, null=True, blank=True, on_delete=models.PROTECT, related_name="exemplars"
    )
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="exemplars"
    )
    title = models.CharField("标题", max_length=60)
    text = models.TextField("事迹", max_length=2000)
    level = models.PositiveSmallIntegerField("选树层级", choices=Level.choices)
    chosen_at = models.DateTimeField("推荐时间", default=clock.now, editable=False)
    chosen_by = models.CharField("推荐人", max_length=120, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True, editable=False)

    objects = ExemplarQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "典型"
        ordering = ["-year", "level", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(kind="person"), name="sanzhang_exemplar_person_named"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(title=""), name="sanzhang_exemplar_has_text"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("duty:exemplar", args=[self.pk])


class ExemplarStep(models.Model):
    """One level's taking up of an exemplar."""

    exemplar = models.ForeignKey(Exemplar, on_delete=models.CASCADE, related_name="steps")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    by = models.CharField("经办人", max_length=120)
    note = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "选树记录"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["exemplar", "unit"], name="sanzhang_taken_up_once_a_unit")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.exemplar}"
