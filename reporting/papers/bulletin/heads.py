"""Two-level heads and column widths of an annex, for PDF and docx alike."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from reporting.papers.tables import NOT_COUNTED, PaperTable

#: Width of the type area in millimetres.
TYPE_WIDTH = 156
#: No column is narrower, in millimetres.
LEAST = 6
WIDEST_NAME = 20
WIDEST_MARK = 8


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
    """Whole millimetres of each column, together the type area: as wide as its longest text, what is left over in
    even parts. Names and marks wrap past a limit, figures never do."""
    rows = [row for line, row in zip(table.lines, table.rows(), strict=True) if line.role != "band"]
    needed = [
        max([_millimetres(row[place]) for row in rows] + [LEAST]) for place in range(len(table.columns))
    ]
    spare = TYPE_WIDTH - sum(needed)
    if spare < 0:
        scaled = [max(LEAST, width * TYPE_WIDTH // sum(needed)) for width in needed]
        return [scaled[0], scaled[1] + TYPE_WIDTH - sum(scaled), *scaled[2:]]
    each, left = divmod(spare, len(needed))
    return [width + each + (place < left) for place, width in enumerate(needed)]


def _millimetres(text: str) -> int:
    """The room of a text at 8.5 points with a little air."""
    wide = sum(1 for letter in text if ord(letter) > 0x2000)
    room = ceil(3.0 * wide + 1.5 * (len(text) - wide) + 1.2)
    if text == NOT_COUNTED:
        return WIDEST_MARK
    return min(room, WIDEST_NAME) if wide else room
