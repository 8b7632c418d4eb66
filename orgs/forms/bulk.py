"""The form that says what shall change for many units at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from core import clock
from core.days import DayInput
from orgs.choices import BlankReason, EstablishmentState, HavesItem, LacksItem, Level
from orgs.models import Cohort, OrgUnit
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS, MANAGE_COHORTS
from orgs.services.bulk_edits import JOIN, LEAVE, Edit

PLAN, STATE, HAVES, LACKS, EXPECTED, COHORT = "plan", "state", "haves", "lacks", "expected", "cohort"
ACTS = [
    (STATE, "建立情况", EDIT_FACTS),
    (PLAN, "空白点的计划日期和责任人", EDIT_FACTS),
    (HAVES, "六有的一项", EDIT_FACTS),
    (LACKS, "四缺的一项", EDIT_FACTS),
    (EXPECTED, "是否应建", CONFIRM_EXPECTED),
    (COHORT, "加入或移出单位集", MANAGE_COHORTS),
]
#: The fields that belong to each.
FIELDS = {
    STATE: ("state", "reason_code", "reason"),
    PLAN: ("planned_on", "responsible"),
    HAVES: ("have",),
    LACKS: ("lack",),
    EXPECTED: ("expected",),
    COHORT: ("cohort", "membership"),
}
HOLDS = [("yes", "具备（存在）"), ("no", "不具备（不存在）")]
TURN = [("yes", "计入应建"), ("no", "不计应建")]
MEMBERSHIP = [(JOIN, "加入"), (LEAVE, "移出")]


def cohorts_to_keep(user: Any) -> QuerySet[Cohort]:
    """Open cohorts whose members ``user`` may change: kept by a unit in reach."""
    owners = OrgUnit.objects.visible_to(user, MANAGE_COHORTS).filter(level__lte=Level.COUNTY).values("pk")
    return Cohort.objects.open().filter(owner__in=owners).select_related("owner")


def _choice(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "请选择"), *choices], required=False)


class BulkForm(forms.Form):
    """One sort of change; the fields that belong to it must be filled, the others are ignored."""

    act = forms.ChoiceField(label="修改什么", widget=forms.RadioSelect)
    state = _choice("建立情况改为", EstablishmentState.choices)
    reason_code = _choice("未建原因类别", BlankReason.choices)
    reason = forms.CharField(label="未建原因", max_length=200, required=False)
    planned_on = forms.DateField(label="计划建成日期", required=False, widget=DayInput())
    responsible = forms.CharField(label="责任人", max_length=60, required=False)
    have = _choice("六有项目", HavesItem.choices)
    lack = _choice("四缺项目", LacksItem.choices)
    holds = _choice("改为", HOLDS)
    expected = _choice("是否应建", TURN)
    cohort = forms.ModelChoiceField(
        label="单位集", queryset=Cohort.objects.none(), required=False, empty_label="请选择"
    )
    membership = _choice("加入或移出", MEMBERSHIP)
    on = forms.DateField(label="自何日起", widget=DayInput(), help_text="建立情况填成立或变化的日期")
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="文号或会议，建立情况和应建调整用"
    )

    NEEDED = {
        STATE: ("state",),
        PLAN: (),
        HAVES: ("have", "holds"),
        LACKS: ("lack", "holds"),
        EXPECTED: ("expected",),
        COHORT: ("cohort", "membership"),
    }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = [(act, label) for act, label, permission in ACTS if user.can_anywhere(permission)]
        self.fields["act"].choices = acts  # type: ignore[attr-defined]
        self.fields["act"].initial = acts[0][0] if acts else None
        self.fields["cohort"].queryset = cohorts_to_keep(user)  # type: ignore[attr-defined]
        self.fields["on"].initial = clock.today

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in self.NEEDED.get(values.get("act", ""), ()):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, "请选择。")
        if values.get("act") == PLAN and not values.get("planned_on") and not values.get("responsible"):
            self.add_error("planned_on", "请填写计划建成日期或责任人。")
        return values

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields under the act that they belong to."""
        acts = self.fields["act"].choices  # type: ignore[attr-defined]
        return [
            {"key": act, "label": label, "fields": [self[name] for name in FIELDS[act]]}
            for act, label in acts
        ]

    @property
    def edit(self) -> Edit:
        values = self.cleaned_data
        act, on, basis = values["act"], values["on"], values["basis"]
        if act == COHORT:
            return Edit(on=on, cohort=values["cohort"], act=values["membership"], basis=basis)
        return Edit(on=on, values=_EDITS[act](values), basis=basis)


def _state(values: dict[str, Any]) -> dict[str, Any]:
    new = {"state": values["state"], "since": values["on"]}
    if values["basis"]:
        new["basis"] = values["basis"]
    if values["state"] == EstablishmentState.ESTABLISHED:
        return new
    return new | {
        key: values[key] for key in ("reason_code", "reason", "planned_on", "responsible") if values[key]
    }


_EDITS: dict[str, Any] = {
    STATE: _state,
    PLAN: lambda values: {key: values[key] for key in ("planned_on", "responsible") if values[key]},
    HAVES: lambda values: {f"has_{values['have']}": values["holds"] == "yes"},
    LACKS: lambda values: {f"lack_{values['lack']}": values["holds"] == "yes"},
    EXPECTED: lambda values: {"is_expected": values["expected"] == "yes"},
}
