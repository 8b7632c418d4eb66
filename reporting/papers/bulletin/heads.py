"""Two-level heads and column widths of an annex, for PDF and docx alike."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.papers.tables import PaperTable

#: Width of the type area in millimetres.
TYPE_WIDTH = 156
NARROW = {"index": 7, "rank": 8}


@dataclass(frozen=True, slots=True)
class Head:
    """One head cell with its place and span; ``row`` 0 is the groups' row."""

    text: str
    row: int
    column: int
    across: int = 1
    down: int = 1


def heads_of(table: PaperTable) -> list[list[Head]]:
    """The head rows, one or two, each from left to right."""
    rows: list[list[Head]] = [[], []] if table.has_groups else [[]]
    place = 0
    for group, span in table.groups:
        if group:
            rows[0].append(Head(group, 0, place, across=span))
            rows[1] += [
                Head(table.columns[place + offset].label, 1, place + offset) for offset in range(span)
            ]
        else:
            rows[0].append(Head(table.columns[place].label, 0, place, down=len(rows)))
        place += span
    return rows


def widths_of(table: PaperTable) -> list[int]:
    """Whole millimetres of each column, together the type area: narrow ones fixed, names 17, the rest even."""
    widths = [NARROW.get(column.kind, 17 if column.kind == "text" else 0) for column in table.columns]
    open_places = [place for place, width in enumerate(widths) if not width]
    if open_places:
        each, left = divmod(TYPE_WIDTH - sum(widths), len(open_places))
        for number, place in enumerate(open_places):
            widths[place] = each + (number < left)
    return widths
