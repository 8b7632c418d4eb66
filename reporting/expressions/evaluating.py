"""The one evaluator. Unknown is ``None`` and spreads, as in SQL; dividing by zero is unknown."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reporting.expressions.tree import Binary, Call, Cell, Node, Number, Text, Unary

Value = Decimal | bool | str | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What an expression may see of one report.

    ``cells`` holds every item the unit owes, ``None`` where nothing is typed; items that it does not owe are absent, and
    ``sum`` passes over them. ``columns`` are sums of table columns by ``(item, column)``, ``rows`` counts of rows.
    """

    cells: Mapping[str, Decimal | str | None] = field(default_factory=dict)
    last: Mapping[str, Decimal] = field(default_factory=dict)
    last_year: Mapping[str, Decimal] = field(default_factory=dict)
    registry: Mapping[str, Decimal] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


def evaluate(node: Node, scene: Scene) -> Value:
    """What the expression comes to; ``None`` where something it needs is not known."""
    if isinstance(node, Number | Text):
        return node.value
    if isinstance(node, Cell):
        return scene.columns.get((node.key, node.column)) if node.column else scene.cells.get(node.key)
    if isinstance(node, Unary):
        return _unary(node, scene)
    if isinstance(node, Call):
        return _call(node, scene)
    if node.operator in ("and", "or", "=>"):
        return _connected(node, scene)
    return _binary(node, scene)


def _unary(node: Unary, scene: Scene) -> Value:
    value = evaluate(node.operand, scene)
    if value is None or isinstance(value, str):
        return None
    return not value if node.operator == "not" else -Decimal(value)


def _connected(node: Binary, scene: Scene) -> bool | None:
    """Three-valued: what one side settles need not be known of the other."""
    left = _truth(evaluate(node.left, scene))
    right = _truth(evaluate(node.right, scene))
    if node.operator == "=>":
        left = None if left is None else not left
    settles = node.operator != "and"
    if settles in (left, right):
        return settles
    return None if None in (left, right) else not settles


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_COMPARING: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def _binary(node: Binary, scene: Scene) -> Value:
    left, right = evaluate(node.left, scene), evaluate(node.right, scene)
    if left is None or right is None:
        return None
    if node.operator in _COMPARING:
        return _COMPARING[node.operator](left, right) if _comparable(node.operator, left, right) else None
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if node.operator == "/":
        return None if right == 0 else left / right
    return _ARITHMETIC[node.operator](left, right)


def _comparable(sign: str, left: Value, right: Value) -> bool:
    return type(left) is type(right) and (isinstance(left, Decimal) or sign in ("=", "<>"))


def _call(node: Call, scene: Scene) -> Value:
    if node.function in ("last", "last_year", "registry", "known", "rows"):
        return _referred(node, scene)
    values = [
        evaluate(argument, scene)
        for argument in node.arguments
        if not (node.function == "sum" and isinstance(argument, Cell) and _is_elsewhere(argument, scene))
    ]
    numbers = [value for value in values if isinstance(value, Decimal)]
    if len(numbers) < len(values) or not numbers:
        return None
    if node.function == "sum":
        return sum(numbers, Decimal(0))
    if node.function == "abs":
        return abs(numbers[0])
    return min(numbers) if node.function == "min" else max(numbers)


def _is_elsewhere(cell: Cell, scene: Scene) -> bool:
    return not cell.column and cell.key not in scene.cells


def _referred(node: Call, scene: Scene) -> Value:
    [cell] = node.arguments
    key = cell.key if isinstance(cell, Cell) else ""
    if node.function == "known":
        return scene.cells.get(key) not in (None, "")
    if node.function == "rows":
        return Decimal(scene.rows.get(key, 0))
    found = {"last": scene.last, "last_year": scene.last_year, "registry": scene.registry}[node.function]
    return found.get(key)
