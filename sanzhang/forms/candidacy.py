"""The next step of a candidacy, the superior's opinion, its withdrawal, and the seat at its end."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from core.days import DayField
from core.keys import key_in
from sanzhang.choices import Employment, WayIn
from sanzhang.forms.explained import ExplainedForm
from sanzhang.models import Candidacy, KeyPerson, Opinion
from sanzhang.procedures import Step
from sanzhang.services.appointments import SeatFacts


class OpinionForm(forms.Form):
    """One word: when, what, with which paper. “另提人选” names somebody on record."""

    on = DayField(label="日期", initial=clock.today)
    opinion = forms.ChoiceField(
        label="意见", choices=Opinion.choices, initial=Opinion.AGREE, widget=forms.RadioSelect
    )
    other = forms.ModelChoiceField(
        KeyPerson.objects.none(),
        label="另提人选",
        required=False,
        error_messages={"invalid_choice": "请从查找结果中选取另提的人选。"},
    )
    number = forms.CharField(label="文号", max_length=60, required=False)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="不同意、暂缓或另提人选的，请写明原因。"
    )
    file = forms.FileField(label="文件", required=False)

    def __init__(self, *args: Any, people: Any, rule: Step | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = people  # type: ignore[attr-defined]
        if rule is not None and rule.needs_number:
            self.fields["number"].help_text = "按省级规则必须填写"
        if rule is not None and rule.needs_file:
            self.fields["file"].help_text = "按省级规则必须上传；图片、PDF、OFD、Word、WPS 文件"

    def clean_other(self) -> KeyPerson | None:
        """Whom another word than “另提人选” names is not looked at."""
        is_proposed = self.data.get(self.add_prefix("opinion")) == Opinion.PROPOSE
        return self.cleaned_data["other"] if is_proposed else None

    def named(self) -> list[KeyPerson]:
        """Whoever was picked before the form was refused, to stand there again."""
        key = key_in(self.data.get(self.add_prefix("other")))
        if not key:
            return []
        people = self.fields["other"].queryset  # type: ignore[attr-defined]
        return list(people.filter(pk=key).select_related("unit", "occupation"))

    def facts(self) -> dict[str, Any]:
        """What was typed, for the service."""
        data = dict(self.cleaned_data)
        data["upload"] = data.pop("file")
        return data


class StepForm(OpinionForm):
    """The step that is due; ``step`` travels along, so that two clerks do not take two steps by one click each."""

    step = forms.CharField(max_length=16, widget=forms.HiddenInput)


class OpinionsForm(forms.Form):
    """One word of agreement for many: chosen in the queue, with one date and one number."""

    chosen = forms.TypedMultipleChoiceField(
        label="人选",
        coerce=int,
        error_messages={"required": "请先勾选人选。", "invalid_choice": "名单已有变化，请刷新页面后重选。"},
    )
    on = DayField(label="日期", initial=clock.today)
    number = forms.CharField(label="文号", max_length=60, required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, rows: list[Candidacy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(row.pk, row.person.name) for row in rows]  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """Giving a candidacy up."""

    on = DayField(label="撤回日期", initial=clock.today)
    reason = forms.CharField(label="撤回原因", max_length=200)


class AppointForm(ExplainedForm):
    """The seat at the end of the procedure; place and position are those of the candidacy."""

    valid_from = DayField(label="任职起始日期", initial=clock.today)
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
