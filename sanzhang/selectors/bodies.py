"""One unit's bodies on one page: present terms, seats against their quota, members by name, past terms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import (
    BODY_OF_POSITION,
    LEADERSHIP_KINDS,
    POSITIONS_AT,
    BodyKind,
    Employment,
    Position,
)
from sanzhang.models import Appointment, LeadershipBody, Meeting, PositionQuota, Term
from sanzhang.selectors.terms import TermState, state_of


@dataclass(slots=True)
class Post:
    """One position and employment of a body: how many seats, how many held."""

    position: Position
    employment: Employment
    seats: int | None
    held: int

    @property
    def vacant(self) -> int | None:
        return None if self.seats is None else max(0, self.seats - self.held)

    @property
    def over(self) -> int:
        return 0 if self.seats is None else max(0, self.held - self.seats)


@dataclass(slots=True)
class BodyPage:
    """One body as the page shows it; without a row yet where nobody ever sat in it."""

    kind: BodyKind
    body: LeadershipBody | None = None
    term: Term | None = None
    state: TermState = TermState.UNKNOWN
    days_left: int | None = None
    posts: list[Post] = field(default_factory=list)
    members: list[Appointment] = field(default_factory=list)
    past: list[Term] = field(default_factory=list)

    @property
    def heads(self) -> int:
        return len({seat.person_id for seat in self.members})

    @property
    def shown_posts(self) -> list[Post]:
        """Posts with a quota or with somebody in them."""
        return [post for post in self.posts if post.seats is not None or post.held]

    @property
    def vacant(self) -> int:
        return sum(post.vacant or 0 for post in self.posts)


def kinds_at(level: int) -> list[BodyKind]:
    """The leadership bodies that a level knows, the congress first."""
    kinds = {BODY_OF_POSITION[position] for position in POSITIONS_AT.get(Level(level), ())}
    return [kind for kind in LEADERSHIP_KINDS if kind in kinds]


def positions_of(kind: BodyKind) -> list[Position]:
    """The positions that sit in a body, the highest first."""
    return [position for position in reversed(Position) if BODY_OF_POSITION[position] == kind]


def bodies_of(unit: OrgUnit, day: dt.date | None = None) -> list[BodyPage]:
    """Every body that ``unit`` has or may have, as of ``day`` (today). Four queries."""
    on = day or clock.today()
    bodies = {body.kind: body for body in LeadershipBody.objects.filter(unit=unit)}
    terms: dict[int, list[Term]] = {}
    for term in Term.objects.filter(body__unit=unit).order_by("-ordinal"):
        terms.setdefault(term.body_id, []).append(term)
    quotas: dict[int, dict[tuple[str, str], int]] = {}
    for row in PositionQuota.objects.filter(term__body__unit=unit):
        quotas.setdefault(row.term_id, {})[row.position, row.employment] = row.seats
    seats: dict[int, list[Appointment]] = {}
    held = Appointment.objects.on(on).filter(unit=unit).highest_first()
    for seat in held.select_related("person__occupation"):
        seats.setdefault(seat.body_id, []).append(seat)
    kinds = [kind for kind in LEADERSHIP_KINDS if kind in bodies or kind in kinds_at(unit.level)]
    pages = []
    for kind in kinds:
        body = bodies.get(kind)
        mine = terms.get(body.pk, []) if body else []
        present = next((term for term in mine if term.starts_on <= on and _runs_on(term, on)), None)
        page = BodyPage(kind, body, present, members=seats.get(body.pk, []) if body else [])
        page.past = [term for term in mine if term != present]
        if present is not None:
            page.state, page.days_left = state_of(present, on)
        page.posts = _posts(kind, page.members, quotas.get(present.pk, {}) if present else {})
        pages.append(page)
    return pages


def _runs_on(term: Term, day: dt.date) -> bool:
    return term.ended_on is None or day < term.ended_on


def _posts(kind: BodyKind, members: list[Appointment], quota: dict[tuple[str, str], int]) -> list[Post]:
    return [
        Post(
            position,
            employment,
            quota.get((position, employment)),
            sum(seat.position == position and seat.employment == employment for seat in members),
        )
        for position in positions_of(kind)
        for employment in Employment
    ]


def seats_at_renewal(unit: OrgUnit, kinds: list[str]) -> dict[str, list[Appointment]]:
    """The open seats of the bodies to be renewed, by kind of body, the highest first."""
    found: dict[str, list[Appointment]] = {kind: [] for kind in kinds}
    seats = Appointment.objects.open_ended().filter(unit=unit, body__kind__in=kinds).highest_first()
    for seat in seats.select_related("person__occupation", "body"):
        found[seat.body.kind].append(seat)
    return found


def present_terms(unit: OrgUnit) -> dict[str, Term]:
    """The present terms of a unit's bodies by kind, with their quotas."""
    terms = Term.objects.filter(body__unit=unit, ended_on__isnull=True, body__kind__in=LEADERSHIP_KINDS)
    found = {term.body.kind: term for term in terms.select_related("body__unit").prefetch_related("quotas")}
    return {kind.value: found[kind] for kind in LEADERSHIP_KINDS if kind in found}


def meetings_of(unit: OrgUnit, today: dt.date, most: int = 6) -> list[Meeting]:
    """The next and the latest meetings of a unit."""
    rows = Meeting.objects.standing().with_day().filter(unit=unit).select_related("unit")
    return list(rows.filter(Q(day__lte=today) | Q(held_on__isnull=True)).order_by("-day", "-pk")[:most])
