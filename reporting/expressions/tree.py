"""The tree that an expression is read into, and what can be told of it without working it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

#: Functions that take one reference, not a value.
REFERRING = ("last", "last_year", "registry", "known", "rows")
FUNCTIONS = (*REFERRING, "sum", "min", "max", "abs")
COMPARISONS = ("<", "<=", ">", ">=", "=", "<>")
CONNECTIVES = ("and", "or", "=>")


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class Text:
    """The key of an option, to compare a choice with."""

    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Cell:
    """An item of the form; with ``column`` the sum of a column of its table."""

    key: str
    column: str
    at: int


@dataclass(frozen=True, slots=True)
class Unary:
    """``-`` or ``not``."""

    operator: str
    operand: Node
    at: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison, or a connective."""

    operator: str
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]
    at: int


Node = Number | Text | Cell | Unary | Binary | Call


def walk(node: Node) -> Iterator[Node]:
    """The node and everything beneath it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    return node.arguments if isinstance(node, Call) else ()


def cells_of(node: Node) -> set[str]:
    """Keys of the form's items that it reads, now or in the past; not those of the registry."""
    if isinstance(node, Cell):
        return {node.key}
    if isinstance(node, Call) and node.function == "registry":
        return set()
    return {key for child in children(node) for key in cells_of(child)}


def registry_keys(node: Node) -> set[str]:
    """Keys of the registry's figures that it reads."""
    return {
        argument.key
        for one in walk(node)
        if isinstance(one, Call) and one.function == "registry"
        for argument in one.arguments
        if isinstance(argument, Cell)
    }


def is_linear(node: Node) -> bool:
    """Whether working it out over sums gives the sum of its results: cells added, taken away, times a number."""
    if isinstance(node, Cell):
        return True
    if isinstance(node, Unary):
        return node.operator == "-" and is_linear(node.operand)
    if isinstance(node, Call):
        return node.function == "sum" and all(is_linear(one) for one in node.arguments)
    if not isinstance(node, Binary):
        return False
    if node.operator in ("+", "-"):
        return is_linear(node.left) and is_linear(node.right)
    if node.operator == "*":
        return _scales(node.left, node.right) or _scales(node.right, node.left)
    return node.operator == "/" and _scales(node.left, node.right)


def _scales(one: Node, other: Node) -> bool:
    return is_linear(one) and isinstance(other, Number)


def parts_of_ratio(node: Node) -> tuple[Node, Node] | None:
    """Numerator and denominator, where it is a ratio whose parts add up over units."""
    if isinstance(node, Binary) and node.operator == "/" and is_linear(node.left) and is_linear(node.right):
        return node.left, node.right
    return None
