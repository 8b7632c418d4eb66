"""Rows that tests start from: a small province, its people and their posts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import factory
from django.db import connection
from django.db.models import Max

from accounts.models import Posting, User
from accounts.roles import Role
from orgs.choices import ANCESTOR_FIELD, CODE_DIGITS, EditionCause, Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from orgs.rules.names import search_keys

PASSWORD = "Lixia-2026-kexie"
OPENED = dt.date(2015, 1, 1)

#: A province with two cities, zones, a county directly under the province, quasi-townships and some villages.
SMALL_PROVINCE = {
    "37": "山东省",
    "3701": "济南市",
    "370102": "历下区",
    "370102001": "解放路街道",
    "370102002": "千佛山街道",
    "370102003": "趵突泉街道",
    "370102001001": "青年东路社区",
    "370102001002": "历山路社区",
    "370112": "历城区",
    "370112001": "山大路街道",
    "370112002": "洪家楼街道",
    "370112400": "国有林场",
    "370171": "济南高新技术产业开发区",
    "370171001": "舜华路街道",
    "3702": "青岛市",
    "370202": "市南区",
    "370202002": "香港中路街道",
    "370202003": "八大峡街道",
    "370203": "市北区",
    "370203001": "辽宁路街道",
    "379001": "直管县",
    "379001100": "城关镇",
}


@dataclass
class Tree:
    """The units of one province by division code, and short names for those that tests use most."""

    units: dict[str, OrgUnit] = field(default_factory=dict)

    def __getitem__(self, code: str) -> OrgUnit:
        return self.units[code]

    def at(self, level: Level) -> list[OrgUnit]:
        return [unit for unit in self.units.values() if unit.level == level]

    @property
    def province(self) -> OrgUnit:
        return self.at(Level.PROVINCE)[0]

    @property
    def city(self) -> OrgUnit:
        return self.units["3701"]

    @property
    def other_city(self) -> OrgUnit:
        return self.units["3702"]

    @property
    def county(self) -> OrgUnit:
        return self.units["370102"]

    @property
    def sister_county(self) -> OrgUnit:
        """In the same city as :attr:`county`."""
        return self.units["370112"]

    @property
    def other_county(self) -> OrgUnit:
        """In the other city."""
        return self.units["370202"]

    @property
    def township(self) -> OrgUnit:
        return self.units["370102001"]

    @property
    def sister_township(self) -> OrgUnit:
        return self.units["370102002"]

    @property
    def other_township(self) -> OrgUnit:
        return self.units["370202002"]

    @property
    def village(self) -> OrgUnit:
        return self.units["370102001001"]


def make_tree(names: dict[str, str] | None = None, *, opened_on: dt.date = OPENED) -> Tree:
    """A consistent province from ``{code: name}``: parents by the longest shorter code present, intervals, ancestor
    columns and present editions."""
    names = dict(sorted((names or SMALL_PROVINCE).items()))
    units = {code: _unit(code, name, opened_on) for code, name in names.items()}
    for unit, pk in zip(units.values(), _fresh_ids(len(units)), strict=True):
        unit.pk = pk
    for code, unit in units.items():
        _place(unit, units.get(_parent_code(code, units)))
    _number(list(units.values()))
    OrgUnit._base_manager.bulk_create(units.values())
    UnitEdition.objects.bulk_create(_edition(unit) for unit in units.values())
    return Tree(units)


def _unit(code: str, name: str, opened_on: dt.date) -> OrgUnit:
    level = next(level for level, digits in CODE_DIGITS.items() if digits == len(code))
    kind = UnitKind.REGULAR
    if level == Level.COUNTY and 71 <= int(code[4:6]) <= 79:
        kind = UnitKind.ZONE
    elif level == Level.TOWNSHIP and 400 <= int(code[6:9]) <= 599:
        kind = UnitKind.QUASI
    return OrgUnit(
        division_code=code,
        name=name,
        display_name=name,
        level=level,
        kind=kind,
        is_expected=kind != UnitKind.QUASI,
        expected_confirmed=kind == UnitKind.REGULAR,
        opened_on=opened_on,
    )


def _fresh_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orgs_orgunit', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _parent_code(code: str, units: dict[str, OrgUnit]) -> str:
    shorter = [code[:digits] for digits in CODE_DIGITS.values() if digits < len(code)]
    return next((parent for parent in reversed(shorter) if parent in units), "")


def _place(unit: OrgUnit, parent: OrgUnit | None) -> None:
    unit.parent = parent
    for column in ANCESTOR_FIELD.values():
        setattr(unit, f"{column}_id", getattr(parent, f"{column}_id") if parent else None)
    if unit.level in ANCESTOR_FIELD:
        setattr(unit, f"{ANCESTOR_FIELD[Level(unit.level)]}_id", unit.pk)
    if unit.level == Level.TOWNSHIP and parent is not None:
        unit.display_name = f"{parent.name}{unit.name}"
    if unit.level == Level.VILLAGE and parent is not None:
        unit.display_name = f"{parent.display_name}{unit.name}"
    unit.pinyin, unit.pinyin_joined, unit.initials = search_keys(unit.name)


def _number(units: list[OrgUnit]) -> None:
    """Intervals of one tree; ``units`` are in the order of their codes."""
    children: dict[int | None, list[OrgUnit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    tree_id = (OrgUnit._base_manager.aggregate(last=Max("tree_id"))["last"] or 0) + 1
    position = 0

    def walk(unit: OrgUnit, depth: int) -> None:
        nonlocal position
        position += 1
        unit.lft, unit.depth, unit.tree_id = position, depth, tree_id
        for child in children.get(unit.pk, []):
            walk(child, depth + 1)
        position += 1
        unit.rght = position

    for root in children[None]:
        walk(root, 0)


def _edition(unit: OrgUnit) -> UnitEdition:
    copied = ("name", "display_name", "division_code", "level", "kind", "is_expected")
    placed = ("parent_id", "province_id", "city_id", "county_id", "township_id")
    return UnitEdition(
        unit=unit,
        valid_from=unit.opened_on,
        recorded_by="测试",
        cause=EditionCause.IMPORTED,
        **{name: getattr(unit, name) for name in copied + placed},
    )


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number:04d}")
    name = factory.Faker("name", locale="zh_CN")
    must_change_password = False

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        return model_class.objects.create_user(*args, password=password, **kwargs)


class PostingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Posting

    user = factory.SubFactory(UserFactory)
    role = Role.REPORTER
    starts_on = dt.date(2020, 1, 1)
    granted_by = "测试"


def user_at(unit: OrgUnit, *roles: str, **fields: Any) -> User:
    """A user posted at ``unit`` in each of ``roles`` (a reporter when none is given)."""
    user = UserFactory(**fields)
    for role in roles or (Role.REPORTER,):
        PostingFactory(user=user, unit=unit, role=role)
    return user
