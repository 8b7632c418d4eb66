"""Dated facts of many units written at once: what each ends, what each begins, in a few statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from django.db.models.functions import Greatest

from audit.services import record_many
from core import clock
from core.actor import Actor

BATCH = 1_000


@dataclass(slots=True)
class NewFact:
    """One fact that shall begin (or, without ``values``, the present one that shall end) on ``since``.

    ``key`` tells facts of one model and unit apart (an officer's role, an item). ``kind`` and ``summary`` are for the
    record; ``column`` is the column that a refusal belongs to.
    """

    model: Any
    unit: Any
    since: dt.date
    values: dict[str, Any] | None
    kind: str
    summary: str
    column: str
    key: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[Any, ...]:
        return (self.unit.pk, *self.key.values())


def latest_days(facts: Iterable[NewFact]) -> dict[tuple[Any, ...], dt.date]:
    """The latest day on record of each fact's sort, by model and place; one query a model."""
    found: dict[tuple[Any, ...], dt.date] = {}
    for model, rows in _by_model(facts).items():
        names = ["unit", *rows[0].key]
        history = model.objects.filter(unit__in={row.unit.pk for row in rows}, voided_at=None).order_by()
        days = history.values_list(*names).annotate(day=Max(Greatest("valid_from", "valid_to")))
        found |= {(model, *row[:-1]): row[-1] for row in days}
    return found


def write(facts: Sequence[NewFact], by: Actor) -> None:
    """End what the facts replace, begin them, and record each; all with the rows of their units held by the caller."""
    for model, rows in _by_model(facts).items():
        before = _end(model, rows)
        begun = [row for row in rows if row.values is not None]
        made = model.objects.bulk_create(
            [
                model(
                    unit_id=row.unit.pk,
                    valid_from=row.since,
                    recorded_by=by.actor_label[:80],
                    **row.key,
                    **(row.values or {}),
                )
                for row in begun
            ],
            batch_size=BATCH,
        )
        _record(list(zip(begun, made, strict=True)), before, by)
        _record([(row, before.get(row.place)) for row in rows if row.values is None], before, by)


def _by_model(facts: Iterable[NewFact]) -> dict[Any, list[NewFact]]:
    found: dict[Any, list[NewFact]] = defaultdict(list)
    for fact in facts:
        found[fact.model].append(fact)
    return found


def _end(model: Any, rows: list[NewFact]) -> dict[tuple[Any, ...], Any]:
    """End the present facts in the rows' places on their days; one that would not have held a single day is voided."""
    days = {row.place: row.since for row in rows}
    names = list(rows[0].key)
    open_ended = model.objects.open_ended().filter(unit__in={row.unit.pk for row in rows})
    present = {}
    for fact in open_ended:
        place = (fact.unit_id, *(getattr(fact, name) for name in names))
        if place in days:
            present[place] = fact
    now = clock.now()
    voided = [fact.pk for place, fact in present.items() if fact.valid_from == days[place]]
    model.objects.filter(pk__in=voided).update(voided_at=now)
    ending: dict[dt.date, list[int]] = defaultdict(list)
    for place, fact in present.items():
        if fact.valid_from != days[place]:
            ending[days[place]].append(fact.pk)
    for day, keys in ending.items():
        model.objects.filter(pk__in=keys).update(valid_to=day, end_recorded_at=now)
    return present


def _record(written: list[tuple[NewFact, Any]], before: dict[tuple[Any, ...], Any], by: Actor) -> None:
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row, fact in written:
        old = before.get(row.place)
        shown = {key: value for key, value in (row.values or {}).items() if not key.startswith("phone")}
        by_kind[row.kind].append(
            {
                "unit_id": row.unit.pk,
                "unit_label": str(row.unit)[:200],
                "object_label": row.model._meta.label_lower,
                "object_id": str(fact.pk) if fact is not None else "",
                "summary": row.summary[:500],
                "data": {
                    "since": row.since,
                    "after": shown,
                    "before": {key: getattr(old, key) for key in shown} if old is not None else None,
                },
            }
        )
    for kind, events in by_kind.items():
        record_many(kind=kind, by=by, rows=events)
