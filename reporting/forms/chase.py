"""What the pages of chasing take from people."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from core.days import DayInput
from reporting.choices import ChaseAnswer, ChaseChannel


class ChaseForm(forms.Form):
    """催报登记."""

    channel = forms.ChoiceField(label="方式", choices=ChaseChannel.choices)
    spoken_to = forms.CharField(label="联系人", max_length=60, required=False)
    answer = forms.ChoiceField(label="答复", choices=[("", "未答复"), *ChaseAnswer.choices], required=False)
    promised_for = forms.DateField(
        label="承诺报送日期",
        required=False,
        widget=DayInput(),
    )
    note = forms.CharField(label="情况", max_length=300, required=False)


class DaysField(forms.CharField):
    """Days as people write them: “2、1”, “2,1” or “2 1”."""

    default_error_messages = {"invalid": "请填写天数，用顿号分开，如“2、1”。"}

    def prepare_value(self, value: Any) -> Any:
        return "、".join(str(day) for day in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        words = re.split(r"[、,，;；\s]+", str(super().clean(value) or "").strip())
        if not all(word == "" or (word.isascii() and word.isdigit() and len(word) < 4) for word in words):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return [int(word) for word in words if word]


def _time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PolicyForm(forms.Form):
    """催报设置."""

    days_before = DaysField(
        label="截止前几天提醒", required=False, help_text="如“2、1”：截止前2天、前1天各提醒一次"
    )
    on_day = forms.BooleanField(label="截止当天提醒", required=False)
    days_after = DaysField(
        label="逾期几天提醒", required=False, help_text="如“1、3”；退回修改的按修改期限计算"
    )
    escalate_after = forms.IntegerField(
        label="逾期几天报上级领导", required=False, help_text="每份报表只报一次；留空则不报"
    )
    review_after = forms.IntegerField(label="上报几天未审核提醒审核单位")
    quiet_from = forms.TimeField(label="免打扰开始", widget=_time_input())
    quiet_until = forms.TimeField(
        label="免打扰结束", widget=_time_input(), help_text="此间不发邮件和短信；两个时间相同则不设免打扰"
    )
    quiet_on_days_off = forms.BooleanField(label="休息日不发邮件和短信", required=False)
    sends_mail = forms.BooleanField(label="发送邮件", required=False, help_text="每人每天汇总一封")
    sends_sms = forms.BooleanField(
        label="发送短信", required=False, help_text="只发给登记了手机号并同意接收的人，每人每天最多一条"
    )
