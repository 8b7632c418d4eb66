"""One activity as it is typed: what was done, where, for whom, and who was there."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse_lazy

from core import clock
from core.days import DayField
from core.keys import key_in
from orgs.models import OrgUnit
from sanzhang.choices import PartRole
from sanzhang.forms.counts import count_field
from sanzhang.forms.explained import ExplainedForm
from sanzhang.models import Activity, ActivityKind, KeyPerson
from sanzhang.selectors.activities import co_hosts_near, hosts_of, known_people, people_to_tick
from sanzhang.services.activities import GROUPS, ActivityFacts

NOT_THERE = ("", "未参加")
_PART = re.compile(r"part-(\d{1,18})")


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
    held_on = DayField(label="日期", initial=clock.today, error_messages={"required": "请填写日期。"})
    place = forms.CharField(label="地点", max_length=80, required=False)
    youth = count_field("青少年")
    residents = count_field("社区居民")
    farmers = count_field("农民")
    others = count_field("其他")
    title = forms.CharField(label="名称", max_length=80, required=False, help_text="不填则用活动类别")
    ended_on = DayField(label="结束日期", required=False, help_text="一天以内的不填")
    adopted = count_field("推广项次", help_text="推广新技术、新品种、新模式的项数")
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
