"""Tables of a past day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from core.tables import Column
from orgs.tables.units import page_of


def columns_on(columns: Sequence[Column], day: dt.date | None) -> list[Column]:
    """``columns`` of units, their names leading to the pages of ``day``; unchanged for today."""
    if day is None:
        return list(columns)
    name = replace(columns[0], link=lambda unit: f"{page_of(unit)}?on={day.isoformat()}")
    return [name, *columns[1:]]
