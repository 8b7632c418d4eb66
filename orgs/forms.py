"""Forms of a unit's facts: types and required fields; what must hold is for the services."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from core.errors import DomainError
from orgs.choices import EstablishmentState, HavesItem, LacksItem

_EARLIEST = "1949-10-01"


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": _EARLIEST})


class FactForm(forms.Form):
    """A form whose service may refuse what it brings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "on"):
            if name in self.fields:
                self.fields[name].initial = clock.today

    def refuse(self, error: DomainError) -> None:
        """Show the problems of ``error`` at their fields."""
        for problem in error.problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)


class EstablishmentForm(FactForm):
    state = forms.ChoiceField(label="建立情况", choices=EstablishmentState.choices, widget=forms.RadioSelect)
    since = forms.DateField(label="自何日起", widget=_day_input(), help_text="已建的填成立日期")
    basis = forms.CharField(
        label="成立文件", max_length=200, required=False, help_text="文号或会议，如“某组发〔2026〕3号”"
    )
    reason = forms.CharField(label="未建原因", max_length=200, required=False, help_text="未建的必填")
    planned_on = forms.DateField(label="计划建成日期", required=False, widget=_day_input())
    responsible = forms.CharField(label="责任人", max_length=60, required=False)


class OfficerForm(FactForm):
    name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="职务", max_length=80, required=False, help_text="如：党委副书记、镇长")
    phone = forms.CharField(
        label="联系电话", max_length=20, required=False, help_text="不改则留空；只有管理本单位的人能看到全号"
    )
    is_chair = forms.BooleanField(label="兼任科协主席", required=False)
    since = forms.DateField(label="自何日起", widget=_day_input())

    def __init__(self, *args: Any, with_chair: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_chair:
            del self.fields["is_chair"]


class ItemsForm(FactForm):
    haves = forms.MultipleChoiceField(
        label="六有", choices=HavesItem.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    lacks = forms.MultipleChoiceField(
        label="四缺", choices=LacksItem.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    on = forms.DateField(label="变化自何日起", widget=_day_input())


class ExpectedForm(FactForm):
    """Which units, counted or not, from when, and why."""

    units = forms.TypedMultipleChoiceField(
        label="单位", coerce=int, error_messages={"required": "请至少选择一个单位。"}
    )
    expected = forms.TypedChoiceField(
        label="确认结果",
        choices=[("no", "不计应建"), ("yes", "计入应建")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label="自何日起", widget=_day_input())
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="如：该区不设党工委，由某街道代管"
    )

    def __init__(self, *args: Any, unit_ids: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(pk, str(pk)) for pk in unit_ids]  # type: ignore[attr-defined]
