"""The grades of a year, and who or what is worth telling of."""

from __future__ import annotations

from typing import Any

from django import forms

from orgs.models import OrgUnit
from sanzhang.choices import ExemplarKind, Grade
from sanzhang.models import KeyPerson
from sanzhang.services.evaluations import Judgement


class GradesForm(forms.Form):
    """The grades of the people on one page; an empty grade says nothing."""

    def __init__(self, *args: Any, rows: list[Any], remarks: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty_rows = rows
        for row in rows:
            name = f"{row.name}的"
            self.fields[f"grade-{row.person_id}"] = forms.ChoiceField(
                label=f"{name}等次",
                widget=forms.Select(attrs={"aria-label": f"{name}等次"}),
                choices=[("", "未评价"), *Grade.choices],
                required=False,
                initial=row.grade,
            )
            self.fields[f"remark-{row.person_id}"] = forms.CharField(
                label=f"{name}评语",
                widget=forms.TextInput(attrs={"aria-label": f"{name}评语"}),
                max_length=300,
                required=False,
                initial=remarks.get(row.person_id, ""),
            )

    @property
    def lines(self) -> list[tuple[Any, Any, Any]]:
        return [
            (row, self[f"grade-{row.person_id}"], self[f"remark-{row.person_id}"]) for row in self.duty_rows
        ]

    def judgements(self, people: dict[int, KeyPerson]) -> list[Judgement]:
        data = self.cleaned_data
        return [
            Judgement(people[row.person_id], data[f"grade-{row.person_id}"], data[f"remark-{row.person_id}"])
            for row in self.duty_rows
            if data[f"grade-{row.person_id}"] and row.person_id in people
        ]


class ExemplarForm(forms.Form):
    """A person, a unit or a deed worth telling."""

    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="推荐单位", empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=ExemplarKind.choices)
    person = forms.ModelChoiceField(
        KeyPerson.objects.none(), label="人员", required=False, empty_label="不涉及个人"
    )
    title = forms.CharField(label="标题", max_length=60)
    text = forms.CharField(
        label="事迹",
        max_length=2000,
        widget=forms.Textarea({"rows": 8}),
        help_text="2000字以内；不要求附照片",
    )

    def __init__(self, *args: Any, user: Any, people: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset, fields["person"].queryset = units, people
        fields["person"].label_from_instance = lambda person: f"{person.name}（{person.unit.display_name}）"


class TakeUpForm(forms.Form):
    note = forms.CharField(label="意见", max_length=200, required=False)
