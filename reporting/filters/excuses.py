"""Narrowing the list of exemptions and extensions."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from reporting.choices import ExcuseKind, ExcuseState
from reporting.models import Cycle, Excuse, ExcuseQuerySet, Report
from reporting.selectors.counted import TIER
from reporting.selectors.quality import TIERS

#: All states but withdrawn.
STANDING = "standing"


class ExcuseFilter(filters.FilterSet):
    """By name, cycle, kind, state, tier and reason; ``unit`` leads here from the numbers of one unit, ``state=standing``
    is all that was not withdrawn."""

    q = filters.CharFilter(label="单位、原因或经办人", method="search")
    cycle = filters.ModelChoiceFilter(
        label="填报期",
        field_name="report__cycle",
        queryset=Cycle.objects.select_related("collection").order_by("-period", "pk"),
        empty_label="全部",
    )
    kind = filters.ChoiceFilter(label="事项", choices=ExcuseKind.choices, empty_label="全部")
    state = filters.ChoiceFilter(
        label="状态",
        choices=[(STANDING, "未撤销的"), *ExcuseState.choices],
        method="in_state",
        empty_label="全部",
    )
    tier = filters.ChoiceFilter(
        label="层级",
        choices=[(name, TIERS[name][0]) for name in TIER],
        method="of_tier",
        empty_label="全部",
    )
    unit = filters.NumberFilter(label="单位", method="within", widget=forms.HiddenInput)

    class Meta:
        model = Excuse
        fields: list[str] = []

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(report__unit_name__contains=value)
            | Q(reason__contains=value)
            | Q(granted_by__contains=value)
            | Q(lifted_by__contains=value)
            | Q(lifted_reason__contains=value)
        )

    def in_state(self, rows: ExcuseQuerySet, name: str, value: str) -> ExcuseQuerySet:
        return rows.standing() if value == STANDING else rows.filter(state=value)

    def of_tier(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(report__in=Report.objects.filter(TIER[value]))

    def within(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(report__in=Report.objects.below_or_at(int(value)))
