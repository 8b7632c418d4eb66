"""One reporting month for tests: the monthly form, its cycle, and reports filled as their rules want."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from core.actor import SYSTEM
from orgs.models import OrgUnit
from reporting.choices import EntryMode, ValueKind
from reporting.models import Cell, Collection, Cycle, Report, UnitReporting
from reporting.selectors.layout import layout_of
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection, load_monthly_form
from tests.factories import Tree, user_at

PERIOD = dt.date(2026, 11, 1)
#: Within the filling days of November 2026: after the window's end, before the townships' deadline.
WHILE_FILLING = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
#: Township codes of the small province that report themselves.
SELF_REPORTING = ("370202002", "370202003")


@dataclass
class Month:
    """A cycle on a tree, with the people at its desks."""

    tree: Tree
    cycle: Cycle
    clerk: User
    county_reviewer: User
    county_leader: User
    city: User
    province: User

    def report(self, code: str) -> Report:
        return Report.objects.select_related("cycle", "unit", "custodian", "reviewer").get(
            cycle=self.cycle, unit=self.tree[code]
        )

    @property
    def county_report(self) -> Report:
        return self.report("370102")

    @property
    def city_report(self) -> Report:
        return self.report("3701")

    @property
    def province_report(self) -> Report:
        return self.report("37")

    def next(self, period: dt.date) -> Cycle:
        return open_cycle(collection=self.cycle.collection, period=period, by=SYSTEM)


def make_collection(tree: Tree) -> Collection:
    load_monthly_form(owner=tree.province, by=SYSTEM)
    collection = load_collection(owner=tree.province, by=SYSTEM)
    for code in SELF_REPORTING:
        UnitReporting.objects.get_or_create(unit=tree[code], defaults={"entry_mode": EntryMode.SELF})
    return collection


def make_month(tree: Tree, period: dt.date = PERIOD) -> Month:
    """The month opened now, its form read as a running process has it; freeze the time first."""
    cycle = open_cycle(collection=make_collection(tree), period=period, by=SYSTEM)
    layout_of(cycle.form_version)
    return Month(
        tree=tree,
        cycle=cycle,
        clerk=user_at(tree["370102"], Role.REPORTER),
        county_reviewer=user_at(tree["370102"], Role.REVIEWER),
        county_leader=user_at(tree["370102"], Role.LEADER),
        city=user_at(tree["3701"], Role.REPORTER, Role.REVIEWER),
        province=user_at(tree["37"], Role.REPORTER, Role.REVIEWER),
    )


def fill(report: Report, value: int = 0, *, except_keys: Iterable[str] = (), **values: Any) -> None:
    """Type ``value`` into every owed figure and a sentence into every required text; ``values`` override by key."""
    left_out, cells = set(except_keys), []
    for item in layout_of(report.cycle.form_version).owed_at(report.level):
        indicator = item.indicator
        key = indicator.key
        if key in left_out:
            continue
        number, text = None, ""
        if indicator.value_kind in (ValueKind.COUNT, ValueKind.MONEY):
            number = Decimal(str(values.get(key, value)))
        elif key in values or report.level in item.required_at:
            text = str(values.get(key, "本月按计划推进各项工作。"))
        else:
            continue
        cells.append(Cell(report=report, indicator=indicator, value=number, text=text))
    Cell.objects.bulk_create(
        cells,
        update_conflicts=True,
        unique_fields=["report", "indicator"],
        update_fields=["value", "text"],
    )


def desk(unit: OrgUnit, *roles: str) -> User:
    return user_at(unit, *(roles or (Role.REPORTER, Role.REVIEWER)))
