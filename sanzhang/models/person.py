"""A key person: work facts for everyone in scope, telephone and birth month for who manages the unit."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from core.cipher import decrypt, digest, mask
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import Education, Sex
from sanzhang.models.occupation import Occupation


class KeyPersonQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def present(self) -> Self:
        """People not merged into another record and not voided."""
        return self.filter(merged_into__isnull=True, voided_at__isnull=True)

    def search(self, text: str) -> Self:
        """By name, pinyin, initials, employer; a telephone number matches exactly."""
        found = self
        for word in text.lower().split():
            matches = (
                Q(name__contains=word)
                | Q(pinyin__startswith=word)
                | Q(initials__startswith=word)
                | Q(employer__contains=word)
            )
            if word.isdigit() and len(word) >= 7:
                matches |= Q(phone_digest=digest(word))
            found = found.filter(matches)
        return found


class KeyPerson(models.Model):
    """One head. ``unit`` is the unit that keeps the record, at or above the bodies the person sits in."""

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="key_people", verbose_name="所属单位"
    )
    name = models.CharField("姓名", max_length=40)
    pinyin = models.CharField(max_length=120, blank=True, editable=False, db_index=True)
    initials = models.CharField(max_length=20, blank=True, editable=False, db_index=True)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices, blank=True)
    birth_month = models.DateField("出生年月", null=True, blank=True, help_text="取当月1日")
    education = models.CharField("学历", max_length=8, choices=Education.choices, blank=True)
    title = models.CharField("职称", max_length=40, blank=True)
    is_party_member = models.BooleanField("中共党员", default=False)
    employer = models.CharField("工作单位", max_length=100)
    post = models.CharField("单位职务", max_length=60, blank=True)
    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, related_name="people", verbose_name="职业身份"
    )
    is_front_line = models.BooleanField("一线科技工作者", default=True)
    is_retired = models.BooleanField("已退休", default=False)
    phone_cipher = models.TextField(blank=True, editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KeyPersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "关键人物"
        ordering = ["pinyin", "id"]
        indexes = [models.Index(fields=["name", "employer"], name="sanzhang_person_double")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="sanzhang_person_has_a_name"),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__day=1),
                name="sanzhang_birth_is_a_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_masked(self) -> str:
        return mask(decrypt(self.phone_cipher))
