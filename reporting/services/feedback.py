"""减负意见: taken from whoever fills in a form, answered by the province."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, Forbidden
from reporting.choices import FeedbackState
from reporting.models import BurdenFeedback, Report
from reporting.permissions import DESIGN_FORMS, VIEW_REPORTS


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
        summary=f"减负意见：{report.unit_name}{report.cycle.title}",
    )
    return row


@transaction.atomic
def answer_feedback(*, row: BurdenFeedback, state: str, answer: str, by: Actor) -> BurdenFeedback:
    """答复 a remark, 已采纳 or 已说明; answering again replaces the answer, the trail keeps the old one.

    Raises:
        Forbidden: not a designer of the province. DomainError: no words, or no decision.
    """
    fresh = (
        BurdenFeedback.objects.select_for_update(of=("self",)).select_related("report__unit").get(pk=row.pk)
    )
    unit = fresh.report.unit
    if not by.can(DESIGN_FORMS, unit.province or unit):
        raise Forbidden.for_action("答复减负意见")
    said = answer.strip()
    if not said:
        raise DomainError.of("answer_wanted", "请写明答复内容。", "answer")
    if len(said) > 500:
        raise DomainError.of("too_long", "答复请控制在500字以内。", "answer")
    if state not in (FeedbackState.ADOPTED, FeedbackState.EXPLAINED):
        raise DomainError.of("state_wanted", "请选择“已采纳”或“已说明”。", "state")
    before = fresh.answer
    fresh.state, fresh.answer = state, said
    fresh.answered_at, fresh.answered_by = clock.now(), by.actor_label
    fresh.save()
    record(
        kind="report.feedback_answered",
        by=by,
        unit=unit,
        obj=fresh,
        summary=f"答复减负意见：{fresh.report.unit_name}（{fresh.get_state_display()}）",
        data={"before": before, "answer": said, "state": state},
    )
    return fresh
