"""What the list of units may be narrowed to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from core.keys import key_in
from orgs.choices import EstablishmentState, HavesItem, LacksItem, Level, UnitKind
from orgs.choosing import NamedChoiceFilter
from orgs.filters.days import PastDayFilter
from orgs.models import Cohort, OrgUnit
from orgs.selectors.cohorts import known_cohorts
from orgs.selectors.listing import BLANK, ONLY_CLOSED, WITH_CLOSED, narrowed
from orgs.selectors.past import stood_on
from orgs.selectors.units import visible_units

STATES = [(BLANK, "空白点（应建未建）"), *EstablishmentState.choices]
ALL = ("", "全部")
LEVELS = [ALL, *Level.choices]
YES_NO = [ALL, ("true", "应建"), ("false", "不计应建")]
NAMED = [ALL, ("true", "已明确"), ("false", "未明确")]
OVERDUE = [ALL, ("true", "已逾期"), ("false", "未逾期")]
CLOSED = [("", "不含已撤销"), (WITH_CLOSED, "包括已撤销"), (ONLY_CLOSED, "只看已撤销")]


def _cities(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    return _of_level(request, Level.CITY)


def _counties(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    """Counties, those of the city chosen where one is."""
    counties = _of_level(request, Level.COUNTY)
    city = _number(request, "city")
    return counties.filter(city=city) if city else counties


def _townships(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    """Townships of the county chosen; without one there would be thousands."""
    county = _number(request, "county")
    townships = _of_level(request, Level.TOWNSHIP)
    if county:
        return townships.filter(county=county)
    chosen = _number(request, "township")
    return townships.filter(pk=chosen) if chosen else townships.none()


def _number(request: HttpRequest | None, name: str) -> int:
    return key_in(request.GET.get(name)) if request is not None else 0


def _of_level(request: HttpRequest | None, level: Level) -> QuerySet[OrgUnit]:
    if request is None:
        return OrgUnit.objects.none()
    return visible_units(request.user).open().at(level).in_code_order()


def _known_cohorts(request: HttpRequest | None) -> QuerySet[Cohort]:
    return Cohort.objects.none() if request is None else known_cohorts(request.user)


def _yes_no(label: str, choices: list[tuple[str, str]]) -> django_filters.TypedChoiceFilter:
    return django_filters.TypedChoiceFilter(
        label=label, choices=choices, coerce=lambda value: value == "true", empty_value=None
    )


def _several(label: str, choices: Any) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple
    )


class UnitFilter(django_filters.FilterSet):
    """The filter bar of the list; every field is one criterion of :func:`orgs.selectors.listing.narrowed`."""

    q = django_filters.CharFilter(label="名称、代码或拼音", max_length=60)
    level = django_filters.TypedChoiceFilter(label="层级", choices=LEVELS, coerce=int)
    city = NamedChoiceFilter(label="市", queryset=_cities, empty_label="全部")
    county = NamedChoiceFilter(label="县（市、区）", queryset=_counties, empty_label="全部")
    township = NamedChoiceFilter(label="乡镇（街道）", queryset=_townships, empty_label="全部（先选县）")
    established = django_filters.ChoiceFilter(label="建立情况", choices=STATES, empty_label="全部")
    on = PastDayFilter(label="截至日期")
    kind = django_filters.ChoiceFilter(label="类别", choices=UnitKind.choices, empty_label="全部")
    expected = _yes_no("应建", YES_NO)
    overdue = _yes_no("计划建成日期", OVERDUE)
    leader = _yes_no("分管领导", NAMED)
    liaison = _yes_no("联络员", NAMED)
    cohort = NamedChoiceFilter(label="单位集", queryset=_known_cohorts, empty_label="全部")
    closed = django_filters.ChoiceFilter(label="撤销", choices=CLOSED, empty_label=None)
    has = _several("已具备（六有）", HavesItem.choices)
    has_not = _several("尚不具备（六有）", HavesItem.choices)
    lacks = _several("存在（四缺）", LacksItem.choices)
    parent = django_filters.NumberFilter(label="上级单位", widget=forms.HiddenInput)

    class Meta:
        model = OrgUnit
        fields: list[str] = []

    def offer_places(self) -> None:
        """Have the page offer cities and counties read together, in one query instead of two."""
        city = _number(self.request, "city")
        places = visible_units(self.request.user).open().filter(level__in=(Level.CITY, Level.COUNTY))
        rows = list(places.in_code_order().values_list("level", "pk", "display_name", "city_id"))
        for name, level in (("city", Level.CITY), ("county", Level.COUNTY)):
            self.form.fields[name].widget.choices = [
                ("", "全部"),
                *(
                    (pk, label)
                    for at, pk, label, above in rows
                    if at == level and (level == Level.CITY or not city or above == city)
                ),
            ]

    def filter_queryset(self, queryset: Any) -> Any:
        return narrowed(
            queryset if self.day is None else stood_on(queryset, self.day), self.criteria, self.day
        )

    @property
    def day(self) -> dt.date | None:
        """The day whose tree is asked for; ``None`` for today's."""
        return self.form.cleaned_data.get("on") if self.form.is_valid() else None

    @property
    def criteria(self) -> dict[str, Any]:
        """The criteria in use, as plain values that can be kept with an export."""
        values = self.form.cleaned_data
        return {
            name: value.pk
            if isinstance(value, OrgUnit | Cohort)
            else int(value)
            if name == "parent"
            else value
            for name, value in values.items()
            if value not in (None, "", [])
        }


class UnitApiFilter(UnitFilter):
    """The same criteria by their keys, for integrators."""

    level = django_filters.TypedChoiceFilter(
        label="层级：1 省 2 市 3 县 4 乡镇 5 村", choices=Level.choices, coerce=int
    )
    expected = django_filters.BooleanFilter(label="是否应建")
    overdue = django_filters.BooleanFilter(label="计划建成日期是否已过而未建")
    leader = django_filters.BooleanFilter(label="是否已明确分管领导")
    liaison = django_filters.BooleanFilter(label="是否已明确联络员")
    city = django_filters.NumberFilter(label="所属市的编号")
    county = django_filters.NumberFilter(label="所属县的编号")
    township = django_filters.NumberFilter(label="所属乡镇的编号")
    cohort = django_filters.NumberFilter(label="所在单位集的编号")
    parent = django_filters.NumberFilter(label="上级单位的编号")
    closed = django_filters.BooleanFilter(label="包括已撤销的单位")

    @property
    def criteria(self) -> dict[str, Any]:
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}
