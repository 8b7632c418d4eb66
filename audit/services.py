"""Writing the record, in the same transaction as the act; and letting other floors listen to kinds of act."""

from __future__ import annotations

import contextvars
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from audit.models import AuditEvent
from core import clock
from core.actor import Actor
from core.copying import copy_rows

#: The address of the request being served, set by middleware.
request_ip: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_ip", default=None)

#: An event's fields as they stand where nothing is said of them, in the order in which many are written.
BLANK: dict[str, Any] = {
    "at": None,
    "kind": "",
    "actor_id": None,
    "actor_label": "",
    "unit_id": None,
    "unit_label": "",
    "object_label": "",
    "object_id": "",
    "summary": "",
    "data": {},
    "ip": None,
}
COLUMNS = tuple(BLANK)

Listener = Callable[[AuditEvent], None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def listen(kind: str, listener: Listener) -> None:
    """Call ``listener`` with each recorded event of ``kind``, inside the transaction of the act; ``event.subject`` is
    the row acted on, as the service holds it."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def record(
    *,
    kind: str,
    by: Actor,
    summary: str,
    unit: Any = None,
    unit_id: int | None = None,
    obj: Any = None,
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write one event. ``unit`` is the unit concerned (``unit_id`` where only its number is known), ``obj`` the row
    acted on, ``data`` old and new values."""
    event = AuditEvent.objects.create(
        kind=kind,
        actor_id=by.pk,
        actor_label=by.actor_label[:120],
        unit_id=unit.pk if unit is not None else unit_id,
        unit_label=str(unit)[:200] if unit is not None else "",
        object_label=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        summary=summary[:500],
        data=data or {},
        ip=request_ip.get(),
    )
    event.subject = obj
    for listener in _listeners[kind]:
        listener(event)
    return event


def record_many(*, kind: str, by: Actor, rows: Iterable[dict[str, Any]]) -> None:
    """Write many events of one kind at once; each row holds the remaining fields of :class:`AuditEvent`.

    Listeners are not called: a bulk act announces itself with one event of its own.
    """
    now, ip = clock.now(), request_ip.get()
    same = {"at": now, "kind": kind, "actor_id": by.pk, "actor_label": by.actor_label[:120], "ip": ip}
    encode = DjangoJSONEncoder(ensure_ascii=False).encode
    copy_rows(AuditEvent, COLUMNS, (_values(BLANK | row | same, encode) for row in rows))


def _values(event: dict[str, Any], encode: Callable[[Any], str]) -> tuple[Any, ...]:
    if event.keys() != BLANK.keys():
        raise TypeError(f"unknown fields of an event: {sorted(event.keys() - BLANK.keys())}")
    event["data"] = encode(event["data"])
    return tuple(event.values())
