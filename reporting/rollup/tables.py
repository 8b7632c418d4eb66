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
    """Cells by unit and indicator key, and the basis they were summed on."""

    basis: Basis
    cells: dict[int, dict[str, TotalCell]] = field(default_factory=dict)

    @classmethod
    def of(cls, basis: Basis, rows: Iterable[tuple]) -> TotalsTable:
        """From rows ``(unit, key, own, total, reporters, own reporters, stale)``."""
        table = cls(basis)
        for unit_id, key, own, total, reporters, own_reporters, stale in rows:
            below = None if reporters == own_reporters else total - (own or 0)
            table.cells.setdefault(unit_id, {})[key] = TotalCell(own, below, total, reporters, stale)
        return table

    def cell(self, unit_id: int, key: str) -> TotalCell | None:
        """``None`` where nothing was reported in the subtree."""
        return self.cells.get(unit_id, {}).get(key)

    def of_unit(self, unit_id: int) -> dict[str, TotalCell]:
        """The cells of one unit by key."""
        return self.cells.get(unit_id, {})

    def total(self, unit_id: int, key: str) -> Decimal | None:
        cell = self.cell(unit_id, key)
        return cell.total if cell else None

    def rows(self) -> Iterator[tuple[int, str, TotalCell]]:
        """Every cell as ``(unit, key, cell)``."""
        for unit_id, cells in self.cells.items():
            for key, cell in cells.items():
                yield unit_id, key, cell
