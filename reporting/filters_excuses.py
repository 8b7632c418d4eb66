"""Narrowing the list of exemptions and extensions."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from orgs.choices import Level
from reporting.choices_collections import ExcuseKind, ExcuseState
from reporting.models import Cycle, Report
from reporting.models.report import ReportQuerySet
from reporting.selectors.quality import TIERS

#: The reports of each tier of the completeness table.
OF_TIER = {
    "charged": Q(level__in=[Level.CITY, Level.COUNTY]),
    "city": Q(level=Level.CITY),
    "county": Q(level=Level.COUNTY, is_zone=False),
    "zone": Q(level=Level.COUNTY, is_zone=True),
    "township": Q(level=Level.TOWNSHIP),
}


class ExcuseFilter(filters.FilterSet):
    """By name, cycle, kind, state, tier and reason; ``unit`` leads here from the numbers of one unit."""

    q = filters.CharFilter(label="单位、原因或批准人", method="search")
    cycle = filters.ModelChoiceFilter(
        label="填报期",
        queryset=Cycle.objects.select_related("collection").order_by("-period", "pk"),
        empty_label="全部",
    )
    kind = filters.ChoiceFilter(
        label="事项", choices=ExcuseKind.choices, field_name="excuse", empty_label="全部"
    )
    state = filters.ChoiceFilter(
        label="状态", choices=ExcuseState.choices, field_name="excuse_state", empty_label="全部"
    )
    tier = filters.ChoiceFilter(
        label="层级",
        choices=[(name, TIERS[name][0]) for name in OF_TIER],
        method="of_tier",
        empty_label="全部",
    )
    unit = filters.NumberFilter(label="单位", method="within", widget=forms.HiddenInput)

    class Meta:
        model = Report
        fields: list[str] = []

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(unit_name__contains=value) | Q(reason__contains=value) | Q(granted_by__contains=value)
        )

    def of_tier(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(OF_TIER[value])

    def within(self, rows: ReportQuerySet, name: str, value: Any) -> ReportQuerySet:
        return rows.below_or_at(int(value))
