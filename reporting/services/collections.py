"""Collections made and changed by the province: what, who, when; started, paused, discarded.

What is changed holds from the next cycle: an open cycle keeps the days, the words and the obligations it opened with.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.windows import period_start
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import Rhythm, Whom
from reporting.models import Collection, FixedDates
from reporting.permissions import MANAGE_CYCLES
from reporting.rules import collections as rules
from reporting.selectors.picking import lines_in
from reporting.selectors.schedule import schedule_of

#: What each step of the page may change.
BASICS = ("name", "noun", "form", "rhythm", "first_period", "sign_off", "basis", "note")
DAYS = (
    *("window_first_day", "due_months_after", "township_day", "county_day", "city_day"),
    *("settle_day", "settle_time", "lower_forward", "open_days_before"),
)
WHOM = ("levels", "whom", "cohort", "established_only")
DATES = (
    "opens_on",
    "window_first",
    "window_last",
    "township_due",
    "county_due",
    "city_due",
    "settles_at",
)

#: What ends the first column of a row that was pasted.
COLUMN_END = re.compile(r"[\s,，、;；]")
#: Of the lines that name no unit, so many are told one by one.
MOST_TOLD = 20


def _demand(by: Actor, owner: OrgUnit) -> None:
    if not by.can(MANAGE_CYCLES, owner):
        raise Forbidden.for_action("布置填报任务")


def _managed(collection: Collection, by: Actor) -> Collection:
    fresh = (
        Collection.objects.select_for_update(of=("self",))
        .select_related("owner", "form", "cohort", "dates")
        .get(pk=collection.pk)
    )
    _demand(by, fresh.owner)
    return fresh


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        raise DomainError(problems)


def _put(collection: Collection, values: Mapping[str, Any], allowed: Sequence[str]) -> dict[str, list[str]]:
    """Put the allowed values on the row; what changed, old and new in words."""
    changed = {}
    for name in allowed:
        if name not in values:
            continue
        old, new = getattr(collection, name), values[name]
        if old != new:
            changed[name] = [str(old), str(new)]
            setattr(collection, name, new)
    return changed


def _recorded(collection: Collection, by: Actor, what: str, data: Mapping[str, Any]) -> None:
    record(
        kind="reporting.collection_changed",
        by=by,
        unit=collection.owner,
        obj=collection,
        summary=f"{what}：{collection}",
        data=dict(data),
    )


@transaction.atomic
def create_collection(*, owner: OrgUnit, values: Mapping[str, Any], by: Actor) -> Collection:
    """布置任务: a draft with its name, form and rhythm; nobody below hears of it before it is started.

    Raises:
        Forbidden: ``by`` does not manage the cycles of ``owner``.
        DomainError: no name, a form without a published version; each with its field.
    """
    _demand(by, owner)
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "填报任务由省级科协布置。", "owner")
    given = {name: values[name] for name in BASICS if name in values}
    given.setdefault("first_period", clock.today().replace(day=1))
    collection = Collection(owner=owner, key=_free_key(owner), is_active=False, **given)
    collection.first_period = _named_after(collection, collection.first_period)
    if collection.rhythm != Rhythm.MONTH:
        collection.window_first_day, collection.due_months_after = 1, 1
        collection.township_day, collection.county_day = 10, 12
        collection.city_day, collection.settle_day = 15, 16
    _raise(_basic_problems(collection))
    collection.save()
    record(
        kind="reporting.collection_created", by=by, unit=owner, obj=collection, summary=f"布置{collection}"
    )
    return collection


def _free_key(owner: OrgUnit) -> str:
    taken = set(Collection.objects.filter(owner=owner).values_list("key", flat=True))
    number = len(taken) + 1
    while f"task-{number}" in taken:
        number += 1
    return f"task-{number}"


def _named_after(collection: Collection, day: dt.date) -> dt.date:
    months = Rhythm(collection.rhythm).months
    return period_start(day, months) if months else day.replace(day=1)


def _basic_problems(collection: Collection) -> list[Problem]:
    return [
        *rules.is_named(collection),
        *rules.has_published_form(collection),
        *rules.principal_stays_monthly(collection),
    ]


@transaction.atomic
def set_basics(*, collection: Collection, values: Mapping[str, Any], by: Actor) -> Collection:
    """Name, form, rhythm, sign-off; the rhythm and the first period only before the first cycle.

    Raises:
        DomainError: as :func:`create_collection`, or the rhythm of a collection that has cycles.
    """
    fresh = _managed(collection, by)
    before = (fresh.rhythm, fresh.first_period)
    changed = _put(fresh, values, BASICS)
    fresh.first_period = _named_after(fresh, fresh.first_period)
    if before != (fresh.rhythm, fresh.first_period) and fresh.cycles.exists():
        raise DomainError.of("has_cycles", "已经开放过填报，周期和首期不能再改；请另建任务。", "rhythm")
    _raise(_basic_problems(fresh))
    fresh.save()
    _recorded(fresh, by, "修改填报任务", changed)
    return fresh


@transaction.atomic
def set_whom(
    *, collection: Collection, values: Mapping[str, Any], units: Sequence[OrgUnit], by: Actor
) -> Collection:
    """Who owes: levels, all or a set or ``units`` one by one, established ones only.

    Raises:
        DomainError: nobody is named.
    """
    fresh = _managed(collection, by)
    changed = _put(fresh, values, WHOM)
    fresh.levels = sorted({int(level) for level in fresh.levels} & {level.value for level in Level})
    if fresh.whom != Whom.COHORT:
        fresh.cohort = None
    chosen = [unit.pk for unit in units] if fresh.whom == Whom.CHOSEN else []
    _raise(rules.names_who_owes(fresh, chosen))
    fresh.save()
    fresh.chosen.set(chosen)
    _recorded(
        fresh,
        by,
        "修改填报范围",
        changed | {"units": [str(pk) for pk in chosen[:200]], "unit_count": len(chosen)},
    )
    return fresh


def units_named(*, owner: OrgUnit, text: str, levels: Sequence[int]) -> list[OrgUnit]:
    """The open units that ``text`` names, one a line, each once: by division code or full name, or by the first column of
    a pasted row.

    Raises:
        DomainError: a line that names no unit of these levels, or several; the first of them, and how many more.
    """
    open_units = OrgUnit.objects.open().within(owner).filter(level__in=[int(level) for level in levels])
    by_word: dict[str, list[OrgUnit]] = {}
    for unit in open_units:
        for word in {unit.division_code, unit.name, unit.display_name}:
            by_word.setdefault(word, []).append(unit)
    problems, found = [], []
    for line in lines_in(text):
        match by_word.get(line) or by_word.get(COLUMN_END.split(line, maxsplit=1)[0], []):
            case [unit]:
                found.append(unit)
            case []:
                problems.append(
                    Problem("unknown_unit", f"“{line}”：所选层级中没有这个单位，请核对名称或代码。", "units")
                )
            case several:
                codes = "、".join(unit.division_code for unit in several[:4])
                problems.append(
                    Problem(
                        "several_units", f"“{line}”：有{len(several)}个，请改填代码（{codes}）。", "units"
                    )
                )
    if len(problems) > MOST_TOLD:
        rest = f"另有{len(problems) - MOST_TOLD}行也有问题，请先改正以上各行。"
        problems = [*problems[:MOST_TOLD], Problem("more_lines", rest, "units")]
    _raise(problems)
    return list(dict.fromkeys(found))


@transaction.atomic
def set_days(*, collection: Collection, values: Mapping[str, Any], by: Actor) -> Collection:
    """Window and deadlines of what comes again, as days of the month.

    Raises:
        DomainError: a lower level is due later than a higher one, or due before the window ends.
    """
    fresh = _managed(collection, by)
    if fresh.is_once:
        raise DomainError.of("once", "一次性任务按日期设定截止日。", "rhythm")
    changed = _put(fresh, values, DAYS)
    _raise([*rules.days_climb(fresh), *rules.due_after_the_window(fresh)])
    fresh.save()
    _recorded(fresh, by, "修改截止日", changed)
    return fresh


@transaction.atomic
def set_dates(
    *, collection: Collection, values: Mapping[str, Any], by: Actor, lower_forward: bool = True
) -> Collection:
    """Window and deadlines of a one-off, as dates; it is named after the month in which the cities are due.

    Raises:
        Conflict: it has been opened.
        DomainError: the dates do not follow each other.
    """
    fresh = _managed(collection, by)
    if not fresh.is_once:
        raise DomainError.of("not_once", "周期性任务按每月的日子设定截止日。", "rhythm")
    if fresh.cycles.exists():
        raise Conflict.of("opened", "已经开放填报，日期不能再改；个别单位可以批准缓报。")
    dates = FixedDates(collection=fresh, **{name: values[name] for name in DATES})
    _raise([*rules.dates_climb(dates), *rules.dates_follow_each_other(dates, fresh.levels)])
    FixedDates.objects.update_or_create(
        collection=fresh, defaults={name: getattr(dates, name) for name in DATES}
    )
    fresh.first_period, fresh.lower_forward = dates.city_due.replace(day=1), lower_forward
    fresh.save()
    _recorded(fresh, by, "修改截止日期", {name: str(getattr(dates, name)) for name in DATES})
    return Collection.objects.select_related("owner", "form", "dates").get(pk=fresh.pk)


@transaction.atomic
def start_collection(*, collection: Collection, by: Actor) -> Collection:
    """启用: its cycles open by themselves from now on; what would already be over is left out.

    Raises:
        Conflict: it is running.
        DomainError: something is still missing or wrong, each with its field.
    """
    fresh = _managed(collection, by)
    if fresh.is_active:
        raise Conflict.of("active", "任务已经启用。")
    _raise(start_problems(fresh))
    fresh.is_active, fresh.started_at = True, clock.now()
    fresh.save(update_fields=["is_active", "started_at"])
    _recorded(fresh, by, "启用填报任务", {})
    return fresh


def start_problems(collection: Collection) -> list[Problem]:
    """What still stands in the way of starting; empty where nothing does."""
    chosen = list(collection.chosen.values_list("pk", flat=True))
    found = [*_basic_problems(collection), *rules.names_who_owes(collection, chosen)]
    if not collection.is_once:
        found += [*rules.days_climb(collection), *rules.due_after_the_window(collection)]
    elif not hasattr(collection, "dates"):
        return [*found, Problem("dates_wanted", "请设定统计期和截止日期。", "dates")]
    else:
        dates = collection.dates
        found += [*rules.dates_climb(dates), *rules.dates_follow_each_other(dates, collection.levels)]
    if not found and not collection.cycles.exists():
        found += rules.is_not_over(schedule_of(collection, collection.first_period).settles_at)
    return found


@transaction.atomic
def pause_collection(*, collection: Collection, by: Actor) -> Collection:
    """停用: no further cycle opens; those that are open go on to their end."""
    fresh = _managed(collection, by)
    if not fresh.is_active:
        raise Conflict.of("not_active", "任务没有在执行。")
    if fresh.is_principal:
        raise Conflict.of("principal", "挂图作战和通报以本任务为准，不能停用。")
    fresh.is_active = False
    fresh.save(update_fields=["is_active"])
    _recorded(fresh, by, "停用填报任务", {})
    return fresh


@transaction.atomic
def discard_collection(*, collection: Collection, by: Actor) -> None:
    """删除 a draft that was never started."""
    fresh = _managed(collection, by)
    if not fresh.is_draft or fresh.cycles.exists():
        raise Conflict.of("not_a_draft", "只能删除没有启用过的草稿；启用过的请停用。")
    _recorded(fresh, by, "删除填报任务草稿", {})
    fresh.delete()
