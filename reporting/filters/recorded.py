"""What was recorded since a day, by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core import clock
from core.days import DayInput
from orgs.filters.days import BAD_DAY, is_a_past_day


class RecordedForm(forms.Form):
    """Yesterday where the address names no day."""

    q = forms.CharField(label="姓名、拼音或单位", max_length=60, required=False)
    since = forms.DateField(
        label="登记日期不早于",
        widget=DayInput(),
        error_messages={"invalid": BAD_DAY, "required": BAD_DAY},
        validators=[is_a_past_day],
    )
    unit = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        yesterday = clock.today() - dt.timedelta(days=1)
        asked = {name: str(data[name]) for name in ("q", "since", "unit") if data.get(name)}
        super().__init__({"since": yesterday.isoformat()} | asked)
        self.day = yesterday
        if self.is_valid():
            self.day = self.cleaned_data["since"]

    @property
    def since_at(self) -> dt.datetime:
        """The first instant that counts."""
        return clock.start_of(self.day)

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip()
