"""Forms shipped as data, the monthly collection and the calendar of days off.

Loading is idempotent: what a province has already, and may have changed, is left as it stands.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import FormKind
from reporting.models import (
    CalendarDay,
    Collection,
    Form,
    FormItem,
    FormRegistration,
    FormVersion,
    Indicator,
    Section,
    TableColumn,
)
from reporting.selectors.samples import SAMPLES, read_shipped
from reporting.selectors.schedule import first_period_in_time
from reporting.services.designing import demand_design
from reporting.services.register import RegisterFacts, register_form

COLLECTION_KEY = "monthly-progress"
COLLECTION_NAME = "“3+1”工作进展情况月报"


@transaction.atomic
def load_form(name: str, *, owner: OrgUnit, by: Actor) -> FormVersion:
    """A form shipped as ``data/<name>.json``, published and on the register of the province ``owner``; made if it has
    none."""
    data = read_shipped(name)
    form, _ = Form.objects.get_or_create(owner=owner, key=data["key"], defaults={"name": data["name"]})
    present = form.versions.filter(number=data["number"]).first()
    if present is not None:
        return present
    FormRegistration.objects.get_or_create(
        form=form, defaults={**data["register"], "registered_by": by.actor_label}
    )
    version = _make_version(
        form, data, by, note=data["note"], published_at=clock.now(), published_by=by.actor_label
    )
    record(kind="reporting.form_published", by=by, summary=f"发布{version}", unit=owner, obj=version)
    return version


@transaction.atomic
def draft_from_sample(*, name: str, owner: OrgUnit, by: Actor) -> FormVersion:
    """从样表新建: a draft like a shipped form, on the register as the sample says; nobody below sees it yet.

    Raises:
        Forbidden: not a designer of ``owner``. Conflict: the province has this form.
        DomainError: there is no such sample.
    """
    demand_design(owner, by)
    if name not in SAMPLES:
        raise DomainError.of("unknown_sample", "没有这张样表。", "sample")
    data = read_shipped(name)
    form, is_new = Form.objects.get_or_create(owner=owner, key=data["key"], defaults={"name": data["name"]})
    if not is_new:
        raise Conflict.of("form_exists", f"已有“{form}”，请在原表上另起新版。", "sample")
    version = _make_version(form, data, by)
    register_form(form=form, facts=RegisterFacts(kind=FormKind.REGULAR, **data["register"]), by=by)
    record(
        kind="form.drafted",
        by=by,
        unit=owner,
        obj=version,
        summary=f"从样表起草{version}",
        data={"sample": name},
    )
    return version


def _make_version(form: Form, data: dict[str, Any], by: Actor, **settled: Any) -> FormVersion:
    """The version that ``data`` describes; ``settled`` is what a published one has besides."""
    indicators = _ensure_indicators([item for section in data["sections"] for item in section["items"]])
    version = FormVersion.objects.create(
        form=form, number=data["number"], rules=data["rules"], created_by=by.actor_label, **settled
    )
    sections = Section.objects.bulk_create(
        Section(version=version, key=section["key"], name=section["name"], order=place)
        for place, section in enumerate(data["sections"], start=1)
    )
    placed = [
        (section, item)
        for section, told in zip(sections, data["sections"], strict=True)
        for item in told["items"]
    ]
    items = FormItem.objects.bulk_create(
        _item(section, indicators[item["key"]], item, order)
        for order, (section, item) in enumerate(placed, start=1)
    )
    TableColumn.objects.bulk_create(
        column
        for item, (_section, told) in zip(items, placed, strict=True)
        for column in _columns(item, told)
    )
    return version


#: What an item may say beside its indicator, as it is kept.
SAID = (
    *("owed_by", "required_at", "max_length", "minimum", "maximum"),
    *("options", "formula", "file_kinds", "file_count"),
)


def _item(section: Section, indicator: Indicator, data: dict[str, Any], order: int) -> FormItem:
    return FormItem(
        version=section.version,
        section=section,
        indicator=indicator,
        order=order,
        help_text=data.get("help", ""),
        **{name: data[name] for name in SAID if name in data},
    )


def _columns(item: FormItem, data: dict[str, Any]) -> list[TableColumn]:
    return [
        TableColumn(
            item=item,
            key=column["key"],
            name=column["name"],
            value_kind=column["kind"],
            unit_label=column.get("unit", ""),
            is_key=column.get("is_key", False),
            is_required=column.get("is_required", False),
            options=column.get("options", []),
            order=place,
        )
        for place, column in enumerate(data.get("columns", []), start=1)
    ]


def load_monthly_form(*, owner: OrgUnit, by: Actor) -> FormVersion:
    """The first published version of the monthly form (Shandong 四.4), made for the province ``owner`` if it has none."""
    return load_form("monthly_form", owner=owner, by=by)


def _ensure_indicators(items: list[dict[str, Any]]) -> dict[str, Indicator]:
    Indicator.objects.bulk_create(
        [
            Indicator(
                key=item["key"],
                name=item["name"],
                unit_label=item.get("unit", ""),
                value_kind=item["kind"],
                source=item["source"],
                space=item["space"],
                time=item["time"],
                definition=item.get("definition", ""),
                clause=item.get("clause", ""),
                raises=item.get("raises", ""),
            )
            for item in items
        ],
        ignore_conflicts=True,
    )
    return Indicator.objects.in_bulk([item["key"] for item in items], field_name="key")


@transaction.atomic
def load_collection(*, owner: OrgUnit, by: Actor, first_period: dt.date | None = None) -> Collection:
    """The monthly collection of a province, due on the 20th, 22nd and 25th, with the form and the days off it needs.

    ``first_period`` is the month of its first cycle, by default the earliest that everybody can still fill in on
    time, so that nobody starts out late. Refused for units below a province.
    """
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "月报由省级科协布置，请选择省级单位。", "owner")
    load_calendar_days(by=by)
    version = load_monthly_form(owner=owner, by=by)
    first = (first_period or first_period_in_time(Collection(owner=owner), clock.today())).replace(day=1)
    collection, is_new = Collection.objects.get_or_create(
        owner=owner,
        key=COLLECTION_KEY,
        defaults={
            "name": COLLECTION_NAME,
            "form": version.form,
            "is_principal": not Collection.objects.filter(owner=owner, is_principal=True).exists(),
            "started_at": min(clock.start_of(first), clock.now()),
            "first_period": first,
        },
    )
    if is_new:
        record(
            kind="reporting.collection_created",
            by=by,
            summary=f"布置{collection}",
            unit=owner,
            obj=collection,
        )
    return collection


@transaction.atomic
def load_calendar_days(*, by: Actor) -> int:
    """Days off and shifted working days as the State Council arranged 2025 and 2026; returns how many were new."""
    arranged = [
        CalendarDay(day=day, is_off=row["is_off"], name=row["name"])
        for row in read_shipped("calendar_days")
        for day in _days(dt.date.fromisoformat(row["first"]), dt.date.fromisoformat(row["last"]))
    ]
    known = set(CalendarDay.objects.values_list("day", flat=True))
    new = [day for day in arranged if day.day not in known]
    if new:
        CalendarDay.objects.bulk_create(new, ignore_conflicts=True)
        record(kind="reporting.calendar_loaded", by=by, summary=f"载入节假日安排 {len(new)} 天")
    return len(new)


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=step) for step in range((last - first).days + 1)]
