"""Facts with two times: the days they hold, and the instant the portal learned of them.

``valid_to`` is the first day on which a fact no longer holds. What is recorded late counts from the moment it was
recorded, so that figures already reported never move.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from string import Template
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of ``day`` by what had been recorded before ``instant``."""

    day: dt.date
    instant: dt.datetime


def end_of_day(day: dt.date) -> Moment:
    """The state of ``day`` as it was known when it ended; of today, as known now."""
    return Moment(day, min(clock.end_of(day), clock.now()))


def known_in_sql(row: str, day: str = "day", instant: str = "instant") -> str:
    """Whether the fact ``row`` held on a day by what was known; the words of :meth:`DatedQuerySet.as_known` in SQL.

    ``day`` and ``instant`` name the parameters of the statement.
    """
    return Template(
        "($r.valid_from <= $d AND $r.recorded_at < $i"
        " AND ($r.valid_to IS NULL OR $r.valid_to > $d OR $r.end_recorded_at >= $i)"
        " AND ($r.voided_at IS NULL OR $r.voided_at >= $i))"
    ).substitute(r=row, d=f"%({day})s::date", i=f"%({instant})s::timestamptz")


class DatedQuerySet(models.QuerySet):
    """Rows as they were known."""

    def on(self, day: dt.date) -> Self:
        """Rows that hold on ``day``, by all that is known now."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day, voided_at__isnull=True
        )

    def as_known(self, day: dt.date, instant: dt.datetime) -> Self:
        """Rows that held on ``day`` by what had been recorded before ``instant``."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day) | Q(end_recorded_at__gte=instant),
            Q(voided_at__isnull=True) | Q(voided_at__gte=instant),
            valid_from__lte=day,
            recorded_at__lt=instant,
        )

    def current(self) -> Self:
        return self.on(clock.today())

    def open_ended(self) -> Self:
        """Rows without a last day that were not voided: the latest word on the matter."""
        return self.filter(valid_to__isnull=True, voided_at__isnull=True)


class DatedFact(models.Model):
    """Abstract: valid days, recording instants, and who recorded."""

    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True)
    recorded_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    recorded_by = models.CharField("登记人", max_length=80, blank=True, editable=False)
    end_recorded_at = models.DateTimeField("终止登记时间", null=True, blank=True, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)

    objects: Any = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True, end_recorded_at__isnull=True)
                | Q(valid_to__isnull=False, end_recorded_at__isnull=False),
                name="%(app_label)s_%(class)s_end_is_recorded",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.valid_to is None and self.voided_at is None

    def holds_on(self, day: dt.date) -> bool:
        if self.voided_at is not None or day < self.valid_from:
            return False
        return self.valid_to is None or day < self.valid_to
