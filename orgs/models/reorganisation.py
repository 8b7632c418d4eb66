"""行政区划调整: what a document changes in the tree, drafted act by act, done at once, and undone while nothing depends on it."""

from __future__ import annotations

from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.choices import ActKind, Level, ReorganisationState
from orgs.models.unit import OrgUnit, ScopedQuerySet


class ReorganisationQuerySet(ScopedQuerySet):
    """Scope by the lowest unit that holds all that is touched."""

    unit_path = "unit"

    def touching(self, user: Any, permission: Any) -> Self:
        """Those with an act on a unit in the reach of ``user``, wherever the rest of it lies."""
        reached = OrgUnit.objects.visible_to(user, permission).values("pk")
        acts = ReorganisationAct.objects.filter(Q(unit__in=reached) | Q(into__in=reached))
        return self.filter(pk__in=acts.values("reorganisation"))

    def with_effect(self) -> Self:
        """Those that were carried out, whether or not they were taken back later."""
        return self.filter(applied_at__isnull=False)

    def due(self, day: Any) -> Self:
        return self.filter(state=ReorganisationState.SCHEDULED, effective_on__lte=day)


class Reorganisation(models.Model):
    """One document's worth of changes. ``journal`` holds what must be put back to undo it."""

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="reorganisations", verbose_name="涉及范围"
    )
    title = models.CharField("事项名称", max_length=120)
    document = models.CharField("文号", max_length=120, blank=True)
    basis_note = models.CharField("依据说明", max_length=500, blank=True)
    effective_on = models.DateField("生效日期", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=ReorganisationState.choices, default=ReorganisationState.DRAFT
    )
    revision = models.PositiveIntegerField(default=0)
    dispositions = models.JSONField("后续安排", default=dict, blank=True)
    created_at = models.DateTimeField("起草时间", default=clock.now)
    created_by = models.CharField("起草人", max_length=120)
    created_by_id = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField("办理时间", null=True, blank=True)
    applied_by = models.CharField("办理人", max_length=120, blank=True)
    undone_at = models.DateTimeField("撤回时间", null=True, blank=True)
    undone_by = models.CharField("撤回人", max_length=120, blank=True)
    undone_reason = models.CharField("撤回原因", max_length=200, blank=True)
    obstacle = models.CharField("未能生效的原因", max_length=500, blank=True)
    journal = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划调整"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "effective_on"], name="orgs_reorganisation_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"]) | Q(effective_on__isnull=False),
                name="orgs_reorganisation_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "undone"], applied_at__isnull=False)
                | Q(state__in=["draft", "scheduled", "discarded"], applied_at__isnull=True),
                name="orgs_reorganisation_applied_at",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) & ~Q(undone_reason="")
                | ~Q(state="undone") & Q(undone_at__isnull=True),
                name="orgs_reorganisation_undone_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("orgs:reorganisation", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == ReorganisationState.DRAFT


class ReorganisationAct(models.Model):
    """One line. What it names of ``unit``, ``into``, ``parent``, ``opens``, ``name`` and ``division_code`` depends on
    its kind; ``opens`` points to the line of the same reorganisation by which a successor or parent is set up."""

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, related_name="acts")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField("事项", max_length=8, choices=ActKind.choices)
    unit = models.ForeignKey(OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="acts")
    into = models.ForeignKey(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="acts_into"
    )
    opens = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="openers")
    parent = models.ForeignKey(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="acts_below"
    )
    name = models.CharField("新名称", max_length=80, blank=True)
    division_code = models.CharField("新代码", max_length=12, blank=True)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices, null=True, blank=True)
    is_main = models.BooleanField("主要承接单位", default=False)
    unit_label = models.CharField(max_length=160, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "调整事项"
        ordering = ["reorganisation_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "order"], name="orgs_act_order_once"),
            models.CheckConstraint(
                condition=Q(kind="open") | Q(unit__isnull=False), name="orgs_act_names_its_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.unit_label or self.name}"
