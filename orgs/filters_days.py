"""The day that a page is asked for."""

from __future__ import annotations

import datetime as dt

from django import forms

from core import clock

#: No tree is older: the first divisions were loaded as of later days.
FIRST_DAY = dt.date(2000, 1, 1)


class DayForm(forms.Form):
    """截至日期: any past day; today where none is given."""

    on = forms.DateField(
        label="截至日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期应写成2026-06-30这样。"},
    )

    def clean_on(self) -> dt.date | None:
        day = self.cleaned_data.get("on")
        if day is not None and day > clock.today():
            raise forms.ValidationError("截至日期不能晚于今天。")
        if day is not None and day < FIRST_DAY:
            raise forms.ValidationError("截至日期太早，没有当时的区划记录。")
        return day

    @property
    def day(self) -> dt.date | None:
        """The day asked for, where one was and it is a day."""
        self.full_clean()
        return self.cleaned_data.get("on")
