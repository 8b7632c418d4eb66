"""What the list of units may be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.choices import EstablishmentState, Level, UnitKind
from orgs.models import OrgUnit
from orgs.selectors.units import BLANK, narrowed, visible_units

STATES = [(BLANK, "空白点（应建未建）"), *EstablishmentState.choices]
ALL = ("", "全部")
LEVELS = [ALL, *Level.choices]
YES_NO = [ALL, ("true", "应建"), ("false", "不计应建")]


def _cities(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    return _of_level(request, Level.CITY)


def _counties(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    return _of_level(request, Level.COUNTY)


def _of_level(request: HttpRequest | None, level: Level) -> QuerySet[OrgUnit]:
    if request is None:
        return OrgUnit.objects.none()
    return visible_units(request.user).open().at(level).in_code_order()


class UnitFilter(django_filters.FilterSet):
    """The filter bar of the list; every field is one criterion of :func:`orgs.selectors.units.narrowed`."""

    q = django_filters.CharFilter(label="名称、代码或拼音", max_length=60)
    level = django_filters.TypedChoiceFilter(label="层级", choices=LEVELS, coerce=int)
    kind = django_filters.ChoiceFilter(label="类别", choices=UnitKind.choices, empty_label="全部")
    expected = django_filters.TypedChoiceFilter(
        label="应建", choices=YES_NO, coerce=lambda value: value == "true", empty_value=None
    )
    established = django_filters.ChoiceFilter(label="建立情况", choices=STATES, empty_label="全部")
    city = django_filters.ModelChoiceFilter(label="市", queryset=_cities, empty_label="全部")
    county = django_filters.ModelChoiceFilter(label="县（市、区）", queryset=_counties, empty_label="全部")
    parent = django_filters.NumberFilter(label="上级单位", widget=forms.HiddenInput)

    class Meta:
        model = OrgUnit
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        return narrowed(queryset, self.criteria)

    @property
    def criteria(self) -> dict[str, Any]:
        """The criteria in use, as plain values that can be kept with an export."""
        values = self.form.cleaned_data
        return {
            name: value.pk if isinstance(value, OrgUnit) else int(value) if name == "parent" else value
            for name, value in values.items()
            if value not in (None, "")
        }


class UnitApiFilter(UnitFilter):
    """The same criteria by their keys, for integrators."""

    level = django_filters.TypedChoiceFilter(
        label="层级：1 省 2 市 3 县 4 乡镇 5 村", choices=Level.choices, coerce=int
    )
    expected = django_filters.BooleanFilter(label="是否应建")
    city = django_filters.NumberFilter(label="所属市的编号")
    county = django_filters.NumberFilter(label="所属县的编号")
    parent = django_filters.NumberFilter(label="上级单位的编号")
    closed = django_filters.BooleanFilter(label="包括已撤销的单位")

    @property
    def criteria(self) -> dict[str, Any]:
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
