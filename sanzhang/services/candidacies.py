"""The way in, step by dated step, to the seat or to an end with its reason."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from orgs.models import OrgUnit
from sanzhang.choices import Giver
from sanzhang.models import (
    Appointment,
    Candidacy,
    CandidacyOutcome,
    CandidacyStep,
    KeyPerson,
    Meeting,
    Opinion,
)
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.procedures import Plan, plan_of
from sanzhang.rules import people as rules
from sanzhang.selectors.board import forget_opinions_waiting
from sanzhang.services import appointments
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.guards import ensure, refused_in_words, settle
from sanzhang.services.papers import keep_paper
from sanzhang.services.people import locked
from sanzhang.services.procedures import ensure_in_force


@dataclasses.dataclass(frozen=True, slots=True)
class StepFacts:
    """What is typed about one step. ``other`` is whom “另提人选” names instead."""

    on: dt.date
    opinion: str = Opinion.AGREE
    number: str = ""
    note: str = ""
    other: KeyPerson | None = None
    upload: UploadedFile | None = None
    meeting: Meeting | None = None


def open_candidacy(
    *, person: KeyPerson, unit: OrgUnit, position: str, opened_on: dt.date, by: Actor, note: str = ""
) -> Candidacy:
    """``person`` is shortlisted (研判提名) for ``position`` in ``unit``; the version in force applies from here on."""
    ensure(by, MANAGE_PEOPLE, unit)
    with transaction.atomic():
        return _open(locked(person), unit, position, StepFacts(opened_on, note=note), by)


def record_step(
    *,
    candidacy: Candidacy,
    step: str,
    on: dt.date,
    opinion: str,
    by: Actor,
    number: str = "",
    note: str = "",
    other: KeyPerson | None = None,
    upload: UploadedFile | None = None,
) -> Candidacy:
    """The clerk writes down the next step. “不同意” closes the candidacy with its reason, “暂缓” leaves it waiting there,
    “另提人选” closes it and opens one for ``other``. The superior's word is not the clerk's to write.
    """
    with transaction.atomic():
        held = locked_open(candidacy)
        ensure(by, MANAGE_PEOPLE, held.unit)
        plan = plan_of(held.procedure_id)
        settle(rules.superior_speaks_for_itself(step, plan, held.unit), "")
        take(held, plan, step, StepFacts(on, opinion, number, note, other, upload), by)
    return held


def take(held: Candidacy, plan: Plan, step: str, facts: StepFacts, by: Actor) -> CandidacyStep:
    """Write one step into a locked candidacy and settle what follows from it. Whether ``by`` may, the caller asked."""
    taken = list(held.steps.all())
    due = plan.next_step(held.unit.level, taken)
    problems = [
        *rules.step_is_next(step, due, plan),
        *rules.step_follows(facts.on, taken, plan, clock.today()),
        *rules.disagreement_has_a_reason(facts.opinion, facts.note.strip()),
        *rules.proposal_names_another(facts.opinion, facts.other, held),
    ]
    if due is not None and due.key == step:
        problems += rules.paper_is_complete(
            due, facts.opinion, facts.number.strip(), facts.upload is not None
        )
    settle(problems, "")
    row = _write_step(held, step, facts, by)
    place(held, plan, [*taken, row])
    held.save(update_fields=["due", "waits_for", "moved_on", "is_put_off"])
    _report(held, plan, row, by, by_superior=due is not None and due.giver == Giver.SUPERIOR)
    if facts.opinion == Opinion.DISAGREE:
        reason = f"{plan.name_of(step)}：{row.note}"
        close(held, facts.on, CandidacyOutcome.REJECTED, reason, by)
    elif facts.opinion == Opinion.PROPOSE and facts.other is not None:
        _replace(held, plan, step, facts, by)
    return row


def withdraw(*, candidacy: Candidacy, on: dt.date, reason: str, by: Actor) -> Candidacy:
    """The unit gives the candidacy up, saying why; another person may be proposed."""
    with transaction.atomic():
        held = locked_open(candidacy)
        ensure(by, MANAGE_PEOPLE, held.unit)
        if not reason.strip():
            raise DomainError.of("reason_missing", "请写明撤回原因。", "reason")
        plan = plan_of(held.procedure_id)
        settle(rules.step_follows(on, list(held.steps.all()), plan, clock.today()), "")
        close(held, on, CandidacyOutcome.WITHDRAWN, reason.strip(), by)
    return held


def appoint(*, candidacy: Candidacy, seat: SeatFacts, by: Actor, explanation: str = "") -> Appointment:
    """All steps agreed: the person takes the seat, not before the day of the election or co-option."""
    with transaction.atomic():
        return seat_held(locked_open(candidacy), seat, by, explanation)


def seat_held(held: Candidacy, seat: SeatFacts, by: Actor, explanation: str = "") -> Appointment:
    """The same for a candidacy that the caller has locked."""
    taken = list(held.steps.all())
    plan = plan_of(held.procedure_id)
    due = plan.next_step(held.unit.level, taken)
    if due is not None:
        raise DomainError.of("steps_missing", f"程序尚未完成，下一环节是“{due.name}”，完成后才能办理任职。")
    if seat.position != held.position or seat.is_backfill:
        raise DomainError.of("other_seat", "任职应与研判提名的职务一致。", "position")
    decided = taken[-1]
    appointment = appointments.appoint(
        person=held.person,
        unit=held.unit,
        seat=seat,
        by=by,
        explanation=explanation,
        decided_on=decided.on,
        meeting=decided.meeting,
    )
    held.appointment = appointment
    close(held, max(decided.on, min(seat.valid_from, clock.today())), CandidacyOutcome.APPOINTED, "", by)
    return appointment


def locked_open(candidacy: Candidacy) -> Candidacy:
    """The candidacy, locked for this transaction; ``Conflict`` when it is closed."""
    rows = Candidacy.objects.select_for_update(of=("self",)).select_related("unit", "person", "body")
    held = rows.get(pk=candidacy.pk)
    if held.closed_on is not None:
        raise Conflict.of(
            "candidacy_closed", f"该程序已办结（{held.get_outcome_display()}），请刷新页面查看。"
        )
    return held


def place(held: Candidacy, plan: Plan, taken: list[CandidacyStep]) -> None:
    """Say on the row where it stands now: the step due, for whom it waits, since when."""
    due = plan.next_step(held.unit.level, taken)
    last = taken[-1]
    held.due = due.key if due else ""
    held.waits_for = due.giver if due else Giver.OWN
    held.moved_on = last.on
    held.is_put_off = last.opinion == Opinion.DEFER
    forget_opinions_waiting(held.unit)


def close(held: Candidacy, on: dt.date, outcome: CandidacyOutcome, reason: str, by: Actor) -> None:
    """End a locked candidacy."""
    held.closed_on, held.closed_recorded_at = on, clock.now()
    forget_opinions_waiting(held.unit)
    held.outcome, held.reason = outcome, reason[:200]
    held.save(update_fields=["closed_on", "closed_recorded_at", "outcome", "reason", "appointment"])
    record(
        kind="sanzhang.candidacy_closed",
        by=by,
        summary=f"{held.person.name}的吸纳程序办结：{outcome.label}",
        unit=held.unit,
        obj=held,
        data={"outcome": outcome, "reason": reason},
    )


def _open(
    head: KeyPerson,
    unit: OrgUnit,
    position: str,
    facts: StepFacts,
    by: Actor,
    replaces: Candidacy | None = None,
) -> Candidacy:
    procedure = ensure_in_force(unit=unit, by=by)
    plan = plan_of(procedure.pk)
    problems = [
        *appointments.problems_of_place(occupation=head.occupation, unit=unit, position=position),
        *rules.step_follows(facts.on, [], plan, clock.today()),
    ]
    settle(problems, "")
    candidacy = Candidacy(
        person=head,
        body=appointments.body_of(unit, position),
        unit=unit,
        position=position,
        procedure=procedure,
        opened_on=facts.on,
        replaces=replaces,
        recorded_by=by.actor_label[:120],
    )
    with refused_in_words():
        candidacy.save()
    row = _write_step(candidacy, plan.steps(unit.level)[0].key, facts, by)
    place(candidacy, plan, [row])
    candidacy.save(update_fields=["due", "waits_for", "moved_on", "is_put_off"])
    record(
        kind="sanzhang.shortlisted",
        by=by,
        summary=f"研判提名{head.name}拟任{unit.association}{candidacy.get_position_display()}",
        unit=unit,
        obj=candidacy,
        data={"person": head.pk},
    )
    return candidacy


def _replace(held: Candidacy, plan: Plan, step: str, facts: StepFacts, by: Actor) -> None:
    """“另提人选”: this candidacy ends, one for the other person begins, and the two know of each other."""
    assert facts.other is not None
    other = locked(facts.other)
    reason = f"{plan.name_of(step)}：另提{other.name}。{facts.note.strip()}"
    close(held, facts.on, CandidacyOutcome.REPLACED, reason, by)
    note = f"{plan.name_of(step)}另提人选，替换{held.person.name}"
    _open(other, held.unit, held.position, StepFacts(facts.on, note=note[:200]), by, replaces=held)


def _write_step(held: Candidacy, step: str, facts: StepFacts, by: Actor) -> CandidacyStep:
    with refused_in_words():
        row = CandidacyStep.objects.create(
            candidacy=held,
            step=step,
            on=facts.on,
            opinion=facts.opinion,
            number=facts.number.strip(),
            note=facts.note.strip(),
            meeting=facts.meeting,
            recorded_by=by.actor_label[:120],
        )
    if facts.upload is not None:
        keep_paper(owner=row, unit=held.unit, upload=facts.upload, by=by)
    return row


def _report(held: Candidacy, plan: Plan, row: CandidacyStep, by: Actor, *, by_superior: bool) -> None:
    record(
        kind="sanzhang.step",
        by=by,
        summary=f"{held.person.name}：{plan.name_of(row.step)}，{row.get_opinion_display()}",
        unit=held.unit,
        obj=held,
        data={
            "step": row.step,
            "on": row.on,
            "opinion": row.opinion,
            "number": row.number,
            "note": row.note,
            "by_superior": by_superior,
        },
    )
