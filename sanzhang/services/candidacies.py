"""The way in, step by dated step, to the seat or to an end with its reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from orgs.models import OrgUnit
from sanzhang import rules
from sanzhang.models import (
    Appointment,
    Candidacy,
    CandidacyOutcome,
    CandidacyStep,
    KeyPerson,
    Opinion,
    ProcedureStep,
)
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.procedures import next_step, procedure_of
from sanzhang.services import appointments
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.guards import ensure, refused_in_words, settle
from sanzhang.services.people import locked


def open_candidacy(
    *, person: KeyPerson, unit: OrgUnit, position: str, opened_on: dt.date, by: Actor, note: str = ""
) -> Candidacy:
    """``person`` is shortlisted (研判提名) for ``position`` in ``unit``; the province's procedure applies from here."""
    ensure(by, MANAGE_PEOPLE, unit)
    with transaction.atomic():
        head = locked(person)
        problems = [
            *appointments.problems_of_place(occupation=head.occupation, unit=unit, position=position),
            *rules.step_follows(opened_on, [], clock.today()),
        ]
        settle(problems, "")
        with refused_in_words():
            candidacy = Candidacy.objects.create(
                person=head,
                body=appointments.body_of(unit, position),
                unit=unit,
                position=position,
                procedure=procedure_of(unit).code,
                opened_on=opened_on,
                recorded_by=by.actor_label[:120],
            )
        CandidacyStep.objects.create(
            candidacy=candidacy,
            step=ProcedureStep.SHORTLIST,
            on=opened_on,
            note=note.strip(),
            recorded_by=by.actor_label[:120],
        )
        record(
            kind="sanzhang.shortlisted",
            by=by,
            summary=f"研判提名{head.name}拟任{unit.association}{candidacy.get_position_display()}",
            unit=unit,
            obj=candidacy,
            data={"person": head.pk},
        )
    return candidacy


def record_step(
    *,
    candidacy: Candidacy,
    step: str,
    on: dt.date,
    opinion: str,
    by: Actor,
    number: str = "",
    note: str = "",
) -> Candidacy:
    """Write down the next step. “不同意” closes the candidacy with its reason, “暂缓” leaves it waiting there."""
    with transaction.atomic():
        held = _locked_open(candidacy)
        ensure(by, MANAGE_PEOPLE, held.unit)
        taken = list(held.steps.all())
        due = next_step(held.procedure, held.unit.level, taken)
        problems = [
            *rules.step_is_next(step, due),
            *rules.step_follows(on, taken, clock.today()),
            *rules.disagreement_has_a_reason(opinion, note.strip()),
        ]
        settle(problems, "")
        with refused_in_words():
            row = CandidacyStep.objects.create(
                candidacy=held,
                step=step,
                on=on,
                opinion=opinion,
                number=number.strip(),
                note=note.strip(),
                recorded_by=by.actor_label[:120],
            )
        record(
            kind="sanzhang.step",
            by=by,
            summary=f"{held.person.name}：{row.get_step_display()}，{row.get_opinion_display()}",
            unit=held.unit,
            obj=held,
            data={"step": step, "on": on, "opinion": opinion, "number": number.strip(), "note": note.strip()},
        )
        if opinion == Opinion.DISAGREE:
            _close(held, on, CandidacyOutcome.REJECTED, f"{row.get_step_display()}：{note.strip()}", by)
    return held


def withdraw(*, candidacy: Candidacy, on: dt.date, reason: str, by: Actor) -> Candidacy:
    """The unit gives the candidacy up, saying why; another person may be proposed."""
    with transaction.atomic():
        held = _locked_open(candidacy)
        ensure(by, MANAGE_PEOPLE, held.unit)
        if not reason.strip():
            raise DomainError.of("reason_missing", "请写明撤回原因。", "reason")
        settle(rules.step_follows(on, list(held.steps.all()), clock.today()), "")
        _close(held, on, CandidacyOutcome.WITHDRAWN, reason.strip(), by)
    return held


def appoint(*, candidacy: Candidacy, seat: SeatFacts, by: Actor, explanation: str = "") -> Appointment:
    """All steps agreed: the person takes the seat, not before the day of the election or co-option."""
    with transaction.atomic():
        held = _locked_open(candidacy)
        taken = list(held.steps.all())
        due = next_step(held.procedure, held.unit.level, taken)
        if due is not None:
            raise DomainError.of(
                "steps_missing", f"程序尚未完成，下一环节是“{due.label}”，完成后才能办理任职。"
            )
        if seat.position != held.position or seat.is_backfill:
            raise DomainError.of("other_seat", "任职应与研判提名的职务一致。", "position")
        decided_on = next(row.on for row in reversed(taken) if row.step == ProcedureStep.DECISION)
        appointment = appointments.appoint(
            person=held.person,
            unit=held.unit,
            seat=seat,
            by=by,
            explanation=explanation,
            decided_on=decided_on,
        )
        held.appointment = appointment
        _close(held, max(decided_on, min(seat.valid_from, clock.today())), CandidacyOutcome.APPOINTED, "", by)
    return appointment


def _locked_open(candidacy: Candidacy) -> Candidacy:
    rows = Candidacy.objects.select_for_update(of=("self",)).select_related("unit", "person", "body")
    held = rows.get(pk=candidacy.pk)
    if held.closed_on is not None:
        raise Conflict.of(
            "candidacy_closed", f"该程序已办结（{held.get_outcome_display()}），请刷新页面查看。"
        )
    return held


def _close(candidacy: Candidacy, on: dt.date, outcome: CandidacyOutcome, reason: str, by: Actor) -> None:
    candidacy.closed_on, candidacy.closed_recorded_at = on, clock.now()
    candidacy.outcome, candidacy.reason = outcome, reason[:200]
    candidacy.save(update_fields=["closed_on", "closed_recorded_at", "outcome", "reason", "appointment"])
    record(
        kind="sanzhang.candidacy_closed",
        by=by,
        summary=f"{candidacy.person.name}的吸纳程序办结：{outcome.label}",
        unit=candidacy.unit,
        obj=candidacy,
        data={"outcome": outcome, "reason": reason},
    )
