"""The gallery's own form and filter."""

from __future__ import annotations

from django import forms

from core.days import DayInput


class SampleForm(forms.Form):
    """Every kind of field once."""

    name = forms.CharField(label="姓名", max_length=20, help_text="与身份证件一致，不需要填身份证号")
    phone = forms.RegexField(r"^1\d{10}$", label="手机号码", error_messages={"invalid": "请填 11 位手机号码"})
    occupation = forms.ChoiceField(
        label="身份",
        choices=[("", "请选择"), ("head", "乡镇卫生院院长"), ("school", "学校校长"), ("agri", "农技站站长")],
    )
    way = forms.ChoiceField(
        label="进入方式",
        choices=[("election", "换届选举"), ("co_option", "届中增补"), ("other", "其他方式")],
        widget=forms.RadioSelect,
    )
    since = forms.DateField(label="任职时间", widget=DayInput())
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    is_backfill = forms.BooleanField(label="存量补录（已在任的，只填姓名、职务和任职时间）", required=False)
    scan = forms.FileField(label="签批扫描件", required=False)


class SampleFilter(forms.Form):
    """A filter bar's fields."""

    q = forms.CharField(label="名称、代码或拼音", required=False)
    state = forms.ChoiceField(
        label="报送状态",
        required=False,
        choices=[("", "全部"), ("late", "迟报"), ("missing", "未报"), ("accepted", "已通过")],
    )
    field = forms.ChoiceField(
        label="领域",
        required=False,
        choices=[("", "全部"), ("health", "卫生"), ("education", "教育"), ("agri", "农林")],
    )
