"""What the filling pages take from people: types and required fields only, the services judge."""

from __future__ import annotations

from typing import Any

from django import forms

from core.days import DayInput
from reporting.choices import ReturnReason, SignOffMode, ValueKind
from reporting.models import FormItem


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class AttachForm(forms.Form):
    """Files of one heap of the form; how many there must be is asked when the report is handed in."""

    kind = forms.CharField(widget=forms.HiddenInput)
    file = forms.FileField(label="选择文件", widget=ManyFiles, required=False)


class ScanForm(forms.Form):
    """The scan that the leader signed."""

    file = forms.FileField(label="签字扫描件")


class StampedForm(forms.Form):
    """A scan of stamped sheets, with their codes where the QR codes cannot be read."""

    file = forms.FileField(label="盖章扫描件", required=False)
    codes = forms.CharField(
        label="页首编号",
        max_length=200,
        required=False,
        help_text="一般不用填，系统识别二维码；识别不出时照页首填写，如 1-3F9A01，几页用逗号隔开",
    )


class ToldForm(forms.Form):
    """电话报数：某某，时间."""

    told_by = forms.CharField(label="报数人", max_length=60, required=False)
    told_at = forms.DateTimeField(
        label="报数时间",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="不填则记为现在",
    )


class SignForm(forms.Form):
    """The leader's word."""

    note = forms.CharField(
        label="签批意见",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        help_text="退回修改时必填",
    )


class BurdenForm(forms.Form):
    """减负意见."""

    text = forms.CharField(
        label="您的意见",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如：哪些数据重复填报、哪些可以不报、哪里难填。意见送省科协，不影响考核。",
    )


class SignOffForm(forms.Form):
    """How a unit's leader signs."""

    mode = forms.ChoiceField(label="签批方式", choices=SignOffMode.choices, widget=forms.RadioSelect)


def _widget(item: FormItem) -> forms.Widget:
    """What an answer of the item's kind is corrected in; several choices by their names."""
    kind = item.indicator.value_kind
    if kind in (ValueKind.TEXT, ValueKind.TABLE):
        return forms.Textarea(attrs={"rows": 4})
    if kind == ValueKind.CHOICE:
        return forms.Select(choices=[("", "未填"), *((row["key"], row["name"]) for row in item.options)])
    if kind == ValueKind.DATE:
        return DayInput()
    return forms.TextInput(
        attrs={"autocomplete": "off", **({} if kind == ValueKind.CHOICES else {"inputmode": "decimal"})}
    )


class CorrectionForm(forms.Form):
    """更正: a new value for each cell that was wrong, the reason, and a file where there is one."""

    reason = forms.CharField(label="更正原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.FileField(label="佐证附件", required=False)

    def __init__(self, *args: Any, items: list[FormItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [item.indicator.key for item in items]
        for item in items:
            self.fields[f"new-{item.indicator.key}"] = forms.CharField(
                label=item.indicator.name, required=False, widget=_widget(item)
            )

    def changes(self, before: dict[str, str]) -> dict[str, str]:
        """What differs from ``before``, raw as typed."""
        typed = {key: self.cleaned_data.get(f"new-{key}", "") for key in self.keys}
        return {key: raw for key, raw in typed.items() if raw.strip() != before.get(key, "").strip()}


class ReturnForm(forms.Form):
    """退回: a coded reason, a remark, and days for the correction."""

    reason = forms.ChoiceField(label="退回原因", choices=[("", "请选择"), *ReturnReason.choices])
    remark = forms.CharField(
        label="退回意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    days = forms.IntegerField(label="几天内改好", min_value=1, max_value=15)


class DeferForm(forms.Form):
    """缓报: until the end of a day, with the reason."""

    until = forms.DateField(label="缓报至", widget=DayInput())
    reason = forms.CharField(label="缓报原因", max_length=200)


class ExemptForm(forms.Form):
    """免报 of this cycle, with the reason."""

    reason = forms.CharField(label="免报原因", max_length=200)


class LiftForm(forms.Form):
    """What was granted withdrawn, with the reason."""

    reason = forms.CharField(label="取消原因", max_length=200)
