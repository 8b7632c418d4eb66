"""Reading the record: filtered, newest first, a page at a time without counting millions of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet

from audit.models import AuditEvent

PER_PAGE = 50

_named: dict[str, str] = {}


def name_area(area: str, name: str) -> None:
    """Tell how kinds that begin with ``area`` are called, where that is no app."""
    _named[area] = name


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of events; ``older`` is the id to go on from, ``None`` at the end."""

    events: list[AuditEvent]
    older: int | None


def within(user: Any, permission: Any) -> QuerySet[AuditEvent]:
    """The record is the province's, whole: whoever may read it reads all of it."""
    return AuditEvent.objects.all() if user.can_anywhere(permission) else AuditEvent.objects.none()


def before(events: QuerySet[AuditEvent], event_id: int | None, count: int = PER_PAGE) -> Slice:
    """The newest ``count`` events older than ``event_id``."""
    found = events.filter(pk__lt=event_id) if event_id else events
    rows = list(found.order_by("-pk")[: count + 1])
    return Slice(rows[:count], rows[count - 1].pk if len(rows) > count else None)


def known_areas() -> list[tuple[str, str]]:
    """Apps that have put something on record, with their Chinese names, by skipping through the index of kinds."""
    areas: list[tuple[str, str]] = []
    kinds = AuditEvent.objects.order_by("kind").values_list("kind", flat=True)
    kind = kinds.first()
    while kind is not None:
        area = kind.split(".")[0]
        areas.append((area, area_name(area)))
        kind = kinds.filter(kind__gt=f"{area}/").first()
    return areas


def area_name(area: str) -> str:
    """The Chinese name of what a kind begins with: one told by :func:`name_area`, else the app's."""
    if area in _named:
        return _named[area]
    return str(apps.get_app_config(area).verbose_name) if area in apps.app_configs else area


def stamp_of_acts() -> str | None:
    """Equal at two moments only where the same recorded acts had been committed at both; one cheap query.

    Acts in progress are part of it, since an event draws its number before it is committed. ``None`` inside a
    transaction, which sees more than others do.
    """
    if connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        newest, snapshot = cursor.fetchone()
    return f"{newest}:{snapshot.rsplit(':', 1)[1]}"


STAMP = "SELECT (SELECT max(id) FROM audit_auditevent), pg_current_snapshot()::text"
