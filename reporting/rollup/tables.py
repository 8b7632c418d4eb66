"""Totals as read: one cell per unit and indicator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import repeat
from typing import NamedTuple

from orgs.selectors.lineage import Group
from reporting.rollup.basis import Basis


class TotalCell(NamedTuple):
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
    """Cells by unit and indicator key, and the basis they were summed on. Cells are made when they are asked for.

    ``groups`` are the places (negative keys) of units that were divided since, where a lens carried the figures on.
    """

    basis: Basis
    groups: dict[int, Group] = field(default_factory=dict)
    _keys: Mapping[int, str] = field(default_factory=dict)
    _packed: dict[int, list[tuple]] = field(default_factory=dict)
    _cells: dict[int, dict[str, TotalCell]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        basis: Basis,
        keys: Mapping[int, str],
        rows: Iterable[tuple],
        *,
        groups: dict[int, Group] | None = None,
    ) -> TotalsTable:
        """From rows ``(unit, indicators, own, totals, reporters, own reporters, stale)``, lists all but the first.

        ``keys`` names the indicators that count. Without totals the unit's own figures are all there is; without own
        reporters each own figure is of one report; without stale nothing is.
        """
        table = cls(basis, groups or {}, keys)
        for row in rows:
            table._packed.setdefault(row[0], []).append(row)
        return table

    def cell(self, unit_id: int, key: str) -> TotalCell | None:
        """``None`` where nothing was reported in the subtree."""
        return self.of_unit(unit_id).get(key)

    def of_unit(self, unit_id: int) -> dict[str, TotalCell]:
        """The cells of one unit by key."""
        cells = self._cells.get(unit_id)
        if cells is None:
            cells = self._cells[unit_id] = {
                self._keys[indicator]: cell
                for row in self._packed.get(unit_id, ())
                for indicator, cell in _unpacked(row)
                if indicator in self._keys
            }
        return cells

    def total(self, unit_id: int, key: str) -> Decimal | None:
        cell = self.cell(unit_id, key)
        return cell.total if cell else None

    def rows(self) -> Iterator[tuple[int, str, TotalCell]]:
        """Every cell as ``(unit, key, cell)``."""
        for unit_id in self._packed:
            for key, cell in self.of_unit(unit_id).items():
                yield unit_id, key, cell


def _unpacked(row: tuple) -> Iterator[tuple[int, TotalCell]]:
    _unit, indicators, owns, totals, reporters, own_reporters, stale = row
    if totals is None:
        for indicator, own in zip(indicators, owns, strict=True):
            yield indicator, TotalCell(own, None, own, 1)
        return
    if own_reporters is None:
        own_reporters = [own is not None for own in owns]
    columns = (indicators, owns, totals, reporters, own_reporters)
    for (indicator, own, total, count, own_count), old in zip(
        zip(*columns, strict=True), stale or repeat(0), strict=False
    ):
        below = None if count == own_count else total - (own or 0)
        yield indicator, TotalCell(own, below, total, count, old)
