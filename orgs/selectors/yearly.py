"""Comparisons of divisions: who may see which, their differences narrowed, and how far the review is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from core.keys import keys_in
from orgs.choices import ChangeKind, Decision, ReorganisationState
from orgs.models import DivisionChange, DivisionUpdate, OrgUnit, Reorganisation
from orgs.permissions import DRAFT_REORGANISATION

#: How many units or rows one search for a successor shows.
FOUND_AT_ONCE = 30


def visible_updates(user: Any) -> QuerySet[DivisionUpdate]:
    """Those of land that ``user`` may reorganise."""
    return DivisionUpdate.objects.visible_to(user, DRAFT_REORGANISATION).select_related("unit")


def listed_updates(user: Any) -> QuerySet[DivisionUpdate]:
    """The list, with how many differences each has and how many are undecided."""
    return visible_updates(user).annotate(
        differences=Count("changes"), open_differences=Count("changes", filter=Q(changes__decision=""))
    )


def changes_of(update: DivisionUpdate) -> QuerySet[DivisionChange]:
    return update.changes.select_related("unit", "parent_change", "reorganisation")


def narrowed(rows: QuerySet[DivisionChange], criteria: dict[str, Any]) -> QuerySet[DivisionChange]:
    """By ``kind``, ``level``, ``county``, ``state`` of the review, and ``q`` (name or code, old or new)."""
    for name in ("kind", "level", "county"):
        if value := criteria.get(name):
            rows = rows.filter(**{name: value})
    if state := criteria.get("state"):
        rows = rows.filter(_STATES[state])
    if text := (criteria.get("q") or "").strip():
        rows = rows.filter(
            Q(name__contains=text)
            | Q(unit_label__contains=text)
            | Q(division_code__startswith=text)
            | Q(old_code__startswith=text)
        )
    return rows


_STATES: dict[str, Q] = {
    "undecided": Q(decision=""),
    "sure": Q(decision="", is_sure=True),
    "unsure": Q(decision="", is_sure=False),
    "decided": ~Q(decision=""),
    "ignored": Q(decision=Decision.IGNORE),
    "drafted": Q(reorganisation__isnull=False),
}


def counties_of(update: DivisionUpdate) -> list[tuple[str, str]]:
    """The counties with differences, by code, for choosing."""
    rows = (
        update.changes.exclude(county="").order_by("county").values_list("county", "county_label").distinct()
    )
    return [(code, f"{label}（{code}）") for code, label in rows]


def review_counts(update: DivisionUpdate) -> dict[str, int]:
    """How far the review is; one query."""
    bound = Q(reorganisation__state__in=(ReorganisationState.DRAFT, ReorganisationState.SCHEDULED))
    return update.changes.aggregate(
        total=Count("pk"),
        undecided=Count("pk", filter=Q(decision="")),
        sure=Count("pk", filter=Q(decision="", is_sure=True)),
        ignored=Count("pk", filter=Q(decision=Decision.IGNORE)),
        drafted=Count("pk", filter=bound),
        applied=Count("pk", filter=Q(reorganisation__state=ReorganisationState.APPLIED)),
    )


def reorganisations_of(update: DivisionUpdate) -> list[Reorganisation]:
    """What was drafted of it, with the number of lines of each."""
    keys = update.changes.exclude(reorganisation=None).values("reorganisation")
    rows = Reorganisation.objects.filter(pk__in=keys).select_related("unit")
    return list(rows.annotate(lines=Count("acts", distinct=True)).order_by("pk"))


def possible_targets(update: DivisionUpdate, change: DivisionChange, text: str) -> list[tuple[str, str]]:
    """Units of the level of a difference, and added divisions, that answer to ``text``: key and words."""
    units = OrgUnit.objects.open().within(update.unit).filter(level=change.level).search(text)
    rows = update.changes.filter(kind=ChangeKind.ADDED, name__contains=text).exclude(pk=change.pk)
    added = [(f"c{row.pk}", f"{row.name}（{row.division_code}，新增）") for row in rows[:FOUND_AT_ONCE]]
    found = units.exclude(pk=change.unit_id or 0).in_code_order()[:FOUND_AT_ONCE]
    if change.kind == ChangeKind.ADDED:
        gone = update.changes.filter(kind=ChangeKind.GONE).filter(
            Q(old_name__contains=text) | Q(old_code__startswith=text)
        )
        added = [
            (f"u{row.unit_id}", f"{row.unit_label}（{row.old_code}，消失）") for row in gone[:FOUND_AT_ONCE]
        ]
    known = [(f"u{unit.pk}", f"{unit.display_name}（{unit.division_code}）") for unit in found]
    return list(dict([*added, *known]).items())


def named_targets(update: DivisionUpdate, targets: list[str]) -> list[tuple[str, str]]:
    """The words of targets that were chosen."""
    units = keys_in(target[1:] for target in targets if target[:1] == "u")
    rows = keys_in(target[1:] for target in targets if target[:1] == "c")
    words = {
        f"u{unit.pk}": f"{unit.display_name}（{unit.division_code}）"
        for unit in OrgUnit.objects.filter(pk__in=units)
    }
    words |= {
        f"c{row.pk}": f"{row.name}（{row.division_code}，新增）" for row in update.changes.filter(pk__in=rows)
    }
    return [(key, words[key]) for key in targets if key in words]
