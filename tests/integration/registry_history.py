"""A random tree with a random past, and its registry figures recomputed person by person in plain Python."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass

from core import clock
from core.actor import SYSTEM
from orgs.choices import EditionCause, EstablishmentState, HavesItem, Level, OfficerRole
from orgs.models import Establishment, OrgUnit, SixHaves, Succession, UnitEdition, UnitOfficer
from sanzhang.choices import BODY_OF_POSITION, BodyKind, Employment, EndReason, Position, WayIn
from sanzhang.models import (
    Appointment,
    Candidacy,
    Filing,
    KeyPerson,
    LeadershipBody,
    Occupation,
    OccupationSpell,
    Term,
)
from sanzhang.models.spell import SINCE_EVER
from sanzhang.services.procedures import ensure_in_force
from tests.factories import Tree, make_tree

FIRST = dt.date(2026, 1, 20)
DAYS = 120


def random_tree(rng: random.Random) -> Tree:
    """Two cities, some counties (one directly under the province), zones, townships, villages; a township without
    a county."""
    names = {"37": "省", "3701": "甲市", "3702": "乙市", "379001": "直管县", "3702" + "00" + "101": "直辖镇"}
    counties = ["370101", "370102", "370171", "370201", "370202", "379001"]
    for county in counties:
        names[county] = f"县{county}"
        for number in range(rng.randint(1, 4)):
            township = f"{county}{101 + number}"
            names[township] = f"镇{township}"
            for village in range(rng.randint(0, 3)):
                names[f"{township}{201 + village}"] = f"村{village}"
    names["370101401"] = "林场"
    return make_tree(names)


@dataclass
class Past:
    """Random days and recording instants, sometimes late, sometimes ahead."""

    rng: random.Random

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.rng.randint(-60, DAYS))

    def recorded(self, day: dt.date) -> dt.datetime:
        late = self.rng.choice([-10, 0, 0, 0, 2, 15, 40])
        return clock.start_of(max(day, FIRST - dt.timedelta(days=60))) + dt.timedelta(days=late, hours=9)

    def span(self, *, ends: float = 0.4, voids: float = 0.1) -> dict:
        start = self.day()
        fields: dict = {"valid_from": start, "recorded_at": self.recorded(start)}
        if self.rng.random() < ends:
            end = start + dt.timedelta(days=self.rng.randint(1, 60))
            fields |= {"valid_to": end, "end_recorded_at": max(self.recorded(end), fields["recorded_at"])}
        if self.rng.random() < voids:
            fields["voided_at"] = fields["recorded_at"] + dt.timedelta(days=self.rng.randint(1, 50))
        return fields


def random_past(tree: Tree, rng: random.Random) -> None:
    """Facts of units, people and seats, then a few reorganisations."""
    past = Past(rng)
    for unit in tree.units.values():
        _unit_facts(unit, past)
    _people(tree, past)
    _reorganise(tree, past)


def _unit_facts(unit: OrgUnit, past: Past) -> None:
    rng = past.rng
    if rng.random() < 0.8:
        Establishment.objects.create(
            unit=unit,
            state=rng.choice([EstablishmentState.ESTABLISHED, EstablishmentState.ESTABLISHED, "absent"]),
            **past.span(ends=0.2),
        )
    for item in HavesItem.values:
        if rng.random() < 0.9:
            SixHaves.objects.create(unit=unit, item=item, **past.span(ends=0.05, voids=0.02))
    for role in (OfficerRole.LEADER_IN_CHARGE, OfficerRole.LIAISON):
        if rng.random() < 0.7:
            UnitOfficer.objects.create(
                unit=unit, role=role, name="张某", is_chair=rng.random() < 0.5, **past.span()
            )


def _people(tree: Tree, past: Past) -> None:
    rng = past.rng
    occupations = [
        Occupation.objects.create(name=f"职业{category}{field}", category=category, field=field)
        for category in ("core", "pan")
        for field in ("health", "education", "agriculture", "other")
    ]
    bodies = {
        (unit.pk, kind): LeadershipBody.objects.create(unit=unit, kind=kind)
        for unit in tree.units.values()
        if unit.level >= Level.COUNTY
        for kind in ([BodyKind.TEAM] if unit.level == Level.VILLAGE else BodyKind.values)
    }
    for body in bodies.values():
        if body.kind == BodyKind.LEADERSHIP and rng.random() < 0.5:
            start = FIRST - dt.timedelta(days=rng.randint(100, 2000))
            end = past.day()
            renewed = rng.random() < 0.4
            Term.objects.create(
                body=body,
                ordinal=1,
                starts_on=start,
                lawful_end=end,
                recorded_at=past.recorded(start),
                ended_on=end if renewed else None,
                end_recorded_at=past.recorded(end) if renewed else None,
            )
    people: list[KeyPerson] = []
    for number in range(80):
        people.append(
            KeyPerson.objects.create(
                unit=tree.province,
                name=f"人{number}",
                employer="单位",
                occupation=rng.choice(occupations),
                merged_into=rng.choice(people) if people and rng.random() < 0.05 else None,
                voided_at=clock.start_of(past.day()) if rng.random() < 0.05 else None,
            )
        )
    for person in people:
        if person.merged_into and person.merged_into.merged_into:
            person.merged_into = None
            person.save()
        _work(person, occupations, past)
        _seats(person, list(tree.units.values()), bodies, past)


def _work(person: KeyPerson, occupations: list[Occupation], past: Past) -> None:
    """No history, another occupation from some day on, or one that was put right; told at once, late or ahead."""
    rng = past.rng
    fate = rng.choice(["same", "changed", "corrected"])
    if fate == "same":
        return
    day = past.day()
    told = past.recorded(day)
    before = OccupationSpell(
        person=person,
        occupation=rng.choice(occupations),
        valid_from=SINCE_EVER,
        recorded_at=told - dt.timedelta(days=300),
    )
    if fate == "changed":
        before.valid_to, before.end_recorded_at = day, told
    else:
        before.voided_at = told
    before.save()
    OccupationSpell.objects.create(
        person=person,
        occupation_id=person.occupation_id,
        valid_from=day if fate == "changed" else SINCE_EVER,
        recorded_at=told,
    )


def _seats(person: KeyPerson, units: list[OrgUnit], bodies: dict, past: Past) -> None:
    rng = past.rng
    seated = [unit for unit in units if unit.level >= Level.COUNTY]
    taken: set[int] = set()
    for _ in range(rng.choice([1, 1, 2, 3])):
        unit = rng.choice(seated)
        position = Position.TEAM_MEMBER if unit.level == Level.VILLAGE else rng.choice(Position.values)
        body = bodies[unit.pk, BODY_OF_POSITION[Position(position)]]
        if body.pk in taken:
            continue
        taken.add(body.pk)
        span = past.span()
        seat = Appointment.objects.create(
            person=person,
            body=body,
            unit=unit,
            position=position,
            employment=rng.choice(Employment.values),
            way_in=rng.choice(WayIn.values),
            basis="依据",
            is_backfill=rng.random() < 0.2,
            secondment_ends_on=dt.date(2030, 1, 1),
            end_reason=EndReason.RESIGNED if span.get("valid_to") else "",
            **span,
        )
        if rng.random() < 0.3:
            day = past.day()
            Filing.objects.create(
                appointment=seat, authority="组织部", filed_on=day, recorded_at=past.recorded(day)
            )
        if rng.random() < 0.3:
            start = past.day()
            closed = start + dt.timedelta(days=20) if rng.random() < 0.5 else None
            Candidacy.objects.create(
                person=person,
                body=body,
                unit=unit,
                position=position,
                procedure=ensure_in_force(unit=unit, by=SYSTEM),
                opened_on=start,
                recorded_at=past.recorded(start),
                closed_on=closed,
                closed_recorded_at=past.recorded(closed) if closed else None,
                outcome="withdrawn" if closed else "",
            )


def _reorganise(tree: Tree, past: Past) -> None:
    """A township changes its county and city; another merges into its sister."""
    townships = [unit for unit in tree.at(Level.TOWNSHIP) if unit.county_id]
    moving = past.rng.choice(townships)
    target = past.rng.choice([unit for unit in tree.at(Level.COUNTY) if unit.pk != moving.county_id])
    day = FIRST + dt.timedelta(days=past.rng.randint(0, DAYS))
    for edition in UnitEdition.objects.filter(township=moving):
        _follow(edition, day, province=target.province_id, city=target.city_id, county=target.pk)
    closing = past.rng.choice([unit for unit in townships if unit.pk != moving.pk])
    heir = past.rng.choice([unit for unit in townships if unit.pk not in (moving.pk, closing.pk)])
    closed_on = FIRST + dt.timedelta(days=past.rng.randint(0, DAYS))
    UnitEdition.objects.filter(unit=closing).update(valid_to=closed_on)
    UnitEdition.objects.filter(township=closing).exclude(unit=closing).update(valid_to=closed_on)
    OrgUnit._base_manager.filter(township=closing).update(closed_on=closed_on)
    Succession.objects.create(predecessor=closing, successor=heir, on=closed_on, cause=EditionCause.MERGED)


def _follow(edition: UnitEdition, day: dt.date, **placed: int | None) -> None:
    UnitEdition.objects.filter(pk=edition.pk).update(valid_to=day)
    edition.pk = None
    edition.valid_from, edition.cause = day, EditionCause.MOVED
    for column, unit_id in placed.items():
        setattr(edition, f"{column}_id", unit_id)
    edition.save()


# --- the recomputation -------------------------------------------------------------------------------------------


def known(row, day: dt.date, instant: dt.datetime) -> bool:
    if row.valid_from > day or row.recorded_at >= instant:
        return False
    if row.valid_to is not None and row.valid_to <= day and row.end_recorded_at < instant:
        return False
    return row.voided_at is None or row.voided_at >= instant


class World:
    """The tree of a day and who was known to sit where at an instant."""

    def __init__(self, day: dt.date, instant: dt.datetime) -> None:
        self.day, self.instant = day, instant
        self.editions = {
            edition.unit_id: edition
            for edition in UnitEdition.objects.all()
            if edition.valid_from <= day and (edition.valid_to is None or edition.valid_to > day)
        }
        self.heir = {
            succession.predecessor_id: succession.successor_id
            for succession in Succession.objects.all()
            if succession.on <= day
        }
        self.work = {
            spell.person_id: spell.occupation
            for spell in OccupationSpell.objects.select_related("occupation")
            if known(spell, day, instant)
        }

    def work_of(self, head: KeyPerson) -> Occupation:
        """What somebody worked as on the day; without any history what the record says."""
        return self.work.get(head.pk, head.occupation)

    def ancestors(self, unit_id: int) -> list[int]:
        edition = self.editions[unit_id]
        found = [edition.province_id, edition.city_id, edition.county_id, edition.township_id]
        return [pk for pk in found if pk is not None]

    def place(self, unit_id: int) -> int:
        while unit_id in self.heir:
            unit_id = self.heir[unit_id]
        return unit_id

    def seats(self, *, day: dt.date, instant: dt.datetime) -> list[tuple[KeyPerson, Appointment, int]]:
        """Seats known then, placed in this tree."""
        found = []
        for seat in Appointment.objects.select_related(
            "person__merged_into__occupation", "person__occupation", "body"
        ):
            head = seat.person.merged_into or seat.person
            if head.voided_at is not None and head.voided_at < instant:
                continue
            place = self.place(seat.unit_id)
            if known(seat, day, instant) and place in self.editions:
                found.append((head, seat, place))
        return found

    def heads(self, seats) -> dict[int, set[int]]:
        by_unit: dict[int, set[int]] = defaultdict(set)
        for head, seat, place in seats:
            if seat.body.kind != "team" and self.editions[place].level in (3, 4):
                for ancestor in self.ancestors(place):
                    by_unit[ancestor].add(head.pk)
        return by_unit


def recompute(
    day: dt.date, day_before: dt.date, opening: dict[int, int] | None
) -> dict[tuple[int, str], tuple]:
    """Every figure of every unit down to the townships: ``{(unit, key): (numerator, denominator)}``."""
    instant, instant_before = clock.end_of(day), clock.end_of(day_before)
    world, world_before = World(day, instant), World(day_before, instant_before)
    now = world.seats(day=day, instant=instant)
    middle = world.seats(day=day_before, instant=instant_before)
    before = world_before.seats(day=day_before, instant=instant_before)
    figures: dict[tuple[int, str], tuple] = {}
    for unit_id, edition in world.editions.items():
        if edition.level <= Level.TOWNSHIP:
            below = [pk for pk in world.editions if unit_id in world.ancestors(pk)]
            _units(figures, world, unit_id, below, now)
            _heads(figures, world, unit_id, now)
            _papers(figures, world, unit_id, instant_before)
    _changes(figures, world, world_before, now, middle, before, opening)
    return figures


def _count(figures: dict, unit_id: int, key: str, value: int) -> None:
    figures[unit_id, key] = (value, None)


def _units(figures: dict, world: World, unit_id: int, below: list[int], now) -> None:
    expected = {pk for pk in below if world.editions[pk].is_expected}
    level = {pk: world.editions[pk].level for pk in below}

    def known_units(model, **filters) -> list:
        return [row for row in model.objects.filter(**filters) if known(row, world.day, world.instant)]

    established = {row.unit_id for row in known_units(Establishment, state="established")} & expected
    names = {3: "county", 4: "township", 5: "village"}
    parts: dict[str, list[int]] = {"units_expected": [], "units_established": []}
    for number, name in names.items():
        counts = {
            "units_expected": sum(level[pk] == number for pk in expected),
            "units_established": sum(level[pk] == number for pk in established),
        }
        for key, value in counts.items():
            _count(figures, unit_id, f"{key}_{name}", value)
            parts[key].append(value)
        _count(
            figures, unit_id, f"blank_spots_{name}", counts["units_expected"] - counts["units_established"]
        )
        figures[unit_id, f"coverage_rate_{name}"] = (counts["units_established"], counts["units_expected"])
    total = {key: sum(values) for key, values in parts.items()}
    for key, value in total.items():
        _count(figures, unit_id, key, value)
    _count(figures, unit_id, "blank_spots", total["units_expected"] - total["units_established"])
    figures[unit_id, "coverage_rate"] = (total["units_established"], total["units_expected"])

    townships = {pk for pk in expected if level[pk] == 4}
    counties = {pk for pk in expected if level[pk] == 3}
    items = defaultdict(set)
    for row in known_units(SixHaves):
        items[row.unit_id].add(row.item)
    _count(figures, unit_id, "six_haves_units", sum(len(items[pk]) == 6 for pk in townships))
    leaders = known_units(UnitOfficer, role="leader_in_charge")
    _count(figures, unit_id, "leader_in_charge_units", len({row.unit_id for row in leaders} & townships))
    _count(
        figures,
        unit_id,
        "chair_by_leader_units",
        len({row.unit_id for row in leaders if row.is_chair} & townships),
    )
    liaisons = {row.unit_id for row in known_units(UnitOfficer, role="liaison")}
    _count(figures, unit_id, "liaison_units", len(liaisons & townships))
    overdue = {
        term.body.unit_id
        for term in Term.objects.select_related("body")
        if term.lawful_end <= world.day
        and term.recorded_at < world.instant
        and (term.ended_on is None or term.ended_on > world.day or term.end_recorded_at >= world.instant)
    }
    by_level = {number: sum(level[pk] == number for pk in overdue & set(below)) for number in (3, 4)}
    _count(figures, unit_id, "terms_overdue_county", by_level[3])
    _count(figures, unit_id, "terms_overdue_township", by_level[4])
    _count(figures, unit_id, "terms_overdue", by_level[3] + by_level[4])

    fields, workers = defaultdict(set), defaultdict(set)
    for head, seat, place in now:
        (workers if seat.body.kind == "team" else fields)[place].add(
            head.pk if seat.body.kind == "team" else world.work_of(head).field
        )
    _count(figures, unit_id, "counties_covered", sum(bool(fields[pk]) for pk in counties))
    _count(figures, unit_id, "townships_covered", sum(bool(fields[pk]) for pk in townships))
    figures[unit_id, "county_coverage_rate"] = (sum(bool(fields[pk]) for pk in counties), len(counties))
    figures[unit_id, "township_coverage_rate"] = (sum(bool(fields[pk]) for pk in townships), len(townships))
    three = {"health", "education", "agriculture"}
    _count(figures, unit_id, "townships_three_fields", sum(three <= fields[pk] for pk in townships))
    _count(figures, unit_id, "village_workers", sum(len(workers[pk]) for pk in below))


def _heads(figures: dict, world: World, unit_id: int, now) -> None:
    here = [
        (head, seat, world.editions[place].level)
        for head, seat, place in now
        if seat.body.kind != "team"
        and world.editions[place].level in (3, 4)
        and unit_id in world.ancestors(place)
    ]

    def distinct(key: str, wanted) -> None:
        _count(
            figures, unit_id, key, len({head.pk for head, seat, level in here if wanted(head, seat, level)})
        )

    distinct("key_people_total", lambda head, seat, level: True)
    distinct("key_people_county", lambda head, seat, level: level == 3)
    distinct("key_people_township", lambda head, seat, level: level == 4)
    for field in ("health", "education", "agriculture", "other"):
        distinct(f"key_people_{field}", lambda head, seat, level, f=field: world.work_of(head).field == f)
    distinct("key_people_pan", lambda head, seat, level: world.work_of(head).category == "pan")
    distinct(
        "vice_chairs",
        lambda head, seat, level: (
            seat.position in ("chair", "vice_chair") and seat.employment in ("part_time", "seconded")
        ),
    )


def _papers(figures: dict, world: World, unit_id: int, instant_before: dt.datetime) -> None:
    def here(place: int) -> bool:
        return place in world.editions and unit_id in world.ancestors(place)

    candidates = {
        candidacy.person.merged_into_id or candidacy.person_id
        for candidacy in Candidacy.objects.select_related("person")
        if here(candidacy.unit_id)
        and candidacy.opened_on <= world.day
        and candidacy.recorded_at < world.instant
        and (
            candidacy.closed_on is None
            or candidacy.closed_on > world.day
            or candidacy.closed_recorded_at >= world.instant
        )
    }
    _count(figures, unit_id, "in_procedure", len(candidates))
    filed = {
        filing.appointment.person.merged_into_id or filing.appointment.person_id
        for filing in Filing.objects.select_related("appointment__person")
        if here(filing.appointment.unit_id) and instant_before <= filing.recorded_at < world.instant
    }
    _count(figures, unit_id, "filed", len(filed))


def _changes(figures, world: World, world_before: World, now, middle, before, opening) -> None:
    heads_now, heads_middle = world.heads(now), world.heads(middle)
    heads_before = world_before.heads(before)
    ended = {
        seat.pk
        for _head, seat, _place in middle
        if seat.valid_to is not None
        and seat.valid_to <= world.day
        and seat.end_recorded_at < world.instant
        and (seat.voided_at is None or seat.voided_at >= world.instant)
    }
    for unit_id in [pk for pk, edition in world.editions.items() if edition.level <= 4]:
        entries: dict[str, int] = dict.fromkeys(("election", "co_option", "other", "backfilled"), 0)
        for person in heads_now[unit_id] - heads_middle[unit_id]:
            fresh = [
                (seat.valid_from, 4 if seat.is_backfill else 1 + list(WayIn.values).index(seat.way_in))
                for head, seat, place in now
                if head.pk == person
                and seat.body.kind != "team"
                and unit_id in world.ancestors(place)
                and (seat.recorded_at >= world_before.instant or seat.valid_from > world_before.day)
            ]
            if fresh:
                entries[["election", "co_option", "other", "backfilled"][min(fresh)[1] - 1]] += 1
        for way in ("election", "co_option", "other"):
            _count(figures, unit_id, f"recruited_{way}", entries[way])
        recruited = entries["election"] + entries["co_option"] + entries["other"]
        _count(figures, unit_id, "recruited", recruited)
        _count(figures, unit_id, "backfilled", entries["backfilled"])
        gone = sum(
            any(
                head.pk == person and seat.pk in ended and unit_id in world.ancestors(place)
                for head, seat, place in middle
                if seat.body.kind != "team"
            )
            for person in heads_middle[unit_id] - heads_now[unit_id]
        )
        _count(figures, unit_id, "left", gone)
        moved_in = len(heads_middle[unit_id] - heads_before[unit_id])
        moved_out = len(heads_before[unit_id] - heads_middle[unit_id])
        _count(figures, unit_id, "moved_in", moved_in)
        _count(figures, unit_id, "moved_out", moved_out)
        start = len(heads_before[unit_id]) if opening is None else opening.get(unit_id, 0)
        _count(figures, unit_id, "key_people_opening", start)
        closing = len(heads_now[unit_id])
        _count(
            figures,
            unit_id,
            "corrected",
            closing - (start + recruited + entries["backfilled"] - gone + moved_in - moved_out),
        )
