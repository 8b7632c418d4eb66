"""A random registry of any size, written by COPY, and its composition and coverage recomputed head by head in Python."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from core import clock
from core.dated import Moment
from orgs.choices import EditionCause, Level
from orgs.models import OrgUnit, Succession, UnitEdition
from sanzhang.choices import SEAT_ORDER, BodyKind, Measure, Position, Unknown
from sanzhang.models import Appointment, KeyPerson, LeadershipBody, Occupation, OccupationSpell
from tests.factories import Tree, make_tree

TODAY = dt.date(2026, 11, 20)
#: People who come on record, change and leave in this time.
FIRST = dt.date(2024, 1, 1)
FIELDS, CATEGORIES = ("health", "education", "agriculture", "other"), ("core", "pan")
POSITIONS = {
    BodyKind.CONGRESS: [Position.DELEGATE],
    BodyKind.COMMITTEE: [Position.MEMBER],
    BodyKind.STANDING: [Position.STANDING_MEMBER],
    BodyKind.LEADERSHIP: [Position.VICE_CHAIR, Position.CHAIR],
    BodyKind.TEAM: [Position.TEAM_MEMBER],
}


def broad_tree(*, cities: int, counties: int, townships: int) -> Tree:
    """A province with a county directly under it, zones and a quasi-township in each city."""
    names = {"37": "省", "379001": "直管县", "379001100": "城关镇"}
    for city in range(1, cities + 1):
        names[f"37{city:02}"] = f"市{city}"
        for county in [*range(2, 2 + counties), 71]:
            code = f"37{city:02}{county:02}"
            names[code] = f"县{code}"
            names |= {f"{code}{101 + number}": f"镇{code}{number}" for number in range(townships)}
        names[f"37{city:02}02401"] = "林场"
    return make_tree(names)


def copy_in(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> list[int]:
    """Write ``rows`` of one shape by COPY; their keys."""
    rows = list(rows)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        keys = [row[0] for row in cursor.fetchall()]
        columns = ", ".join(f'"{name}"' for name in ("id", *rows[0]))
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for key, row in zip(keys, rows, strict=True):
                copy.write_row((key, *row.values()))
    return keys


@dataclass
class Seat:
    person: int
    unit: int
    kind: str
    position: str
    employment: str
    valid_from: dt.date
    recorded_at: dt.datetime
    valid_to: dt.date | None = None
    end_recorded_at: dt.datetime | None = None
    voided_at: dt.datetime | None = None


@dataclass
class Spell:
    occupation: int
    is_front_line: bool
    is_retired: bool
    new_organisation: str
    valid_from: dt.date
    recorded_at: dt.datetime
    valid_to: dt.date | None = None
    end_recorded_at: dt.datetime | None = None
    voided_at: dt.datetime | None = None


@dataclass
class Head:
    """One record of a person, as it was written."""

    sex: str
    birth_month: dt.date | None
    is_party_member: bool
    spells: list[Spell]
    merged_into: int | None = None
    voided_at: dt.datetime | None = None


@dataclass
class Registry:
    """What was written, as plain Python: the recomputation reads nothing else but the editions of the tree."""

    tree: Tree
    occupations: dict[int, tuple[str, str]] = field(default_factory=dict)
    heads: dict[int, Head] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    heirs: dict[int, tuple[int, dt.date]] = field(default_factory=dict)


class Maker:
    """Random days, late recordings, changes, voids and merges."""

    def __init__(self, tree: Tree, rng: random.Random) -> None:
        self.rng = rng
        self.registry = Registry(tree)
        self.units = [unit for unit in tree.units.values() if unit.level in (Level.COUNTY, Level.TOWNSHIP)]
        self.days = (TODAY - FIRST).days

    def make(self, people: int) -> Registry:
        self._occupations()
        self._people(people)
        self._seats()
        self._close_a_township()
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE sanzhang_keyperson, sanzhang_appointment, sanzhang_leadershipbody,"
                " sanzhang_occupationspell, orgs_unitedition, orgs_orgunit"
            )
        return self.registry

    def _span(self, ends: float, voids: float) -> dict[str, Any]:
        rng = self.rng
        start = FIRST + dt.timedelta(days=rng.randrange(self.days))
        recorded = clock.start_of(start) + dt.timedelta(days=rng.choice((-5, 0, 0, 3, 40)), hours=9)
        span: dict[str, Any] = {"valid_from": start, "recorded_at": recorded}
        span |= {"valid_to": None, "end_recorded_at": None, "voided_at": None}
        if rng.random() < ends:
            end = start + dt.timedelta(days=rng.randrange(1, 500))
            late = clock.start_of(end) + dt.timedelta(days=rng.choice((0, 0, 30)), hours=9)
            span |= {"valid_to": end, "end_recorded_at": max(late, recorded)}
        if rng.random() < voids:
            span["voided_at"] = recorded + dt.timedelta(days=rng.randrange(1, 300))
        return span

    def _occupations(self) -> None:
        rows = [
            {"name": f"{category}-{one}", "category": category, "field": one, "order": 1, "is_active": True}
            for category in CATEGORIES
            for one in FIELDS
        ]
        keys = copy_in(Occupation, rows)
        self.registry.occupations = {
            key: (row["category"], row["field"]) for key, row in zip(keys, rows, strict=True)
        }

    def _people(self, count: int) -> None:
        rng, made = self.rng, [self._head() for _ in range(count)]
        province = self.registry.tree.province.pk
        rows = [
            {
                "unit_id": province,
                "name": f"人{number}",
                "pinyin": f"r{number}",
                "initials": "r",
                "stroke_key": "",
                "sex": head.sex,
                "birth_month": head.birth_month,
                "education": "",
                "title": "",
                "is_party_member": head.is_party_member,
                "employer": "单位",
                "post": "",
                "occupation_id": head.spells[-1].occupation,
                "is_front_line": head.spells[-1].is_front_line,
                "is_retired": head.spells[-1].is_retired,
                "new_organisation": head.spells[-1].new_organisation,
                "disciplines": [],
                "phone_cipher": "",
                "phone_digest": "",
                "phone_mask": "",
                "recorded_at": clock.start_of(FIRST),
                "recorded_by": "",
                "updated_at": clock.start_of(FIRST),
                "revision": 1,
                "voided_at": head.voided_at,
            }
            for number, head in enumerate(made)
        ]
        keys = copy_in(KeyPerson, rows)
        self.registry.heads = dict(zip(keys, made, strict=True))
        self._spells()
        merged = [(key, rng.choice(keys)) for key in rng.sample(keys, count // 50)]
        gone = {key for key, _into in merged}
        for key, into in merged:
            if into not in gone:
                self.registry.heads[key].merged_into = into
        pairs = [(key, head.merged_into) for key, head in self.registry.heads.items() if head.merged_into]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE sanzhang_keyperson p SET merged_into_id = x.into_id"
                " FROM unnest(%s::bigint[], %s::bigint[]) x(id, into_id) WHERE p.id = x.id",
                [[one for one, _ in pairs], [other for _, other in pairs]],
            )

    def _head(self) -> Head:
        rng = self.rng
        born = dt.date(rng.randrange(1955, 2000), rng.randrange(1, 13), 1) if rng.random() < 0.9 else None
        voided = clock.start_of(FIRST + dt.timedelta(days=rng.randrange(self.days)))
        return Head(
            sex=rng.choice(("m", "m", "f", "")),
            birth_month=born,
            is_party_member=rng.random() < 0.6,
            spells=self._history(),
            voided_at=voided if rng.random() < 0.02 else None,
        )

    def _history(self) -> list[Spell]:
        """One spell, or a change told at once or late, or a correction."""
        rng, known = self.rng, clock.start_of(FIRST) - dt.timedelta(days=30)
        spell = self._spell(dt.date(1900, 1, 1), known)
        fate = rng.random()
        if fate < 0.7:
            return [spell]
        day = FIRST + dt.timedelta(days=rng.randrange(self.days))
        told = clock.start_of(day) + dt.timedelta(days=rng.choice((0, 60)), hours=10)
        if fate < 0.85:
            spell.valid_to, spell.end_recorded_at = day, told
            return [spell, self._spell(day, told)]
        spell.voided_at = told
        return [spell, self._spell(spell.valid_from, told)]

    def _spell(self, since: dt.date, recorded_at: dt.datetime) -> Spell:
        rng = self.rng
        return Spell(
            occupation=rng.choice(list(self.registry.occupations)),
            is_front_line=rng.random() < 0.7,
            is_retired=rng.random() < 0.1,
            new_organisation=rng.choice(("", "", "", "economic", "social")),
            valid_from=since,
            recorded_at=recorded_at,
        )

    def _spells(self) -> None:
        copy_in(
            OccupationSpell,
            (
                {"person_id": key, "employer": "", "post": "", "recorded_by": "", **_spell_row(spell)}
                for key, head in self.registry.heads.items()
                for spell in head.spells
            ),
        )

    def _seats(self) -> None:
        rng = self.rng
        places = [(unit.pk, kind) for unit in self.units for kind in POSITIONS]
        keys = copy_in(LeadershipBody, ({"unit_id": unit, "kind": str(kind)} for unit, kind in places))
        bodies = dict(zip(places, keys, strict=True))
        rows = []
        for person in self.registry.heads:
            for unit, kind in self._chosen():
                seat = Seat(
                    person=person,
                    unit=unit,
                    kind=str(kind),
                    position=str(rng.choice(POSITIONS[kind])),
                    employment=rng.choice(("part_time", "full_time")),
                    **self._span(ends=0.3, voids=0.05),
                )
                self.registry.seats.append(seat)
                rows.append(
                    {
                        "person_id": person,
                        "body_id": bodies[unit, kind],
                        "unit_id": unit,
                        "position": seat.position,
                        "employment": seat.employment,
                        "way_in": "election",
                        "basis": "",
                        "is_backfill": False,
                        "end_reason": "resigned" if seat.valid_to else "",
                        "end_note": "",
                        "recorded_by": "",
                        "valid_from": seat.valid_from,
                        "valid_to": seat.valid_to,
                        "recorded_at": seat.recorded_at,
                        "end_recorded_at": seat.end_recorded_at,
                        "voided_at": seat.voided_at,
                    }
                )
        copy_in(Appointment, rows)

    def _chosen(self) -> Iterator[tuple[int, BodyKind]]:
        """One to three bodies, mostly of one unit."""
        rng = self.rng
        unit = rng.choice(self.units).pk
        for kind in rng.sample(list(POSITIONS), rng.choice((1, 1, 1, 2, 3))):
            yield (unit if rng.random() < 0.8 else rng.choice(self.units).pk), kind

    def _close_a_township(self) -> None:
        """One township goes up in another one of its county."""
        townships = [unit for unit in self.units if unit.level == Level.TOWNSHIP]
        closing = self.rng.choice([unit for unit in townships if unit.city_id])
        heir = next(unit for unit in townships if unit.county_id == closing.county_id and unit != closing)
        day = dt.date(2026, 3, 15)
        UnitEdition.objects.filter(unit=closing).update(valid_to=day)
        OrgUnit._base_manager.filter(pk=closing.pk).update(closed_on=day)
        Succession.objects.create(predecessor=closing, successor=heir, on=day, cause=EditionCause.MERGED)
        self.registry.heirs[closing.pk] = (heir.pk, day)


def _spell_row(spell: Spell) -> dict[str, Any]:
    row = dict(vars(spell))
    row["occupation_id"] = row.pop("occupation")
    return row


def known(fact: Seat | Spell, at: Moment) -> bool:
    """Whether a fact held on the day by what was known at the instant."""
    if fact.valid_from > at.day or fact.recorded_at >= at.instant:
        return False
    if fact.voided_at is not None and fact.voided_at < at.instant:
        return False
    return fact.valid_to is None or fact.valid_to > at.day or fact.end_recorded_at >= at.instant


class Recount:
    """The registry of one day, counted head by head."""

    def __init__(self, registry: Registry, at: Moment) -> None:
        self.registry, self.at = registry, at
        self.editions = {
            edition.unit_id: edition
            for edition in UnitEdition.objects.all()
            if edition.valid_from <= at.day and (edition.valid_to is None or edition.valid_to > at.day)
        }
        self.traits: dict[int, set[str]] = {}
        self.seats = list(self._seats())

    def _seats(self) -> Iterator[tuple[int, int, Seat]]:
        """Head, place of the day, and seat."""
        for seat in self.registry.seats:
            if seat.kind == BodyKind.TEAM or not known(seat, self.at):
                continue
            key = self.registry.heads[seat.person].merged_into or seat.person
            head = self.registry.heads[key]
            if head.voided_at is not None and head.voided_at < self.at.instant:
                continue
            heir, since = self.registry.heirs.get(seat.unit, (seat.unit, dt.date.max))
            place = heir if since <= self.at.day else seat.unit
            if place in self.editions:
                if key not in self.traits:
                    self.traits[key] = self._traits(head)
                yield key, place, seat

    def work_of(self, head: Head) -> Spell:
        return next(spell for spell in head.spells if known(spell, self.at))

    def _traits(self, head: Head) -> set[str]:
        spell = self.work_of(head)
        category, one_field = self.registry.occupations[spell.occupation]
        found = {category, "other_field" if one_field == "other" else one_field}
        if spell.is_front_line:
            found.add(Measure.FRONT_LINE.value)
        if spell.is_retired:
            found.add(Measure.RETIRED.value)
        if spell.new_organisation:
            found.add(Measure.NEW_ORGANISATION.value)
        if head.is_party_member:
            found.add(Measure.PARTY.value)
        found |= {"women"} if head.sex == "f" else {Unknown.SEX.value} if not head.sex else set()
        if head.birth_month is None:
            found.add(Unknown.AGE.value)
        else:
            had = (self.at.day.month, 1) >= (head.birth_month.month, head.birth_month.day)
            age = self.at.day.year - head.birth_month.year - (0 if had else 1)
            found |= {Measure.YOUNG.value} if age <= 45 else set()
        return found

    def groups(self, within: OrgUnit, place: int, *, own: bool) -> list[int]:
        """Whose numbers a seat at ``place`` counts in."""
        edition = self.editions[place]
        chain = [edition.province_id, edition.city_id, edition.county_id, edition.township_id]
        chain = [pk for pk in chain if pk is not None]
        if within.pk not in chain:
            return []
        if own:
            return [place]
        return [within.pk, *chain[chain.index(within.pk) + 1 :][:1]]

    def composition(
        self, within: OrgUnit, *, own: bool, levels: Iterable[int]
    ) -> dict[int, dict[str, tuple]]:
        """``{unit: {kind: (members, {measure: count}, {highest seat: count})}}``."""
        bodies: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        highest: dict[tuple[int, int], int] = defaultdict(int)
        for key, place, seat in self.seats:
            if self.editions[place].level not in levels:
                continue
            for group in self.groups(within, place, own=own):
                bodies[group][seat.kind].add(key)
                bodies[group][""].add(key)
                rank = SEAT_ORDER.index(Position(seat.position))
                highest[group, key] = max(highest[group, key], rank)
        return {
            group: {kind: self._count(heads, group, highest) for kind, heads in kinds.items()}
            for group, kinds in bodies.items()
        }

    def _count(self, heads: set[int], group: int, highest: dict[tuple[int, int], int]) -> tuple:
        counts = {one.value: 0 for one in (*Measure, *Unknown)}
        seats = {one.value: 0 for one in SEAT_ORDER[1:]}
        for key in heads:
            for trait in self.traits[key]:
                counts[trait] += 1
            seats[SEAT_ORDER[highest[group, key]].value] += 1
        return len(heads), counts, seats

    def covered(self, within: OrgUnit, **asked: str) -> dict[int, tuple[int, set[str], set[str], set[int]]]:
        """``{unit: (heads asked for, positions, fields, occupations of everybody)}`` of the units with anybody."""
        found: dict[int, tuple[set[int], set[str], set[str], set[int]]] = {}
        for key, place, seat in self.seats:
            if not self.groups(within, place, own=True):
                continue
            work = self.work_of(self.registry.heads[key])
            category, one_field = self.registry.occupations[work.occupation]
            heads, positions, fields, occupations = found.setdefault(place, (set(), set(), set(), set()))
            is_asked = (
                asked.get("position") in (None, seat.position)
                and asked.get("employment") in (None, seat.employment)
                and asked.get("field") in (None, one_field)
                and asked.get("category") in (None, category)
                and asked.get("occupation") in (None, work.occupation)
            )
            if is_asked:
                heads.add(key)
            positions.add(seat.position)
            fields.add(one_field)
            occupations.add(work.occupation)
        return {
            place: (len(heads), positions, fields, occupations)
            for place, (heads, positions, fields, occupations) in found.items()
        }
