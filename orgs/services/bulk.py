"""Writing many units at once: rows by COPY, places by one UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.copying import copy_rows, new_keys
from orgs.models import OrgUnit
from orgs.rules.placement import Node, Place, places

__all__ = ["copy_rows", "new_keys", "present_nodes", "rebuild_intervals", "write_places"]

PLACE_COLUMNS = Place._fields


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
