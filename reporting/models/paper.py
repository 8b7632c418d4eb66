"""Papers that people word: the templates of their sentences, and the text of one paper before and after it is issued."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.models import OrgUnit, ScopedQuerySet
from reporting.choices import PaperKind, PaperState
from reporting.models.cycle import Cycle


class PaperTemplateQuerySet(ScopedQuerySet):
    unit_path = "owner"

    def current(self) -> Self:
        """The newest version of each passage."""
        return self.order_by("owner_id", "paper", "key", "-number").distinct("owner_id", "paper", "key")


class PaperTemplate(models.Model):
    """One version of a passage as a unit words it; rows are never changed. An empty text is the shipped one again."""

    owner = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="paper_templates", verbose_name="设定单位"
    )
    paper = models.CharField("文种", max_length=10, choices=PaperKind.choices)
    key = models.CharField("段落", max_length=40)
    number = models.PositiveSmallIntegerField("版次")
    text = models.TextField("模板", max_length=2000, blank=True)
    at = models.DateTimeField("时间", default=clock.now, editable=False)
    by = models.CharField("修改人", max_length=120, editable=False)

    objects = PaperTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行文模板"
        ordering = ["owner", "paper", "key", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "paper", "key", "number"], name="reporting_template_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} 第{self.number}版"

    @property
    def is_shipped(self) -> bool:
        return not self.text


class PaperDraftQuerySet(ScopedQuerySet):
    unit_path = "unit"


class PaperDraft(models.Model):
    """The text of one paper of a unit in a cycle, drafted from figures whose basis it keeps, then edited."""

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="paper_drafts", verbose_name="编制单位"
    )
    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="paper_drafts", verbose_name="统计期"
    )
    paper = models.CharField("文种", max_length=10, choices=PaperKind.choices)
    state = models.CharField("状态", max_length=8, choices=PaperState.choices, default=PaperState.DRAFT)
    document_number = models.CharField("发文字号", max_length=40, blank=True)
    issue = models.PositiveSmallIntegerField("期号", null=True, blank=True)
    title = models.CharField("名称", max_length=60, blank=True)
    compiled_by = models.CharField("编印单位", max_length=60, blank=True)
    dated = models.DateField("日期", null=True, blank=True)
    standing = models.CharField("口径", max_length=60)
    digest = models.CharField("数据校验码", max_length=8)
    taken_at = models.DateTimeField("取数时间", default=clock.now)
    started_at = models.DateTimeField("起草时间", default=clock.now, editable=False)
    started_by = models.CharField("起草人", max_length=120, editable=False)
    issued_at = models.DateTimeField("定稿时间", null=True, editable=False)
    issued_by = models.CharField("定稿人", max_length=120, blank=True, editable=False)

    objects = PaperDraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文稿"
        ordering = ["-cycle__period", "paper", "-issue"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "cycle"], condition=Q(paper="bulletin"), name="reporting_one_bulletin_a_cycle"
            ),
            models.UniqueConstraint(
                fields=["unit", "cycle"], condition=Q(paper="summary"), name="reporting_one_summary_a_cycle"
            ),
            models.CheckConstraint(
                condition=Q(state="issued", issued_at__isnull=False)
                | Q(state="draft", issued_at__isnull=True),
                name="reporting_issued_paper_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        number = f"第{self.issue}期" if self.issue else ""
        return f"{self.unit.display_name}{self.cycle.label}{PaperKind(self.paper).label}{number}"

    @property
    def is_open(self) -> bool:
        return self.state == PaperState.DRAFT

    @property
    def is_bulletin(self) -> bool:
        return self.paper == PaperKind.BULLETIN

    @property
    def is_drafted(self) -> bool:
        """Its paragraphs come from figures, and are taken anew; a briefing's are chosen."""
        return self.paper != PaperKind.BRIEFING

    @property
    def has_head(self) -> bool:
        """Something stands above the title: 发文字号, or the masthead of a briefing."""
        return self.paper != PaperKind.SUMMARY

    def get_absolute_url(self) -> str:
        return reverse("reporting:draft", args=[self.pk])


class PaperText(models.Model):
    """One paragraph. ``drafted`` is what the figures, or its source, said when it was taken; ``text`` what stands."""

    draft = models.ForeignKey(PaperDraft, on_delete=models.CASCADE, related_name="texts")
    key = models.CharField("段落", max_length=60)
    place = models.PositiveSmallIntegerField("次序")
    heading = models.CharField("标题", max_length=80, blank=True)
    lead = models.CharField("段首", max_length=80, blank=True)
    drafted = models.TextField("原文")
    text = models.TextField("正文", max_length=4000)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.CharField("修改人", max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "文稿段落"
        ordering = ["draft", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "key"], name="reporting_paragraph_once_in_a_paper")
        ]

    def __str__(self) -> str:
        return f"{self.lead}{self.text[:20]}"

    @property
    def is_edited(self) -> bool:
        return self.text != self.drafted
