"""What the list of reorganisations may be narrowed to by integrators; the same criteria as the page."""

from __future__ import annotations

from typing import Any

import django_filters

from orgs.choices import ActKind, ReorganisationState
from orgs.models import Reorganisation
from orgs.selectors.reorganisations import narrowed


class ReorganisationApiFilter(django_filters.FilterSet):
    """Every field is one criterion of :func:`orgs.selectors.reorganisations.narrowed`."""

    q = django_filters.CharFilter(label="事项、文号或单位", max_length=60)
    state = django_filters.ChoiceFilter(label="状态", choices=ReorganisationState.choices)
    kind = django_filters.ChoiceFilter(label="事项类别", choices=ActKind.choices)
    since = django_filters.DateFilter(label="生效日期自")
    until = django_filters.DateFilter(label="生效日期至")

    class Meta:
        model = Reorganisation
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        return narrowed(queryset, self.form.cleaned_data)
