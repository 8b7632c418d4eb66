"""What the rules must know of many rows at once: read in a constant number of queries, asked row by row."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

from core import clock
from core.actor import Actor
from core.chunks import in_chunks
from core.cipher import digest
from core.errors import Problem
from orgs.models import OrgUnit
from sanzhang.choices import BODY_OF_POSITION, OverQuota, Position
from sanzhang.models import (
    Appointment,
    KeyPerson,
    LeadershipBody,
    OccupationSeat,
    PositionQuota,
    QuotaPolicy,
    Term,
)
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.rules import people as rules
from sanzhang.services.appointments import SeatFacts, problems_by_list
from sanzhang.services.people import PersonFacts, problems_of_facts
from sanzhang.services.quotas import heads_by_place

CHUNK = 5_000


@dataclasses.dataclass(slots=True)
class PersonRow:
    """One line of a sheet: a new person, new facts of one on record, or a first seat."""

    number: int
    facts: PersonFacts
    unit: OrgUnit
    seat: SeatFacts | None = None
    person: KeyPerson | None = None
    changes_facts: bool = True
    changed_on: dt.date | None = None
    explanation: str = ""
    is_new: bool = False
    #: The digest of the telephone that is typed, and the codes of the warnings that were explained.
    phone_digest: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def body_kind(self) -> str:
        assert self.seat is not None
        return BODY_OF_POSITION[Position(self.seat.position)].value

    @property
    def seat_words(self) -> str:
        return f"{self.unit.association}{Position(self.seat.position).label}" if self.seat else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A body with its terms."""

    body_id: int
    terms: list[Term]


@dataclasses.dataclass(slots=True)
class Ground:
    """What stands in the database around the rows."""

    may: dict[int, bool]
    allowed: dict[int, dict[int, Sequence[str]]]
    terms: dict[tuple[int, str], list[Term]]
    free: dict[tuple[int, str, str], int]
    modes: dict[int | None, str]
    taken: dict[int, list[Appointment]]
    alike: dict[tuple[str, str], list[tuple[int, str]]]
    phones: dict[str, list[tuple[int, str]]]


def problems_of_rows(rows: Sequence[PersonRow], by: Actor) -> list[list[Problem]]:
    """What stands against each row, warnings included, in the order of ``rows``."""
    for row in rows:
        row.facts = row.facts.tidied()
        row.phone_digest = digest(row.facts.phone) if row.facts.phone else ""
    ground = _ground(rows, by)
    found = [[*_of_person(row, ground), *_of_seat(row, ground)] for row in rows]
    for place, problem in _doubled_lines(rows):
        found[place].append(problem)
    return found


def _of_person(row: PersonRow, ground: Ground) -> Iterator[Problem]:
    if not ground.may[row.unit.pk]:
        yield Problem("foreign_unit", "该单位不在您的管辖范围内，不能在此登记人员。", "unit")
    if not row.changes_facts:
        return
    facts, person = row.facts, row.person
    backfill = row.seat.is_backfill if row.seat else False
    yield from problems_of_facts(facts, is_backfill=backfill or (person is not None and not person.employer))
    yield from rules.occupation_is_in_use(facts.occupation, was=person.occupation_id if person else None)
    if row.changed_on is not None:
        yield from rules.change_follows(row.changed_on, dt.date.min, clock.today())
    own = person.pk if person else None
    doubles: dict[int, str] = {}
    if person is None or (facts.name, facts.employer) != (person.name, person.employer):
        doubles |= dict(ground.alike.get((facts.name, facts.employer), []) if facts.employer else [])
    if row.phone_digest and (person is None or row.phone_digest != person.phone_digest):
        doubles |= dict(ground.phones.get(row.phone_digest, []))
    for pk, words in doubles.items():
        if pk != own:
            yield Problem("double", f"可能重复登记：{words}已在库。", "name", level="warning")


def _of_seat(row: PersonRow, ground: Ground) -> Iterator[Problem]:
    seat, facts = row.seat, row.facts
    if seat is None:
        return
    yield from problems_by_list(
        occupation=facts.occupation,
        allowed=ground.allowed.get(facts.occupation.pk, {}),
        birth_month=facts.birth_month,
        level=row.unit.level,
        seat=seat,
    )
    terms = ground.terms.get((row.unit.pk, row.body_kind), [])
    yield from rules.term_covers(terms, seat.valid_from)
    yield from _over_quota(row, terms, ground)
    for held in ground.taken.get(row.person.pk, []) if row.person else []:
        same = held.unit_id == row.unit.pk and held.body.kind == row.body_kind
        if same and (held.valid_to is None or held.valid_to > seat.valid_from):
            yield from rules.seat_is_free(held.valid_from)


def _over_quota(row: PersonRow, terms: list[Term], ground: Ground) -> Iterator[Problem]:
    seat = row.seat
    term = rules.term_of(terms, seat.valid_from) if seat else None
    if seat is None or term is None or term.ended_on is not None:
        return
    place = (term.pk, seat.position, seat.employment)
    if place not in ground.free:
        return
    ground.free[place] -= 1
    if ground.free[place] < 0:
        refused = ground.modes.get(row.unit.province_id) == OverQuota.REFUSE
        yield Problem(
            "over_quota",
            f"{row.seat_words}已超过核定职数。",
            "position",
            level="error" if refused else "warning",
        )


def _ground(rows: Sequence[PersonRow], by: Actor) -> Ground:
    units = {row.unit.pk: row.unit for row in rows}
    seated = [row for row in rows if row.seat is not None]
    allowed: dict[int, dict[int, Sequence[str]]] = defaultdict(dict)
    for seat in OccupationSeat.objects.all():
        allowed[seat.occupation_id][seat.level] = seat.positions
    terms: dict[tuple[int, str], list[Term]] = defaultdict(list)
    wanted = {row.unit.pk for row in seated}
    for chunk in in_chunks(wanted, CHUNK):
        for term in Term.objects.filter(body__unit__in=chunk).select_related("body"):
            terms[term.body.unit_id, term.body.kind].append(term)
    return Ground(
        may={pk: by.can(MANAGE_PEOPLE, unit) for pk, unit in units.items()},
        allowed=allowed,
        terms=terms,
        free=_free_seats(term for of_body in terms.values() for term in of_body if not term.ended_on),
        modes=dict(QuotaPolicy.objects.values_list("owner", "over_quota")),
        taken=_taken([row.person.pk for row in seated if row.person]),
        alike=_alike(rows, by),
        phones=_phones(rows, by),
    )


def _free_seats(terms: Iterable[Term]) -> dict[tuple[int, str, str], int]:
    """Seats that the quota of each running term leaves, by position and employment."""
    free: dict[tuple[int, str, str], int] = {}
    for chunk in in_chunks(terms, CHUNK):
        body_of = {term.pk: term.body_id for term in chunk}
        held = heads_by_place(body_of.values())
        for quota in PositionQuota.objects.filter(term__in=body_of):
            taken = held.get((body_of[quota.term_id], quota.position, quota.employment), 0)
            free[quota.term_id, quota.position, quota.employment] = quota.seats - taken
    return free


def _taken(people: list[int]) -> dict[int, list[Appointment]]:
    taken: dict[int, list[Appointment]] = defaultdict(list)
    for chunk in in_chunks(people, CHUNK):
        for seat in Appointment.objects.standing().filter(person__in=chunk).select_related("body"):
            taken[seat.person_id].append(seat)
    return taken


def _alike(rows: Sequence[PersonRow], by: Actor) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """People on record by name and employer, in ``by``'s sight, with how they are called."""
    wanted = {
        (row.facts.name, row.facts.employer) for row in rows if row.changes_facts and row.facts.employer
    }
    found: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    known: dict[int, bool] = {}
    for chunk in in_chunks(sorted(wanted), CHUNK):
        names, employers = {name for name, _employer in chunk}, {employer for _name, employer in chunk}
        for person in _in_sight(Q(name__in=names, employer__in=employers), by, known):
            found[person.name, person.employer].append((person.pk, _called(person)))
    return found


def _phones(rows: Sequence[PersonRow], by: Actor) -> dict[str, list[tuple[int, str]]]:
    digests = {row.phone_digest for row in rows if row.changes_facts and row.phone_digest}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    known: dict[int, bool] = {}
    for chunk in in_chunks(digests, CHUNK):
        for person in _in_sight(Q(phone_digest__in=chunk), by, known):
            found[person.phone_digest].append((person.pk, _called(person)))
    return found


def _in_sight(wanted: Q, by: Actor, known: dict[int, bool]) -> Iterator[KeyPerson]:
    people = KeyPerson.objects.present().filter(wanted).select_related("unit")
    for person in people.only("name", "employer", "phone_digest", "unit"):
        if person.unit_id not in known:
            known[person.unit_id] = by.can(VIEW_PEOPLE, person.unit)
        if known[person.unit_id]:
            yield person


def _called(person: KeyPerson) -> str:
    return f"{person.name}（{person.employer or '工作单位未填'}，{person.unit.display_name}）"


def _doubled_lines(rows: Sequence[PersonRow]) -> Iterator[tuple[int, Problem]]:
    """New people who stand in the sheet twice, by name and employer or by telephone."""
    seen: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows):
        if row.person is not None:
            continue
        marks = [(row.facts.name, row.facts.employer)] if row.facts.employer else []
        for mark in [*marks, *([(row.facts.phone,)] if row.facts.phone else [])]:
            first = seen.setdefault(mark, row.number)
            if first != row.number:
                message = f"与第{first}行可能是同一人（姓名和单位相同，或电话相同）。"
                yield place, Problem("double_line", message, "name", level="warning")
                break


def places_made(rows: Sequence[PersonRow]) -> dict[tuple[int, str], Place]:
    """The bodies in which the rows sit, made where missing, with their terms."""
    wanted = {(row.unit.pk, row.body_kind) for row in rows}
    found = _places(wanted)
    missing = [LeadershipBody(unit_id=unit, kind=kind) for unit, kind in sorted(wanted - found.keys())]
    if missing:
        LeadershipBody.objects.bulk_create(missing, ignore_conflicts=True, batch_size=CHUNK)
        found = _places(wanted)
    return found


def _places(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Place]:
    found: dict[tuple[int, str], Place] = {}
    by_key: dict[int, Place] = {}
    for chunk in in_chunks({unit for unit, _kind in wanted}, CHUNK):
        bodies = LeadershipBody.objects.filter(unit__in=chunk)
        for pk, unit, kind in bodies.values_list("pk", "unit_id", "kind"):
            found[unit, kind] = by_key[pk] = Place(pk, [])
        for term in Term.objects.filter(body__unit__in=chunk):
            by_key[term.body_id].terms.append(term)
    return found
