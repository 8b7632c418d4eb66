"""One kind of activity as the province types it."""

from __future__ import annotations

from django import forms

from sanzhang.choices import CountsAs, DutyItem


class KindForm(forms.Form):
    """One kind of activity, edited by the province."""

    name = forms.CharField(label="活动类别", max_length=30)
    counts_as = forms.ChoiceField(label="计入月报", choices=CountsAs.choices)
    duty = forms.ChoiceField(label="计入履职规范", choices=DutyItem.choices)
    asks_adopted = forms.BooleanField(label="登记项次", required=False)
    order = forms.IntegerField(label="顺序", min_value=1, max_value=9999, initial=500)
    is_active = forms.BooleanField(label="启用", required=False, initial=True)
