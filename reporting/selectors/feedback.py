"""减负意见: the province's list, and one's own with what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from core.keys import key_in
from reporting.models import BurdenFeedback, Report
from reporting.permissions import DESIGN_FORMS, VIEW_REPORTS


def feedback_in_sight(user: Any, query: Mapping[str, Any]) -> QuerySet[BurdenFeedback]:
    """Every remark for who designs forms, else those of one's own desk; newest first, narrowed as the page is."""
    in_sight = Report.objects.visible_to(user, VIEW_REPORTS)
    if not user.can_anywhere(DESIGN_FORMS):
        in_sight = in_sight.filter(custodian=user.unit)
    found = BurdenFeedback.objects.filter(report__in=in_sight.values("pk")).select_related(
        "report__unit", "report__cycle__form_version__form", "report__cycle__collection"
    )
    words, state, form = (str(query.get(name, "")).strip() for name in ("q", "state", "form"))
    if words:
        found = found.filter(
            Q(text__icontains=words) | Q(answer__icontains=words) | Q(report__unit_name__icontains=words)
        )
    if state:
        found = found.filter(state=state)
    if key := key_in(form):
        found = found.filter(report__cycle__form_version__form=key)
    return found.order_by("-at", "-pk")
