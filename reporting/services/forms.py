"""The monthly form, its collection and the calendar of days off, shipped as data.

Loading is idempotent: what a province has already, and may have changed, is left as it stands.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError
from orgs.choices import Level
from orgs.models import OrgUnit
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

DATA = Path(__file__).resolve().parent.parent / "data"
COLLECTION_KEY = "monthly-progress"
COLLECTION_NAME = "“3+1”工作进展情况月报"


def _read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_form(name: str, *, owner: OrgUnit, by: Actor) -> FormVersion:
    """A form shipped as ``data/<name>.json``, published and on the register of the province ``owner``; made if it has
    none."""
    data = _read(f"{name}.json")
    form, _ = Form.objects.get_or_create(owner=owner, key=data["key"], defaults={"name": data["name"]})
    present = form.versions.filter(number=data["number"]).first()
    if present is not None:
        return present
    FormRegistration.objects.get_or_create(
        form=form, defaults={**data["register"], "registered_by": by.actor_label}
    )
    indicators = _ensure_indicators([item for section in data["sections"] for item in section["items"]])
    version = FormVersion.objects.create(
        form=form,
        number=data["number"],
        rules=data["rules"],
        note=data["note"],
        published_at=clock.now(),
        published_by=by.actor_label,
        created_by=by.actor_label,
    )
    order = 0
    for place, section_data in enumerate(data["sections"], start=1):
        section = Section.objects.create(
            version=version, key=section_data["key"], name=section_data["name"], order=place
        )
        for item in section_data["items"]:
            order += 1
            _make_item(section, indicators[item["key"]], item, order)
    record(kind="reporting.form_published", by=by, summary=f"发布{version}", unit=owner, obj=version)
    return version


#: What an item may say beside its indicator, as it is kept.
SAID = (
    *("owed_by", "required_at", "max_length", "minimum", "maximum"),
    *("options", "formula", "file_kinds", "file_count"),
)


def _make_item(section: Section, indicator: Indicator, data: dict[str, Any], order: int) -> None:
    item = FormItem.objects.create(
        version=section.version,
        section=section,
        indicator=indicator,
        order=order,
        help_text=data.get("help", ""),
        **{name: data[name] for name in SAID if name in data},
    )
    TableColumn.objects.bulk_create(
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
    )


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
            )
            for item in items
        ],
        ignore_conflicts=True,
    )
    return Indicator.objects.in_bulk([item["key"] for item in items], field_name="key")


@transaction.atomic
def load_collection(*, owner: OrgUnit, by: Actor, first_period: dt.date | None = None) -> Collection:
    """The monthly collection of a province, due on the 20th, 22nd and 25th, with the form and the days off it needs.

    ``first_period`` is the month of its first cycle, by default the present one. Refused for units below a province.
    """
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "月报由省级科协布置，请选择省级单位。", "owner")
    load_calendar_days(by=by)
    version = load_monthly_form(owner=owner, by=by)
    collection, is_new = Collection.objects.get_or_create(
        owner=owner,
        key=COLLECTION_KEY,
        defaults={
            "name": COLLECTION_NAME,
            "form": version.form,
            "is_principal": not Collection.objects.filter(owner=owner, is_principal=True).exists(),
            "started_at": clock.start_of((first_period or clock.today()).replace(day=1)),
            "first_period": (first_period or clock.today()).replace(day=1),
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
        for row in _read("calendar_days.json")
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
