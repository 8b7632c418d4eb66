"""What is typed about activities, supports, the standard, evaluations and exemplars: types and required fields only."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse_lazy

from core.keys import key_in
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import (
    POSITIONS_AT,
    CountsAs,
    DutyItem,
    ExemplarKind,
    Grade,
    PartRole,
    Position,
    SupportKind,
)
from sanzhang.forms.explained import ExplainedForm
from sanzhang.forms.fields import DayField, today
from sanzhang.models import Activity, ActivityKind, DutyLine, KeyPerson
from sanzhang.models.standard import ITEMS
from sanzhang.selectors.activities import co_hosts_near, hosts_of, known_people, people_to_tick
from sanzhang.services.activities import GROUPS, ActivityFacts
from sanzhang.services.evaluations import Judgement
from sanzhang.services.standards import LeastOf
from sanzhang.services.supports import SupportFacts

NOT_THERE = ("", "未参加")
_PART = re.compile(r"part-(\d{1,18})")


def _count(label: str, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    messages = {"invalid": "请填整数。", "min_value": "不能是负数。", "max_value": "数字过大，请核对。"}
    kwargs.setdefault("required", False)
    return forms.IntegerField(
        label=label, min_value=0, max_value=9_999_999, widget=widget, error_messages=messages, **kwargs
    )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person to tick, with what stands ticked. Of people of others nothing but name and unit is shown."""

    person: KeyPerson
    role: str

    @property
    def name(self) -> str:
        return f"part-{self.person.pk}"

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        return [
            (value, label, value == self.role)
            for value, label in (NOT_THERE, (PartRole.JOINED, "参与"), (PartRole.LED, "牵头"))
        ]


class ActivityForm(ExplainedForm):
    """One activity on one page: who hosted, what, when, where, for whom, and who was there."""

    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="主办单位", empty_label=None)
    kind = forms.ModelChoiceField(
        ActivityKind.objects.none(),
        label="活动类别",
        empty_label="请选择",
        error_messages={"required": "请选择活动类别。"},
    )
    held_on = DayField(label="日期", initial=today, error_messages={"required": "请填写日期。"})
    place = forms.CharField(label="地点", max_length=80, required=False)
    youth = _count("青少年")
    residents = _count("社区居民")
    farmers = _count("农民")
    others = _count("其他")
    title = forms.CharField(label="名称", max_length=80, required=False, help_text="不填则用活动类别")
    ended_on = DayField(label="结束日期", required=False, help_text="一天以内的不填")
    adopted = _count("推广项次", help_text="推广新技术、新品种、新模式的项数")
    is_volunteer = forms.BooleanField(label="属于科技志愿服务", required=False)
    was_reported = forms.BooleanField(
        label="此前月报的“补充数”已报过这场活动",
        required=False,
        help_text="勾选后只作履职记录，不再计入月报，避免重复计数。",
    )
    co_units = forms.ModelMultipleChoiceField(
        OrgUnit.objects.none(),
        label="联合主办单位",
        required=False,
        help_text="场次和人次只计主办单位一次",
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    co_affiliates = forms.ModelMultipleChoiceField(
        OrgUnit.objects.none(),
        label="联合主办的学会、农技协等",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    note = forms.CharField(label="备注", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        user: Any,
        activity: Activity | None = None,
        host: OrgUnit | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        hosts = hosts_of(user)
        fields["unit"].queryset = hosts
        fields["unit"].widget.attrs |= {
            "hx-get": str(reverse_lazy("duty:people_rows")),
            "hx-target": "#people",
            "hx-include": "closest form",
        }
        self.host = activity.unit if activity else self._chosen(hosts) or host or hosts.first()
        if activity is not None:
            del fields["unit"]
            kinds = ActivityKind.objects.filter(is_active=True) | ActivityKind.objects.filter(
                pk=activity.kind_id
            )
        else:
            kinds = ActivityKind.objects.filter(is_active=True)
        fields["kind"].queryset = kinds.order_by("order", "id")
        if self.host is not None:
            units, affiliates = co_hosts_near(self.host)
            fields["co_units"].queryset, fields["co_affiliates"].queryset = units, affiliates
            fields["co_units"].label_from_instance = lambda unit: unit.association

    def _chosen(self, hosts: Any) -> OrgUnit | None:
        key = key_in(self["unit"].value())
        return hosts.filter(pk=key).first() if key else None

    @property
    def people_rows(self) -> list[PersonRow]:
        """Those of the host, and those whom the form already names."""
        if self.host is None:
            return []
        roles = self._roles()
        own = people_to_tick(self.host)
        shown = {person.pk for person in own}
        added = known_people([pk for pk in roles if pk not in shown], self.host)
        return [PersonRow(person, roles.get(person.pk, "")) for person in (*own, *added)]

    def _roles(self) -> dict[int, str]:
        if not self.is_bound:
            return dict(self.initial.get("people", {}))
        found = {}
        for name, value in self.data.items():
            if (match := _PART.fullmatch(name)) and value in PartRole:
                found[int(match[1])] = value
        return found

    @property
    def more_is_open(self) -> bool:
        """Whether something went wrong, or stands, among what is folded away."""
        folded = ("title", "ended_on", "adopted", "note", "co_units", "co_affiliates", "was_reported")
        return any(name in self.errors for name in folded)

    def facts(self) -> ActivityFacts:
        """What was typed, for the service."""
        data = self.cleaned_data
        return ActivityFacts(
            kind=data["kind"],
            held_on=data["held_on"],
            ended_on=data["ended_on"],
            title=data["title"],
            place=data["place"],
            **{group: data[group] or 0 for group in GROUPS},
            adopted=data["adopted"] or 0,
            is_volunteer=data["is_volunteer"],
            was_reported=data["was_reported"],
            note=data["note"],
            people={pk: PartRole(role) for pk, role in self._roles().items()},
            co_units=list(data["co_units"]),
            co_affiliates=list(data["co_affiliates"]),
        )


def facts_as_initial(activity: Activity) -> dict[str, Any]:
    """An activity as a form begins with it."""
    columns = (
        "kind",
        "held_on",
        "place",
        "title",
        "adopted",
        "is_volunteer",
        "was_reported",
        "note",
        *GROUPS,
    )
    parts = activity.parts.filter(removed_at__isnull=True)
    hosts = list(activity.co_hosts.all())
    return {
        **{column: getattr(activity, column) for column in columns},
        "ended_on": activity.ended_on if activity.ended_on != activity.held_on else None,
        "people": dict(parts.values_list("person_id", "role")),
        "co_units": [host.unit_id for host in hosts if host.unit_id],
        "co_affiliates": [host.affiliate_id for host in hosts if host.affiliate_id],
        "revision": activity.revision,
    }


class SupportForm(forms.Form):
    """One support, from the giver's desk."""

    giver = forms.ModelChoiceField(OrgUnit.objects.none(), label="支持单位", empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=SupportKind.choices)
    receiver = forms.ModelChoiceField(
        OrgUnit.objects.none(), label="受援单位", required=False, empty_label="所属各单位（不指定）"
    )
    given_on = DayField(label="日期", initial=today)
    title = forms.CharField(label="内容", max_length=100, help_text="项目、奖项或培训班名称")
    amount = forms.DecimalField(
        label="金额（万元）",
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text="项目和经费填写，两位小数",
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": 0}),
        error_messages={"invalid": "请填数字。", "max_decimal_places": "金额以万元计，最多两位小数。"},
    )
    heads = _count("人数", help_text="奖项推荐、人才举荐、干部交流、培训填写")
    is_own = forms.BooleanField(
        label="本级安排（不含上级转拨）",
        required=False,
        initial=True,
        help_text="上级转拨的不勾选，不计入月报。",
    )
    was_reported = forms.BooleanField(label="此前月报的“补充数”已报过", required=False)
    note = forms.CharField(label="备注", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, giver: OrgUnit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        givers = hosts_of(user).filter(level__lt=Level.TOWNSHIP)
        fields["giver"].queryset = givers
        self.from_unit: OrgUnit | None = (
            giver or givers.filter(pk=getattr(user.unit, "pk", None)).first() or givers.first()
        )
        if giver is not None:
            del fields["giver"]
        if self.from_unit is not None:
            below = OrgUnit.objects.open().within(self.from_unit).exclude(pk=self.from_unit.pk)
            nearest = below.filter(level__lte=min(self.from_unit.level + 2, Level.TOWNSHIP))
            fields["receiver"].queryset = nearest.in_code_order()
            fields["receiver"].label_from_instance = lambda unit: unit.association

    def facts(self) -> SupportFacts:
        data = self.cleaned_data
        names = ("kind", "given_on", "title", "receiver", "amount", "is_own", "heads", "was_reported", "note")
        return SupportFacts(**{name: data[name] for name in names})


class ReasonForm(forms.Form):
    """Why something is struck out."""

    reason = forms.CharField(label="作废原因", max_length=200)


class KindForm(forms.Form):
    """One kind of activity, edited by the province."""

    name = forms.CharField(label="活动类别", max_length=30)
    counts_as = forms.ChoiceField(label="计入月报", choices=CountsAs.choices)
    duty = forms.ChoiceField(label="计入履职规范", choices=DutyItem.choices)
    asks_adopted = forms.BooleanField(label="登记项次", required=False)
    order = forms.IntegerField(label="顺序", min_value=1, max_value=9999, initial=500)
    is_active = forms.BooleanField(label="启用", required=False, initial=True)


class StandardForm(forms.Form):
    """The standard of a year as a table: level and position × what is asked."""

    excellent_percent = forms.IntegerField(
        label="优秀比例上限（%）",
        min_value=0,
        max_value=50,
        initial=20,
        help_text="按县（市、区）在任人数计算，至少1人",
    )
    note = forms.CharField(label="说明", max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, lines: dict[tuple[int, str], DutyLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = [
            (level, position)
            for level in (Level.COUNTY, Level.TOWNSHIP)
            for position in reversed(POSITIONS_AT[level])
        ]
        for level, position in self.seats:
            line = lines.get((level, position))
            for item, column in ITEMS.items():
                name = f"{level}-{position}-{item}"
                label = f"{level.label}{Position(position).label}{item.label}"
                self.fields[name] = _count(label)
                self.fields[name].widget.attrs["aria-label"] = label
                self.fields[name].initial = getattr(line, column) if line else 0

    @property
    def items(self) -> list[str]:
        return [item.label for item in ITEMS]

    @property
    def rows(self) -> list[tuple[str, str, list[Any]]]:
        return [
            (level.label, Position(position).label, [self[f"{level}-{position}-{item}"] for item in ITEMS])
            for level, position in self.seats
        ]

    def lines(self) -> list[LeastOf]:
        data = self.cleaned_data
        return [
            LeastOf(
                level=level,
                position=position,
                **{column: data[f"{level}-{position}-{item}"] or 0 for item, column in ITEMS.items()},
            )
            for level, position in self.seats
        ]


class GradesForm(forms.Form):
    """The grades of the people on one page; an empty grade says nothing."""

    def __init__(self, *args: Any, rows: list[Any], remarks: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty_rows = rows
        for row in rows:
            name = f"{row.name}的"
            self.fields[f"grade-{row.person_id}"] = forms.ChoiceField(
                label=f"{name}等次",
                widget=forms.Select(attrs={"aria-label": f"{name}等次"}),
                choices=[("", "未评价"), *Grade.choices],
                required=False,
                initial=row.grade,
            )
            self.fields[f"remark-{row.person_id}"] = forms.CharField(
                label=f"{name}评语",
                widget=forms.TextInput(attrs={"aria-label": f"{name}评语"}),
                max_length=300,
                required=False,
                initial=remarks.get(row.person_id, ""),
            )

    @property
    def lines(self) -> list[tuple[Any, Any, Any]]:
        return [
            (row, self[f"grade-{row.person_id}"], self[f"remark-{row.person_id}"]) for row in self.duty_rows
        ]

    def judgements(self, people: dict[int, KeyPerson]) -> list[Judgement]:
        data = self.cleaned_data
        return [
            Judgement(people[row.person_id], data[f"grade-{row.person_id}"], data[f"remark-{row.person_id}"])
            for row in self.duty_rows
            if data[f"grade-{row.person_id}"] and row.person_id in people
        ]


class ExemplarForm(forms.Form):
    """A person, a unit or a deed worth telling."""

    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="推荐单位", empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=ExemplarKind.choices)
    person = forms.ModelChoiceField(
        KeyPerson.objects.none(), label="人员", required=False, empty_label="不涉及个人"
    )
    title = forms.CharField(label="标题", max_length=60)
    text = forms.CharField(
        label="事迹",
        max_length=2000,
        widget=forms.Textarea({"rows": 8}),
        help_text="2000字以内；不要求附照片",
    )

    def __init__(self, *args: Any, user: Any, people: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset, fields["person"].queryset = units, people
        fields["person"].label_from_instance = lambda person: f"{person.name}（{person.unit.display_name}）"


class TakeUpForm(forms.Form):
    note = forms.CharField(label="意见", max_length=200, required=False)
