"""What associations have beside their existence: posts and money, evidence, the yearly word, and the sets they are in."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core import clock
from core.copying import copy_rows
from kexie_portal.demo.accounts import MAKER, desk_username, self_reporting
from kexie_portal.demo.land import DATED, recorded
from kexie_portal.demo.world import Place, World, day_between, in_office_hours, instant_between
from orgs.choices import ConfirmationState, Level, UnitKind
from orgs.models import (
    Cohort,
    CohortMember,
    Expectation,
    OrgUnit,
    SixHaves,
    UnitResources,
    YearlyConfirmation,
)
from orgs.selectors.confirmations import snapshots_of
from orgs.services.confirming import send_back
from orgs.services.evidence import attach_evidence

#: Shares of the townships that have confirmed this year, and of those that were checked.
CONFIRMED, CHECKED = 0.78, 0.7
REMARKS = {
    "nameplate": "牌子名称与批复不一致，请核实",
    "funding": "经费来源请注明预算文号",
    "staff": "专兼职人员请写明人数",
}
EVIDENCE = {
    "premises": "办公场所租用协议.pdf",
    "nameplate": "挂牌说明.pdf",
    "management_rules": "管理制度.pdf",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def word_expectations(world: World) -> int:
    """The cities' words on zones and quasi-divisions; how many."""
    chance = world.chance("expectations")
    confirmed = set(
        OrgUnit.objects.filter(expected_confirmed=True)
        .exclude(kind=UnitKind.REGULAR)
        .values_list("pk", flat=True)
    )
    rows = []
    for pk in sorted(confirmed):
        place = world.places.get(pk)
        if place is None or place.level > Level.TOWNSHIP:
            continue
        city = world.users[desk_username(world.places[place.city])] if place.city else None
        by = f"{city.name}（{world.places[place.city].display_name}）" if city and place.city else MAKER
        basis = "设有党工委，纳入应建" if place.is_expected else "不设党工委，由所在地街道代管"
        at = world.began_at + dt.timedelta(days=chance.randint(0, 6))
        rows.append((pk, place.is_expected, basis, clock.local_day(world.began_at), None, at, None, by))
    copy_rows(Expectation, ("unit_id", "is_expected", "basis", *DATED), rows)
    return len(rows)


def count_resources(world: World) -> int:
    """Posts, staff, budget and seats of cities, most counties and some townships; how many rows."""
    rows = list(_resources(world))
    columns = ("is_separate", "posts", "full_time", "part_time", "budget", "conference_seats", "basis")
    copy_rows(UnitResources, ("unit_id", *columns, *DATED), rows)
    return len(rows)


def _resources(world: World) -> Iterator[tuple[object, ...]]:
    chance = world.chance("resources")
    for place in world.places.values():
        share = {Level.PROVINCE: 1.0, Level.CITY: 1.0, Level.COUNTY: 0.94, Level.TOWNSHIP: 0.55}
        if not place.is_expected or chance.random() >= share.get(Level(place.level), 0):
            continue
        began = clock.local_day(world.began_at)
        start = day_between(chance, began - dt.timedelta(days=400), began)
        yield (
            place.pk,
            *_figures(chance, place),
            "本级“三定”规定" if place.level < Level.TOWNSHIP else "",
            *(start, None, recorded(world, chance, start), None, MAKER),
        )


def _figures(chance: random.Random, place: Place) -> tuple[object, ...]:
    """Separate or not, posts, full-time, part-time, 万元, seats."""
    if place.level == Level.TOWNSHIP:
        return (chance.random() < 0.06, 0, 0, chance.randint(1, 3), round(chance.uniform(0, 3), 2), None)
    if place.level == Level.COUNTY:
        posts = chance.choice((3, 4, 5, 6, 8))
        money = round(chance.uniform(12, 90), 2)
        full = posts - chance.randint(0, 2)
        return (chance.random() < 0.82, posts, full, chance.randint(2, 8), money, chance.randint(2, 9))
    posts = chance.randint(18, 32)
    money = round(chance.uniform(200, 900), 2)
    return (True, posts, posts - chance.randint(0, 4), chance.randint(4, 12), money, chance.randint(8, 20))


def confirm_years(world: World) -> tuple[int, int]:
    """The words of last year and this one; how many, and how many of them were sent back."""
    chance = world.chance("words")
    townships = [place for place in world.at(Level.TOWNSHIP) if place.is_expected]
    snapshots = snapshots_of([place.pk for place in townships])
    rows = []
    this_year = world.today.year
    for place in townships:
        if clock.local_day(world.began_at).year < this_year and chance.random() < 0.9:
            rows.append(_word(world, chance, place, this_year - 1, snapshots[place.pk], is_checked=True))
        if chance.random() < (0.5 if _is_shown(world, place) else CONFIRMED):
            is_checked = not _is_shown(world, place) and chance.random() < CHECKED
            rows.append(_word(world, chance, place, this_year, snapshots[place.pk], is_checked=is_checked))
    rows += _words_of_counties(world)
    YearlyConfirmation.objects.bulk_create(rows, batch_size=1000)
    return len(rows), _send_some_back(world, chance)


def _words_of_counties(world: World) -> Iterator[YearlyConfirmation]:
    """Most counties have said their word this year; that which visitors try waits to be checked."""
    chance = world.chance("words of counties")
    counties = [place for place in world.at(Level.COUNTY) if place.is_expected]
    snapshots = snapshots_of([place.pk for place in counties])
    for place in counties:
        is_said, is_checked = chance.random() < CONFIRMED, chance.random() < CHECKED
        shown = _is_shown(world, place)
        if is_said or shown:
            snapshot = snapshots[place.pk]
            yield _word(world, chance, place, world.today.year, snapshot, is_checked=is_checked and not shown)


def _is_shown(world: World, place: Place) -> bool:
    return place.county == world.by_code(world.showcase_county).pk


def _word(
    world: World,
    chance: random.Random,
    place: Place,
    year: int,
    snapshot: dict[str, object],
    *,
    is_checked: bool,
) -> YearlyConfirmation:
    first = max(world.began_at + dt.timedelta(days=2), clock.start_of(dt.date(year, 1, 6)))
    last = min(world.now - dt.timedelta(days=2), clock.start_of(dt.date(year, 12, 28)))
    at = in_office_hours(instant_between(chance, first, max(first, last)))
    keeper, checker = _desks(world, place)
    row = YearlyConfirmation(
        unit_id=place.pk,
        year=year,
        state=ConfirmationState.CHECKED if is_checked else ConfirmationState.CONFIRMED,
        snapshot=snapshot,
        confirmed_by=keeper.actor_label,
        confirmed_by_id=keeper.pk,
        confirmed_at=at,
    )
    if is_checked:
        row.checked_by = checker.actor_label
        row.checked_at = min(at + dt.timedelta(days=chance.randint(1, 20)), world.now - dt.timedelta(hours=2))
    return row


def _desks(world: World, place: Place) -> tuple[User, User]:
    """Who keeps a township's facts (itself or its county), and who checks them (the city)."""
    own = {township.pk for township in self_reporting(world)}
    keeper = place if place.pk in own else world.places[place.county or place.pk]
    above = world.places[place.city] if place.city else world.province
    return world.users[desk_username(keeper)], world.users[desk_username(above)]


def _send_some_back(world: World, chance: random.Random) -> int:
    """A few words of this year did not convince; one of them in the county that visitors try."""
    waiting = YearlyConfirmation.objects.filter(
        year=world.today.year, state=ConfirmationState.CONFIRMED
    ).select_related("unit")
    shown = world.by_code(world.showcase_county).pk
    chosen = [*waiting.filter(unit__county=shown)[:1], *waiting.exclude(unit__county=shown)[:7]]
    for row in chosen:
        _keeper, checker = _desks(world, world.places[row.unit_id])
        item = chance.choice(sorted(REMARKS))
        with clock.standing_at(max(row.confirmed_at, world.now - dt.timedelta(days=1, hours=3))):
            send_back(
                confirmation=row,
                item_remarks={f"haves.{item}": REMARKS[item]},
                remark="请补充后重新确认",
                by=checker,
            )
    return len(chosen)


def file_evidence(world: World) -> int:
    """A few papers behind the items of the townships that visitors look at; how many."""
    facts = SixHaves.objects.filter(
        unit__county=world.by_code(world.showcase_county).pk, item__in=EVIDENCE
    ).select_related("unit")
    files = 0
    for fact in facts.order_by("unit__level", "pk")[:14]:
        keeper, _checker = _desks(world, world.places[fact.unit_id])
        name = EVIDENCE[fact.item]
        upload = SimpleUploadedFile(name, PDF, content_type="application/pdf")
        attach_evidence(fact=fact, upload=upload, by=keeper)
        files += 1
    return files


def name_cohorts(world: World) -> int:
    """Pilot counties of the province, and a city's own set of townships to be helped; how many sets."""
    chance = world.chance("cohorts")
    day = clock.local_day(world.began_at)
    counties = [place for place in world.at(Level.COUNTY) if place.kind == UnitKind.REGULAR]
    shown = world.by_code(world.showcase_county)
    city = world.places[shown.city] if shown.city else world.province
    townships = [place for place in world.at(Level.TOWNSHIP) if place.city == city.pk and place.is_expected]
    sets = [
        (world.province, "“3+1”工作试点县", True, [shown, *chance.sample(counties, min(17, len(counties)))]),
        (city, "重点帮扶乡镇", False, chance.sample(townships, min(9, len(townships)))),
    ]
    for owner, name, is_pilot, members in sets:
        cohort = Cohort.objects.create(owner_id=owner.pk, name=name, is_pilot=is_pilot, opened_on=day)
        CohortMember.objects.bulk_create(
            CohortMember(
                cohort=cohort, unit_id=pk, valid_from=day, recorded_at=world.began_at, recorded_by=MAKER
            )
            for pk in sorted({place.pk for place in members})
        )
    return len(sets)
