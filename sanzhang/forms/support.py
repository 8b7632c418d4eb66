"""One support as it is typed at the giver's desk."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from core import clock
from core.days import DayField
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import SupportKind
from sanzhang.forms.counts import count_field
from sanzhang.selectors.activities import hosts_of
from sanzhang.services.supports import SupportFacts


class SupportForm(forms.Form):
    """One support, from the giver's desk."""

    giver = forms.ModelChoiceField(OrgUnit.objects.none(), label="支持单位", empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=SupportKind.choices)
    receiver = forms.ModelChoiceField(
        OrgUnit.objects.none(), label="受援单位", required=False, empty_label="所属各单位（不指定）"
    )
    given_on = DayField(label="日期", initial=clock.today)
    title = forms.CharField(label="内容", max_length=100, help_text="项目、奖项或培训班名称")
    amount = forms.DecimalField(
        label="金额（万元）",
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text="项目和经费填写，两位小数",
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01", "min": 0}),
        error_messages={"invalid": "请填数字。", "max_decimal_places": "金额以万元计，最多两位小数。"},
    )
    heads = count_field("人数", help_text="奖项推荐、人才举荐、干部交流、培训填写")
    is_own = forms.BooleanField(
        label="本级安排（不含上级转拨）",
        required=False,
        initial=True,
        help_text="上级转拨的不勾选，不计入月报。",
    )
    was_reported = forms.BooleanField(label="此前月报的“补充数”已报过", required=False)
    note = forms.CharField(label="备注", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, giver: OrgUnit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        givers = hosts_of(user).filter(level__lt=Level.TOWNSHIP)
        fields["giver"].queryset = givers
        self.from_unit: OrgUnit | None = (
            giver or givers.filter(pk=getattr(user.unit, "pk", None)).first() or givers.first()
        )
        if giver is not None:
            del fields["giver"]
        if self.from_unit is not None:
            below = OrgUnit.objects.open().within(self.from_unit).exclude(pk=self.from_unit.pk)
            nearest = below.filter(level__lte=min(self.from_unit.level + 2, Level.TOWNSHIP))
            fields["receiver"].queryset = nearest.in_code_order()
            fields["receiver"].label_from_instance = lambda unit: unit.association

    def facts(self) -> SupportFacts:
        data = self.cleaned_data
        names = ("kind", "given_on", "title", "receiver", "amount", "is_own", "heads", "was_reported", "note")
        return SupportFacts(**{name: data[name] for name in names})
