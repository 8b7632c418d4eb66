"""Entering a term, correcting it, its quota."""

from __future__ import annotations

from typing import Any

from django import forms

from core.days import DayField
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS, BodyKind, Employment, Position
from sanzhang.models import Term
from sanzhang.selectors.bodies import positions_of
from sanzhang.selectors.places import units_to_fill

FIVE_YEARS = "不填按五年计算"


class TermForm(forms.Form):
    """The present term of a body."""

    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="单位",
        empty_label="请选择",
        error_messages={"required": "请选择单位。", "invalid_choice": "请从列表中选择您管理的单位。"},
    )
    kind = forms.ChoiceField(
        label="领导机构", choices=[(kind.value, kind.label) for kind in LEADERSHIP_KINDS]
    )
    ordinal = forms.IntegerField(label="届次", min_value=1, max_value=99, help_text="第几届")
    starts_on = DayField(label="届期开始")
    lawful_end = DayField(label="应换届日期", required=False, help_text=FIVE_YEARS)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_to_fill(user)  # type: ignore[attr-defined]


class CorrectTermForm(forms.Form):
    """What was typed wrong of a term."""

    ordinal = forms.IntegerField(label="届次", min_value=1, max_value=99, help_text="第几届")
    starts_on = DayField(label="届期开始")
    lawful_end = DayField(label="应换届日期")
    reason = forms.CharField(label="更正原因", max_length=200)

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        known = {name: getattr(term, name) for name in ("ordinal", "starts_on", "lawful_end")}
        kwargs.setdefault("initial", known)
        super().__init__(*args, **kwargs)


def quota_name(position: str, employment: str) -> str:
    return f"quota_{position}_{employment}"


def add_quota_fields(form: forms.Form, kind: BodyKind, known: dict[tuple[str, str], int]) -> None:
    """A number for every position and employment of the body; empty: not set."""
    for position in positions_of(kind):
        for employment in Employment:
            form.fields[quota_name(position, employment)] = forms.IntegerField(
                label=f"{position.label}（{employment.label}）",
                min_value=0,
                max_value=2000,
                required=False,
                initial=known.get((position.value, employment.value)),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )


def typed_quota(data: dict[str, Any], kind: BodyKind) -> dict[tuple[str, str], int | None]:
    """The numbers typed, for the service."""
    return {
        (position.value, employment.value): data.get(quota_name(position, employment))
        for position in positions_of(kind)
        for employment in Employment
    }


def quota_lines(form: forms.Form, kind: BodyKind) -> list[tuple[Position, list[forms.BoundField]]]:
    """Per position its three numbers, for the table of the page."""
    return [
        (position, [form[quota_name(position, employment)] for employment in Employment])
        for position in positions_of(kind)
    ]


class QuotaForm(forms.Form):
    """Seats of one term by position and employment."""

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = BodyKind(term.body.kind)
        known = {(row.position, row.employment): row.seats for row in term.quotas.all()}
        add_quota_fields(self, self.kind, known)

    def quota(self) -> dict[tuple[str, str], int | None]:
        return typed_quota(self.cleaned_data, self.kind)

    def lines(self) -> list[tuple[Position, list[forms.BoundField]]]:
        return quota_lines(self, self.kind)
