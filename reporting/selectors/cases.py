"""Corrections and belated reports in sight, and whose turn each is."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from reporting.choices import CaseState
from reporting.models import CaseStep, CorrectionCase, Report
from reporting.permissions import VIEW_REPORTS


def cases_in_sight(user: Any) -> QuerySet[CorrectionCase]:
    """Cases of the reports that ``user`` may see, the newest first, with ``waiting_for``: who is to confirm next."""
    pending = CaseStep.objects.filter(case=OuterRef("pk"), confirmed__isnull=True).order_by("order")
    seen = Report.objects.visible_to(user, VIEW_REPORTS).values("pk")
    return (
        CorrectionCase.objects.filter(report__in=seen)
        .select_related("report", "report__cycle", "report__unit")
        .annotate(
            waiting_for=Subquery(pending.values("unit__display_name")[:1]),
            waiting_for_id=Subquery(pending.values("unit")[:1]),
        )
        .order_by("-opened_at", "-pk")
    )


def narrowed(cases: QuerySet[CorrectionCase], values: dict[str, Any]) -> QuerySet[CorrectionCase]:
    """``cases`` by unit name, kind and state."""
    if name := (values.get("q") or "").strip():
        cases = cases.filter(report__unit_name__contains=name)
    for field in ("kind", "state"):
        if value := values.get(field):
            cases = cases.filter(**{field: value})
    return cases


def waiting_for(cases: QuerySet[CorrectionCase], unit_id: int) -> QuerySet[CorrectionCase]:
    """Those whose next step is the unit's, the oldest first."""
    return cases.filter(state=CaseState.OPEN, waiting_for_id=unit_id).order_by(  # type: ignore[misc]
        "opened_at", "pk"
    )
