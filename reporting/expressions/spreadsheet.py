"""A tree as a formula of a spreadsheet, of functions that Excel, WPS and LibreOffice share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporting.expressions.tree import Binary, Call, Cell, Node, Number, Unary, cells_of

_FUNCTIONS = {"min": "MIN", "max": "MAX", "abs": "ABS"}
_ARITHMETIC = ("+", "-", "*", "/")
UNKNOWN = '"—"'


@dataclass(frozen=True, slots=True)
class Operand:
    """One item in the sheet: the ``term`` that is its figure, and the cell that must be ``filled`` for it to be known."""

    term: str
    filled: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a formula may refer to: the items in the sheet by key, and the keys of all that the unit owes."""

    operands: Mapping[str, Operand]
    owed: Collection[str]


def as_formula(node: Node, ground: Ground, *, scale: int = 1, places: int = 2) -> str | None:
    """The formula without its sign of equality, rounded; it says “—” while something that it needs is empty or it
    divides by zero. ``None`` where the tree needs what the sheet has not."""
    term = _term(node, ground)
    if term is None:
        return None
    operands = [ground.operands[key] for key in sorted(cells_of(node)) if key in ground.operands]
    filled = dict.fromkeys(operand.filled for operand in operands if operand.filled)
    scaled = f"{term}*{scale}" if scale != 1 else term
    worked_out = f"IFERROR(ROUND({scaled},{places}),{UNKNOWN})"
    if not filled:
        return worked_out
    empty = ",".join(f'{cell}=""' for cell in filled)
    return f"IF(OR({empty}),{UNKNOWN},{worked_out})"


def _term(node: Node, ground: Ground) -> str | None:
    if isinstance(node, Number):
        return _digits(node.value)
    if isinstance(node, Cell):
        operand = None if node.column else ground.operands.get(node.key)
        return operand.term if operand is not None else None
    if isinstance(node, Unary):
        inner = _term(node.operand, ground) if node.operator == "-" else None
        return f"(-{inner})" if inner is not None else None
    if isinstance(node, Call):
        return _call(node, ground)
    return _binary(node, ground) if isinstance(node, Binary) and node.operator in _ARITHMETIC else None


def _binary(node: Binary, ground: Ground) -> str | None:
    left, right = _term(node.left, ground), _term(node.right, ground)
    return f"({left}{node.operator}{right})" if left is not None and right is not None else None


def _call(node: Call, ground: Ground) -> str | None:
    is_sum = node.function == "sum"
    if not is_sum and node.function not in _FUNCTIONS:
        return None
    owed = [one for one in node.arguments if not (is_sum and _is_elsewhere(one, ground))]
    terms = [term for one in owed if (term := _term(one, ground)) is not None]
    if not terms or len(terms) < len(owed):
        return None
    return f"({'+'.join(terms)})" if is_sum else f"{_FUNCTIONS[node.function]}({','.join(terms)})"


def _is_elsewhere(node: Node, ground: Ground) -> bool:
    """Whether a sum passes over it: another level owes it."""
    return isinstance(node, Cell) and not node.column and node.key not in ground.owed


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"
