"""The reports behind each number of 报送质量."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from core import clock
from orgs.choices import Level
from reporting.choices import ReportState
from reporting.models import Report
from reporting.models.report import ReportQuerySet
from reporting.permissions import VIEW_REPORTS

#: The reports of each tier of the completeness table.
TIER = {
    "charged": Q(level__in=[Level.CITY, Level.COUNTY]),
    "city": Q(level=Level.CITY),
    "county": Q(level=Level.COUNTY, is_zone=False),
    "zone": Q(level=Level.COUNTY, is_zone=True),
    "township": Q(level=Level.TOWNSHIP),
}
#: What is never charged to townships.
NOT_CHARGED = frozenset({"on_time", "late", "first_pass", "reviewed"})

_OWED = Q(exempted_at__isnull=True)
_ACCEPTED = Q(state=ReportState.ACCEPTED)


def counted(reports: ReportQuerySet, number: str, *, at: dt.datetime | None = None) -> ReportQuerySet:
    """Those of ``reports`` that ``number``, a field of :class:`~reporting.selectors.completeness.Counts`, counts as of
    ``at`` (default: now); townships are left out where nothing is charged to them."""
    moment = at or clock.now()
    is_in = _OWED & Q(first_submitted_at__lte=moment)
    is_out = _OWED & (Q(first_submitted_at__isnull=True) | Q(first_submitted_at__gt=moment))
    conditions = {
        "expected": _OWED,
        "exempt": ~_OWED,
        "deferred": _OWED & Q(deferred_to__isnull=False),
        "submitted": is_in,
        "on_time": is_in & Q(on_time=True),
        "late": is_in & Q(on_time=False),
        "missing": is_out & Q(ends_at__lte=moment),
        "pending": is_out & Q(ends_at__gt=moment),
        "nil": is_in & Q(is_nil=True),
        "returned": _OWED & Q(state=ReportState.RETURNED),
        "accepted": _OWED & _ACCEPTED,
        "reviewed": _OWED & (_ACCEPTED | Q(returns__gt=0)),
        "first_pass": _OWED & _ACCEPTED & Q(returns=0),
        "sent_back": _OWED & Q(returns__gt=0),
    }
    found = reports.annotate(ends_at=Coalesce("deferred_to", "due_at")).filter(conditions[number])
    return found.exclude(level=Level.TOWNSHIP) if number in NOT_CHARGED else found


def reports_in_sight(user: Any) -> ReportQuerySet:
    """Every report that a person may see, with what a line of the list shows."""
    found: ReportQuerySet = Report.objects.visible_to(user, VIEW_REPORTS)
    return found.select_related("cycle", "cycle__collection", "unit", "city", "custodian", "reviewer")
