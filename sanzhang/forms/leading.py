"""Forms of who leads an affiliate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from core.days import DayField
from sanzhang.choices import LeadingRole


class LeadForm(forms.Form):
    """Which of those offered, as what, since when."""

    chosen = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一项。", "invalid_choice": "请从列表中选择。"},
    )
    role = forms.ChoiceField(label="担任职务", choices=LeadingRole.choices)
    since = DayField(label="自何日起")
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, label: str, offered: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].label = label
        self.fields["chosen"].choices = list(offered)  # type: ignore[attr-defined]


class EndLeadForm(forms.Form):
    on = DayField(label="离任日期", help_text="不再任职的第一天")
