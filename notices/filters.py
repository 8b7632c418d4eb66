"""Narrowing the inbox."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet

from notices.choices import Kind
from notices.models import Message


class InboxFilter(filters.FilterSet):
    """By kind, and whether read."""

    kind = filters.ChoiceFilter(label="类别", choices=Kind.choices, empty_label="全部")
    state = filters.ChoiceFilter(
        label="状态",
        choices=[("unread", "未读"), ("read", "已读")],
        method="by_state",
        empty_label="全部",
    )

    class Meta:
        model = Message
        fields: list[str] = []

    def by_state(self, messages: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        return messages.filter(read_at__isnull=value == "unread")
