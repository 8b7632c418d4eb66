"""Conditions of the list of corrections and belated reports."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from reporting.choices import CaseKind, CaseState
from reporting.filters.cycles import cycles_offered
from reporting.models import CorrectionCase, Report
from reporting.selectors.cases import waiting_for

MINE = "mine"


class CaseFilter(filters.FilterSet):
    """By name or reason, kind, state, whose turn it is and cycle; ``unit`` with all below it."""

    q = filters.CharFilter(label="单位名称或原因", method="search")
    kind = filters.ChoiceFilter(label="类别", choices=CaseKind.choices, empty_label="全部")
    state = filters.ChoiceFilter(label="状态", choices=CaseState.choices, empty_label="全部")
    turn = filters.ChoiceFilter(
        label="等待", choices=[(MINE, "等本单位确认")], method="by_turn", empty_label="全部"
    )
    cycle = filters.ModelChoiceFilter(
        label="填报期", field_name="report__cycle", queryset=cycles_offered, empty_label="全部"
    )
    unit = filters.NumberFilter(label="单位", method="within", widget=forms.HiddenInput)

    class Meta:
        model = CorrectionCase
        fields: list[str] = []

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(report__unit_name__contains=value) | Q(reason__contains=value))

    def by_turn(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return waiting_for(rows, self.request.user.unit.pk)

    def within(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(report__in=Report.objects.below_or_at(int(value)))
