"""A key person: work facts for everyone in scope, telephone and birth month for who manages the unit."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Cast
from django.urls import reverse

from core import clock
from core.cipher import digest
from core.sealed import SealedPhone
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import Discipline, Education, NewOrganisation, Sex
from sanzhang.models.occupation import Occupation

if TYPE_CHECKING:
    from sanzhang.models.appointment import Appointment


class IsAnyOf(Func):
    """Whether a value is in an array; the array is made once, however many rows are asked."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class KeyPersonQuerySet(ScopedQuerySet):
    """People of the units that keep their records, and of the units in whose bodies they sit."""

    unit_path = "unit"

    def _in_subtree(self, unit: OrgUnit) -> Q:
        if unit.level == Level.PROVINCE:
            return super()._in_subtree(unit)
        here = Q(IsAnyOf(F("unit"), ArraySubquery(OrgUnit.objects.within(unit).order_by().values("pk"))))
        kept = self.model._base_manager.filter(here).order_by().values("pk")
        seats = apps.get_model("sanzhang", "Appointment").objects.standing().filter(here)
        return Q(IsAnyOf(F("pk"), ArraySubquery(kept.union(seats.order_by().values("person")))))

    def present(self) -> Self:
        """People not merged into another record and not voided."""
        return self.filter(merged_into__isnull=True, voided_at__isnull=True)

    def among(self, keys: Collection[int]) -> Self:
        """Those of ``keys``, be they a whole province's."""
        written = Value("{" + ",".join(map(str, keys)) + "}")
        return self.filter(IsAnyOf(F("pk"), Cast(written, ArrayField(models.BigIntegerField()))))

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


def called(word: str, path: str) -> Q:
    """Rows whose person at ``path`` is called so: part of the name, or the beginning of its pinyin or initials."""
    low = word.lower()
    return (
        Q(**{f"{path}__name__contains": word})
        | Q(**{f"{path}__pinyin__startswith": low})
        | Q(**{f"{path}__initials__startswith": low})
    )


class KeyPerson(SealedPhone):
    """One head. ``unit`` is the unit that keeps the record, at or above the bodies the person sits in."""

    #: The seats of the day in question, highest first, where a list has put them on.
    seats: list[Appointment]
    #: Whether the reader may see months of this person's life, where a list has asked.
    shows_months: bool

    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="key_people", verbose_name="所属单位"
    )
    name = models.CharField("姓名", max_length=40)
    pinyin = models.CharField(max_length=120, blank=True, editable=False)
    initials = models.CharField(max_length=20, blank=True, editable=False)
    stroke_key = models.CharField(
        max_length=48, blank=True, default="", editable=False, help_text="姓氏笔画排序键"
    )
    sex = models.CharField("性别", max_length=1, choices=Sex.choices, blank=True)
    birth_month = models.DateField("出生年月", null=True, blank=True, help_text="取当月1日")
    education = models.CharField("学历", max_length=8, choices=Education.choices, blank=True)
    title = models.CharField("职称", max_length=40, blank=True)
    is_party_member = models.BooleanField("中共党员", default=False)
    employer = models.CharField("工作单位", max_length=100, blank=True)
    post = models.CharField("单位职务", max_length=60, blank=True)
    occupation = models.ForeignKey(
        Occupation, on_delete=models.PROTECT, related_name="people", verbose_name="职业身份"
    )
    is_front_line = models.BooleanField("一线科技工作者", default=True)
    is_retired = models.BooleanField("已退休", default=False)
    retired_on = models.DateField("退休时间", null=True, blank=True, help_text="取当月1日")
    new_organisation = models.CharField(
        "新经济组织、新社会组织", max_length=8, choices=NewOrganisation.choices, blank=True, default=""
    )
    disciplines = ArrayField(
        models.CharField(max_length=12, choices=Discipline.choices),
        verbose_name="学科",
        blank=True,
        default=list,
    )
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=120, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    registration_key = models.UUIDField(
        null=True, blank=True, unique=True, editable=False, help_text="同一张登记表重复提交时只登记一次"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KeyPersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "关键人物"
        ordering = ["pinyin", "id"]
        indexes = [
            models.Index(fields=["name", "employer"], name="sanzhang_person_double"),
            models.Index(fields=["pinyin", "id"], name="sanzhang_person_by_sound"),
            models.Index(fields=["stroke_key", "id"], name="sanzhang_person_by_strokes"),
            models.Index(fields=["pinyin"], name="sanzhang_person_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["initials"], name="sanzhang_person_initials", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                fields=["phone_digest"], name="sanzhang_person_phone", condition=~Q(phone_digest="")
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="sanzhang_person_has_a_name"),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__day=1),
                name="sanzhang_birth_is_a_month",
            ),
            models.CheckConstraint(
                condition=Q(retired_on__isnull=True) | Q(is_retired=True),
                name="sanzhang_retired_since_if_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_present(self) -> bool:
        return self.merged_into_id is None and self.voided_at is None

    def get_absolute_url(self) -> str:
        return reverse("sanzhang:person", args=[self.pk])
