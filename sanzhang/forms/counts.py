"""Counts of people and things as they are typed."""

from __future__ import annotations

from typing import Any

from django import forms


def count_field(label: str, **kwargs: Any) -> forms.IntegerField:
    """How many, typed on any keyboard; empty where it may be left out."""
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    messages = {"invalid": "请填整数。", "min_value": "不能是负数。", "max_value": "数字过大，请核对。"}
    kwargs.setdefault("required", False)
    return forms.IntegerField(
        label=label, min_value=0, max_value=9_999_999, widget=widget, error_messages=messages, **kwargs
    )
