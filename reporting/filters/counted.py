"""Narrowing the list of the reports behind a number of 报送质量."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from reporting.filters.cycles import cycles_offered
from reporting.models import Cycle
from reporting.models.report import ReportQuerySet
from reporting.selectors.counted import TIER, counted
from reporting.selectors.quality import TIERS
from reporting.tables.boards import COUNTED

#: The numbers that have a way down here, in the page's own words.
NUMBERS = [*COUNTED, ("pending", "未到期"), ("reviewed", "已审核"), ("first_pass", "一次通过")]


class CountedFilter(filters.FilterSet):
    """By name, cycle or cycles, number and tier; ``unit`` leads here from the numbers of one unit."""

    q = filters.CharFilter(label="单位名称", field_name="unit_name", lookup_expr="contains")
    number = filters.ChoiceFilter(label="情况", choices=NUMBERS, method="of_number", empty_label="全部")
    tier = filters.ChoiceFilter(
        label="层级",
        choices=[(name, TIERS[name][0]) for name in TIER],
        method="of_tier",
        empty_label="全部",
    )
    since = filters.ModelChoiceFilter(
        label="起始期", queryset=cycles_offered, method="from_cycle", empty_label="只看所选一期"
    )
    cycle = filters.ModelChoiceFilter(
        label="填报期", queryset=cycles_offered, method="of_cycle", empty_label="全部"
    )
    unit = filters.NumberFilter(label="单位", method="within", widget=forms.HiddenInput)

    def of_number(self, rows: ReportQuerySet, name: str, value: str) -> ReportQuerySet:
        return counted(rows, value)

    def of_tier(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(TIER[value])

    def from_cycle(self, rows: QuerySet[Any], name: str, value: Cycle) -> QuerySet[Any]:
        return rows.filter(cycle__collection=value.collection_id, cycle__period__gte=value.period)

    def of_cycle(self, rows: QuerySet[Any], name: str, value: Cycle) -> QuerySet[Any]:
        """That cycle, or with ``since`` all up to it."""
        since = self.form.cleaned_data.get("since")
        if since is None:
            return rows.filter(cycle=value)
        return rows.filter(cycle__collection=value.collection_id, cycle__period__lte=value.period)

    def within(self, rows: ReportQuerySet, name: str, value: Any) -> ReportQuerySet:
        return rows.below_or_at(int(value))
