"""Which mandatory facts are missing where, which plans are overdue, and what a desk should do about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from core import clock
from orgs.choices import EstablishmentState, Level, MandatoryFact, OfficerRole
from orgs.models import Establishment, OrgUnit, UnitOfficer, UnitResources
from orgs.permissions import EDIT_FACTS, VIEW_UNITS
from orgs.selectors.confirmations import returned_to, unconfirmed_units
from orgs.selectors.listing import key_of
from orgs.selectors.past import stood_on

#: Who must be named at each level (Zhoukou 四(三)一: leader in charge and liaison of every township; Shandong 四: the first
#: responsible person and a liaison of every city and county).
OFFICERS_OWED = {
    Level.CITY: (OfficerRole.FIRST_RESPONSIBLE, OfficerRole.LIAISON),
    Level.COUNTY: (OfficerRole.FIRST_RESPONSIBLE, OfficerRole.LIAISON),
    Level.TOWNSHIP: (OfficerRole.LEADER_IN_CHARGE, OfficerRole.LIAISON),
}
_FACT_OF_ROLE = {
    OfficerRole.LEADER_IN_CHARGE: MandatoryFact.LEADER,
    OfficerRole.LIAISON: MandatoryFact.LIAISON,
    OfficerRole.FIRST_RESPONSIBLE: MandatoryFact.FIRST_RESPONSIBLE,
}


def with_missing(rows: Any, on: dt.date | None = None) -> Any:
    """``rows`` (units, or the editions of ``on``) with ``lacks_<fact>`` for every :class:`MandatoryFact`, ``is_overdue`` (the plan's day has passed),
    ``planned_on`` and ``responsible``."""
    day = on or clock.today()
    of_row = {"unit": OuterRef(key_of(rows))}
    stated = Establishment.objects.on(day).filter(**of_row)
    open_spots = stated.exclude(state=EstablishmentState.ESTABLISHED)
    officers = UnitOfficer.objects.on(day).filter(**of_row)
    flags: dict[str, Any] = {
        f"lacks_{fact}": Q(level__in=[level for level, owed in OFFICERS_OWED.items() if role in owed])
        & ~Exists(officers.filter(role=role))
        for role, fact in _FACT_OF_ROLE.items()
    }
    flags |= {
        f"lacks_{MandatoryFact.STATE}": ~Exists(stated),
        f"lacks_{MandatoryFact.REASON}": Exists(open_spots.filter(reason="", reason_code="")),
        f"lacks_{MandatoryFact.PLAN}": Exists(open_spots.filter(planned_on__isnull=True)),
        f"lacks_{MandatoryFact.RESPONSIBLE}": Exists(open_spots.filter(responsible="")),
        "planned_on": Subquery(open_spots.values("planned_on")[:1]),
        "responsible": Subquery(open_spots.values("responsible")[:1]),
        "is_overdue": Exists(open_spots.filter(planned_on__lt=day)),
    }
    return rows.annotate(**flags)


def missing_of(unit: Any) -> list[MandatoryFact]:
    """What a unit of :func:`with_missing` lacks, in order."""
    return [fact for fact in MandatoryFact if getattr(unit, f"lacks_{fact}")]


def missing_in(
    unit: OrgUnit, officers: dict[str, UnitOfficer], establishment: Establishment | None
) -> list[MandatoryFact]:
    """The same of one unit whose facts were read already; an unexpected one owes nothing."""
    if not unit.is_expected or unit.closed_on is not None:
        return []
    owed = OFFICERS_OWED.get(Level(unit.level), ())
    missing = [_FACT_OF_ROLE[role] for role in owed if role not in officers]
    if establishment is None:
        return [*missing, MandatoryFact.STATE]
    if establishment.state == EstablishmentState.ESTABLISHED:
        return missing
    said = {
        MandatoryFact.REASON: establishment.reason_words,
        MandatoryFact.PLAN: establishment.planned_on,
        MandatoryFact.RESPONSIBLE: establishment.responsible,
    }
    return [*missing, *(fact for fact, value in said.items() if not value)]


def any_missing() -> Q:
    condition = Q(is_overdue=True)
    for fact in MandatoryFact:
        condition |= Q(**{f"lacks_{fact}": True})
    return condition


def incomplete_units(user: Any, criteria: dict[str, Any] | None = None) -> Any:
    """Open expected units in view, from the city to the township, that lack a mandatory fact or are behind their plan.

    Criteria: ``q``, ``fact`` (a :class:`MandatoryFact` or ``overdue``), ``level``, ``city``, ``county``; ``mine`` keeps
    those whose facts ``user`` keeps; ``on`` asks for the same of a past day, by its tree: the rows then are editions.
    """
    wanted = criteria or {}
    permission = EDIT_FACTS if wanted.get("mine") else VIEW_UNITS
    visible, day = OrgUnit.objects.visible_to(user, permission), wanted.get("on")
    rows: Any = visible.open() if day is None else stood_on(visible, day)
    rows = rows.filter(is_expected=True, level__range=(Level.CITY, Level.TOWNSHIP))
    if text := (wanted.get("q") or "").strip():
        rows = rows.search(text)
    for name in ("level", "city", "county"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    found = with_missing(rows, day)
    fact = wanted.get("fact")
    if fact == "overdue":
        return found.filter(is_overdue=True)
    return found.filter(**{f"lacks_{fact}": True}) if fact else found.filter(any_missing())


def missing_counts(units: Any) -> dict[str, int]:
    """How many of :func:`incomplete_units` lack what; one query. The key ``overdue`` counts plans not kept."""
    counts = {str(fact): Count("pk", filter=Q(**{f"lacks_{fact}": True})) for fact in MandatoryFact}
    return units.order_by().aggregate(**counts, overdue=Count("pk", filter=Q(is_overdue=True)))


def resources_of(unit: OrgUnit, on: dt.date | None = None) -> UnitResources | None:
    return UnitResources.objects.on(on or clock.today()).filter(unit=unit).first()


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that a desk should see to: words, how many units, and the page by its name and query."""

    label: str
    count: int
    page: str
    query: str
    tone: str


def facts_to_do(user: Any) -> list[ToDo]:
    """What the keeper of facts has to do, most pressing first; four queries, none of them grows."""
    if not user.can_anywhere(EDIT_FACTS):
        return []
    year = clock.today().year
    counts = missing_counts(incomplete_units(user, {"mine": True}))
    overdue = counts.pop("overdue")
    found = [
        ToDo(
            "退回的六有四缺确认", returned_to(user).count(), "orgs:confirmations", "state=returned", "danger"
        ),
        ToDo("超过计划日期仍未建成", overdue, "orgs:missing", "fact=overdue", "danger"),
        *(
            ToDo(f"缺{MandatoryFact(fact).label}", count, "orgs:missing", f"fact={fact}", "warning")
            for fact, count in counts.items()
        ),
        ToDo(
            f"{year}年度六有四缺待确认",
            unconfirmed_units(user, year).count(),
            "orgs:confirmations",
            "state=unconfirmed",
            "info",
        ),
    ]
    return [one for one in found if one.count]
