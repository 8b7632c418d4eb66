"""Narrowing lists of files that were asked for."""

from __future__ import annotations

import datetime as dt

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from core import clock
from core.days import DayInput
from files.models import ExportJob, ExportState


class JobFilter(filters.FilterSet):
    """By words of the name, state and the day on which it was asked for (Shanghai, both inclusive)."""

    q = filters.CharFilter(
        label="文件名、申请人", method="search", widget=forms.TextInput(attrs={"type": "search"})
    )
    state = filters.ChoiceFilter(label="状态", choices=ExportState.choices, empty_label="全部")
    since = filters.DateFilter(label="申请日期自", method="from_day", widget=DayInput())
    until = filters.DateFilter(label="申请日期至", method="to_day", widget=DayInput())

    class Meta:
        model = ExportJob
        fields: list[str] = []

    def search(self, jobs: QuerySet[ExportJob], name: str, value: str) -> QuerySet[ExportJob]:
        words = Q(title__contains=value) | Q(file_name__contains=value)
        return jobs.filter(words | Q(requested_by_label__contains=value))

    def from_day(self, jobs: QuerySet[ExportJob], name: str, value: dt.date) -> QuerySet[ExportJob]:
        return jobs.filter(created_at__gte=clock.start_of(value))

    def to_day(self, jobs: QuerySet[ExportJob], name: str, value: dt.date) -> QuerySet[ExportJob]:
        return jobs.filter(created_at__lt=clock.end_of(value))
