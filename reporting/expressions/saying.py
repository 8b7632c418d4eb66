"""A tree back in words: by keys, as it is kept, or by the names that people read."""

from __future__ import annotations

from collections.abc import Mapping

from reporting.expressions.tree import Binary, Call, Cell, Node, Number, Text, Unary

_FUNCTION_NAMES = {
    "sum": "合计",
    "last": "上期",
    "last_year": "去年同期",
    "registry": "台账",
    "known": "已填",
    "rows": "行数",
    "min": "最小",
    "max": "最大",
    "abs": "绝对值",
}
_SIGNS = {
    "<=": "≤",
    ">=": "≥",
    "<>": "≠",
    "*": "×",
    "/": "÷",
    "and": "且",
    "or": "或",
    "=>": "则",
    "not": "非",
}
_STRENGTH = {"=>": 0, "or": 1, "and": 2, "not": 3}
_COMPARING, _ADDING, _MULTIPLYING, _ATOM = 4, 5, 6, 7


def canonical(node: Node) -> str:
    """As it is kept: keys and plain signs, only the brackets that are needed."""
    return _write(node, None)


def say(node: Node, names: Mapping[str, str]) -> str:
    """As people read it: names in 「」 and Chinese words."""
    return _write(node, names)


def _write(node: Node, names: Mapping[str, str] | None) -> str:
    if isinstance(node, Number):
        return f"{node.value.normalize():f}"
    if isinstance(node, Text):
        return f"'{node.value}'"
    if isinstance(node, Cell):
        return _cell(node, names)
    if isinstance(node, Call):
        function = node.function if names is None else _FUNCTION_NAMES[node.function]
        return f"{function}({', '.join(_write(one, names) for one in node.arguments)})"
    if isinstance(node, Unary):
        inner = _bracketed(node.operand, names, _strength(node))
        sign = node.operator if names is None else _SIGNS.get(node.operator, node.operator)
        return f"{sign} {inner}" if node.operator == "not" and names is None else f"{sign}{inner}"
    return _binary(node, names)


def _cell(node: Cell, names: Mapping[str, str] | None) -> str:
    whole = f"{node.key}.{node.column}" if node.column else node.key
    if names is None:
        return whole
    return f"「{names.get(whole, names.get(node.key, whole))}」"


def _binary(node: Binary, names: Mapping[str, str] | None) -> str:
    own = _strength(node)
    left = _bracketed(node.left, names, own + (node.operator == "=>"))
    right = _bracketed(node.right, names, own + 1)
    sign = node.operator if names is None else _SIGNS.get(node.operator, node.operator)
    if node.operator == "=>" and names is not None:
        return f"如果 {left} 则 {right}"
    return f"{left} {sign} {right}"


def _bracketed(node: Node, names: Mapping[str, str] | None, least: int) -> str:
    words = _write(node, names)
    return f"({words})" if _strength(node) < least else words


def _strength(node: Node) -> int:
    if isinstance(node, Unary):
        return _STRENGTH["not"] if node.operator == "not" else _ATOM
    if not isinstance(node, Binary):
        return _ATOM
    if node.operator in _STRENGTH:
        return _STRENGTH[node.operator]
    if node.operator in ("+", "-"):
        return _ADDING
    return _MULTIPLYING if node.operator in ("*", "/") else _COMPARING
