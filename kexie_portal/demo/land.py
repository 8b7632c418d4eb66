"""The dated facts of units: associations that come to stand over the months, officers, what they have and lack."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from core import clock
from core.cipher import digest, encrypt
from core.copying import copy_rows
from kexie_portal.demo import words
from kexie_portal.demo.accounts import MAKER, self_reporting
from kexie_portal.demo.world import Place, World, day_between
from orgs.choices import EstablishmentState, HavesItem, LacksItem, Level, OfficerRole, UnitKind
from orgs.models import Cohort, CohortMember, Establishment, FourLacks, OrgUnit, SixHaves, UnitOfficer

PILOTS = ("3710", "3713")
LONG_AGO = dt.date(2012, 1, 1)
#: Share of expected units that stand at the start and at the end, by level.
STANDING = {Level.COUNTY: (0.97, 0.985), Level.TOWNSHIP: (0.88, 0.96), Level.VILLAGE: (0.80, 0.90)}
#: Dated facts have these columns after their own.
DATED = ("valid_from", "valid_to", "recorded_at", "end_recorded_at", "recorded_by")


def confirm_expected(world: World) -> int:
    """The cities have confirmed most of what the import proposed for zones and quasi-divisions; how many wait."""
    chance = world.chance("expected")
    waiting = [
        place.pk for place in world.places.values() if place.kind == UnitKind.QUASI and chance.random() < 0.15
    ]
    proposed = [place.pk for place in world.places.values() if place.kind != UnitKind.REGULAR]
    OrgUnit.objects.filter(pk__in=set(proposed).difference(waiting)).update(expected_confirmed=True)
    return len(waiting)


def recorded(world: World, chance: random.Random, day: dt.date) -> dt.datetime:
    """When a fact of ``day`` came onto record: within days, not before the portal began, not after now."""
    at = clock.at(day, dt.time(9, 0)) + dt.timedelta(
        days=chance.randint(0, 9), minutes=chance.randint(0, 480)
    )
    return min(max(at, world.began_at), world.now - dt.timedelta(minutes=7))


def establish(world: World) -> int:
    """已建, 筹建 or 未建 of every expected unit; how many rows."""
    rows = list(_establishments(world))
    copy_rows(
        Establishment,
        ("unit_id", "state", "reason_code", "reason", "planned_on", "responsible", "basis", *DATED),
        rows,
    )
    return len(rows)


def _establishments(world: World) -> Iterator[tuple[object, ...]]:
    chance = world.chance("establish")
    began = clock.local_day(world.began_at)
    shown = _shown(world)
    for place in world.places.values():
        if place.level <= Level.CITY:
            yield _standing(world, place, LONG_AGO, world.began_at)
        if place.level <= Level.CITY or not place.is_expected:
            continue
        first, last = STANDING[Level(place.level)]
        roll = chance.random()
        if roll < first or place.pk in shown:
            yield _standing(world, place, _founded(chance, place), world.began_at)
        elif roll < last:
            day = day_between(chance, began + dt.timedelta(days=20), world.today - dt.timedelta(days=3))
            known = recorded(world, chance, day)
            yield (*_absent(world, chance, place), LONG_AGO, day, world.began_at, known, MAKER)
            yield _standing(world, place, day, known)
        else:
            yield (*_absent(world, chance, place), LONG_AGO, None, world.began_at, None, MAKER)


def _shown(world: World) -> set[int]:
    """The units at whose desks visitors sit down: they stand since long ago."""
    own = self_reporting(world)[:1]
    return {
        world.by_code(world.showcase_county).pk,
        *(pk for township in own for pk in (township.pk, township.county or township.pk)),
    }


def _founded(chance: random.Random, place: Place) -> dt.date:
    first = {Level.COUNTY: 1984, Level.TOWNSHIP: 2006, Level.VILLAGE: 2016}[Level(place.level)]
    return dt.date(first + chance.randint(0, 2), chance.randint(1, 12), chance.randint(1, 28))


def _standing(world: World, place: Place, day: dt.date, known: dt.datetime) -> tuple[object, ...]:
    world.standing[place.pk] = day
    basis = f"科协发〔{day.year}〕{place.pk % 90 + 3}号" if place.level < Level.VILLAGE else ""
    state = EstablishmentState.ESTABLISHED.value
    return (place.pk, state, "", "", None, "", basis, day, None, known, None, MAKER)


def _absent(world: World, chance: random.Random, place: Place) -> tuple[object, ...]:
    is_village = place.level == Level.VILLAGE
    state = EstablishmentState.PREPARING if chance.random() < 0.4 else EstablishmentState.ABSENT
    code, reason = chance.choice(words.BLANK_REASONS[-3:] if is_village else words.BLANK_REASONS)
    planned = world.today + dt.timedelta(days=chance.randint(-70 if chance.random() < 0.12 else 20, 260))
    responsible = "" if is_village and chance.random() < 0.7 else words.person_name(chance, is_woman=False)
    return (
        place.pk,
        state.value,
        code.value,
        reason,
        planned.replace(day=28) if chance.random() < 0.85 else None,
        responsible,
        "",
    )


def name_officers(world: World) -> int:
    """Leader in charge and liaison of nine townships in ten, the roster of cities and counties."""
    chance = world.chance("officers")
    rows = []
    for place in world.places.values():
        if place.level in (Level.CITY, Level.COUNTY):
            rows.append(_officer(world, chance, place, OfficerRole.FIRST_RESPONSIBLE, "党组书记、主席", 1.0))
            rows.append(_officer(world, chance, place, OfficerRole.LIAISON, "办公室主任", 1.0))
            if chance.random() < 0.8:
                leader = "副市长" if place.level == Level.CITY else "副县（市、区）长"
                rows.append(_officer(world, chance, place, OfficerRole.GOVERNMENT_LEADER, leader, 1.0))
            rows.append(_officer(world, chance, place, OfficerRole.HEAD_OF_DEPARTMENT, "学会部部长", 1.0))
        elif place.level == Level.TOWNSHIP and place.is_expected:
            for role, posts, share in (
                (OfficerRole.LEADER_IN_CHARGE, words.LEADERS, 0.93),
                (OfficerRole.LIAISON, words.LIAISONS, 0.91),
            ):
                if chance.random() < share:
                    rows.append(_officer(world, chance, place, role, chance.choice(posts), 0.84))
    copy_rows(
        UnitOfficer,
        ("unit_id", "role", "name", "post", "is_chair", "phone_cipher", "phone_digest", *DATED),
        rows,
    )
    return len(rows)


def _officer(
    world: World, chance: random.Random, place: Place, role: OfficerRole, post: str, early: float
) -> tuple[object, ...]:
    phone = words.phone_number(chance)
    is_early = chance.random() < early
    began = clock.local_day(world.began_at)
    start = (
        day_between(chance, began - dt.timedelta(days=900), began)
        if is_early
        else day_between(chance, began + dt.timedelta(days=10), world.today - dt.timedelta(days=2))
    )
    is_chair = role == OfficerRole.LEADER_IN_CHARGE and chance.random() < 0.72
    name = words.person_name(chance, is_woman=chance.random() < 0.3)
    known = recorded(world, chance, start)
    return (
        place.pk,
        role.value,
        name,
        post,
        is_chair,
        encrypt(phone),
        digest(phone),
        start,
        None,
        known,
        None,
        MAKER,
    )


def have_and_lack(world: World) -> tuple[int, int]:
    """六有 and 四缺 of the townships; rows of each."""
    chance = world.chance("haves")
    began = clock.local_day(world.began_at)
    haves, lacks = [], []
    for place in world.at(Level.TOWNSHIP):
        if not place.is_expected:
            continue
        complete = chance.random() < 0.46
        for item in HavesItem:
            if not complete and chance.random() < 0.34:
                continue
            start = (
                day_between(chance, began - dt.timedelta(days=700), began)
                if chance.random() < 0.93
                else day_between(chance, began, world.today - dt.timedelta(days=2))
            )
            haves.append((place.pk, item.value, "", start, None, recorded(world, chance, start), None, MAKER))
        for lack in LacksItem:
            if chance.random() < (0.08 if complete else 0.42):
                start = day_between(chance, began - dt.timedelta(days=500), began)
                lacks.append((place.pk, lack.value, "", start, None, world.began_at, None, MAKER))
    copy_rows(SixHaves, ("unit_id", "item", "note", *DATED), haves)
    copy_rows(FourLacks, ("unit_id", "item", "note", *DATED), lacks)
    return len(haves), len(lacks)


def name_pilots(world: World) -> int:
    """The pilot cities as a cohort; the first two cities where the province is another."""
    cities = [city for city in world.at(Level.CITY) if city.code in PILOTS] or world.at(Level.CITY)[:2]
    cohort = Cohort.objects.create(
        owner_id=world.province.pk,
        name="“3+1”工作试点市",
        is_pilot=True,
        opened_on=clock.local_day(world.began_at),
    )
    CohortMember.objects.bulk_create(
        CohortMember(
            cohort=cohort,
            unit_id=city.pk,
            valid_from=clock.local_day(world.began_at),
            recorded_at=world.began_at,
            recorded_by=MAKER,
        )
        for city in cities
    )
    return len(cities)
