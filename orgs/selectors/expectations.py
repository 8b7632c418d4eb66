"""Which divisions count as expected (应建), who confirmed it, and which still wait for the city's word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from core import clock
from orgs.models import Expectation, OrgUnit, OrgUnitQuerySet, UnitEdition
from orgs.permissions import CONFIRM_EXPECTED
from orgs.selectors.past import call_as_they_were, stood_on

#: Proposed by the import as not expected, and nobody has confirmed it.
WAITING = Q(is_expected=False, expected_confirmed=False)


def expectations(user: Any, criteria: dict[str, Any]) -> Any:
    """Open units that ``user`` confirms, with the latest word: ``word_by``, ``word_at``, ``word_since``, ``word_basis``.

    Criteria: ``q``, ``level``, ``kind``, ``city``, ``county``, ``expected`` (``yes``, ``no``), ``state`` (waiting unless
    it says ``confirmed`` or ``all``). With ``on``, the editions of that day of the units that ``user`` confirms today, for
    :func:`as_confirmed`.
    """
    day = criteria.get("on")
    units = OrgUnit.objects.visible_to(user, CONFIRM_EXPECTED)
    rows: Any = _with_word(units.open(), clock.today()).select_related("city", "county")
    waiting = WAITING
    if day is not None:
        rows, waiting = stood_on(units, day), _waiting_on(day)
    if text := (criteria.get("q") or "").strip():
        rows = rows.search(text)
    for name in ("level", "kind", "city", "county"):
        if criteria.get(name):
            rows = rows.filter(**{name: criteria[name]})
    if expected := criteria.get("expected"):
        rows = rows.filter(is_expected=expected == "yes")
    state = criteria.get("state") or "waiting"
    if state == "all":
        return rows
    return rows.exclude(waiting) if state == "confirmed" else rows.filter(waiting)


def _with_word(units: OrgUnitQuerySet, day: dt.date) -> OrgUnitQuerySet:
    word = Expectation.objects.on(day).filter(unit=OuterRef("pk"))
    return units.annotate(
        word_by=Subquery(word.values("recorded_by")[:1]),
        word_at=Subquery(word.values("recorded_at")[:1]),
        word_since=Subquery(word.values("valid_from")[:1]),
        word_basis=Subquery(word.values("basis")[:1]),
    )


def _waiting_on(day: dt.date) -> Q:
    """Editions of ``day`` that did not count, without anybody's word on that day."""
    return Q(is_expected=False) & ~Q(unit__in=Expectation.objects.on(day).values("unit"))


def as_confirmed(editions: Iterable[UnitEdition], day: dt.date) -> list[OrgUnit]:
    """The units of ``editions`` as they were on ``day``, with the word of that day; ``expected_confirmed`` says whether
    they were settled then. Four queries."""
    rows = list(editions)
    keys = [edition.unit_id for edition in rows]
    units = {unit.pk: unit for unit in _with_word(OrgUnit.objects.filter(pk__in=keys), day)}
    found: list[Any] = [units[key] for key in keys]
    call_as_they_were(found, day)
    above = OrgUnit.objects.in_bulk({pk for unit in found for pk in (unit.city_id, unit.county_id) if pk})
    call_as_they_were(above.values(), day)
    for unit in found:
        unit.city, unit.county = above.get(unit.city_id), above.get(unit.county_id)
        unit.expected_confirmed = unit.is_expected or unit.word_at is not None
    return found


def expectation_counts(user: Any, day: dt.date | None = None) -> dict[str, int]:
    """Units in the charge of ``user``: waiting for a word, expected, not expected, today or on ``day``; one query."""
    units = OrgUnit.objects.visible_to(user, CONFIRM_EXPECTED)
    rows: Any = units.open() if day is None else stood_on(units, day)
    return rows.order_by().aggregate(
        waiting=Count("pk", filter=WAITING if day is None else _waiting_on(day)),
        expected=Count("pk", filter=Q(is_expected=True)),
        unexpected=Count("pk", filter=Q(is_expected=False)),
    )
