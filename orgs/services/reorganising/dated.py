"""Dated facts in a reorganisation: ended with the unit, taken over by its successor, put back when it is undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Greatest

from core import clock
from core.actor import Actor
from core.dated import DatedFact

#: Fields that a copy does not share with its original.
_OWN = frozenset(
    {"id", *(field.attname for field in DatedFact._meta.get_fields() if hasattr(field, "attname"))}
)


def end_rows(rows: QuerySet, on: dt.date) -> list[int]:
    """End the open rows on ``on``, or on their own first day where that is later; their keys."""
    keys = list(rows.values_list("pk", flat=True))
    rows.model._base_manager.filter(pk__in=keys).update(
        valid_to=Greatest("valid_from", Value(on)), end_recorded_at=clock.now()
    )
    return keys


def copy_of(row: Any, on: dt.date, by: Actor, **changes: Any) -> Any:
    """An unsaved copy of a dated row that holds from ``on``, or from the row's own start where that is later; ``changes``
    are by the names of columns (``unit_id``)."""
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in _OWN
    }
    return type(row)(
        **fields | {"valid_from": max(on, row.valid_from), "recorded_by": by.actor_label[:80]} | changes
    )


def write_rows(rows: Iterable[Any]) -> list[int]:
    """Write new rows of one model; their keys."""
    fresh = list(rows)
    if not fresh:
        return []
    return [row.pk for row in type(fresh[0])._base_manager.bulk_create(fresh, batch_size=1000)]


def reopen_rows(model: type[Model], keys: Sequence[int]) -> None:
    """Take back :func:`end_rows`."""
    model._base_manager.filter(pk__in=keys).update(valid_to=None, end_recorded_at=None)


def erase_rows(model: type[Model], keys: Sequence[int]) -> None:
    """Take back :func:`write_rows`."""
    model._base_manager.filter(pk__in=keys).delete()
