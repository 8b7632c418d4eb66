"""The form of a delegation: types and required fields; the service judges."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.delegating import colleagues, principals
from accounts.models import User
from accounts.roles import Role
from accounts.services.delegations import DELEGABLE
from core import clock
from orgs.models import OrgUnit


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class Person(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.username}）"


class DelegationForm(forms.Form):
    """Who is away, who acts, as what, from when to when, why."""

    principal = Person(User.objects.none(), label="谁外出", empty_label=None)
    deputy = Person(User.objects.none(), label="委托给", empty_label="请选择本单位同志")
    role = forms.ChoiceField(label="代行", choices=[(role.value, role.label) for role in DELEGABLE])
    starts_on = forms.DateField(label="起始日期", widget=_day())
    ends_on = forms.DateField(label="截止日期", widget=_day(), help_text="当天 24 时自动失效")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如：赴省委党校学习")

    def __init__(self, *args: Any, by: User, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, people in (("principal", principals(by, unit)), ("deputy", colleagues(unit))):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = people
        self.fields["principal"].initial = by.pk
        self.fields["starts_on"].initial = clock.today
        if Role.REVIEWER not in by.roles_here and Role.LEADER in by.roles_here:
            self.fields["role"].initial = Role.LEADER
