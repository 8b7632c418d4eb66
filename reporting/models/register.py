"""准入清单: every form that units are asked for, with who asked, on what basis, and the name that answers for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from reporting.choices import FormKind
from reporting.models.form import Form


class FormRegistration(models.Model):
    """A form's place on the register. Only a form that stands on it may be published or collected."""

    form = models.OneToOneField(Form, on_delete=models.CASCADE, related_name="registration")
    kind = models.CharField("类别", max_length=8, choices=FormKind.choices, default=FormKind.REGULAR)
    asked_by = models.CharField("提出部门", max_length=80)
    basis = models.CharField("依据", max_length=200)
    person = models.CharField("责任人", max_length=60)
    purpose = models.CharField("用途", max_length=200, blank=True)
    registered_at = models.DateTimeField("列入时间", default=clock.now)
    registered_by = models.CharField("经办人", max_length=120)
    removed_at = models.DateTimeField("退出时间", null=True, blank=True)
    removed_reason = models.CharField("退出原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报表准入"
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by="") & ~Q(basis="") & ~Q(person=""),
                name="reporting_form_has_a_name_under_it",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | ~Q(removed_reason=""),
                name="reporting_form_leaves_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.get_kind_display()}"

    @property
    def is_extra(self) -> bool:
        return self.kind == FormKind.EXTRA

    @property
    def is_listed(self) -> bool:
        return self.removed_at is None
