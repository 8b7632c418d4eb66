"""How a unit reports: who types for a township, how a leader signs; a city's own earlier deadlines."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction

from accounts.models import Posting
from accounts.roles import Role
from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, Forbidden, check
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import EntryMode, ReportState, SignOffMode
from reporting.models import Collection, DeadlineOverride, Report, UnitReporting
from reporting.permissions import MANAGE_CYCLES, REVIEW, SET_REPORTING
from reporting.selectors.schedule import deadline_day, opens_on, period_to_open
from reporting.services.register import own_day_problems


def _demand(by: Actor, unit: OrgUnit) -> None:
    if not by.can(SET_REPORTING, unit):
        raise Forbidden.for_action("填报设置")


@transaction.atomic
def set_entry_mode(*, township: OrgUnit, mode: str, by: Actor) -> UnitReporting:
    """自报 or 代填, chosen by the county for each township; holds from reports not yet submitted.

    Raises:
        DomainError: not a township, or 自报 without anybody who could type there.
    """
    _demand(by, township)
    if township.level != Level.TOWNSHIP or mode not in EntryMode.values:
        raise DomainError.of("bad_mode", "只能为乡镇（街道）选择自报或代填。", "entry_mode")
    if mode == EntryMode.SELF and not _has_reporter(township):
        raise DomainError.of(
            "no_account", f"{township}还没有填报员账号，请先开通账号再改为自报。", "entry_mode"
        )
    setting, _ = UnitReporting.objects.update_or_create(unit=township, defaults={"entry_mode": mode})
    Report.objects.filter(
        unit=township, state__in=[ReportState.DRAFT, ReportState.RETURNED], first_submitted_at__isnull=True
    ).update(entry_mode=mode, custodian=township.pk if mode == EntryMode.SELF else township.parent_id)
    record(
        kind="reporting.entry_mode",
        by=by,
        unit=township,
        summary=f"{township}改为{EntryMode(mode).label}",
    )
    return setting


def _has_reporter(unit: OrgUnit) -> bool:
    return (
        Posting.objects.on(clock.today()).filter(unit=unit, role=Role.REPORTER, user__is_active=True).exists()
    )


@transaction.atomic
def set_sign_off(*, unit: OrgUnit, mode: str, by: Actor) -> UnitReporting:
    """签批方式 of a unit: waived, on the phone, or by a signed scan."""
    _demand(by, unit)
    if mode not in SignOffMode.values:
        raise DomainError.of("bad_mode", "请选择签批方式。", "sign_off")
    setting, _ = UnitReporting.objects.update_or_create(unit=unit, defaults={"sign_off": mode})
    record(
        kind="reporting.sign_off", by=by, unit=unit, summary=f"{unit}签批方式改为{SignOffMode(mode).label}"
    )
    return setting


@transaction.atomic
def set_city_deadline(
    *,
    collection: Collection,
    city: OrgUnit,
    level: int,
    by: Actor,
    day: int | None = None,
    on: dt.date | None = None,
) -> None:
    """A city's own earlier deadline for its counties or townships: a ``day`` of the month, of a one-off the date ``on``;
    neither returns to the province's. Holds from the next cycle.

    Raises:
        DomainError: later than the province's, before the window has ended, or not a lower level.
    """
    if not (by.can(REVIEW, city) or by.can(MANAGE_CYCLES, collection.owner)):
        raise Forbidden.for_action("设定截止日")
    if level not in (Level.COUNTY, Level.TOWNSHIP) or city.level != Level.CITY:
        raise DomainError.of("bad_level", "只能为县级、乡镇级设定截止日。", "level")
    own: dict[str, int | dt.date | None] = {"day": day} if not collection.is_once else {"on": on}
    if own in ({"day": None}, {"on": None}):
        DeadlineOverride.objects.filter(collection=collection, city=city, level=level).delete()
        words = "按全省统一"
    else:
        words = (
            _own_day(collection, level, on) if collection.is_once else _own_month_day(collection, level, day)
        )
        _demand_time(collection, level, own)
        DeadlineOverride.objects.update_or_create(collection=collection, city=city, level=level, defaults=own)
    record(
        kind="reporting.deadline",
        by=by,
        unit=city,
        summary=f"{city}{Level(level).label}截止日（{collection.noun}）：{words}",
    )


def _demand_time(collection: Collection, level: int, own: dict[str, Any]) -> None:
    period = period_to_open(collection)
    if period is None:
        return
    opens = max(opens_on(collection, period), clock.today())
    found = own_day_problems(collection, opens, deadline_day(collection, period, level, **own))
    check(replace(problem, field=next(iter(own))) for problem in found)


def _own_month_day(collection: Collection, level: int, day: int | None) -> str:
    latest = collection.day_of(level)
    if day is None or not 1 <= day <= latest:
        raise DomainError.of("too_late", f"不能晚于全省统一的{latest}日。", "day")
    return f"每期{day}日"


def _own_day(collection: Collection, level: int, on: dt.date | None) -> str:
    latest = collection.dates.day_of(level)
    if on is None or not collection.dates.opens_on <= on <= latest:
        raise DomainError.of("too_late", f"须在开放日期以后、不晚于全省统一的{latest}。", "on")
    return str(on)
