"""The facts of a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from core.days import DayField, MonthField
from sanzhang.choices import Discipline, Education, NewOrganisation, Sex
from sanzhang.forms.explained import ExplainedForm
from sanzhang.models import KeyPerson, Occupation
from sanzhang.services.people import COLUMNS, PersonFacts

BLANK = ("", "未填")


class PersonForm(ExplainedForm):
    """What is typed about a person; the rules judge it in the service."""

    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    employer = forms.CharField(label="工作单位", max_length=100, required=False)
    post = forms.CharField(label="单位职务", max_length=60, required=False)
    occupation = forms.ModelChoiceField(
        Occupation.objects.none(),
        label="职业身份",
        empty_label="请选择",
        error_messages={"required": "请选择职业身份。"},
    )
    sex = forms.ChoiceField(label="性别", choices=[BLANK, *Sex.choices], required=False)
    birth_month = MonthField(label="出生年月", required=False)
    education = forms.ChoiceField(label="学历", choices=[BLANK, *Education.choices], required=False)
    title = forms.CharField(label="职称", max_length=40, required=False)
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        help_text="加密保存，默认只显示首尾数字。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    is_party_member = forms.BooleanField(label="中共党员", required=False)
    is_front_line = forms.BooleanField(label="一线科技工作者", required=False, initial=True)
    is_retired = forms.BooleanField(label="已退休", required=False)
    retired_on = MonthField(
        label="退休时间",
        required=False,
        error_messages={"invalid": "退休时间格式应为 2024-06。"},
    )
    new_organisation = forms.ChoiceField(
        label="新经济组织、新社会组织", choices=[("", "不属于"), *NewOrganisation.choices], required=False
    )
    disciplines = forms.MultipleChoiceField(
        label="学科", choices=Discipline.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    doubles_url: Any = reverse_lazy("sanzhang:doubles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.occupation_field.queryset = self.occupations()
        for name in ("name", "employer", "phone"):
            self.fields[name].widget.attrs |= {
                "hx-post": self.doubles_url,
                "hx-trigger": "input changed delay:500ms, change",
                "hx-target": "#doubles",
                "hx-sync": "closest form:replace",
                "hx-swap": "innerHTML",
            }

    @property
    def occupation_field(self) -> forms.ModelChoiceField:
        field = self.fields["occupation"]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    def occupations(self) -> QuerySet[Occupation]:
        """The occupations to choose from."""
        return Occupation.objects.filter(is_active=True)

    def facts(self) -> PersonFacts:
        """What was typed, for the service."""
        values = {column: self.cleaned_data[column] for column in COLUMNS}
        return PersonFacts(**values, phone=self.typed_phone())

    def typed_phone(self) -> str | None:
        return self.cleaned_data["phone"]


class PersonEditForm(PersonForm):
    """The facts of somebody on record: an empty telephone leaves the number as it is."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    changed_on = DayField(
        label="变动日期",
        required=False,
        help_text="职业身份、工作单位或退休情况有变动的，填变动之日，原情况保留在工作经历中；只是更正错误的不填。",
    )
    drop_phone = forms.BooleanField(label="删除已登记的电话", required=False)

    def __init__(self, *args: Any, person: KeyPerson, **kwargs: Any) -> None:
        self.person = person
        self.doubles_url = f"{PersonForm.doubles_url}?not={person.pk}"
        kwargs.setdefault(
            "initial", {column: getattr(person, column) for column in COLUMNS} | {"revision": person.revision}
        )
        super().__init__(*args, **kwargs)
        if person.phone_masked:
            self.fields["phone"].help_text = f"现为 {person.phone_masked}，不修改请留空。"
        else:
            del self.fields["drop_phone"]

    def occupations(self) -> QuerySet[Occupation]:
        """Those in use, and the person's own even when it was taken off the list."""
        return super().occupations() | Occupation.objects.filter(pk=self.person.occupation_id)

    def typed_phone(self) -> str | None:
        if self.cleaned_data.get("drop_phone"):
            return ""
        return self.cleaned_data["phone"] or None
