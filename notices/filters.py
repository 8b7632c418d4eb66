"""Narrowing the inbox."""

from __future__ import annotations

from functools import reduce
from operator import or_

import django_filters as filters
from django.db.models import Q, QuerySet

from notices.choices import BEGINNINGS, Group
from notices.models import Message


class InboxFilter(filters.FilterSet):
    """By kind, and whether read."""

    kind = filters.ChoiceFilter(label="类别", choices=Group.choices, method="by_group", empty_label="全部")
    state = filters.ChoiceFilter(
        label="状态",
        choices=[("unread", "未读"), ("read", "已读")],
        method="by_state",
        empty_label="全部",
    )

    class Meta:
        model = Message
        fields: list[str] = []

    def by_group(self, messages: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        begins = [Q(kind__startswith=beginning) for beginning in BEGINNINGS[Group(value)]]
        return messages.filter(reduce(or_, begins))

    def by_state(self, messages: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        return messages.filter(read_at__isnull=value == "unread")
