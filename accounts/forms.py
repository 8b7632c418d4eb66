"""Forms of accounts: types and required fields; what may be done is the services' matter."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import QuerySet

from accounts.delegating import colleagues, principals
from accounts.models import User
from accounts.roles import Role
from accounts.rules import PLAIN_ROLES, roles_to_give
from accounts.selectors import units_to_staff
from accounts.services.delegations import DELEGABLE
from core import clock
from core.days import DayInput
from orgs.choices import Level
from orgs.models import OrgUnit


class SignInForm(AuthenticationForm):
    """Account name and password."""

    error_messages = {
        "invalid_login": "账号或密码不正确。连续输错 5 次将锁定 15 分钟；忘记密码请联系上级单位管理员重置。",
        "inactive": "该账号已停用，请联系单位管理员。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["username"].widget.attrs.update(autocomplete="username")
        self.fields["password"].label = "密码"


class PasswordForm(forms.Form):
    """The old password and the new one twice."""

    old = forms.CharField(
        label="原密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 10 位，不能全是数字，不能与账号或姓名相近，不能是常见密码。",
    )
    again = forms.CharField(
        label="再输一次新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if self.cleaned_data.get("new") != again:
            raise forms.ValidationError("两次输入的新密码不一致。")
        return again


class UnitChoice(forms.ModelChoiceField):
    """A unit named by its division code, so that a province's lists need not be sent to the browser."""

    default_error_messages = {
        "invalid_choice": "没有这个行政区划代码的单位，或不在您的管理范围内。",
        "required": "请填写单位的行政区划代码。",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "list": "units"})
        )
        super().__init__(OrgUnit.objects.none(), to_field_name="division_code", **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).split(" ")[0].strip() if value else value)


class AccountForm(forms.Form):
    """A new account with its first posting."""

    unit = UnitChoice(label="单位（行政区划代码）", help_text="如 370102；输入代码或名称选择。")
    name = forms.CharField(label="姓名", max_length=40)
    roles = forms.MultipleChoiceField(label="角色", widget=forms.CheckboxSelectMultiple)
    username = forms.CharField(
        label="账号",
        max_length=60,
        required=False,
        help_text="留空则按“行政区划代码-角色序号”自动生成，如 370102-01。",
    )
    email = forms.EmailField(label="电子邮箱", required=False)
    starts_on = forms.DateField(label="起始日期", widget=DayInput())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_rows(self, "unit", units_to_staff(by))
        _offer(self, "roles", _role_choices(by))
        self.fields["starts_on"].initial = clock.today


class GrantForm(forms.Form):
    """One more posting for an account."""

    unit = UnitChoice(label="单位（行政区划代码）")
    role = forms.ChoiceField(label="角色")
    starts_on = forms.DateField(label="起始日期", widget=DayInput())
    ends_on = forms.DateField(label="截止日期", required=False, widget=DayInput(), help_text="长期任职留空。")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_rows(self, "unit", units_to_staff(by))
        _offer(self, "role", _role_choices(by))
        self.fields["starts_on"].initial = clock.today


class EndPostingForm(forms.Form):
    ends_on = forms.DateField(label="最后一天", widget=DayInput())


class BulkForm(forms.Form):
    """Accounts for every unit of one level below a unit."""

    unit = UnitChoice(label="上级单位（行政区划代码）", help_text="为该单位下面的所有单位开通。")
    level = forms.TypedChoiceField(
        label="为哪一级开通",
        coerce=lambda value: Level(int(value)),
        choices=[(Level.CITY, "各市"), (Level.COUNTY, "各县（市、区）"), (Level.TOWNSHIP, "各乡镇（街道）")],
    )
    roles = forms.MultipleChoiceField(label="角色", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_rows(self, "unit", units_to_staff(by))
        _offer(self, "roles", [(role.value, role.label) for role in (*PLAIN_ROLES, Role.UNIT_ADMIN)])


class HandoverForm(forms.Form):
    """Who takes over."""

    successor = forms.ModelChoiceField(
        label="接任人账号",
        queryset=User.objects.none(),
        to_field_name="username",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "candidates"}),
        error_messages={"invalid_choice": "没有这个账号，或不在您的管理范围内；请先为接任人开通账号。"},
    )
    note = forms.CharField(
        label="交接说明",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="可由离任人登录后补充，也可逐条写明各单位的情况。",
    )
    closes_account = forms.BooleanField(label="交接后停用原账号", required=False, initial=True)

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_rows(self, "successor", candidates)


def _offer_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    cast(forms.ModelChoiceField, form.fields[name]).queryset = rows


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def _role_choices(by: User) -> list[tuple[str, str]]:
    """Roles that ``by`` may give at some unit in reach."""
    units = [*{posting.unit for posting in by.postings_now}]
    below = list(units_to_staff(by).exclude(pk__in=[unit.pk for unit in units])[:1])
    given = {role for unit in [*units, *below] for role in roles_to_give(by, unit)}
    return [(role.value, str(role.label)) for role in Role if role in given]


class SavedViewForm(forms.Form):
    """A view's name, and whether colleagues at the unit see it."""

    name = forms.CharField(
        label="名称",
        max_length=40,
        error_messages={"required": "请填写视图名称。", "max_length": "名称最多 40 个字。"},
    )
    is_shared = forms.BooleanField(label="本单位同事也可使用", required=False)


class Person(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.username}）"


class DelegationForm(forms.Form):
    """Who is away, who acts, as what, from when to when, why."""

    principal = Person(User.objects.none(), label="谁外出", empty_label=None)
    deputy = Person(User.objects.none(), label="委托给", empty_label="请选择本单位同志")
    role = forms.ChoiceField(label="代行", choices=[(role.value, role.label) for role in DELEGABLE])
    starts_on = forms.DateField(label="起始日期", widget=DayInput())
    ends_on = forms.DateField(label="截止日期", widget=DayInput(), help_text="当天 24 时自动失效")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如：赴省委党校学习")

    def __init__(self, *args: Any, by: User, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_rows(self, "principal", principals(by, unit))
        _offer_rows(self, "deputy", colleagues(unit))
        self.fields["principal"].initial = by.pk
        self.fields["starts_on"].initial = clock.today
        if Role.REVIEWER not in by.roles_here and Role.LEADER in by.roles_here:
            self.fields["role"].initial = Role.LEADER
