"""Conditions of what waits for review."""

from __future__ import annotations

from typing import Any

import django_filters

from reporting.models import Cycle, Report

ROUNDS = (("first", "第一次上报"), ("again", "退回后重报"))


def _cycles(request: Any) -> Any:
    unit = request.user.unit if request is not None else None
    waiting = Report.objects.to_review(unit) if unit is not None else Report.objects.none()
    return (
        Cycle.objects.filter(pk__in=waiting.values("cycle")).select_related("collection").order_by("-period")
    )


class QueueFilter(django_filters.FilterSet):
    """By name, cycle, timeliness and round."""

    q = django_filters.CharFilter(label="单位名称", field_name="unit_name", lookup_expr="contains")
    cycle = django_filters.ModelChoiceFilter(label="报表", empty_label="全部", queryset=_cycles)
    on_time = django_filters.ChoiceFilter(
        label="及时性", empty_label="全部", choices=(("yes", "按时"), ("no", "迟报")), method="by_timeliness"
    )
    round = django_filters.ChoiceFilter(label="轮次", empty_label="全部", choices=ROUNDS, method="by_round")

    class Meta:
        model = Report
        fields = ("q", "cycle", "on_time", "round")

    def by_timeliness(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(on_time=value == "yes")

    def by_round(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(returns=0) if value == "first" else rows.filter(returns__gt=0)
