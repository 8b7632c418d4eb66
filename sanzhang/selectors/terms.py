"""Bodies with their present terms: which must renew soon, which are overdue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, F, FilteredRelation, Q
from django.db.models.functions import Coalesce

from orgs.models import OrgUnit
from sanzhang.models import LeadershipBody, Term
from sanzhang.models.body import BodyQuerySet

#: Renewals are announced this many days ahead: a year.
SOON_DAYS = 365


class TermState(Enum):
    """How a body stands: its value, what the page says, and the tone of the pill."""

    OVERDUE = ("overdue", "逾期未换届", "danger")
    SOON = ("soon", "12个月内应换届", "warning")
    RUNNING = ("running", "届期内", "success")
    UNKNOWN = ("unknown", "届次未登记", "neutral")

    def __init__(self, code: str, label: str, tone: str) -> None:
        self.code, self.label, self.tone = code, label, tone


@dataclass(frozen=True, slots=True)
class BodyTerm:
    """A body, its present term if one is on record, and how urgent its renewal is."""

    body: LeadershipBody
    term: Term | None
    state: TermState
    days_left: int | None

    @property
    def unit(self) -> OrgUnit:
        return self.body.unit


def with_present_term(bodies: BodyQuerySet) -> BodyQuerySet:
    """Bodies with ``lawful_end`` of their present term, the most urgent first."""
    far = dt.date(9999, 1, 1)
    return (
        bodies.annotate(present=FilteredRelation("terms", condition=Q(terms__ended_on__isnull=True)))
        .annotate(present_id=F("present__id"), lawful_end=F("present__lawful_end"))
        .order_by(Coalesce("lawful_end", far), "unit__division_code", "kind")
        .select_related("unit")
    )


def in_state(bodies: BodyQuerySet, code: str, today: dt.date) -> BodyQuerySet:
    """Those of :func:`with_present_term` whose renewal stands as ``code`` says."""
    soon = today + dt.timedelta(days=SOON_DAYS)
    return {
        "overdue": lambda: bodies.filter(lawful_end__lte=today),
        "soon": lambda: bodies.filter(lawful_end__gt=today, lawful_end__lte=soon),
        "running": lambda: bodies.filter(lawful_end__gt=soon),
        "unknown": lambda: bodies.filter(lawful_end__isnull=True),
    }[code]()


def body_terms(bodies: list[LeadershipBody], today: dt.date) -> list[BodyTerm]:
    """``bodies`` (of :func:`with_present_term`) with their present terms. One query."""
    terms = Term.objects.in_bulk([body.present_id for body in bodies if body.present_id])
    return [_row(body, terms.get(body.present_id), today) for body in bodies]


def _row(body: LeadershipBody, term: Term | None, today: dt.date) -> BodyTerm:
    if term is None:
        return BodyTerm(body, None, TermState.UNKNOWN, None)
    days = (term.lawful_end - today).days
    state = TermState.OVERDUE if days <= 0 else TermState.SOON if days <= SOON_DAYS else TermState.RUNNING
    return BodyTerm(body, term, state, days)


def count_by_state(bodies: BodyQuerySet, today: dt.date) -> dict[str, int]:
    """How many of ``bodies`` (of :func:`with_present_term`) stand in each state. One query."""
    soon = today + dt.timedelta(days=SOON_DAYS)
    return bodies.order_by().aggregate(
        overdue=Count("pk", filter=Q(lawful_end__lte=today)),
        soon=Count("pk", filter=Q(lawful_end__gt=today, lawful_end__lte=soon)),
        running=Count("pk", filter=Q(lawful_end__gt=soon)),
        unknown=Count("pk", filter=Q(lawful_end__isnull=True)),
    )
