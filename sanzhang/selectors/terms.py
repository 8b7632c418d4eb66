"""Bodies with their present terms: which must renew soon, which are overdue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, F, FilteredRelation, Max, Q
from django.db.models.functions import Coalesce

from orgs.models import OrgUnit
from sanzhang.models import LeadershipBody, RenewalReminder, Term
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
    chased_at: dt.datetime | None = None

    def __str__(self) -> str:
        return str(self.body)

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


def _standing_as(today: dt.date) -> dict[str, Q]:
    """What makes a body of :func:`with_present_term` stand as each code of :class:`TermState` says."""
    soon = today + dt.timedelta(days=SOON_DAYS)
    return {
        "overdue": Q(lawful_end__lte=today),
        "soon": Q(lawful_end__gt=today, lawful_end__lte=soon),
        "running": Q(lawful_end__gt=soon),
        "unknown": Q(lawful_end__isnull=True),
    }


def in_state(bodies: BodyQuerySet, code: str, today: dt.date) -> BodyQuerySet:
    """Those of :func:`with_present_term` whose renewal stands as ``code`` says."""
    return bodies.filter(_standing_as(today)[code])


def body_terms(bodies: list[LeadershipBody], today: dt.date) -> list[BodyTerm]:
    """``bodies`` (of :func:`with_present_term`) with their present terms and when each was chased. Two queries."""
    keys = [body.present_id for body in bodies if body.present_id]
    terms, chased = Term.objects.in_bulk(keys), last_reminders(keys)
    return [_row(body, terms.get(body.present_id), today, chased) for body in bodies]


def _row(body: LeadershipBody, term: Term | None, today: dt.date, chased: dict[int, dt.datetime]) -> BodyTerm:
    if term is None:
        return BodyTerm(body, None, TermState.UNKNOWN, None)
    return BodyTerm(body, term, *state_of(term, today), chased.get(term.pk))


def state_of(term: Term, today: dt.date) -> tuple[TermState, int]:
    """How urgent the renewal of a present term is, and the days left."""
    days = (term.lawful_end - today).days
    state = TermState.OVERDUE if days <= 0 else TermState.SOON if days <= SOON_DAYS else TermState.RUNNING
    return state, days


def count_by_state(bodies: BodyQuerySet, today: dt.date) -> dict[str, int]:
    """How many of ``bodies`` (of :func:`with_present_term`) stand in each state. One query."""
    states = _standing_as(today).items()
    return bodies.order_by().aggregate(**{code: Count("pk", filter=state) for code, state in states})


def count_by_level(bodies: BodyQuerySet, today: dt.date) -> list[tuple[int, int, int]]:
    """Per level of the unit: its number, how many are overdue, how many due within a year. One query."""
    states = _standing_as(today)
    counts = {code: Count("pk", filter=states[code]) for code in ("overdue", "soon")}
    return list(bodies.order_by().values_list("unit__level").annotate(**counts).order_by("unit__level"))


def last_reminders(terms: list[int]) -> dict[int, dt.datetime]:
    """When each of ``terms`` was last chased. One query."""
    rows = RenewalReminder.objects.filter(term__in=terms).order_by().values_list("term")
    return dict(rows.annotate(last=Max("sent_at")))
