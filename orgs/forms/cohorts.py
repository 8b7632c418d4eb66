"""Forms of named sets of units."""

from __future__ import annotations

from typing import Any

from django import forms

from orgs.forms.facts import FactForm, day_input


class CohortForm(FactForm):
    """A set's name, whether it is a pilot, and since when."""

    name = forms.CharField(label="名称", max_length=60, help_text="如“‘3+1’试点县”")
    is_pilot = forms.BooleanField(label="试点", required=False, help_text="试点在排名和对比中单列")
    note = forms.CharField(label="说明", max_length=200, required=False)
    on = forms.DateField(label="自何日起", widget=day_input())

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["on"]


class CloseCohortForm(FactForm):
    on = forms.DateField(label="自何日起停用", widget=day_input())


class ReopenCohortForm(FactForm):
    on = forms.DateField(label="自何日起恢复", widget=day_input())
    with_members = forms.BooleanField(
        label="停用时移出的单位一并恢复", required=False, initial=True, help_text="已撤销的单位不恢复"
    )


class JoinForm(FactForm):
    """Who comes in: ticked, pasted by codes, or all that the list shows."""

    units = forms.TypedMultipleChoiceField(label="单位", coerce=int, required=False)
    codes = forms.CharField(
        label="粘贴行政区划代码",
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个，或用逗号、空格隔开",
    )
    everything = forms.BooleanField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(label="自何日起加入", widget=day_input())

    def __init__(self, *args: Any, unit_ids: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(pk, str(pk)) for pk in unit_ids]  # type: ignore[attr-defined]


class LeaveForm(FactForm):
    units = forms.TypedMultipleChoiceField(
        label="单位", coerce=int, error_messages={"required": "请至少选择一个单位。"}
    )
    on = forms.DateField(label="自何日起移出", widget=day_input())

    def __init__(self, *args: Any, unit_ids: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(pk, str(pk)) for pk in unit_ids]  # type: ignore[attr-defined]
