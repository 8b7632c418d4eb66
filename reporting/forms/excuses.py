"""Granting 缓报 or 免报 to several units at once."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from core import formats
from core.days import DayInput
from reporting.choices import ExcuseKind
from reporting.models import Cycle, Report
from reporting.selectors.deadline import due_day


class _CycleField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


class ExcusedCycleForm(forms.Form):
    """Which of the open cycles it is about; the newest one where none is asked for."""

    cycle = _CycleField(label="填报期", queryset=Cycle.objects.none(), required=False, empty_label=None)

    def __init__(self, *args: Any, cycles: QuerySet[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["cycle"]).queryset = cycles
        self._newest = cycles.first()

    @property
    def cycle_shown(self) -> Cycle | None:
        self.is_valid()
        return self.cleaned_data.get("cycle") or self._newest


class _ReportsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        longer = f"，已批缓报至{formats.short_day(due_day(obj.deferred_to))}" if obj.deferred_to else ""
        return f"{obj.unit_name}（{obj.get_state_display()}，{formats.short_day(due_day(obj.due_at))}截止{longer}）"


class ExcuseManyForm(forms.Form):
    """What is granted, until when, why, and to whom."""

    kind = forms.TypedChoiceField(
        label="事项", choices=ExcuseKind.choices, coerce=ExcuseKind, widget=forms.RadioSelect
    )
    until = forms.DateField(
        label="缓报至",
        required=False,
        widget=DayInput(),
        help_text="晚于原截止日，不超过31天；免报不填",
    )
    reason = forms.CharField(label="原因", max_length=200)
    reports = _ReportsField(
        label="单位",
        queryset=Report.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选要批准的单位。"},
    )

    def __init__(self, *args: Any, reports: QuerySet[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["reports"]).queryset = reports
