"""Narrowing the records of chasing: what people did, and what the portal said."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from core import clock
from core.days import DayInput
from notices.choices import MailState
from reporting.choices import ChaseAnswer, ChaseChannel, ReminderKind
from reporting.models import ChaseRecord, Cycle, Reminder

#: Outcomes that a list of reminders may be narrowed to.
OUTCOMES = [
    (state.value, state.label)
    for state in (MailState.SENT, MailState.PENDING, MailState.FAILED, MailState.UNKNOWN, MailState.DROPPED)
]


class _AboutReports(filters.FilterSet):
    """By the unit that owes, the cycle and the days between which it happened."""

    q = filters.CharFilter(label="单位名称", method="search")
    cycle = filters.ModelChoiceFilter(
        label="统计期",
        queryset=Cycle.objects.select_related("collection").order_by("-period", "pk"),
        field_name="report__cycle",
        empty_label="全部",
    )
    since = filters.DateFilter(label="日期自", method="from_day", widget=DayInput())
    until = filters.DateFilter(label="日期至", method="to_day", widget=DayInput())

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(report__unit_name__contains=value))

    def from_day(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(at__gte=clock.start_of(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(at__lt=clock.end_of(value))


class ChaseFilter(_AboutReports):
    """催报登记, by channel and answer too."""

    channel = filters.ChoiceFilter(label="方式", choices=ChaseChannel.choices, empty_label="全部")
    answer = filters.ChoiceFilter(label="答复", choices=ChaseAnswer.choices, empty_label="全部")

    class Meta:
        model = ChaseRecord
        fields: list[str] = []


class ReminderFilter(_AboutReports):
    """系统提醒, by reason, person and how the e-mail or text message fared."""

    kind = filters.ChoiceFilter(label="事由", choices=ReminderKind.choices, empty_label="全部")
    who = filters.CharFilter(label="提醒对象", field_name="user__name", lookup_expr="contains")
    outcome = filters.ChoiceFilter(
        label="邮件短信结果", choices=OUTCOMES, method="by_outcome", empty_label="全部"
    )

    class Meta:
        model = Reminder
        fields: list[str] = []

    def by_outcome(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(message__mail_state=value) | Q(message__sms_state=value))
