"""What may be subscribed, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import QueryDict

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Delivery, SavedQuestion, Subscription
from reporting.permissions import VIEW_REPORTS

QUESTION = "question:"
PIVOT = "reporting.pivot"


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of file, its name, and how deep in the tree it is made."""

    kind: str
    title: str
    deepest: Level = Level.CITY


OFFERS = (
    Offer("reporting.workbook", "“3+1”工作月报（Excel）"),
    Offer("reporting.bulletin_docx", "工作进展情况通报（Word）"),
    Offer("reporting.bulletin_pdf", "工作进展情况通报（PDF）"),
    Offer("reporting.batch", "各市工作月报打包（ZIP）", Level.PROVINCE),
    Offer("reporting.completeness", "月报报送明细", Level.COUNTY),
    Offer("reporting.blank_spots", "空白点名单", Level.COUNTY),
    Offer("reporting.figures", "填报数据明细", Level.COUNTY),
)


def offers_for(user: Any) -> list[tuple[str, str]]:
    """Files for the unit in use, then the questions offered to the person."""
    level = user.unit.level
    files = [(offer.kind, offer.title) for offer in OFFERS if level <= offer.deepest]
    questions = SavedQuestion.objects.offered_to(user)
    return files + [(f"{QUESTION}{one.pk}", f"自助查询：{one.name}") for one in questions]


def wanted(user: Any, choice: str) -> tuple[str, str, dict[str, Any]]:
    """Kind, title and parameters of one of :func:`offers_for`."""
    if choice.startswith(QUESTION):
        question = SavedQuestion.objects.offered_to(user).get(pk=int(choice.removeprefix(QUESTION)))
        asked = QueryDict(question.query)
        params: dict[str, Any] = {key: values for key, values in asked.lists() if key != "unit"}
        return PIVOT, f"自助查询“{question.name}”", params | {"title": question.name}
    offer = next(one for one in OFFERS if one.kind == choice)
    return offer.kind, offer.title, {}


def units_offered(user: Any) -> QuerySet[OrgUnit]:
    """The unit in use and those directly below it."""
    found = OrgUnit.objects.visible_to(user, VIEW_REPORTS).filter(level__lt=Level.VILLAGE)
    return found.filter(Q(pk=user.unit.pk) | Q(parent=user.unit), closed_on__isnull=True).in_code_order()


def subscriptions_of(user: Any, deliveries_shown: int) -> list[tuple[Subscription, list[Delivery]]]:
    """Those that stand, each with its last deliveries, newest first."""
    deliveries = Delivery.objects.select_related("job", "cycle").order_by("-due_at", "-pk")
    held = Subscription.objects.of(user).select_related("unit")
    rows = held.prefetch_related(Prefetch("deliveries", queryset=deliveries))
    return [(row, list(row.deliveries.all())[:deliveries_shown]) for row in rows]
