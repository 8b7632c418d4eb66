"""Which divisions count as expected (应建), who confirmed it, and which still wait for the city's word."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from core import clock
from orgs.models import Expectation, OrgUnit, OrgUnitQuerySet
from orgs.permissions import CONFIRM_EXPECTED

#: Proposed by the import as not expected, and nobody has confirmed it.
WAITING = Q(is_expected=False, expected_confirmed=False)


def expectations(user: Any, criteria: dict[str, Any]) -> OrgUnitQuerySet:
    """Open units that ``user`` confirms, with the latest word: ``word_by``, ``word_at``, ``word_since``, ``word_basis``.

    Criteria: ``q``, ``level``, ``kind``, ``city``, ``county``, ``expected`` (``yes``, ``no``), ``state`` (waiting unless
    it says ``confirmed`` or ``all``).
    """
    word = Expectation.objects.on(clock.today()).filter(unit=OuterRef("pk"))
    units = (
        OrgUnit.objects.visible_to(user, CONFIRM_EXPECTED)
        .open()
        .annotate(
            word_by=Subquery(word.values("recorded_by")[:1]),
            word_at=Subquery(word.values("recorded_at")[:1]),
            word_since=Subquery(word.values("valid_from")[:1]),
            word_basis=Subquery(word.values("basis")[:1]),
        )
        .select_related("city", "county")
    )
    if text := (criteria.get("q") or "").strip():
        units = units.search(text)
    for name in ("level", "kind", "city", "county"):
        if criteria.get(name):
            units = units.filter(**{name: criteria[name]})
    if expected := criteria.get("expected"):
        units = units.filter(is_expected=expected == "yes")
    state = criteria.get("state") or "waiting"
    if state == "all":
        return units
    return units.filter(expected_confirmed=True) if state == "confirmed" else units.filter(WAITING)


def expectation_counts(user: Any) -> dict[str, int]:
    """Units in the charge of ``user``: waiting for a word, expected, not expected; one query."""
    return (
        OrgUnit.objects.visible_to(user, CONFIRM_EXPECTED)
        .open()
        .order_by()
        .aggregate(
            waiting=Count("pk", filter=WAITING),
            expected=Count("pk", filter=Q(is_expected=True)),
            unexpected=Count("pk", filter=Q(is_expected=False)),
        )
    )
