"""The day that a page is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms

from core import clock
from core.days import DayInput

#: No tree is older: the first divisions were loaded as of later days.
FIRST_DAY = dt.date(2000, 1, 1)
BAD_DAY = "日期应写成2026-06-30这样。"


def is_a_past_day(day: dt.date) -> None:
    """A validator: today or earlier, and not before there were divisions on record."""
    if day > clock.today():
        raise forms.ValidationError("截至日期不能晚于今天。")
    if day < FIRST_DAY:
        raise forms.ValidationError("截至日期太早，没有当时的区划记录。")


class PastDayFilter(django_filters.DateFilter):
    """The same day among the conditions of a list; the browser's own calendar where it has one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=DayInput(),
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": BAD_DAY},
            validators=[is_a_past_day],
            **kwargs,
        )


class DayForm(forms.Form):
    """截至日期: any past day; today where none is given."""

    on = forms.DateField(
        label="截至日期",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": BAD_DAY},
        validators=[is_a_past_day],
    )

    @property
    def day(self) -> dt.date | None:
        """The day asked for, where one was and it is a day."""
        self.full_clean()
        return self.cleaned_data.get("on")
