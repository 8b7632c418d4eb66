"""What the list of affiliates may be narrowed to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from core.keys import key_in
from orgs.choices import Formation, KindGroup, Level, Organ, PartnerKind, Standing
from orgs.choosing import NamedChoiceFilter
from orgs.filters.days import PastDayFilter
from orgs.models import Affiliate, AffiliateKind, OrgUnit
from orgs.selectors.affiliates import EVERY, STANDING, narrowed
from orgs.selectors.units import visible_units

STATES = [(STANDING, "在册（未退出）"), *Standing.choices, (EVERY, "全部")]
ALL = ("", "全部")
LEVELS = [ALL, *Level.choices]


def _yes_no(yes: str, no: str) -> dict[str, Any]:
    return {
        "choices": [ALL, ("true", yes), ("false", no)],
        "coerce": lambda value: value == "true",
        "empty_value": None,
    }


def _units(level: Level) -> Any:
    def offered(request: HttpRequest | None) -> QuerySet[OrgUnit]:
        if request is None:
            return OrgUnit.objects.none()
        return visible_units(request.user).open().at(level).in_code_order()

    return offered


def _townships(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    """Those of the county chosen, or of the reader's own; a whole province's are too many to choose from."""
    if request is None:
        return OrgUnit.objects.none()
    units = visible_units(request.user).open().at(Level.TOWNSHIP).in_code_order()
    county = key_in(request.GET.get("county"))
    if county:
        return units.filter(county=county)
    user: Any = request.user
    unit = user.unit
    return units.filter(county=unit.county_id) if unit is not None and unit.county_id else units.none()


class AffiliateFilter(filters.FilterSet):
    """The filter bar; every field is one criterion of :func:`orgs.selectors.affiliates.narrowed`."""

    q = filters.CharFilter(
        label="名称或拼音",
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "也可按领域、依托单位"}),
    )
    group = filters.ChoiceFilter(label="大类", choices=KindGroup.choices, empty_label="全部")
    kind = filters.ModelChoiceFilter(label="类别", queryset=AffiliateKind.objects.all(), empty_label="全部")
    state = filters.ChoiceFilter(label="状态", choices=STATES, empty_label=None)
    city = NamedChoiceFilter(label="市", queryset=_units(Level.CITY), empty_label="全部")
    county = NamedChoiceFilter(label="县（市、区）", queryset=_units(Level.COUNTY), empty_label="全部")
    township = NamedChoiceFilter(label="乡镇（街道）", queryset=_townships, empty_label="全部")
    level = filters.TypedChoiceFilter(label="指导单位层级", choices=LEVELS, coerce=int, empty_value=None)
    led = filters.TypedChoiceFilter(label="“三长”牵头", **_yes_no("由“三长”牵头", "无“三长”牵头"))
    formation = filters.ChoiceFilter(label="组建方式", choices=Formation.choices, empty_label="全部")
    party = filters.TypedChoiceFilter(label="党组织", **_yes_no("已建党组织", "未建党组织"))
    organ = filters.ChoiceFilter(label="设有机构", choices=Organ.choices, empty_label="全部")
    works_with = filters.ChoiceFilter(label="对接", choices=PartnerKind.choices, empty_label="全部")
    renewal_due = filters.TypedChoiceFilter(
        label="换届",
        choices=[ALL, ("true", "已到换届时间")],
        coerce=lambda value: value == "true",
        empty_value=None,
    )
    on = PastDayFilter(label="截至日期")
    unit = filters.NumberFilter(label="单位", widget=forms.HiddenInput)
    own = filters.BooleanFilter(label="本级", widget=forms.HiddenInput)
    partner = filters.NumberFilter(label="对接单位", widget=forms.HiddenInput)

    class Meta:
        model = Affiliate
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        return narrowed(queryset, self.criteria)

    @property
    def day(self) -> dt.date | None:
        """The day asked for, where one is."""
        return self.form.cleaned_data.get("on") if self.form.is_valid() else None

    @property
    def criteria(self) -> dict[str, Any]:
        """The criteria in use, as plain values that can be kept with an export."""
        found: dict[str, Any] = {}
        for name, value in self.form.cleaned_data.items():
            if value in (None, ""):
                continue
            found[name] = value.pk if isinstance(value, OrgUnit | AffiliateKind) else value
        return {name: int(value) if name in ("unit", "partner") else value for name, value in found.items()}


class AffiliateApiFilter(AffiliateFilter):
    """The same criteria by their keys, for integrators."""

    kind = filters.CharFilter(label="类别代号，如 society", max_length=40)
    state = filters.ChoiceFilter(label="状态，不填为在册", choices=STATES)
    level = filters.TypedChoiceFilter(
        label="指导单位层级：1 省 2 市 3 县 4 乡镇 5 村", choices=Level.choices, coerce=int, empty_value=None
    )
    led = filters.BooleanFilter(label="是否由“三长”牵头")
    party = filters.BooleanFilter(label="是否已建党组织")
    renewal_due = filters.BooleanFilter(label="是否已到换届时间")
    city = filters.NumberFilter(label="所属市的编号", max_value=2**62)
    county = filters.NumberFilter(label="所属县的编号", max_value=2**62)
    township = filters.NumberFilter(label="所属乡镇的编号", max_value=2**62)
    unit = filters.NumberFilter(label="指导单位的编号，含其下级", max_value=2**62)
    own = filters.BooleanFilter(label="只要本级指导的，与 unit 一起用")
    partner = filters.NumberFilter(label="对接的乡镇（街道）、村（社区）的编号", max_value=2**62)

    @property
    def criteria(self) -> dict[str, Any]:
        values = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        if "kind" in values:
            values["kind_key"] = values.pop("kind")
        return values
