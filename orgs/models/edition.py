"""The life of a unit: append-only dated rows, and what became of what."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.sortkeys import pinyin
from orgs.choices import EditionCause, Level, UnitKind
from orgs.models.unit import OrgUnit


class EditionQuerySet(models.QuerySet):
    def on(self, day: dt.date) -> Self:
        """The tree of ``day``: editions valid then (``valid_to`` is the first day after)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def search(self, text: str) -> Self:
        """By the name or the code of the time, or its pinyin or initials; several words must all match."""
        found = self
        for word in text.lower().split():
            found = found.filter(
                Q(display_name__contains=word) | Q(division_code__startswith=word) | self._sounding_like(word)
            )
        return found

    def _sounding_like(self, word: str) -> Q:
        """Editions by pinyin: units keep it for their name of today; the few that were called otherwise are read out."""
        if not (word.isascii() and word.isalpha()):
            return Q(pk__in=())
        same = Q(name=F("unit__name"))
        renamed = self.exclude(same).order_by().values_list("pk", "name")
        named = [pk for pk, name in renamed if _sounds_like(name, word)]
        return same & (Q(unit__pinyin_joined__startswith=word) | Q(unit__initials__startswith=word)) | Q(
            pk__in=named
        )


def _sounds_like(name: str, word: str) -> bool:
    """Whether the pinyin of ``name``, or its initials, begin with ``word``."""
    syllables = pinyin(name).lower().split()
    initials = "".join(syllable[0] for syllable in syllables)
    return "".join(syllables).startswith(word) or initials.startswith(word)


class UnitEdition(models.Model):
    """How one unit was called, coded and placed between two days."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="editions")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.CharField("登记人", max_length=120)
    cause = models.CharField("事由", max_length=12, choices=EditionCause.choices)
    basis = models.CharField("依据", max_length=200, blank=True)
    name = models.CharField(max_length=80)
    display_name = models.CharField(max_length=160)
    division_code = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    kind = models.CharField(max_length=8, choices=UnitKind.choices)
    is_expected = models.BooleanField()
    parent = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    city = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    county = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    township = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reorganisation = models.ForeignKey(
        "orgs.Reorganisation", null=True, on_delete=models.PROTECT, related_name="editions", db_index=False
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位沿革"
        ordering = ["unit_id", "valid_from", "id"]
        indexes = [models.Index(fields=["valid_from", "valid_to"], name="orgs_edition_days")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_to__isnull=True), name="orgs_one_present_edition"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="orgs_edition_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name}（{self.valid_from} 起）"

    @property
    def association(self) -> str:
        return f"{self.display_name}科协"


class Succession(models.Model):
    """Which unit became which, on what day: one to many for a split, many to one for a merger.

    Of several successors one is the main one: it carries on the open work, the seats and the accounts.
    """

    predecessor = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="origins")
    on = models.DateField("生效日期")
    cause = models.CharField("事由", max_length=12, choices=EditionCause.choices)
    basis = models.CharField("依据", max_length=200, blank=True)
    is_main = models.BooleanField("主要承接单位", default=True)
    reorganisation = models.ForeignKey(
        "orgs.Reorganisation", null=True, on_delete=models.PROTECT, related_name="successions"
    )
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "承继关系"
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor", "on"], name="orgs_succession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="orgs_succession_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
