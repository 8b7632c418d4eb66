"""The grid of targets: units × figures for one day."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from django import forms

from core.errors import Problem
from orgs.forms.facts import day_input
from reporting.models import Indicator
from reporting.services.targets import TargetChange, field_of


class TargetDayForm(forms.Form):
    """Which day, and which figures beside the usual ones."""

    due_on = forms.DateField(label="完成时限", widget=day_input())
    more = forms.ModelMultipleChoiceField(
        label="另加指标",
        queryset=Indicator.objects.none(),
        required=False,
        to_field_name="key",
        widget=forms.SelectMultiple(attrs={"size": 4}),
        help_text="按住 Ctrl 可多选",
    )

    def __init__(self, *args: object, indicators: Iterable[Indicator], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        keys = [one.pk for one in indicators]
        self.fields["more"].queryset = Indicator.objects.filter(pk__in=keys).order_by("pk")  # type: ignore[attr-defined]


class BasisForm(forms.Form):
    basis = forms.CharField(
        label="依据",
        max_length=200,
        required=False,
        help_text="文件名和文号，如“关于下达2026年度工作目标的通知”；可不填",
    )


def read_cells(
    typed: Mapping[str, str], cells: Iterable[tuple[int, str]]
) -> tuple[list[TargetChange], list[Problem]]:
    """What was typed into ``cells`` that the form holds, and what cannot be read."""
    changes, problems = [], []
    for unit_id, key in cells:
        name = field_of(unit_id, key)
        if name not in typed:
            continue
        text = _plain(typed[name])
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            problems.append(Problem("not_a_number", f"“{text[:20]}”不是数字。", name))
            continue
        changes.append(TargetChange(unit_id, key, value))
    return changes, problems


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:40]).replace(",", "").replace("%", "").strip()
