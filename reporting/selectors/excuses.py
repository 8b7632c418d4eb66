"""免报 and 缓报 in somebody's sight, each with who granted it, why, until when, and how it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When

from core import clock
from reporting.choices_collections import ExcuseKind, ExcuseState
from reporting.models import Report
from reporting.models.report import ReportQuerySet
from reporting.permissions import VIEW_REPORTS

IS_EXEMPT = Q(exempted_at__isnull=False)


def excused_reports(user: Any, at: dt.datetime | None = None) -> ReportQuerySet:
    """Reports that were exempted or deferred, with ``excuse``, ``excuse_state``, ``reason`` and ``granted_by``; what is
    exempt is no longer deferred. What was withdrawn stands on record only."""
    found: ReportQuerySet = Report.objects.visible_to(user, VIEW_REPORTS)
    return (
        found.filter(IS_EXEMPT | Q(deferred_to__isnull=False))
        .select_related("cycle", "unit")
        .annotate(
            excuse=Case(
                When(IS_EXEMPT, then=Value(ExcuseKind.EXEMPT.value)),
                default=Value(ExcuseKind.DEFERRED.value),
                output_field=CharField(),
            ),
            excuse_state=_state(at or clock.now()),
            reason=Case(When(IS_EXEMPT, then=F("exempted_reason")), default=F("deferred_reason")),
            granted_by=Case(When(IS_EXEMPT, then=F("exempted_by")), default=F("deferred_by")),
        )
    )


def _state(at: dt.datetime) -> Case:
    return Case(
        When(IS_EXEMPT, then=Value(ExcuseState.EXEMPT.value)),
        When(on_time=True, then=Value(ExcuseState.IN_TIME.value)),
        When(on_time=False, then=Value(ExcuseState.LATE.value)),
        When(deferred_to__lte=at, then=Value(ExcuseState.MISSING.value)),
        default=Value(ExcuseState.RUNNING.value),
        output_field=CharField(),
    )
