"""Conditions of the list of problems and suggestions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from orgs.models import OrgUnit
from reporting.choices import IssueKind, IssueRoute, IssueState
from reporting.filters.cycles import cycles_offered
from reporting.models import Issue
from reporting.permissions import VIEW_REPORTS


def _parts(request: Any) -> QuerySet[OrgUnit]:
    """The unit in use and what stands directly below it."""
    unit = request.user.unit if request is not None else None
    if unit is None:
        return OrgUnit.objects.none()
    below = OrgUnit.objects.open().filter(parent=unit)
    return (below | OrgUnit.objects.filter(pk=unit.pk)).visible_to(request.user, VIEW_REPORTS).in_code_order()


class IssueFilter(django_filters.FilterSet):
    """By words, sort, state, whose turn it is, place and period."""

    q = django_filters.CharFilter(label="内容", field_name="text", lookup_expr="contains")
    route = django_filters.ChoiceFilter(
        label="办理", empty_label="全部", choices=IssueRoute.choices, method="by_route"
    )
    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=IssueState.choices)
    kind = django_filters.ChoiceFilter(label="类别", empty_label="全部", choices=IssueKind.choices)
    unit = django_filters.ModelChoiceFilter(
        label="地区", empty_label="全部", queryset=_parts, method="by_unit"
    )
    cycle = django_filters.ModelChoiceFilter(
        label="期", empty_label="全部", queryset=cycles_offered, field_name="report__cycle"
    )

    class Meta:
        model = Issue
        fields = ("q", "route", "state", "kind", "unit", "cycle")

    def by_route(self, rows: Any, name: str, value: str) -> Any:
        unit = self.request.user.unit
        if value == IssueRoute.MINE:
            return rows.waiting_for(unit)
        return rows.filter(unit=unit)

    def by_unit(self, rows: Any, name: str, value: OrgUnit) -> Any:
        return rows.within(value)
