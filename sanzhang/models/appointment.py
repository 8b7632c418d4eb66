"""Seats: who sat in which body, in which position, from when to when, and how it came about."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Func, IntegerField, Q, Value, When

from core import clock
from core.dated import DatedFact, DatedQuerySet
from orgs.models import OrgUnit, ScopedQuerySet
from sanzhang.choices import SEAT_ORDER, Employment, EndReason, Position, WayIn
from sanzhang.models.body import LeadershipBody, Term, key_range
from sanzhang.models.filing_batch import FilingBatch
from sanzhang.models.meeting import Meeting
from sanzhang.models.person import KeyPerson

#: The weight of a position, so that the database can pick a head's highest seat.
SEAT_RANK = Case(
    *[When(position=position, then=Value(rank)) for rank, position in enumerate(SEAT_ORDER)],
    output_field=IntegerField(),
)


class AppointmentQuerySet(DatedQuerySet, ScopedQuerySet):  # type: ignore[override]
    unit_path = "unit"

    def standing(self) -> Self:
        """Every seat that was really held: present, past and announced, without the voided ones."""
        return self.filter(voided_at__isnull=True)

    def highest_first(self) -> Self:
        """A head is counted once, by the highest seat: position first, then the higher unit, then the longer."""
        return self.annotate(seat_rank=SEAT_RANK).order_by("-seat_rank", "unit__level", "valid_from", "id")


class Appointment(DatedFact):
    """One person's seat in one body. ``valid_from`` is the start, ``valid_to`` the first day out of office."""

    #: The authorities it is still to be filed with, where a person's page has put them on.
    unfiled: list[str]

    person = models.ForeignKey(
        KeyPerson, on_delete=models.PROTECT, related_name="appointments", verbose_name="姓名"
    )
    body = models.ForeignKey(
        LeadershipBody, on_delete=models.PROTECT, related_name="appointments", verbose_name="领导机构"
    )
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="appointments", editable=False)
    term = models.ForeignKey(
        Term, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    position = models.CharField("职务", max_length=16, choices=Position.choices)
    employment = models.CharField("任职方式", max_length=10, choices=Employment.choices)
    secondment_ends_on = models.DateField("挂职截止日期", null=True, blank=True)
    way_in = models.CharField("吸纳方式", max_length=10, choices=WayIn.choices, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="elected", verbose_name="会议"
    )
    is_backfill = models.BooleanField("存量补录", default=False)
    end_reason = models.CharField("离任原因", max_length=16, choices=EndReason.choices, blank=True)
    end_note = models.CharField("离任说明", max_length=200, blank=True)

    objects: ClassVar[Any] = AppointmentQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "任职"
        ordering = ["-valid_from", "-id"]
        indexes = [models.Index(fields=["unit", "valid_from"], name="sanzhang_seat_unit")]
        constraints = [
            *DatedFact.Meta.constraints,
            ExclusionConstraint(
                name="sanzhang_no_two_seats_in_one_body",
                expressions=[
                    (key_range("person"), RangeOperators.EQUAL),
                    (key_range("body"), RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True, end_reason="")
                | (Q(valid_to__isnull=False) & ~Q(end_reason="")),
                name="sanzhang_end_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(way_in="other") | ~Q(basis="") | Q(is_backfill=True),
                name="sanzhang_other_way_states_its_basis",
            ),
            models.CheckConstraint(
                condition=~Q(way_in="") | Q(is_backfill=True), name="sanzhang_way_in_unless_backfill"
            ),
            models.CheckConstraint(
                condition=~Q(employment="seconded") | Q(secondment_ends_on__isnull=False),
                name="sanzhang_secondment_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.body}{self.get_position_display()}"


class FilingQuerySet(ScopedQuerySet):
    unit_path = "appointment__unit"


class Filing(models.Model):
    """备案: with whom, under which number, when (Shandong 三.1 二)."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="filings")
    authority = models.CharField("备案机关", max_length=80)
    number = models.CharField("备案号", max_length=60, blank=True)
    filed_on = models.DateField("备案日期")
    batch = models.ForeignKey(
        FilingBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="filings", editable=False
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.CharField(max_length=120, blank=True, editable=False)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "备案"
        ordering = ["-filed_on"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "authority"], name="sanzhang_filed_once_each")
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.authority}"
