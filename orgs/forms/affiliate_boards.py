"""Forms of the boards of affiliates, and of their kinds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from orgs.choices import DetailPart, KindGroup, Level, PartnerKind
from orgs.filters.facts import past_day_field
from orgs.forms.facts import FactForm
from orgs.models import AffiliateKind, OrgUnit
from orgs.selectors.affiliate_counts import COUNTED, LED, MEMBERS

INDICATOR_LABELS = {
    "societies": "县级学会数",
    "agri_associations": "农技协数",
    "enterprise_associations": "企业科协数",
    "park_associations": "园区科协数",
    "university_associations": "高校科协数",
    "transformed_orgs": "变革型组织数",
}
INDICATORS = [
    ("", "不计入月报"),
    *((key, INDICATOR_LABELS[key]) for key in COUNTED if key not in (LED, MEMBERS)),
]


class KindForm(FactForm):
    """One kind of affiliate."""

    name = forms.CharField(label="类别名称", max_length=40)
    key = forms.CharField(
        label="代号",
        max_length=40,
        help_text="小写字母、数字和下划线，供接口使用，保存后不能改，如 rural_school",
    )
    group = forms.ChoiceField(label="大类", choices=KindGroup.choices)
    levels = forms.TypedMultipleChoiceField(
        label="由哪些层级的科协指导",
        choices=Level.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    parts = forms.MultipleChoiceField(
        label="登记哪些内容",
        choices=DetailPart.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="名称、成立日期、领域、联系人、地址、对接单位各类别都登记。",
    )
    indicator = forms.ChoiceField(label="计入月报指标", choices=INDICATORS, required=False)
    order = forms.IntegerField(
        label="顺序", min_value=0, max_value=9999, initial=500, help_text="小的排在前面"
    )
    is_active = forms.BooleanField(label="启用", required=False, initial=True)

    def __init__(self, *args: Any, kind: AffiliateKind | None = None, **kwargs: Any) -> None:
        if kind is not None:
            named = ("name", "key", "group", "levels", "parts", "indicator", "order", "is_active")
            kwargs.setdefault("initial", {name: getattr(kind, name) for name in named})
        super().__init__(*args, **kwargs)
        if kind is not None:
            del self.fields["key"]


class BoardForm(forms.Form):
    """As of which day a board counts, and of which unit."""

    of = forms.CharField(required=False, widget=forms.HiddenInput)
    on = past_day_field()

    def day(self) -> dt.date | None:
        """The day asked for; a wrong one counts as none."""
        self.is_valid()
        return self.cleaned_data.get("on")


class MatrixForm(BoardForm):
    """Whose affiliates of which group, and with which kind of partner."""

    of = forms.CharField(label="指导单位", required=False, widget=forms.Select)
    of_group = forms.ChoiceField(label="组织大类", choices=KindGroup.choices, required=False)
    with_kind = forms.ChoiceField(label="对接", choices=PartnerKind.choices, required=False)

    field_order = ["of", "of_group", "with_kind", "on"]

    @classmethod
    def showing(cls, asked: MatrixForm, units: Iterable[OrgUnit], unit: OrgUnit) -> MatrixForm:
        """The form as the page shows it: what was asked, with the units to choose from."""
        shown = cls(
            {
                "of": str(unit.pk),
                "of_group": asked.group(),
                "with_kind": asked.partner_kind(),
                "on": asked.data.get("on", ""),
            }
        )
        offered = {each.pk: each.display_name for each in [*units, unit]}
        shown.fields["of"].widget.choices = list(offered.items())
        return shown

    def group(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("of_group") or KindGroup.SOCIETY.value

    def partner_kind(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("with_kind") or PartnerKind.UNIT.value
