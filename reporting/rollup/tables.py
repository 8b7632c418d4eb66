"""Totals as read: one cell per unit and indicator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from reporting.rollup.basis import Basis


@dataclass(frozen=True, slots=True)
class TotalCell:
    """``own`` is what the unit typed itself, ``below`` the sum of all beneath it; ``None`` where nobody reported.

    ``reporters`` counts the reports in the total, ``stale`` those of them whose state is from an earlier cycle.
    """

    own: Decimal | None
    below: Decimal | None
    total: Decimal
    reporters: int
    stale: int = 0


@dataclass(slots=True)
class TotalsTable:
    """Cells by unit and indicator key, and the basis they were summed on. Cells are made when they are asked for."""

    basis: Basis
    _rows: dict[int, dict[str, tuple]] = field(default_factory=dict)

    @classmethod
    def of(cls, basis: Basis, rows: Iterable[tuple]) -> TotalsTable:
        """From rows ``(unit, key, own, total, reporters, own reporters, stale)``."""
        table = cls(basis)
        by_unit = table._rows
        for row in rows:
            here = by_unit.get(row[0])
            if here is None:
                here = by_unit[row[0]] = {}
            here[row[1]] = row
        return table

    def cell(self, unit_id: int, key: str) -> TotalCell | None:
        """``None`` where nothing was reported in the subtree."""
        row = self._rows.get(unit_id, {}).get(key)
        return _cell(row) if row is not None else None

    def of_unit(self, unit_id: int) -> dict[str, TotalCell]:
        """The cells of one unit by key."""
        return {key: _cell(row) for key, row in self._rows.get(unit_id, {}).items()}

    def total(self, unit_id: int, key: str) -> Decimal | None:
        cell = self.cell(unit_id, key)
        return cell.total if cell else None

    def rows(self) -> Iterator[tuple[int, str, TotalCell]]:
        """Every cell as ``(unit, key, cell)``."""
        for unit_id, rows in self._rows.items():
            for key, row in rows.items():
                yield unit_id, key, _cell(row)


def _cell(row: tuple) -> TotalCell:
    _unit, _key, own, total, reporters, own_reporters, stale = row
    below = None if reporters == own_reporters else total - (own or 0)
    return TotalCell(own, below, total, reporters, stale)
