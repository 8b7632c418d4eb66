"""What a leaflet is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, under a heading where there is one."""

    paragraphs: Sequence[str]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of a form: a label or what is filled in, over ``across`` columns; ``lines`` keeps room for a seal."""

    text: str
    across: int = 1
    is_label: bool = False
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """Rows of boxes; each row fills ``columns`` columns whose relative ``widths`` add up as they may."""

    rows: Sequence[Sequence[Box]]
    widths: Sequence[int]

    def __post_init__(self) -> None:
        for row in self.rows:
            if sum(box.across for box in row) != len(self.widths):
                raise ValueError(f"a row of {sum(box.across for box in row)} columns in {len(self.widths)}")


@dataclass(frozen=True, slots=True)
class Listing:
    """A table with a head that is repeated on every page."""

    heads: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    heading: str = ""
    empty: str = "无"
    #: Places of the columns whose text is not centred.
    left: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """A QR code with lines beside it; ``starts_page`` where what it marks is a sheet of its own."""

    code: str
    lines: Sequence[str]
    starts_page: bool = False


Block = Text | Form | Listing | Mark


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A paper: its title, a line under it, blocks, a line at the end."""

    title: str
    blocks: Sequence[Block]
    lead: str = ""
    note: str = ""
    is_landscape: bool = False
    author: str = ""
