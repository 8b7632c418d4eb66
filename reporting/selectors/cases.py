"""Corrections and belated reports in sight, and whose turn each is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from core import formats
from reporting.answers import written_answer
from reporting.choices import CaseState, ValueKind
from reporting.models import CaseStep, CorrectionCase, FormItem, Report
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.layout import layout_of, shape_of


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


@dataclass(frozen=True, slots=True)
class CaseLine:
    """Old and new of one item, as people read them."""

    name: str
    old: str
    new: str
    is_numeric: bool


def case_lines(case: CorrectionCase) -> list[CaseLine]:
    """What a case changes, in the order of the form."""
    layout = layout_of(case.report.cycle.form_version)
    changed = {item.indicator_id: item for item in case.items.select_related("indicator")}
    return [
        CaseLine(
            name=item.indicator.name,
            old=_written(item, changed[item.indicator_id].old_value, changed[item.indicator_id].old_text),
            new=_written(item, changed[item.indicator_id].new_value, changed[item.indicator_id].new_text),
            is_numeric=item.indicator.is_numeric,
        )
        for item in layout.items
        if item.indicator_id in changed
    ]


def _written(item: FormItem, value: Decimal | None, text: str) -> str:
    if item.indicator.is_numeric:
        words = formats.number(value, item.indicator.places)
        return f"{words}%" if value is not None and item.indicator.value_kind == ValueKind.RATIO else words
    return written_answer(text, shape_of(item)) or formats.ABSENT
