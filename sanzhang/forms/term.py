"""Entering a term and renewing it."""

from __future__ import annotations

from typing import Any

from django import forms

from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.forms.fields import DayField, today
from sanzhang.models import Appointment
from sanzhang.selectors.places import units_to_fill

FIVE_YEARS = "不填按五年计算"


class TermForm(forms.Form):
    """The present term of a body."""

    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="单位",
        empty_label="请选择",
        error_messages={"required": "请选择单位。", "invalid_choice": "请从列表中选择您管理的单位。"},
    )
    kind = forms.ChoiceField(
        label="领导机构", choices=[(kind.value, kind.label) for kind in LEADERSHIP_KINDS]
    )
    ordinal = forms.IntegerField(label="届次", min_value=1, max_value=99, help_text="第几届")
    starts_on = DayField(label="届期开始")
    lawful_end = DayField(label="应换届日期", required=False, help_text=FIVE_YEARS)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_to_fill(user)  # type: ignore[attr-defined]


class RenewTermForm(forms.Form):
    """A renewal, with those who were elected again."""

    starts_on = DayField(label="新一届开始", initial=today)
    lawful_end = DayField(label="应换届日期", required=False, help_text=FIVE_YEARS)
    carried = forms.MultipleChoiceField(
        label="连任人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="未勾选的，自新一届开始之日起离任（换届离任）。",
        error_messages={"invalid_choice": "连任名单与当前任职不符，请刷新页面后重新选择。"},
    )

    def __init__(self, *args: Any, seats: list[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carried"].choices = [  # type: ignore[attr-defined]
            (
                str(seat.pk),
                f"{seat.person.name}　{seat.get_position_display()}（{seat.person.occupation.name}）",
            )
            for seat in seats
        ]

    def carried_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["carried"]]
