"""One campaign day as it is typed."""

from __future__ import annotations

from django import forms

from sanzhang.models import ActivityKind


class CampaignDayForm(forms.Form):
    """Name, day of the year, how long, and which activity it suggests."""

    name = forms.CharField(label="主题日", max_length=40, help_text="如 全国爱眼日")
    month = forms.IntegerField(label="月", min_value=1, max_value=12)
    day = forms.IntegerField(label="日", min_value=1, max_value=31)
    days = forms.IntegerField(
        label="天数", min_value=1, max_value=31, initial=1, help_text="从这一天起连续几天"
    )
    kind = forms.ModelChoiceField(
        ActivityKind.objects.order_by("order", "id"), label="建议活动", empty_label="请选择"
    )
    is_active = forms.BooleanField(
        label="启用", required=False, initial=True, help_text="停用后不再在登记页提示"
    )
