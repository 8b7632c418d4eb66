"""What waits for a reviewing desk, and how long it has waited."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from core import clock
from orgs.models import OrgUnit
from reporting.models import Report
from reporting.selectors.remembered import forget, remembered


def _words(waited_hours: int) -> str:
    days, hours = divmod(waited_hours, 24)
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    return f"{hours}小时" if hours else "不到1小时"


def waited_words(since: dt.datetime | None) -> str:
    """How long ago that was: 2天3小时, 不到1小时; nothing for nothing."""
    return _words(int((clock.now() - since).total_seconds() // 3600)) if since else ""


def waiting_reports(unit: OrgUnit) -> QuerySet[Report]:
    """Submitted reports that ``unit`` is to review, the longest wait first."""
    return (
        Report.objects.to_review(unit)
        .select_related("cycle", "cycle__collection", "unit", "custodian", "reviewer", "last_version")
        .order_by("submitted_at", "pk")
    )


WAITING = "to-review"


def waiting_count(unit: OrgUnit) -> int:
    """How many wait for ``unit``, for the side bar."""
    return remembered(WAITING, unit, lambda: Report.objects.to_review(unit).count())


def forget_waiting_count(unit_id: int) -> None:
    """Count anew once the present transaction is committed."""
    forget(WAITING, [unit_id])


def next_to_review(unit: OrgUnit, after: Report) -> Report | None:
    """The one to open after ``after``: 下一份."""
    return waiting_reports(unit).exclude(pk=after.pk).first()
