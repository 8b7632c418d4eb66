"""What a reorganisation does to the registry: seats, terms, candidacies and the records of people of a closed unit.

A seat that is carried over ends at the closed unit and begins at its successor on the same day, so that it is kept where
somebody can keep it; the figures tell it as 划入 and 划出, never as 吸纳 or 离任, and count each head once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Greatest

from core import clock
from core.actor import Actor
from orgs.models import OrgUnit
from orgs.registry import Choice, Consequence, Dependent, Journal, Undoing, register_dependent
from orgs.rules.reorganising import Plan
from orgs.services.reorganising.dated import copy_of, erase_rows, write_rows
from sanzhang.choices import EndReason
from sanzhang.models import Appointment, Candidacy, CandidacyOutcome, KeyPerson, LeadershipBody, Term

KEY = "seats"
CARRY, KEEP, END = "carry", "keep", "end"
_REASON = str(EndReason.REORGANISED.label)


def _choice(plan: Plan) -> str:
    return plan.choice(KEY, CARRY)


def _seats(plan: Plan) -> list[Appointment]:
    rows = Appointment.objects.open_ended().filter(unit__in=plan.closed)
    return list(rows.select_related("person", "body").order_by("pk"))


def _candidacies(plan: Plan) -> list[Candidacy]:
    rows = Candidacy.objects.open().filter(unit__in=plan.closed)
    return list(rows.select_related("person", "body").order_by("pk"))


def _carried(plan: Plan, seats: list[Appointment]) -> dict[int, int]:
    """Seats that begin anew, with the successor: one a head and body, none that the head holds there already."""
    if _choice(plan) != CARRY:
        return {}
    heirs = plan.main_heirs
    there = Appointment.objects.standing().filter(unit__in=heirs.values())
    there = there.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=plan.on))
    known = set(there.values_list("person_id", "unit_id", "body__kind"))
    found = {}
    for seat in seats:
        heir = heirs.get(seat.unit_id)
        if heir is not None and (seat.person_id, heir, seat.body.kind) not in known:
            known.add((seat.person_id, heir, seat.body.kind))
            found[seat.pk] = heir
    return found


def _moving(plan: Plan, candidacies: list[Candidacy]) -> dict[int, int]:
    """Open candidacies that go on at the successor; the others are withdrawn."""
    if _choice(plan) == END:
        return {}
    heirs = plan.main_heirs
    open_there = Candidacy.objects.open().filter(unit__in=heirs.values())
    known = set(open_there.values_list("person_id", "unit_id", "body__kind"))
    found = {}
    for row in candidacies:
        heir = heirs.get(row.unit_id)
        if heir is not None and (row.person_id, heir, row.body.kind) not in known:
            known.add((row.person_id, heir, row.body.kind))
            found[row.pk] = heir
    return found


def consequences(plan: Plan) -> list[Consequence]:
    seats, candidacies = _seats(plan), _candidacies(plan)
    carried, moving, heirs = _carried(plan, seats), _moving(plan, candidacies), plan.main_heirs
    rows = [
        Consequence(
            seat.unit_id,
            "任职",
            f"{seat.person.name} {seat.get_position_display()}",
            _fate_of_seat(plan, seat, carried, heirs),
        )
        for seat in seats
    ]
    for row in candidacies:
        after = f"转到{plan.name_of(moving[row.pk])}继续办理" if row.pk in moving else f"撤回（{_REASON}）"
        rows.append(
            Consequence(row.unit_id, "吸纳程序", f"{row.person.name} 拟任{row.get_position_display()}", after)
        )
    rows += [
        Consequence(unit_id, "届次", "现任届次", "随机构终止，承接单位按新机构登记届次", count)
        for unit_id, count in Counter(_terms(plan).values_list("body__unit_id", flat=True)).items()
    ]
    keepers = _keepers(plan)
    people = KeyPerson.objects.filter(unit__in=keepers)
    rows += [
        Consequence(
            unit_id, "人员档案", f"{count:,} 人的档案", f"改由{plan.name_of(keepers[unit_id])}保管", count
        )
        for unit_id, count in Counter(people.values_list("unit_id", flat=True)).items()
    ]
    return rows


def _fate_of_seat(plan: Plan, seat: Appointment, carried: dict[int, int], heirs: dict[int, int]) -> str:
    heir = heirs.get(seat.unit_id)
    if seat.pk in carried:
        return f"转任{plan.name_of(carried[seat.pk])}{seat.get_position_display()}"
    if _choice(plan) == KEEP and heir is not None:
        return f"登记不变，统计计入{plan.name_of(heir)}"
    if _choice(plan) == CARRY and heir is not None:
        return f"终止，在{plan.name_of(heir)}同一机构已有任职"
    return f"离任（{_REASON}）"


def _terms(plan: Plan) -> Any:
    return Term.objects.filter(body__unit__in=_ending_units(plan), ended_on__isnull=True)


def _ending_units(plan: Plan) -> list[int]:
    """Closed units whose seats end: with “keep” only those that nobody succeeds."""
    heirs = plan.main_heirs
    return [pk for pk in plan.closed if _choice(plan) != KEEP or pk not in heirs]


def carry(plan: Plan, by: Actor) -> Journal:
    seats, candidacies = _seats(plan), _candidacies(plan)
    carried, moving = _carried(plan, seats), _moving(plan, candidacies)
    wanted = {(carried[seat.pk], seat.body.kind) for seat in seats if seat.pk in carried}
    wanted |= {(moving[row.pk], row.body.kind) for row in candidacies if row.pk in moving}
    bodies, made = _bodies_for(wanted)
    ending = set(_ending_units(plan))
    leaving = [seat for seat in seats if seat.unit_id in ending]
    fresh = [
        copy_of(
            seat,
            plan.on,
            by,
            unit_id=carried[seat.pk],
            body_id=bodies[carried[seat.pk], seat.body.kind].pk,
            term_id=None,
        )
        for seat in seats
        if seat.pk in carried
    ]
    terms = list(_terms(plan).values_list("pk", flat=True))
    now = clock.now()
    Term.objects.filter(pk__in=terms).update(
        ended_on=Greatest("starts_on", Value(plan.on)), end_recorded_at=now
    )
    _end_seats(leaving, plan, now)
    people = _hand_over_records(plan)
    return {
        "ended": [seat.pk for seat in leaving],
        "begun": write_rows(fresh),
        "terms": terms,
        "people": people,
        "moved": _move_candidacies(candidacies, moving, bodies),
        "withdrawn": _withdraw_candidacies(
            [row for row in candidacies if row.pk not in moving], plan.on, now
        ),
        "bodies": made,
    }


def _bodies_for(
    wanted: set[tuple[int, str]],
) -> tuple[dict[tuple[int, str], LeadershipBody], list[int]]:
    """The successors' bodies by unit and kind, made where they are missing; and the keys of those made."""
    rows = LeadershipBody.objects.filter(unit__in={unit_id for unit_id, _kind in wanted})
    bodies = {(row.unit_id, row.kind): row for row in rows}
    made = LeadershipBody.objects.bulk_create(
        LeadershipBody(unit_id=unit_id, kind=kind) for unit_id, kind in sorted(wanted - bodies.keys())
    )
    return bodies | {(row.unit_id, row.kind): row for row in made}, [row.pk for row in made]


def _end_seats(seats: list[Appointment], plan: Plan, now: dt.datetime) -> None:
    Appointment.objects.filter(pk__in=[seat.pk for seat in seats]).update(
        valid_to=Greatest("valid_from", Value(plan.on)),
        end_recorded_at=now,
        end_reason=EndReason.REORGANISED,
        end_note=plan.document[:200],
    )


def _keepers(plan: Plan) -> dict[int, int]:
    """Who keeps the records of the people that a closed unit kept: its successor, else what stands above."""
    heirs = plan.main_heirs
    found = {}
    for pk in plan.closed:
        keeper: int | None = pk
        while keeper in plan.after and not plan.after[keeper].is_open:
            keeper = heirs.get(keeper) or plan.after[keeper].parent_id
        if keeper is not None:
            found[pk] = keeper
    return found


def _hand_over_records(plan: Plan) -> list[list[int]]:
    keepers = _keepers(plan)
    rows = list(KeyPerson.objects.filter(unit__in=keepers).order_by("pk").values_list("pk", "unit_id"))
    for former in {unit_id for _pk, unit_id in rows}:
        KeyPerson.objects.filter(unit=former).update(unit=keepers[former], updated_at=clock.now())
    return [list(row) for row in rows]


def _move_candidacies(
    rows: list[Candidacy], moving: dict[int, int], bodies: dict[tuple[int, str], LeadershipBody]
) -> list[list[int]]:
    journal = []
    moved = [row for row in rows if row.pk in moving]
    for row in moved:
        journal.append([row.pk, row.unit_id, row.body_id])
        row.body = bodies[moving[row.pk], row.body.kind]
        row.unit_id = moving[row.pk]
    Candidacy.objects.bulk_update(moved, ["unit", "body"], batch_size=500)
    return journal


def _withdraw_candidacies(rows: list[Candidacy], on: dt.date, now: dt.datetime) -> list[int]:
    for row in rows:
        row.closed_on, row.closed_recorded_at = max(on, row.opened_on), now
        row.outcome, row.reason = CandidacyOutcome.WITHDRAWN, _REASON
    Candidacy.objects.bulk_update(
        rows, ["closed_on", "closed_recorded_at", "outcome", "reason"], batch_size=500
    )
    return [row.pk for row in rows]


def undo(journal: Journal, by: Actor) -> None:
    erase_rows(Appointment, journal.get("begun", ()))
    Appointment.objects.filter(pk__in=journal.get("ended", ())).update(
        valid_to=None, end_recorded_at=None, end_reason="", end_note=""
    )
    Term.objects.filter(pk__in=journal.get("terms", ())).update(ended_on=None, end_recorded_at=None)
    for former in {unit_id for _pk, unit_id in journal.get("people", ())}:
        keys = [pk for pk, unit_id in journal["people"] if unit_id == former]
        KeyPerson.objects.filter(pk__in=keys).update(unit=former, updated_at=clock.now())
    places = {pk: (unit_id, body_id) for pk, unit_id, body_id in journal.get("moved", ())}
    moved = list(Candidacy.objects.filter(pk__in=places))
    for row in moved:
        row.unit_id, row.body_id = places[row.pk]
    Candidacy.objects.bulk_update(moved, ["unit", "body"], batch_size=500)
    Candidacy.objects.filter(pk__in=journal.get("withdrawn", ())).update(
        closed_on=None, closed_recorded_at=None, outcome="", reason=""
    )
    LeadershipBody.objects.filter(pk__in=journal.get("bodies", ())).delete()


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Seats, terms and people entered since at a successor, and what became of those carried over."""
    since, begun = undoing.reorganisation.applied_at, journal.get("begun", [])
    heirs = {*undoing.opened, *undoing.heirs.values()}
    fresh = Appointment.objects.filter(unit__in=heirs, recorded_at__gte=since).exclude(pk__in=begun)
    said = [f"{name}此后又登记了任职。" for name in OrgUnit.objects.names_of(fresh.values("unit"))]
    ended = Appointment.objects.filter(pk__in=begun).filter(
        Q(valid_to__isnull=False) | Q(voided_at__isnull=False)
    )
    said += [
        f"{name}转入的任职此后又有离任或作废。" for name in OrgUnit.objects.names_of(ended.values("unit"))
    ]
    terms = Term.objects.filter(body__unit__in=heirs, recorded_at__gte=since)
    said += [f"{name}此后又登记了届次。" for name in OrgUnit.objects.names_of(terms.values("body__unit"))]
    opened = Candidacy.objects.filter(unit__in=heirs, recorded_at__gte=since)
    said += [f"{name}此后又有吸纳程序。" for name in OrgUnit.objects.names_of(opened.values("unit"))]
    kept = [pk for pk, _unit in journal.get("people", ())]
    people = KeyPerson.objects.filter(unit__in=undoing.opened).exclude(pk__in=kept)
    said += [f"{name}此后又登记了人员。" for name in OrgUnit.objects.names_of(people.values("unit"))]
    moved = [pk for pk, _unit, _body in journal.get("moved", ())]
    closed = Candidacy.objects.filter(pk__in=moved, closed_on__isnull=False)
    return said + [
        f"{name}转入的吸纳程序此后已办结。" for name in OrgUnit.objects.names_of(closed.values("unit"))
    ]


def register() -> None:
    """Called once at start."""
    register_dependent(
        Dependent(
            key=KEY,
            label="任职",
            consequences=consequences,
            carry=carry,
            undo=undo,
            blocks_undo=blocks_undo,
            choices=(
                Choice(
                    CARRY, "转入承接单位", "原任职即日终止，同一职务在（主要）承接单位继续，统计为划入划出"
                ),
                Choice(KEEP, "保留原登记", "登记不变，统计时计入（主要）承接单位"),
                Choice(END, "全部离任", "按“机构撤并”办理离任"),
            ),
            order=20,
        )
    )
