"""The records of chasing in somebody's sight: of units in scope, and of reports that one's desk types or reviews."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from reporting.models import ChaseRecord, Reminder, Report
from reporting.permissions import VIEW_REPORTS


def chases_in_sight(user: Any) -> QuerySet[ChaseRecord]:
    reports = Report.objects.visible_to(user, VIEW_REPORTS)
    return ChaseRecord.objects.filter(report__in=reports).select_related("report__cycle", "report__unit")


def reminders_in_sight(user: Any) -> QuerySet[Reminder]:
    reports = Report.objects.visible_to(user, VIEW_REPORTS)
    found = Reminder.objects.filter(report__in=reports)
    return found.select_related("report__cycle", "unit", "user", "message")
