"""Days and months as browsers of every age send them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core import clock


class DayField(forms.DateField):
    """A day; the browser's own calendar where it has one."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"])
        kwargs.setdefault("error_messages", {"invalid": "日期格式应为 2026-11-25。"})
        super().__init__(**kwargs)


class MonthField(forms.DateField):
    """A month, kept as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.DateInput(attrs={"type": "month", "placeholder": "1975-06"}, format="%Y-%m")
        )
        kwargs.setdefault("input_formats", ["%Y-%m", "%Y/%m", "%Y.%m", "%Y年%m月", "%Y%m"])
        kwargs.setdefault("error_messages", {"invalid": "出生年月格式应为 1975-06。"})
        super().__init__(**kwargs)


def today() -> dt.date:
    """The initial value of a day that most often is today."""
    return clock.today()
