"""Narrowing the record."""

from __future__ import annotations

import datetime as dt

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from audit.models import AuditEvent
from audit.selectors import known_areas
from core import clock
from core.days import DayInput


def _day(label: str, method: str) -> filters.DateFilter:
    return filters.DateFilter(label=label, method=method, widget=DayInput())


class AuditFilter(filters.FilterSet):
    """By days (Shanghai, both inclusive), kind, who acted, unit concerned, words of the summary."""

    since = _day("自", "from_day")
    until = _day("至", "to_day")
    area = filters.ChoiceFilter(label="事项", choices=known_areas, method="by_area", empty_label="全部")
    kind = filters.CharFilter(label="事项代码", widget=forms.HiddenInput)
    actor = filters.CharFilter(label="操作人", field_name="actor_label", lookup_expr="contains")
    unit = filters.CharFilter(label="所涉单位", field_name="unit_label", lookup_expr="contains")
    q = filters.CharFilter(label="摘要", field_name="summary", lookup_expr="contains")

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def from_day(self, events: QuerySet[AuditEvent], name: str, value: dt.date) -> QuerySet[AuditEvent]:
        return events.filter(at__gte=clock.start_of(value))

    def to_day(self, events: QuerySet[AuditEvent], name: str, value: dt.date) -> QuerySet[AuditEvent]:
        return events.filter(at__lt=clock.end_of(value))

    def by_area(self, events: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return events.filter(kind__startswith=f"{value}.")
