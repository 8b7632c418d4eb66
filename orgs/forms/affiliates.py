"""Forms of affiliates: types and required fields; what must hold is for the services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from core import clock
from core.days import DayField
from core.refusals import WarnedForm
from orgs.choices import DetailPart, Formation, Level, Organ, PartnerKind, Standing
from orgs.forms.facts import FactForm, day_input
from orgs.layouts.members import parse_split
from orgs.models import Affiliate, AffiliateKind, OrgUnit
from orgs.services.affiliates import COLUMNS, AffiliateFacts, OrganFacts

FORMATIONS = [("", "未填"), *Formation.choices]
#: Occupations of members that the form offers first (Zhoukou 四(三)5).
OCCUPATIONS = ("医务人员", "教师", "农技人员", "企业科技人员", "种养殖户", "公务员", "学生", "其他")


def day_field(label: str, *, required: bool = True, hint: str = "") -> DayField:
    return DayField(label=label, required=required, help_text=hint, widget=day_input())


class AffiliateForm(FactForm, WarnedForm):
    """An affiliate's record; only the fields that its kind has."""

    name = forms.CharField(label="名称", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    kind = forms.ModelChoiceField(AffiliateKind.objects.none(), label="类别", empty_label=None)
    founded_on = day_field("成立日期")
    sector = forms.CharField(
        label="学科或行业领域", max_length=60, required=False, help_text="如：医学、果树种植、装备制造"
    )
    formation = forms.ChoiceField(label="组建方式", choices=FORMATIONS, required=False)
    host = forms.CharField(
        label="依托（挂靠）单位", max_length=100, required=False, help_text="依托组建的必填，如：县人民医院"
    )
    registered_number = forms.CharField(
        label="登记证号",
        max_length=40,
        required=False,
        help_text="社会团体登记证号或统一社会信用代码，未登记的不填",
    )
    address = forms.CharField(label="地址", max_length=160, required=False)
    contact_name = forms.CharField(
        label="联系人", max_length=40, required=False, help_text="秘书处或日常联络人员"
    )
    contact_post = forms.CharField(label="联系人职务", max_length=60, required=False)
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        help_text="加密保存，默认只显示首尾数字。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    has_party_group = forms.BooleanField(label="已建党组织", required=False)
    party_group_since = day_field("党组织成立日期", required=False)
    confirmed = forms.BooleanField(label="已核对，不是同一个组织，仍要保存", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    #: Fields of the parts that only some kinds have.
    PARTS = {
        DetailPart.FORMATION: ("formation",),
        DetailPart.REGISTRATION: ("registered_number",),
        DetailPart.PARTY: ("has_party_group", "party_group_since"),
    }

    def __init__(
        self,
        *args: Any,
        unit: OrgUnit,
        kind: AffiliateKind,
        affiliate: Affiliate | None = None,
        **kwargs: Any,
    ) -> None:
        if affiliate is not None:
            kwargs.setdefault("initial", _initial(affiliate))
        super().__init__(*args, **kwargs)
        self.shown_kind = kind
        self._offer_kinds(unit, kind, affiliate)
        for part, names in self.PARTS.items():
            if not kind.has(part):
                for name in names:
                    del self.fields[name]
        if kind.has(DetailPart.GOVERNANCE):
            self._add_organs()
        if affiliate is None:
            del self.fields["revision"]
        elif affiliate.phone_mask:
            self.fields["phone"].help_text = f"现为 {affiliate.phone_mask}，不修改请留空。"
            self.fields["drop_phone"] = forms.BooleanField(label="删除已登记的电话", required=False)

    def _offer_kinds(self, unit: OrgUnit, kind: AffiliateKind, affiliate: Affiliate | None) -> None:
        """A new record has the kind that was chosen; one on record may move to a kind with the same parts."""
        field = self.fields["kind"]
        assert isinstance(field, forms.ModelChoiceField)
        same = AffiliateKind.objects.filter(pk=kind.pk)
        if affiliate is not None:
            same |= AffiliateKind.objects.filter(
                group=kind.group,
                parts=kind.parts,
                is_active=True,
                levels__contains=[unit.level],
            )
        field.queryset = same
        field.initial = kind.pk
        if affiliate is None:
            field.widget = forms.HiddenInput()

    def _add_organs(self) -> None:
        for organ in Organ:
            self.fields[f"has_{organ}"] = forms.BooleanField(label=f"设有{organ.label}", required=False)
            self.fields[f"{organ}_since"] = day_field("成立或换届日期", required=False)
            self.fields[f"{organ}_size"] = forms.IntegerField(
                label="人数", required=False, min_value=1, error_messages={"invalid": "请填整数。"}
            )
            self.fields[f"{organ}_renews_on"] = day_field("下次换届", required=False)

    @property
    def asks_confirmation(self) -> bool:
        return self.is_warned or bool(self.data.get("confirmed"))

    @property
    def organ_rows(self) -> list[dict[str, Any]]:
        """The fields of each body of its government, for the page."""
        if not self.shown_kind.has(DetailPart.GOVERNANCE):
            return []
        return [
            {
                "label": organ.label,
                "has": self[f"has_{organ}"],
                "parts": [self[f"{organ}_since"], self[f"{organ}_size"], self[f"{organ}_renews_on"]],
            }
            for organ in Organ
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for organ in Organ:
            filled = any(data.get(f"{organ}_{name}") for name in ("since", "size", "renews_on"))
            if filled and not data.get(f"has_{organ}"):
                self.add_error(f"has_{organ}", f"填了{organ.label}信息的，请同时勾选“设有{organ.label}”。")
        return data

    def facts(self) -> AffiliateFacts:
        """What was typed, for the service."""
        data = self.cleaned_data
        values = {column: data[column] for column in COLUMNS if column in data}
        organs = tuple(
            OrganFacts(
                organ=str(organ),
                since=data[f"{organ}_since"],
                size=data[f"{organ}_size"],
                renews_on=data[f"{organ}_renews_on"],
            )
            for organ in Organ
            if data.get(f"has_{organ}")
        )
        return AffiliateFacts(**values, phone=self._typed_phone(), organs=organs)

    def _typed_phone(self) -> str | None:
        if self.cleaned_data.get("drop_phone"):
            return ""
        return self.cleaned_data["phone"] or None


def _initial(affiliate: Affiliate) -> dict[str, Any]:
    values: dict[str, Any] = {column: getattr(affiliate, column) for column in COLUMNS}
    for organ in affiliate.organs.all():
        values |= {
            f"has_{organ.organ}": True,
            f"{organ.organ}_since": organ.since,
            f"{organ.organ}_size": organ.size,
            f"{organ.organ}_renews_on": organ.renews_on,
        }
    return values | {"revision": affiliate.revision}


class StateForm(FactForm):
    """Normal, model or dormant; the end has a form of its own."""

    state = forms.ChoiceField(label="状态", choices=Standing.choices[:3], widget=forms.RadioSelect)
    since = day_field("自何日起")
    reason = forms.CharField(label="原因", max_length=200, required=False, help_text="列为“僵尸”组织的必填")
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="文号或会议，如“某科协发〔2026〕8号”"
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ExitForm(FactForm):
    on = day_field("退出日期")
    reason = forms.CharField(label="退出原因", max_length=200)
    basis = forms.CharField(label="依据", max_length=200, required=False, help_text="文号或会议")
    revision = forms.IntegerField(widget=forms.HiddenInput)


class MembersForm(FactForm):
    """How many members as of a day; by occupation one line each, like “医务人员 120”."""

    as_of = day_field("统计日期")
    personal = forms.IntegerField(label="个人会员（人）", min_value=0)
    group = forms.IntegerField(label="团体会员（个）", min_value=0, required=False)
    by_occupation = forms.CharField(
        label="个人会员分职业",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"一行一项，先写职业再写人数，如“医务人员 120”。常用：{'、'.join(OCCUPATIONS)}。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].initial = clock.today

    def clean_by_occupation(self) -> dict[str, int]:
        try:
            return parse_split(self.cleaned_data["by_occupation"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def clean_group(self) -> int:
        return self.cleaned_data["group"] or 0


class UnitPartnerForm(FactForm):
    """Townships or villages to work with: boxes where they lie right below, else by code or full name."""

    units = forms.TypedMultipleChoiceField(
        label="对接的乡镇（街道）、村（社区）",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label="其他乡镇（街道）、村（社区）",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写行政区划代码或全称（县名加乡镇名），用顿号或换行隔开。",
    )
    since = day_field("自何日起")
    note = forms.CharField(
        label="合作内容", max_length=200, required=False, help_text="如：义诊、果树技术指导"
    )

    def __init__(self, *args: Any, offered: Iterable[OrgUnit] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {unit.pk: unit for unit in offered}
        self.fields["units"].choices = [(pk, unit.name) for pk, unit in self.offered.items()]  # type: ignore[attr-defined]
        if not self.offered:
            del self.fields["units"]

    def chosen(self) -> list[OrgUnit]:
        """The units with a box, and those named."""
        boxes = [self.offered[pk] for pk in self.cleaned_data.get("units", [])]
        return [*boxes, *self.cleaned_data["others"]]

    def clean_others(self) -> list[OrgUnit]:
        words = [word for word in re.split(r"[、,，;；\s]+", self.cleaned_data["others"]) if word]
        open_units = OrgUnit.objects.open().filter(level__gte=Level.TOWNSHIP)
        found: list[OrgUnit] = []
        for word in dict.fromkeys(words[:200]):
            named = {"division_code": word} if word.isdigit() else {"display_name": word}
            matches = list(open_units.filter(**named)[:2])
            if len(matches) != 1:
                reason = "找不到" if not matches else "有多个"
                raise forms.ValidationError(
                    f"{reason}名为“{word[:30]}”的乡镇（街道）或村（社区），请写代码或全称。"
                )
            found += matches
        return found


class NamedPartnerForm(FactForm):
    kind = forms.ChoiceField(
        label="类型", choices=[choice for choice in PartnerKind.choices if choice[0] != PartnerKind.UNIT]
    )
    name = forms.CharField(label="名称", max_length=100)
    since = day_field("自何日起")
    note = forms.CharField(label="合作内容", max_length=200, required=False)


class EndForm(FactForm):
    on = day_field("结束日期")
