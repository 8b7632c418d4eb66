"""Finding activities, supports and exemplars."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q

from orgs.choices import Level
from sanzhang.choices import EVENTS, CountsAs, DutyItem, ExemplarKind, SupportKind
from sanzhang.filters.seats import DayFilter, UnitFilter
from sanzhang.models import Activity, ActivityKind, ActivityPart, Exemplar, Support
from sanzhang.models.activity import LATE_AFTER_DAYS
from sanzhang.models.person import called

YES = [("yes", "是")]
STANDING = [("standing", "有效"), ("voided", "已作废"), ("all", "全部")]
LEVELS = [(level.value, level.label) for level in Level if level <= Level.TOWNSHIP]


class _Condition(filters.ChoiceFilter):
    """A condition that is asked for or not; ``condition`` is what it means."""

    def __init__(self, label: str, condition: Any) -> None:
        super().__init__(label=label, choices=YES, empty_label="全部")
        self.condition = condition

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(self.condition() if callable(self.condition) else self.condition) if value else qs


def _with_key_people() -> Any:
    parts = ActivityPart.objects.filter(activity=OuterRef("pk"), removed_at__isnull=True)
    return Q(Exists(parts), kind__counts_as__in=EVENTS)


class ActivityFilter(filters.FilterSet):
    """The list of activities; the one above and those below host, or host along."""

    q = filters.CharFilter(
        method="search",
        label="名称、地点、类别或人员",
        widget=forms.TextInput(attrs={"placeholder": "如 义诊、卫生院、王秀兰"}),
    )
    unit = UnitFilter(method="within")
    kind = filters.ModelChoiceFilter(
        queryset=ActivityKind.objects.all(), label="活动类别", empty_label="全部"
    )
    since = DayFilter(field_name="ended_on", lookup_expr="gte", label="日期自")
    until = DayFilter(field_name="ended_on", lookup_expr="lte", label="日期至")
    counts_as = filters.ChoiceFilter(
        field_name="kind__counts_as", choices=CountsAs.choices, label="计入月报", empty_label="全部"
    )
    duty = filters.ChoiceFilter(
        field_name="kind__duty", choices=DutyItem.choices, label="计入履职规范", empty_label="全部"
    )
    led = _Condition("“三长”牵头或参与", _with_key_people)
    volunteer = _Condition("科技志愿服务", Q(is_volunteer=True) | Q(kind__counts_as="volunteer"))
    adopted = _Condition("有推广项次", Q(adopted__gt=0))
    late = _Condition(
        "补录", lambda: Q(recorded_at__date__gt=F("ended_on") + dt.timedelta(days=LATE_AFTER_DAYS))
    )
    level = filters.ChoiceFilter(
        field_name="unit__level", choices=LEVELS, label="主办单位层级", empty_label="全部"
    )
    person = filters.NumberFilter(method="by_person", label="人员编号", widget=forms.HiddenInput())
    state = filters.ChoiceFilter(
        method="in_state", choices=STANDING, label="状态", empty_label=None, initial="standing"
    )

    class Meta:
        model = Activity
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value)

    def within(self, rows: Any, name: str, value: Any) -> Any:
        return rows.within(value)

    def by_person(self, rows: Any, name: str, value: Any) -> Any:
        parts = ActivityPart.objects.filter(
            Q(person=value) | Q(person__merged_into=value), activity=OuterRef("pk"), removed_at__isnull=True
        )
        return rows.filter(Exists(parts))

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        return _in_state(rows, value)


class SupportFilter(filters.FilterSet):
    """The support ledger from either end."""

    q = filters.CharFilter(
        method="search",
        label="内容、单位或人员",
        widget=forms.TextInput(attrs={"placeholder": "如 科普惠农、千佛山街道"}),
    )
    side = filters.ChoiceFilter(
        method="by_side", choices=[("given", "给予"), ("received", "收到")], label="方向", empty_label="全部"
    )
    unit = UnitFilter(method="within")
    kind = filters.ChoiceFilter(choices=SupportKind.choices, label="类别", empty_label="全部")
    year = filters.NumberFilter(
        field_name="given_on__year", label="年度", min_value=dt.MINYEAR, max_value=dt.MAXYEAR
    )
    since = DayFilter(field_name="given_on", lookup_expr="gte", label="日期自")
    until = DayFilter(field_name="given_on", lookup_expr="lte", label="日期至")
    own = _Condition("本级安排", Q(is_own=True))
    paid = _Condition("有金额", Q(amount__isnull=False))
    unconfirmed = _Condition("待确认收到", Q(receiver__isnull=False, confirmed_at__isnull=True))
    state = filters.ChoiceFilter(
        method="in_state", choices=STANDING, label="状态", empty_label=None, initial="standing"
    )

    class Meta:
        model = Support
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value)

    def by_side(self, rows: Any, name: str, value: str) -> Any:
        """Of the unit asked for, else of the desk."""
        unit = self.form.cleaned_data.get("unit") or getattr(self.request.user, "unit", None)
        if unit is None:
            return rows
        return rows.given_within(unit) if value == "given" else rows.received_within(unit)

    def within(self, rows: Any, name: str, value: Any) -> Any:
        return rows if self.form.cleaned_data.get("side") else rows.within(value)

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        return _in_state(rows, value)


class ExemplarFilter(filters.FilterSet):
    """Exemplars by year, kind and how far up they were taken."""

    q = filters.CharFilter(method="search", label="标题、事迹或人员")
    unit = UnitFilter(method="within")
    kind = filters.ChoiceFilter(choices=ExemplarKind.choices, label="类别", empty_label="全部")
    year = filters.NumberFilter(label="年度")
    level = filters.ChoiceFilter(choices=LEVELS, label="选树层级", empty_label="全部")

    class Meta:
        model = Exemplar
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(title__contains=value) | Q(text__contains=value) | called(value, "person"))

    def within(self, rows: Any, name: str, value: Any) -> Any:
        return rows.within(value)


def _in_state(rows: Any, value: str) -> Any:
    if value == "all":
        return rows
    return rows.filter(voided_at__isnull=value != "voided")
