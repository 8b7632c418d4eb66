"""Sheets that go out, are edited in an office program, and come back without loss.

A :class:`Layout` names the columns of one list. :func:`write_book` writes its rows, each with its key and, hidden, a
digest of every cell as it went out. :func:`read_book` reads what came back, and :func:`compare` weighs three readings
of each cell against each other: as it went out, as it came back, as it is now. What nobody touched stays as it is now,
what only the file changed is a change, what both changed is a conflict, by name. Which rows may be looked up, what the
rules say and how a change is written is for the list's own importer; ``docs/roundtrip.md`` shows one from end to end.
"""

from core.roundtrip.comparing import CellChange, Plan, RowChange, compare
from core.roundtrip.fields import BadCell, Field, Offer, canonical, parsed, written
from core.roundtrip.layouts import Layout
from core.roundtrip.reading import Incoming, IncomingRow, RowProblem, read_book
from core.roundtrip.results import Place, Result
from core.roundtrip.writing import write_book

__all__ = [
    "BadCell",
    "CellChange",
    "Field",
    "Incoming",
    "IncomingRow",
    "Layout",
    "Offer",
    "Place",
    "Plan",
    "Result",
    "RowChange",
    "RowProblem",
    "canonical",
    "compare",
    "parsed",
    "read_book",
    "write_book",
    "written",
]
