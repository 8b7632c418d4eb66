"""免报 and 缓报 in somebody's sight, each with who granted it, why, until when, and how it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from core import clock
from reporting.choices import ExcuseKind, ExcuseState
from reporting.models import Cycle, Excuse, ExcuseQuerySet, Report, ReportQuerySet
from reporting.permissions import EXCUSE, VIEW_REPORTS

IS_LIFTED = Q(lifted_at__isnull=False)
#: An extension of what was exempted afterwards says nothing until the exemption is withdrawn.
IS_IDLE = Q(kind=ExcuseKind.DEFERRED, lifted_at__isnull=True, report__exempted_at__isnull=False)


def excuses_in_sight(user: Any, at: dt.datetime | None = None) -> ExcuseQuerySet:
    """Every exemption and extension of the reports in sight, those withdrawn too, with ``state``."""
    return (
        Excuse.objects.visible_to(user, VIEW_REPORTS)
        .exclude(IS_IDLE)
        .select_related("report__cycle", "report__unit")
        .annotate(state=_state(at or clock.now()))
    )


def excusable(user: Any, cycle: Cycle | None) -> ReportQuerySet:
    """The reports of ``cycle`` for which ``user`` may grant something now: of units directly below, not handed in."""
    own = [unit.pk for unit in user.reach_of(EXCUSE).own]
    return (
        Report.objects.filter(cycle=cycle, reviewer__in=own, first_submitted_at__isnull=True)
        .owed()
        .exclude(unit=F("reviewer"))
        .select_related("cycle", "unit")
        .order_by("unit__division_code")
    )


def cycles_to_excuse(user: Any) -> QuerySet[Cycle]:
    """Open cycles in which ``user``'s desk reviews anybody."""
    own = [unit.pk for unit in user.reach_of(EXCUSE).own]
    reviewed = Report.objects.filter(cycle=OuterRef("pk"), reviewer__in=own).exclude(unit=F("reviewer"))
    return (
        Cycle.objects.open().filter(Exists(reviewed)).select_related("collection").order_by("-period", "pk")
    )


def _state(at: dt.datetime) -> Case:
    return Case(
        When(IS_LIFTED, then=Value(ExcuseState.LIFTED.value)),
        When(kind=ExcuseKind.EXEMPT, then=Value(ExcuseState.EXEMPT.value)),
        When(report__on_time=True, then=Value(ExcuseState.IN_TIME.value)),
        When(report__on_time=False, then=Value(ExcuseState.LATE.value)),
        When(until__lte=at, then=Value(ExcuseState.MISSING.value)),
        default=Value(ExcuseState.RUNNING.value),
        output_field=CharField(),
    )
