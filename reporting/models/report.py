"""One unit's obligation in one cycle, the cells being typed, and the versions frozen at each submission."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit, ScopedQuerySet
from reporting.choices import EntryMode, ReportState, Timeliness
from reporting.models.cycle import Cycle
from reporting.models.form import Indicator


class ReportQuerySet(ScopedQuerySet):
    """Scope of reports goes by the ancestor columns they froze at opening, without a join; who types or reviews one sees
    it too, also after a reorganisation."""

    unit_path = ""

    def _in_subtree(self, unit: OrgUnit) -> Q:
        column = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county"}.get(
            Level(unit.level)
        )
        own = Q(unit=unit.pk) | Q(custodian=unit.pk) | Q(reviewer=unit.pk)
        return own | Q(**{column: unit.pk}) if column else own

    def _of_units(self, unit_ids: list[int]) -> Q:
        return Q(unit__in=unit_ids) | Q(custodian__in=unit_ids) | Q(reviewer__in=unit_ids)

    def below_or_at(self, unit_id: int) -> Self:
        """Of the unit and those below it, by the columns frozen at the opening."""
        return self.filter(Q(unit=unit_id) | Q(province=unit_id) | Q(city=unit_id) | Q(county=unit_id))

    def owed(self) -> Self:
        """Obligations that were not lifted."""
        return self.filter(exempted_at__isnull=True)

    def outstanding(self) -> Self:
        """Owed and not in the superior's hands: being filled, being signed, or sent back."""
        return self.owed().filter(
            state__in=[ReportState.DRAFT, ReportState.SIGNING, ReportState.SIGNED, ReportState.RETURNED]
        )

    def overdue(self, at: dt.datetime | None = None) -> Self:
        """Never submitted although the deadline has passed."""
        return self.owed().filter(first_submitted_at__isnull=True, due_at__lte=at or clock.now())

    def summed_in(self, report: Report) -> Self:
        """Reports of the same cycle that ``report`` sums up directly, by the columns frozen at the opening: with no
        other report of the cycle between them."""
        if not report.cycle.is_whole:
            return self._summed_where_some_owe(report)
        below = {
            Level.COUNTY: Q(county=report.unit_id, level=Level.TOWNSHIP),
            Level.CITY: Q(city=report.unit_id)
            & (Q(level=Level.COUNTY) | Q(level=Level.TOWNSHIP, county__isnull=True)),
            Level.PROVINCE: Q(province=report.unit_id)
            & (
                Q(level=Level.CITY)
                | Q(level=Level.COUNTY, city__isnull=True)
                | Q(level=Level.TOWNSHIP, city__isnull=True, county__isnull=True)
            ),
        }.get(Level(report.level))
        return self.filter(below, cycle=report.cycle_id) if below is not None else self.none()

    def _summed_where_some_owe(self, report: Report) -> Self:
        column = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county"}.get(
            Level(report.level)
        )
        if column is None:
            return self.none()
        between = Report.objects.filter(
            Q(unit=OuterRef("county")) | Q(unit=OuterRef("city")),
            cycle=report.cycle_id,
            level__gt=report.level,
            level__lt=OuterRef("level"),
        ).order_by()
        below = self.filter(**{column: report.unit_id}, cycle=report.cycle_id, level__gt=report.level)
        return below.exclude(Exists(between))

    def to_review(self, unit: OrgUnit) -> Self:
        """Submitted and waiting for ``unit``."""
        return self.filter(reviewer=unit, state=ReportState.SUBMITTED)


class Report(models.Model):
    """The obligation of ``unit`` in ``cycle``.

    ``custodian`` is the desk that types it (the county for 代填, the successor after a reorganisation), ``reviewer``
    the unit that accepts it. The ancestor columns are those of the opening day. ``live_version`` is what was last
    accepted at its first review; ``official_version`` what was accepted all the way up. ``due_at`` is the first
    instant that is late.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="reports", db_index=False)
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="reports", verbose_name="填报单位"
    )
    unit_name = models.CharField("单位名称", max_length=160)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    is_zone = models.BooleanField("功能区", default=False)
    province = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    city = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    county = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    custodian = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="reports_to_fill")
    reviewer = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="reports_to_review")
    entry_mode = models.CharField(
        "填报方式", max_length=10, choices=EntryMode.choices, default=EntryMode.SELF
    )
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField("截止时间")
    deferred_to = models.DateTimeField("缓报至", null=True, blank=True)
    deferred_reason = models.CharField("缓报原因", max_length=200, blank=True)
    deferred_by = models.CharField("缓报批准人", max_length=120, blank=True, default="", db_default="")
    exempted_at = models.DateTimeField("免报时间", null=True, blank=True)
    exempted_reason = models.CharField("免报原因", max_length=200, blank=True)
    exempted_by = models.CharField("免报批准人", max_length=120, blank=True)
    is_nil = models.BooleanField("零报告", default=False)
    is_belated = models.BooleanField("补报", default=False)
    told_by = models.CharField("报数人", max_length=60, blank=True)
    told_at = models.DateTimeField("报数时间", null=True, blank=True)
    first_submitted_at = models.DateTimeField("首次上报时间", null=True, blank=True)
    on_time = models.BooleanField("按时", null=True, blank=True)
    submitted_at = models.DateTimeField("最近上报时间", null=True, blank=True)
    correction_due_at = models.DateTimeField("退回修改期限", null=True, blank=True)
    returns = models.PositiveSmallIntegerField("退回次数", default=0)
    accepted_at = models.DateTimeField("通过时间", null=True, blank=True)
    last_version = models.ForeignKey(
        "ReportVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    live_version = models.ForeignKey(
        "ReportVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="live_of"
    )
    official_version = models.ForeignKey(
        "ReportVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="official_of"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        ordering = ["cycle_id", "unit_id"]
        indexes = [
            models.Index(fields=["cycle", "province", "level"], name="reporting_cycle_province"),
            models.Index(fields=["cycle", "city", "level"], name="reporting_cycle_city"),
            models.Index(fields=["cycle", "county", "level"], name="reporting_cycle_county"),
            models.Index(fields=["reviewer", "state"], name="reporting_queue"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit"], name="reporting_one_report_a_cycle"),
            models.CheckConstraint(
                condition=Q(first_submitted_at__isnull=True, on_time__isnull=True)
                | Q(first_submitted_at__isnull=False, on_time__isnull=False),
                name="reporting_timeliness_decided_once_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(accepted_at__isnull=False, live_version__isnull=False, submitted_at__isnull=False),
                name="reporting_accepted_has_a_version",
            ),
            models.CheckConstraint(
                condition=Q(exempted_at__isnull=True) | ~Q(exempted_reason=""),
                name="reporting_exempt_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(deferred_to__isnull=True) | Q(deferred_to__gte=F("due_at")),
                name="reporting_deferral_is_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name}{self.cycle.title}"

    @property
    def hand_in_label(self) -> str:
        """What handing it in is called: 上报 to the desk above, 办结 where the unit reviews its own."""
        return "办结" if self.reviewer_id == self.unit_id else f"上报{self.reviewer.association}"

    @property
    def deadline(self) -> dt.datetime:
        """The instant from which a first submission is late: the deferral where one was granted."""
        return self.deferred_to or self.due_at

    @property
    def is_exempt(self) -> bool:
        return self.exempted_at is not None

    @property
    def due_now(self) -> dt.datetime:
        """What the desk works against today: the correction's own term while it is returned, else the deadline."""
        if self.state == ReportState.RETURNED and self.correction_due_at:
            return self.correction_due_at
        return self.deadline

    @property
    def correction_due_day(self) -> dt.date | None:
        """The last day for the correction; the instant itself is the first that is late."""
        if self.correction_due_at is None:
            return None
        return clock.local_day(self.correction_due_at - dt.timedelta(microseconds=1))

    @property
    def is_charged(self) -> bool:
        """Whether lateness is held against the unit: never against a township."""
        return self.level != Level.TOWNSHIP

    def timeliness(self, at: dt.datetime | None = None) -> Timeliness:
        """按时, 迟报, 未报, 免报 or 未到期 at an instant (default: now); of a township that is in 已报."""
        if self.is_exempt:
            return Timeliness.EXEMPT
        if self.first_submitted_at is not None:
            if not self.is_charged:
                return Timeliness.IN
            return Timeliness.ON_TIME if self.on_time else Timeliness.LATE
        return Timeliness.MISSING if (at or clock.now()) >= self.deadline else Timeliness.PENDING


class Cell(models.Model):
    """What stands in the form now: typed, with its own revision, so that two people at once are noticed."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="cells", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField("数值", max_digits=14, decimal_places=2, null=True, blank=True)
    text = models.TextField("文字", blank=True)
    explanation = models.CharField("说明", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=clock.now)
    updated_by_id = models.BigIntegerField(null=True)
    updated_by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报单元格"
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="reporting_cell_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0), name="reporting_cell_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.value if self.value is not None else self.text}"


class ReportVersion(models.Model):
    """What was submitted or corrected, frozen. ``missing_below`` names units that were missing (带缺上报)."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField("版次")
    frozen_at = models.DateTimeField(default=clock.now)
    frozen_by_id = models.BigIntegerField(null=True)
    frozen_by = models.CharField("上报人", max_length=120)
    is_nil = models.BooleanField(default=False)
    missing_below = models.JSONField(default=list)
    digest = models.CharField("内容校验值", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "报表版本"
        ordering = ["report_id", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="reporting_version_once")]

    def __str__(self) -> str:
        return f"{self.report} V{self.number}"

    @property
    def code(self) -> str:
        """The code printed on papers, tied to the content: ``V2-3F9A01``."""
        return f"V{self.number}-{self.digest[:6].upper()}"


class Figure(models.Model):
    """One frozen figure or text of one version; a unit's own doings only, never a sum of others.

    ``value`` is the whole figure, ``recorded`` the part of it that the ledgers knew (台账数); the rest was typed.
    """

    version = models.ForeignKey(
        ReportVersion, on_delete=models.CASCADE, related_name="figures", db_index=False
    )
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    recorded = models.DecimalField(
        "台账数", max_digits=14, decimal_places=2, default=0, db_default=Decimal(0)
    )
    text = models.TextField(blank=True)
    explanation = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "indicator"], include=["value"], name="reporting_figure_once"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0), name="reporting_figure_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}：{self.value}"


class ReportStep(models.Model):
    """流转记录: one row per transition, with the desk it came from."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField("操作", max_length=20)
    from_state = models.CharField(max_length=10, choices=ReportState.choices)
    to_state = models.CharField(max_length=10, choices=ReportState.choices)
    at = models.DateTimeField(default=clock.now)
    by_id = models.BigIntegerField(null=True)
    by = models.CharField("经办人", max_length=120)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "流转记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M} {self.by} {self.action}"
