"""The next step of a candidacy, its withdrawal, and the seat at its end."""

from __future__ import annotations

from typing import Any

from django import forms

from sanzhang.choices import Employment, WayIn
from sanzhang.forms.fields import DayField, today
from sanzhang.forms.problems import ExplainedForm
from sanzhang.models import Candidacy, Opinion, ProcedureStep
from sanzhang.services.appointments import SeatFacts


class StepForm(forms.Form):
    """The step that is due; ``step`` travels along, so that two clerks do not take two steps by one click each."""

    step = forms.ChoiceField(choices=ProcedureStep.choices, widget=forms.HiddenInput)
    on = DayField(label="日期", initial=today)
    opinion = forms.ChoiceField(
        label="意见", choices=Opinion.choices, initial=Opinion.AGREE, widget=forms.RadioSelect
    )
    number = forms.CharField(label="文号", max_length=60, required=False)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="不同意、暂缓或另提人选的，请写明原因。"
    )


class WithdrawForm(forms.Form):
    """Giving a candidacy up."""

    on = DayField(label="撤回日期", initial=today)
    reason = forms.CharField(label="撤回原因", max_length=200)


class AppointForm(ExplainedForm):
    """The seat at the end of the procedure; place and position are those of the candidacy."""

    valid_from = DayField(label="任职起始日期", initial=today)
    way_in = forms.ChoiceField(label="吸纳方式", choices=[("", "请选择"), *WayIn.choices])
    employment = forms.ChoiceField(label="任职方式", choices=Employment.choices, initial=Employment.PART_TIME)
    secondment_ends_on = DayField(label="挂职截止日期", required=False, help_text="挂职的必须填写")
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="以其他方式吸纳的必须填写"
    )

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidacy = candidacy

    def seat(self) -> SeatFacts:
        data = self.cleaned_data
        return SeatFacts(
            position=self.candidacy.position,
            valid_from=data["valid_from"],
            employment=data["employment"],
            secondment_ends_on=data["secondment_ends_on"],
            way_in=data["way_in"],
            basis=data["basis"],
        )
