"""The places of many units at once: worked out together, written by one UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.copying import set_columns
from orgs.models import OrgUnit
from orgs.rules.placement import Node, Place, places

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
    set_columns(OrgUnit, PLACE_COLUMNS, rows)
