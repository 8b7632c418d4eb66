"""Writing many rows of any table at once: new ones by COPY, with keys drawn beforehand, changed ones by one UPDATE."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

_CHUNK = 4000
#: The size in the name of a type: varchar(12)[].
_SIZE = re.compile(r"\([\d,]+\)")
#: So many rows make a table another one to the planner.
_MANY = 1000


def new_keys(model: type[Model], count: int) -> list[int]:
    """``count`` fresh primary keys of ``model``, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows`` of ``columns`` into the table of ``model``; raises what Django does where one breaks a constraint.

    After many the session's plans are made anew: one from when the table was small would have the check of each row's
    foreign keys, at the end of the transaction, read all of it.
    """
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            lines: list[str] = []
            for row in rows:
                lines.append("\t".join(map(_written, row)))
                if len(lines) == _CHUNK:
                    copy.write("\n".join(lines) + "\n")
                    lines.clear()
            if lines:
                copy.write("\n".join(lines) + "\n")
        if cursor.rowcount >= _MANY:
            cursor.execute("DISCARD PLANS")


def set_columns(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set ``columns`` of rows that stand, in one statement; each of ``rows`` is a primary key and their new values.

    ``bulk_update`` spells out a CASE for each value of each row: eleven townships took longer than the rest of their
    county's submission. A column that is an array takes a list of plain words.
    """
    values = [list(column) for column in zip(*rows, strict=True)]
    if not values:
        return
    meta = model._meta
    kinds = {field.column: _SIZE.sub("", str(field.db_type(connection))) for field in meta.concrete_fields}
    names = [str(meta.pk.column), *columns]
    sent, sets = [], []
    for place, name in enumerate(names):
        kind = kinds[name]
        is_array = kind.endswith("[]")
        if is_array:
            values[place] = [_array(words) for words in values[place]]
        sent.append(f"%s::{'text' if is_array else kind}[]")
        sets.append(f'"{name}" = fresh."{name}"' + (f"::{kind}" if is_array else ""))
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{meta.db_table}" AS stored SET {", ".join(sets[1:])} '  # noqa: S608
            f'FROM unnest({", ".join(sent)}) AS fresh({quoted}) WHERE stored."{names[0]}" = fresh."{names[0]}"',
            values,
        )


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the fields ``names`` of saved ``rows`` of one model, in one statement."""
    if not rows:
        return
    model = type(rows[0])
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [model._meta.pk, *(known[name] for name in names)]
    set_columns(
        model,
        [str(field.column) for field in fields[1:]],
        (
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            for row in rows
        ),
    )


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
    if value.__class__ is list:
        return _array(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _array(words: Sequence[str]) -> str:
    """Plain words, as choices are, in PostgreSQL's text format."""
    return "{" + ",".join(words) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
