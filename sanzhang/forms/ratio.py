"""One ratio of composition as it is typed."""

from __future__ import annotations

from django import forms

from core import clock
from core.days import DayField
from sanzhang.choices import LEADERSHIP_KINDS, Bound, Measure
from sanzhang.selectors.seated import COMPOSED_LEVELS
from sanzhang.services.composition import TargetFacts


class RatioForm(forms.Form):
    """Which body, which share, how much, from when, on what basis."""

    level = forms.TypedChoiceField(
        label="机构层级", coerce=int, choices=[(level.value, level.label) for level in COMPOSED_LEVELS]
    )
    kind = forms.ChoiceField(
        label="领导机构", choices=[(kind.value, kind.label) for kind in LEADERSHIP_KINDS]
    )
    measure = forms.ChoiceField(label="构成", choices=Measure.choices)
    bound = forms.ChoiceField(label="要求", choices=Bound.choices)
    percent = forms.IntegerField(
        label="比例（%）",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="填整数，如 30",
    )
    valid_from = DayField(
        label="起始日期",
        initial=clock.today,
        help_text="同一机构同一构成的原要求到这一天为止；与原起始日期相同则改正原要求",
    )
    basis = forms.CharField(label="依据", max_length=200, help_text="文件名称和条款")

    def facts(self) -> TargetFacts:
        return TargetFacts(**self.cleaned_data)


class EndRatioForm(forms.Form):
    """From when a ratio is asked no more."""

    on = DayField(label="停止日期", initial=clock.today)
