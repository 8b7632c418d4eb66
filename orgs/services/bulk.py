"""Writing many units at once: rows by COPY, places by one UPDATE."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from orgs.models import OrgUnit
from orgs.rules.placement import Node, Place, places

PLACE_COLUMNS = Place._fields
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
    """Write ``rows`` of ``columns`` into the table of ``model``."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        lines: list[str] = []
        for row in rows:
            lines.append("\t".join([_written(value) for value in row]))
            if len(lines) == _CHUNK:
                copy.write("\n".join(lines) + "\n")
                lines.clear()
        if lines:
            copy.write("\n".join(lines) + "\n")


def _written(value: Any) -> str:
    """One value in PostgreSQL's text format."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        if "\\" in value or "\t" in value or "\n" in value or "\r" in value:
            return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def present_nodes() -> list[Node]:
    """The truth about the place of every unit, closed ones included."""
    rows = OrgUnit.objects.order_by().values_list("pk", "parent_id", "division_code", "level")
    return [Node(*row) for row in rows.iterator(chunk_size=20_000)]


def rebuild_intervals() -> int:
    """Work every place out anew and write those that differ; how many did. The caller holds the tree's lock."""
    right = places(present_nodes())
    stored = OrgUnit.objects.order_by().values_list("pk", *PLACE_COLUMNS)
    wrong = [
        (row[0], *right[row[0]])
        for row in stored.iterator(chunk_size=20_000)
        if row[0] in right and row[1:] != right[row[0]]
    ]
    if wrong:
        write_places(wrong)
    return len(wrong)


def write_places(rows: Sequence[Sequence[Any]]) -> None:
    """Set the places of units: each row is a primary key and the fields of :class:`Place`."""
    names = ("id", *PLACE_COLUMNS)
    types = ["bigint", "integer", "integer", "integer", "integer", *["bigint"] * 4]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    sets = ", ".join(f"{name} = fresh.{name}" for name in PLACE_COLUMNS)
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orgs_orgunit AS unit SET {sets} "  # noqa: S608
            f"FROM unnest({arrays}) AS fresh({', '.join(names)}) WHERE unit.id = fresh.id",
            columns,
        )
