"""A chart's figures as a table, for those who read rather than look."""

from __future__ import annotations

from typing import Any

from core import formats


def chart_table(data: dict[str, Any]) -> dict[str, Any]:
    """Heads and written rows of ``{"categories": […], "series": [{"name", "data"}], "unit"}``."""
    written = formats.percent if data.get("unit") == "%" else formats.number
    series = data.get("series", [])
    rows = [
        {"label": label, "values": [written(_at(line["data"], index)) for line in series]}
        for index, label in enumerate(data.get("categories", []))
    ]
    return {"heads": [line["name"] for line in series], "rows": rows}


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None
