"""Corrections and belated reports in sight, and whose turn each is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core import formats
from orgs.models import OrgUnit
from reporting.answers import written_answer
from reporting.choices import CaseState, ValueKind
from reporting.models import CaseStep, CorrectionCase, FormItem, Report
from reporting.permissions import CORRECT, REVIEW, VIEW_REPORTS
from reporting.selectors.layout import layout_of, shape_of
from reporting.selectors.remembered import forget, remembered

WAITING = "cases-waiting"


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


def waiting_for(cases: QuerySet[CorrectionCase], unit_id: int) -> QuerySet[CorrectionCase]:
    """Those whose next step is the unit's, the oldest first."""
    return cases.filter(state=CaseState.OPEN, waiting_for_id=unit_id).order_by(  # type: ignore[misc]
        "opened_at", "pk"
    )


def waiting_cases(unit: OrgUnit) -> int:
    """How many wait for ``unit``'s word, for the side bar."""

    def counted() -> int:
        steps = CaseStep.objects.filter(case__state=CaseState.OPEN, confirmed__isnull=True)
        earlier = steps.filter(case=OuterRef("case"), order__lt=OuterRef("order"))
        return steps.filter(~Exists(earlier), unit=unit).count()

    return remembered(WAITING, unit, counted)


def forget_waiting_cases(case: CorrectionCase) -> None:
    """Count anew at every desk of the case's path once the present transaction is committed."""
    forget(WAITING, case.steps.values_list("unit", flat=True))


class CaseAct(models.TextChoices):
    """What may be done with an open case (``docs/workflow.md``)."""

    CONFIRM = "confirm", "确认"
    REFUSE = "refuse", "不同意"
    WITHDRAW = "withdraw", "撤回更正"


def acts_on(case: CorrectionCase, user: Any) -> list[CaseAct]:
    """What ``user`` may do with ``case`` now; the services ask the same."""
    waiting = case.waiting
    if waiting is None:
        return []
    acts = [CaseAct.CONFIRM, CaseAct.REFUSE] if user.can(REVIEW, waiting.unit) else []
    if user.can(CORRECT, case.report.custodian) and not any(step.confirmed for step in case.steps.all()):
        acts.append(CaseAct.WITHDRAW)
    return acts


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
