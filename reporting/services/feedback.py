"""减负意见: taken from whoever fills in a form, read by the province."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import DomainError, Forbidden
from reporting.models import BurdenFeedback, Report
from reporting.permissions import VIEW_REPORTS


@transaction.atomic
def give_feedback(*, report: Report, text: str, by: Actor) -> BurdenFeedback:
    """Keep a remark on the burden of a form. Raises :class:`DomainError` where nothing is said."""
    if not by.can(VIEW_REPORTS, report.unit):
        raise Forbidden.for_action("提减负意见")
    said = text.strip()
    if not said:
        raise DomainError.of("text_wanted", "请写一句您的意见。", "text")
    if len(said) > 500:
        raise DomainError.of("too_long", "意见请控制在500字以内。", "text")
    row = BurdenFeedback.objects.create(report=report, text=said, by_id=by.pk, by=by.actor_label)
    record(
        kind="report.feedback",
        by=by,
        unit=report.unit,
        obj=row,
        summary=f"减负意见：{report.unit_name}{report.cycle.label}月报",
    )
    return row
