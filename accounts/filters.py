"""Narrowing the list of accounts."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Handover, HandoverState, Posting, User
from accounts.roles import Role
from accounts.selectors import search_accounts
from core import clock
from orgs.choices import Level

STATES = [("active", "使用中"), ("first", "待改密码"), ("closed", "已停用")]


class AccountFilter(filters.FilterSet):
    """By words, role, level and state."""

    q = filters.CharFilter(
        label="姓名、账号、单位",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "如 历下区 或 370102"}),
    )
    role = filters.ChoiceFilter(label="角色", choices=Role.choices, method="by_role", empty_label="全部")
    level = filters.ChoiceFilter(
        label="单位层级", choices=Level.choices, method="by_level", empty_label="全部"
    )
    state = filters.ChoiceFilter(label="状态", choices=STATES, method="by_state", empty_label="全部")

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, accounts: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return search_accounts(accounts, value)

    def by_role(self, accounts: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return _posted(accounts, role=value)

    def by_level(self, accounts: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return _posted(accounts, unit__level=value)

    def by_state(self, accounts: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "closed":
            return accounts.filter(is_active=False)
        return accounts.filter(is_active=True, must_change_password=value == "first")


class HandoverFilter(filters.FilterSet):
    """By names and state."""

    q = filters.CharFilter(label="姓名、账号、单位", method="search")
    state = filters.ChoiceFilter(label="状态", choices=HandoverState.choices, empty_label="全部")

    class Meta:
        model = Handover
        fields: list[str] = []

    def search(self, handovers: QuerySet[Handover], name: str, value: str) -> QuerySet[Handover]:
        of_person = [
            Q(**{f"{who}__{what}__contains": value})
            for who in ("leaver", "successor")
            for what in ("name", "username")
        ]
        found = Q(unit__display_name__contains=value)
        for one in of_person:
            found |= one
        return handovers.filter(found)


def _posted(accounts: QuerySet[User], **conditions: Any) -> QuerySet[User]:
    held = Posting.objects.on(clock.today()).filter(user=OuterRef("pk"), **conditions)
    return accounts.filter(Exists(held))
