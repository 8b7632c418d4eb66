"""Days and months in forms, as browsers of every age send them."""

from __future__ import annotations

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """The browser's own calendar where it has one; a day that a form begins with is written so that it can show it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, however it is written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DayInput())
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
