"""The records of chasing as sheets, by the same filters as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from files.lists import each, list_file, with_export
from reporting.filters.chase import ChaseFilter, ReminderFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.chases import chases_in_sight, reminders_in_sight
from reporting.tables.chase import CHASE_SHEET, REMINDER_SHEET, chase_line, reminder_line


def _chases(user: Any, query: QueryDict) -> QuerySet[Any]:
    return ChaseFilter(query, queryset=chases_in_sight(user)).qs.order_by("-at", "-pk")


def _reminders(user: Any, query: QueryDict) -> QuerySet[Any]:
    return ReminderFilter(query, queryset=reminders_in_sight(user)).qs.order_by("-at", "-pk")


CHASES_FILE = list_file(
    kind="reporting.chases",
    title="催报登记",
    columns=CHASE_SHEET,
    rows=_chases,
    lines=each(chase_line),
    allowed=with_export(VIEW_REPORTS),
)
REMINDERS_FILE = list_file(
    kind="reporting.reminders",
    title="系统提醒记录",
    columns=REMINDER_SHEET,
    rows=_reminders,
    lines=each(reminder_line),
    allowed=with_export(VIEW_REPORTS),
)
