"""Collections as the province lists them: what state each is in, who owes, when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from core import formats
from orgs.models import OrgUnit
from reporting.choices import CollectionState, CycleState, ReportState, Whom
from reporting.models import Collection, Cycle
from reporting.selectors.cycles import NextOpening, next_opening


def collections_of(owner: OrgUnit) -> QuerySet[Collection]:
    """All that ``owner`` asks of those below, drafts included, with how many cycles each has; one query."""
    return (
        Collection.objects.filter(owner=owner)
        .select_related("owner", "form", "cohort", "dates")
        .annotate(
            cycle_count=Count("cycles", distinct=True),
            open_count=Count("cycles", filter=Q(cycles__state=CycleState.OPEN), distinct=True),
            last_period=Max("cycles__period"),
            last_due=Subquery(
                Cycle.objects.filter(collection=OuterRef("pk")).order_by("-period").values("city_due")[:1]
            ),
        )
    )


def narrowed(rows: QuerySet[Collection], criteria: dict[str, Any]) -> QuerySet[Collection]:
    """By name, rhythm and state."""
    if text := criteria.get("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(noun__icontains=text) | Q(form__name__icontains=text))
    if rhythm := criteria.get("rhythm"):
        rows = rows.filter(rhythm=rhythm)
    if state := criteria.get("state"):
        rows = rows.filter(_IN_STATE[state])
    return rows


_IS_OVER = Q(rhythm="once", cycle_count__gt=0, open_count=0)
_IN_STATE = {
    CollectionState.DRAFT: Q(is_active=False, started_at__isnull=True),
    CollectionState.OVER: _IS_OVER,
    CollectionState.RUNNING: Q(is_active=True) & ~_IS_OVER,
    CollectionState.PAUSED: Q(is_active=False, started_at__isnull=False) & ~_IS_OVER,
}


def state_of(collection: Any) -> CollectionState:
    """草稿, 执行中, 已停用 or 已办结, of a row of :func:`collections_of`."""
    if collection.is_draft:
        return CollectionState.DRAFT
    if collection.is_once and collection.cycle_count and not collection.open_count:
        return CollectionState.OVER
    return CollectionState.RUNNING if collection.is_active else CollectionState.PAUSED


def whom_words(collection: Collection) -> str:
    """Who owes in one line: 市级、县级；试点单位集；只由已建科协的单位."""
    levels = "、".join(label for value, label in _LEVELS if value in collection.levels)
    parts = [levels or "未选层级"]
    if collection.whom == Whom.COHORT and collection.cohort:
        parts.append(f"限单位集“{collection.cohort}”")
    if collection.whom == Whom.CHOSEN:
        parts.append("限指定单位")
    if collection.established_only:
        parts.append("限已建科协的")
    return "；".join(parts)


_LEVELS = [(1, "省级"), (2, "市级"), (3, "县级"), (4, "乡镇级")]


def due_words(collection: Collection) -> str:
    """When the levels that owe are due, in one line: 次月县级12日、市级15日."""
    owing = [(name, each) for level, name, each in _DUE if level in collection.levels]
    if collection.is_once:
        dates = getattr(collection, "dates", None)
        if dates is None:
            return "未设定"
        return "、".join(f"{name}{formats.day(getattr(dates, f'{each}_due'))}" for name, each in owing)
    when = {0: "", 1: "次月"}.get(collection.due_months_after, f"{collection.due_months_after}个月后")
    return when + "、".join(f"{name}{getattr(collection, f'{each}_day')}日" for name, each in owing)


_DUE = [(4, "乡镇", "township"), (3, "县级", "county"), (2, "市级", "city")]


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One cycle of a collection in numbers."""

    cycle: Cycle
    expected: int
    submitted: int
    accepted: int


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A collection with its cycles, newest first, and what opens next."""

    collection: Collection
    state: CollectionState
    lines: list[CycleLine]
    next: NextOpening | None


def read_collection(collection: Collection, shown: int = 12) -> CollectionPage:
    """Two queries beside the row itself."""
    owed = Q(reports__exempted_at__isnull=True)
    cycles = (
        Cycle.objects.filter(collection=collection)
        .annotate(
            expected=Count("reports", filter=owed),
            submitted=Count("reports", filter=owed & Q(reports__first_submitted_at__isnull=False)),
            accepted=Count("reports", filter=owed & Q(reports__state=ReportState.ACCEPTED)),
        )
        .order_by("-period")[:shown]
    )
    lines = [CycleLine(cycle, cycle.expected, cycle.submitted, cycle.accepted) for cycle in cycles]
    is_ready = not collection.is_once or hasattr(collection, "dates")
    return CollectionPage(
        collection, state_of(collection), lines, next_opening(collection) if is_ready else None
    )
