"""What the pages of notices take from people."""

from __future__ import annotations

from django import forms


class ReachForm(forms.Form):
    """消息设置: how one wants to be reached besides the portal."""

    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        help_text="每天汇总一封，夜间和休息日不发；留空则不发邮件。",
        error_messages={"invalid": "请填写正确的电子邮箱，如 name@example.cn。"},
    )
    sms = forms.BooleanField(
        label="同意接收短信提醒",
        required=False,
        help_text="只在截止当天和逾期后提醒，每天最多一条；取消同意即删除号码。",
    )
    number = forms.CharField(
        label="手机号码",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
