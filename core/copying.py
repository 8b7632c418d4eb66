"""Writing many rows of any table by COPY, with keys drawn beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

_CHUNK = 4000


def new_keys(model: type[Model], count: int) -> list[int]:
    """``count`` fresh primary keys of ``model``, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows`` of ``columns`` into the table of ``model``.

    The session's plans are made anew afterwards: one from when the table was small would have the check of each row's
    foreign keys, at the end of the transaction, read all of it.
    """
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        lines: list[str] = []
        for row in rows:
            lines.append("\t".join(map(_written, row)))
            if len(lines) == _CHUNK:
                copy.write("\n".join(lines) + "\n")
                lines.clear()
        if lines:
            copy.write("\n".join(lines) + "\n")
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _written(value: Any) -> str:
    """One value in PostgreSQL's text format."""
    if value.__class__ is str:
        return value if value.isprintable() and "\\" not in value else _escaped(value)
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return _escaped(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
