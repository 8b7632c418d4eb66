"""换届 as one act: old terms close, new ones open, every seat is carried over, changed or ended, newcomers take theirs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from core.formats import day
from orgs.models import OrgUnit
from sanzhang.choices import (
    BODY_OF_POSITION,
    BodyKind,
    Employment,
    EndReason,
    MeetingKind,
    OverQuota,
    Position,
    WayIn,
)
from sanzhang.models import Appointment, Candidacy, KeyPerson, Meeting, Term
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.rules import people as rules
from sanzhang.services import appointments
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.guards import ensure, explained, named, refused_in_words, settle
from sanzhang.services.meetings import Elected, MeetingFacts, save_meeting, seat_by_meeting
from sanzhang.services.quotas import Quota, heads_by_place, over_quota_of, place_words, write_quota
from sanzhang.services.terms import lawful_end_of, record_term

#: The congress elects the committee; the committee elects the standing committee and the chairs.
ELECTED_BY = {
    BodyKind.CONGRESS: MeetingKind.CONGRESS,
    BodyKind.COMMITTEE: MeetingKind.CONGRESS,
    BodyKind.STANDING: MeetingKind.PLENARY,
    BodyKind.LEADERSHIP: MeetingKind.PLENARY,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one seat: carried over, ended for ``reason``, or its holder takes ``position`` instead."""

    reason: str = ""
    position: str = ""

    @property
    def is_carried(self) -> bool:
        return not self.reason and not self.position


@dataclasses.dataclass(frozen=True, slots=True)
class ElectedDirectly:
    """Somebody on record whom the meeting elected without a candidacy before it; the meeting is the basis."""

    person: KeyPerson
    position: str
    employment: str = Employment.PART_TIME
    secondment_ends_on: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class BodyRenewal:
    """The renewal of one body: a fate for every seat held now, and who is newly elected, with a candidacy or without."""

    kind: str
    fates: Mapping[int, Fate]
    newcomers: Sequence[Elected] = ()
    direct: Sequence[ElectedDirectly] = ()
    quota: Quota = dataclasses.field(default_factory=dict)
    lawful_end: dt.date | None = None


@dataclasses.dataclass(slots=True)
class Renewed:
    """What the renewal of one body did, in rows and in names."""

    old: Term
    new: Term
    carried: list[Appointment]
    ended: list[Appointment]
    changed: list[Appointment]
    elected: list[Appointment]


@dataclasses.dataclass(slots=True)
class Outcome:
    """What a renewal did, body by body, and which warnings it passed."""

    bodies: list[Renewed]
    warnings: list[Problem]


def renew(
    *,
    unit: OrgUnit,
    bodies: Sequence[BodyRenewal],
    meetings: Mapping[str, MeetingFacts],
    by: Actor,
    explanation: str = "",
    uploads: Mapping[str, UploadedFile] | None = None,
) -> Outcome:
    """Renew one or several bodies of ``unit`` in one transaction; ``meetings`` are the ones it happened at, by kind.

    Every seat held before the new term begins needs its fate. Raises ``DomainError`` with every problem, ``Conflict``
    when a term was renewed meanwhile. Seats past the new quota pass with an ``explanation``, or not at all, as the
    province has set.
    """
    ensure(by, MANAGE_PEOPLE, unit)
    if not bodies:
        raise DomainError.of("no_body", "请选择要换届的领导机构。", "bodies")
    with transaction.atomic():
        held = {
            kind: _meeting(unit, facts, by, (uploads or {}).get(kind)) for kind, facts in meetings.items()
        }
        ordered = sorted(bodies, key=lambda one: list(ELECTED_BY).index(BodyKind(one.kind)))
        done = [(one, held[ELECTED_BY[BodyKind(one.kind)]]) for one in ordered]
        renewed = [_turn(unit, one, meeting, by) for one, meeting in done]
        problems: list[Problem] = []
        for (one, meeting), result in zip(done, renewed, strict=True):
            problems += _seat_anew(one, result, meeting, by, explanation or "换届")
        problems += [problem for result in renewed for problem in _over_quota(result.new)]
        warnings = settle(problems, explanation)
        for result in renewed:
            _record(result, by, explained(warnings, explanation))
    return Outcome(renewed, warnings)


def rehearse(**renewal: object) -> Outcome:
    """What :func:`renew` would do, with the same refusals; nothing stays. Warnings are told, not refused."""
    with transaction.atomic():
        outcome = renew(**{**renewal, "explanation": "预览"})  # type: ignore[arg-type]
        transaction.set_rollback(True)
    return outcome


def _meeting(unit: OrgUnit, facts: MeetingFacts, by: Actor, upload: UploadedFile | None) -> Meeting:
    """The meeting of that kind and day where it is on record, else a new one."""
    known = Meeting.objects.held().filter(unit=unit, kind=facts.kind, held_on=facts.held_on).first()
    if known is not None:
        facts = dataclasses.replace(
            facts,
            session=facts.session or known.session,
            ordinal=facts.ordinal or known.ordinal,
            planned_on=known.planned_on,
            place=facts.place or known.place,
            number=facts.number or known.number,
            note=facts.note or known.note,
        )
    return save_meeting(unit=unit, facts=facts, by=by, meeting=known, upload=upload)


def _turn(unit: OrgUnit, one: BodyRenewal, meeting: Meeting, by: Actor) -> Renewed:
    """Close the old term with its seats, open the new one, carry over who was elected again."""
    old = _present_term(unit, one.kind)
    starts_on = meeting.held_on
    assert starts_on is not None
    end = one.lawful_end or lawful_end_of(starts_on)
    settle(rules.term_is_possible(starts_on, end, clock.today()), "")
    if starts_on <= old.starts_on:
        message = f"{old.body.get_kind_display()}新一届应晚于上一届开始日期（{day(old.starts_on)}）。"
        raise DomainError.of("renewal_early", message, "starts_on")
    now = clock.now()
    old.ended_on, old.end_recorded_at = starts_on, now
    old.save(update_fields=["ended_on", "end_recorded_at"])
    with refused_in_words():
        new = Term.objects.create(body=old.body, ordinal=old.ordinal + 1, starts_on=starts_on, lawful_end=end)
    write_quota(new, one.quota)
    seats = _seats_to_settle(old, starts_on)
    settle(_fates_are_whole(seats, one.fates), "")
    carried = [seat for seat in seats if one.fates[seat.pk].is_carried]
    _end(seats, one.fates, starts_on, now)
    again = Appointment.objects.bulk_create([_anew(seat, new, meeting, by) for seat in carried])
    old.body.appointments.open_ended().filter(valid_from__gte=starts_on).update(term=new)
    ended = [seat for seat in seats if one.fates[seat.pk].reason]
    return Renewed(old, new, again, ended, [], [])


def _present_term(unit: OrgUnit, kind: str) -> Term:
    rows = Term.objects.select_for_update(of=("self",)).select_related("body__unit")
    held = rows.filter(body__unit=unit, body__kind=kind, ended_on__isnull=True).first()
    if held is None:
        raise Conflict.of("no_term", f"{BodyKind(kind).label}没有登记现任届次，请先登记届次。", "bodies")
    return held


def _seats_to_settle(old: Term, starts_on: dt.date) -> list[Appointment]:
    seats = old.body.appointments.open_ended().filter(valid_from__lt=starts_on)
    return list(seats.select_for_update(of=("self",)).select_related("person", "unit").order_by("pk"))


def _fates_are_whole(seats: Sequence[Appointment], fates: Mapping[int, Fate]) -> list[Problem]:
    """Every seat has a fate, and no fate is without its seat."""
    if set(fates) - {seat.pk for seat in seats}:
        return [Problem("unknown_seat", "人员名单与当前任职不符，请刷新页面后重新选择。", "bodies")]
    problems = [
        Problem("fate_missing", f"请选择{seat.person.name}连任、改任或离任。", f"fate_{seat.pk}")
        for seat in seats
        if seat.pk not in fates
    ]
    reasons = [fate.reason for fate in fates.values() if fate.reason and fate.reason not in EndReason.values]
    return problems + [Problem("reason_unknown", "请选择离任原因。", "bodies") for _reason in reasons[:1]]


def _end(seats: Sequence[Appointment], fates: Mapping[int, Fate], on: dt.date, now: dt.datetime) -> None:
    for seat in seats:
        seat.valid_to, seat.end_recorded_at = on, now
        seat.end_reason = fates[seat.pk].reason or EndReason.RENEWAL
    Appointment.objects.bulk_update(seats, ["valid_to", "end_recorded_at", "end_reason"])


def _anew(seat: Appointment, term: Term, meeting: Meeting, by: Actor) -> Appointment:
    """The same seat in the new term, by election."""
    return Appointment(
        person=seat.person,
        body_id=seat.body_id,
        unit=seat.unit,
        term=term,
        position=seat.position,
        employment=seat.employment,
        secondment_ends_on=seat.secondment_ends_on,
        way_in=WayIn.ELECTION,
        meeting=meeting,
        valid_from=term.starts_on,
        recorded_by=by.actor_label[:80],
    )


def _seat_anew(
    one: BodyRenewal, result: Renewed, meeting: Meeting, by: Actor, explanation: str
) -> list[Problem]:
    """Those who change position and those newly elected take their seats; what stands against any, by name."""
    problems: list[Problem] = []
    changing = [pk for pk, fate in one.fates.items() if fate.position]
    for seat in Appointment.objects.filter(pk__in=changing).select_related("person", "unit"):
        facts = SeatFacts(
            position=one.fates[seat.pk].position,
            valid_from=result.new.starts_on,
            employment=seat.employment,
            secondment_ends_on=seat.secondment_ends_on,
            way_in=WayIn.ELECTION,
        )
        try:
            with transaction.atomic():
                result.changed.append(
                    appointments.appoint(
                        person=seat.person,
                        unit=seat.unit,
                        seat=facts,
                        by=by,
                        explanation=explanation,
                        meeting=meeting,
                    )
                )
        except DomainError as error:
            problems += named(error, seat.person.name, field=f"fate_{seat.pk}")
    for newcomer in one.newcomers:
        problems += _elect(newcomer, result, meeting, by, explanation)
    for one_more in one.direct:
        problems += _elect_directly(one_more, result, meeting, by, explanation)
    return problems


def _elect(
    newcomer: Elected, result: Renewed, meeting: Meeting, by: Actor, explanation: str
) -> list[Problem]:
    candidacy = Candidacy.objects.select_related("person").get(pk=newcomer.candidacy.pk)
    try:
        with transaction.atomic():
            result.elected.append(seat_by_meeting(meeting, newcomer, WayIn.ELECTION, "", by, explanation))
    except DomainError as error:
        return named(error, candidacy.person.name, candidacy=candidacy.pk)
    return []


def _elect_directly(
    one: ElectedDirectly, result: Renewed, meeting: Meeting, by: Actor, explanation: str
) -> list[Problem]:
    """Election without a candidacy (Zhoukou 四(四)三); who is being considered for the body takes that way."""
    body = result.new.body
    try:
        if BODY_OF_POSITION.get(Position(one.position)) != body.kind:
            message = f"{body.get_kind_display()}没有“{Position(one.position).label}”。"
            raise DomainError.of("position_not_in_body", message)
        if Candidacy.objects.open().filter(person=one.person, body=body).exists():
            raise DomainError.of(
                "candidacy_open", "在该机构有办理中的吸纳程序，请完成程序后勾选当选，或先撤回。"
            )
        facts = SeatFacts(
            position=one.position,
            valid_from=result.new.starts_on,
            employment=one.employment,
            secondment_ends_on=one.secondment_ends_on,
            way_in=WayIn.ELECTION,
            basis=" ".join(part for part in (meeting.title, meeting.number) if part),
        )
        with transaction.atomic():
            result.elected.append(
                appointments.appoint(
                    person=one.person,
                    unit=body.unit,
                    seat=facts,
                    by=by,
                    explanation=explanation,
                    meeting=meeting,
                )
            )
    except DomainError as error:
        return named(error, one.person.name, field=f"new_{body.kind}")
    return []


def _over_quota(term: Term) -> list[Problem]:
    """Positions of the new term with more people than its quota has seats."""
    counted = heads_by_place([term.body_id])
    mode = over_quota_of(term.body.unit)
    problems = []
    for row in term.quotas.all():
        count = counted.get((term.body_id, row.position, row.employment), 0)
        if count > row.seats:
            what = place_words(row.position, row.employment)
            problems.append(
                Problem(
                    "over_quota",
                    f"{term.body.get_kind_display()}{what}核定{row.seats}名，换届后{count}名，超出{count - row.seats}名。",
                    f"quota_{row.position}_{row.employment}",
                    level="error" if mode == OverQuota.REFUSE else "warning",
                )
            )
    return problems


def _record(result: Renewed, by: Actor, passed: dict[str, object]) -> None:
    record_term(
        "sanzhang.term_renewed",
        by,
        result.new,
        f"{result.old.body}换届，第{result.new.ordinal}届{day(result.new.starts_on)}起",
        {
            "carried": [seat.pk for seat in result.carried],
            "ended": [{"seat": seat.pk, "reason": seat.end_reason} for seat in result.ended],
            "changed": [seat.pk for seat in result.changed],
            "elected": [seat.pk for seat in result.elected],
        }
        | passed,
    )
