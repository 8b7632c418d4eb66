"""Accounts for everyone who would sit at the screen, all with one documented password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.models import Posting, User
from accounts.roles import Role
from core import clock
from core.cipher import encrypt
from kexie_portal.demo import words
from kexie_portal.demo.world import Place, World
from orgs.choices import Level

PASSWORD = "Kexie@2026demo"  # noqa: S105
MAKER = "演示数据"

#: username → (what he is, his roles); all at the province.
OF_PROVINCE = {
    "shengkexie": ("省科协审核员、填报员", (Role.REPORTER, Role.REVIEWER)),
    "shenglingdao": ("省科协领导", (Role.LEADER,)),
    "shengadmin": ("省科协单位管理员", (Role.UNIT_ADMIN,)),
    "xitong": ("系统管理员", (Role.SYSTEM_ADMIN,)),
    "anquan": ("安全管理员", (Role.SECURITY_ADMIN,)),
    "shenji": ("审计管理员", (Role.AUDIT_ADMIN,)),
}
DESK = (Role.REPORTER, Role.REVIEWER)


@dataclass(frozen=True, slots=True)
class Seat:
    """One account that is to be made."""

    username: str
    unit: Place
    roles: tuple[Role, ...]


def desk_username(place: Place) -> str:
    """Who types and reviews at a unit: ``shi3701``, ``xian370102``, ``zhen371002001``."""
    prefix = {Level.CITY: "shi", Level.COUNTY: "xian", Level.TOWNSHIP: "zhen"}.get(Level(place.level))
    return f"{prefix}{place.code}" if prefix else "shengkexie"


def make_accounts(world: World) -> int:
    """Every account of the demo with its postings; how many accounts."""
    chance = world.chance("accounts")
    secret = make_password(PASSWORD)
    seats = list(_seats(world))
    users = User.objects.bulk_create(
        [
            _user(seat, secret, world, words.person_name(chance, is_woman=chance.random() < 0.4))
            for seat in seats
        ]
    )
    world.users = {user.username: user for user in users}
    Posting.objects.bulk_create(
        Posting(
            user=user,
            unit_id=seat.unit.pk,
            role=role,
            starts_on=clock.local_day(world.began_at),
            granted_by=MAKER,
            granted_at=world.began_at,
        )
        for user, seat in zip(users, seats, strict=True)
        for role in seat.roles
    )
    return len(users)


def _user(seat: Seat, secret: str, world: World, name: str) -> User:
    chance = world.chance(seat.username)
    return User(
        username=seat.username,
        name=name,
        password=secret,
        phone_cipher=encrypt(words.phone_number(chance)),
        must_change_password=False,
        created_at=world.began_at,
        created_by=MAKER,
    )


def _seats(world: World) -> Iterator[Seat]:
    for username, (_label, roles) in OF_PROVINCE.items():
        yield Seat(username, world.province, roles)
    for city in world.at(Level.CITY):
        yield Seat(desk_username(city), city, DESK)
        yield Seat(f"{desk_username(city)}-ld", city, (Role.LEADER,))
        yield Seat(f"{desk_username(city)}-gl", city, (Role.UNIT_ADMIN,))
    for county in world.at(Level.COUNTY):
        yield Seat(desk_username(county), county, DESK)
        yield Seat(f"{desk_username(county)}-ld", county, (Role.LEADER,))
    for township in self_reporting(world):
        yield Seat(desk_username(township), township, (Role.REPORTER,))


def self_reporting(world: World) -> list[Place]:
    """The townships of the one city whose townships report themselves."""
    return [
        place
        for place in world.at(Level.TOWNSHIP)
        if place.is_expected and place.code.startswith(world.self_reporting_city)
    ]


def label_of(world: World, user: User, place: Place) -> str:
    """How the records name him: as ``User.actor_label`` does, without asking the database."""
    return f"{user.name}（{place.display_name}）"


def actor_at(world: World, place: Place, *, is_leader: bool = False) -> tuple[int, str]:
    """Primary key and label of who sits at a unit's desk, or of its leader."""
    username = desk_username(place)
    if is_leader:
        username = "shenglingdao" if place.level == Level.PROVINCE else f"{username}-ld"
    user = world.users[username]
    return user.pk, label_of(world, user, place)


def table_of(world: World) -> list[str]:
    """The accounts as they are shown to whoever tries the demo."""
    city = next(place for place in world.at(Level.CITY) if world.showcase_county.startswith(place.code))
    county = world.by_code(world.showcase_county)
    own_city = world.by_code(world.self_reporting_city)
    own_township = self_reporting(world)[0]
    own_county = world.places[own_township.county or own_township.parent or own_township.pk]
    rows = [
        *((username, label) for username, (label, _roles) in OF_PROVINCE.items()),
        (desk_username(city), f"{city.name}科协 审核员、填报员"),
        (f"{desk_username(city)}-ld", f"{city.name}科协 领导"),
        (f"{desk_username(city)}-gl", f"{city.name}科协 单位管理员"),
        (
            desk_username(county),
            f"{county.name}科协 填报员、审核员（{len(world.townships_of(county))}个乡镇（街道）代填，本月未填）",
        ),
        (f"{desk_username(county)}-ld", f"{county.name}科协 领导"),
        (desk_username(own_city), f"{own_city.name}科协 审核员、填报员（所辖乡镇自报）"),
        (desk_username(own_county), f"{own_county.name}科协 填报员、审核员"),
        (desk_username(own_township), f"{own_township.display_name} 填报员（自报）"),
    ]
    return [
        f"演示账号（共{len(world.users)}个，密码均为 {PASSWORD}）",
        *(f"  {username:<16}{label}" for username, label in rows),
        "  其他：市 shi<四位代码>，县 xian<六位代码>，自报乡镇 zhen<九位代码>；领导加 -ld，市单位管理员加 -gl",
    ]
