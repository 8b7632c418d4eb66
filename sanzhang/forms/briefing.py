"""The text that goes to the leader in charge."""

from __future__ import annotations

from django import forms

from core.days import DayField


class BriefingForm(forms.Form):
    """Title and text; ``revision`` is the state that was read."""

    title = forms.CharField(label="标题", max_length=120)
    text = forms.CharField(
        label="正文",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 22}),
        help_text="每段一行；以“一、”“二、”开头的行排作标题。",
    )
    drafted_on = DayField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
