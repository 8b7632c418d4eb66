"""Whether an expression fits the form it belongs to: names that are there, numbers where numbers are wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from reporting.expressions.reading import ExpressionError
from reporting.expressions.tree import COMPARISONS, CONNECTIVES, Binary, Call, Cell, Node, Number, Text, Unary

NUMBER, TRUTH, TEXT = "number", "truth", "text"
_SAID = {NUMBER: "一个数", TRUTH: "一个判断（如 A <= B）", TEXT: "一个选项"}


@dataclass(frozen=True, slots=True)
class Word:
    """One item of the form: ``number`` or ``text``; of a table the numeric columns; of a choice its options' keys."""

    name: str
    kind: str = NUMBER
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Collection[str] = ()
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that an expression may use: the form's items and the registry's figures, by key."""

    items: Mapping[str, Word]
    registry: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys_by_name(self) -> dict[str, str]:
        """For names in brackets; an item stands before a figure of the registry of the same name."""
        names = {name: key for key, name in self.registry.items()}
        return names | {word.name: key for key, word in self.items.items()}


def check(node: Node, words: Vocabulary, *, wanted: str) -> None:
    """Raise :class:`ExpressionError` unless every name is known and the whole gives ``number`` or ``truth``."""
    _demand(node, words, wanted)


def _demand(node: Node, words: Vocabulary, wanted: str) -> None:
    if _kind(node, words) != wanted:
        raise ExpressionError(f"这里应是{_SAID[wanted]}。", node.at)


def _kind(node: Node, words: Vocabulary) -> str:
    if isinstance(node, Number):
        return NUMBER
    if isinstance(node, Text):
        return TEXT
    if isinstance(node, Cell):
        return _cell_kind(node, words)
    if isinstance(node, Unary):
        wanted = TRUTH if node.operator == "not" else NUMBER
        _demand(node.operand, words, wanted)
        return wanted
    return _call_kind(node, words) if isinstance(node, Call) else _binary_kind(node, words)


def _cell_kind(node: Cell, words: Vocabulary) -> str:
    word = _word(node, words)
    if node.column:
        if node.column not in word.columns:
            raise ExpressionError(f"“{word.name}”没有可合计的列“{node.column}”。", node.at)
        return NUMBER
    if word.is_table:
        raise ExpressionError(f"“{word.name}”是表格，请写明列（如 {node.key}.列）或用 行数()。", node.at)
    return word.kind


def _word(node: Cell, words: Vocabulary) -> Word:
    word = words.items.get(node.key)
    if word is None:
        raise ExpressionError(f"本表没有“{node.key}”这一项。", node.at)
    return word


def _binary_kind(node: Binary, words: Vocabulary) -> str:
    if node.operator in CONNECTIVES:
        _demand(node.left, words, TRUTH)
        _demand(node.right, words, TRUTH)
        return TRUTH
    if node.operator not in COMPARISONS:
        _demand(node.left, words, NUMBER)
        _demand(node.right, words, NUMBER)
        return NUMBER
    left = _kind(node.left, words)
    _demand(node.right, words, left)
    if left != NUMBER and node.operator not in ("=", "<>"):
        raise ExpressionError("选项和判断只能比较是否相等。", node.at)
    _options_fit(node, words)
    return TRUTH


def _options_fit(node: Binary, words: Vocabulary) -> None:
    for cell, text in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(cell, Cell) or not isinstance(text, Text):
            continue
        word = _word(cell, words)
        if text.value not in word.options:
            raise ExpressionError(f"“{word.name}”没有选项“{text.value}”。", text.at)


def _call_kind(node: Call, words: Vocabulary) -> str:
    [first, *_rest] = node.arguments
    if node.function == "registry":
        if isinstance(first, Cell) and first.key not in words.registry:
            raise ExpressionError(f"台账没有“{first.key}”这个数。", first.at)
        return NUMBER
    if node.function in ("known", "rows") and isinstance(first, Cell):
        if node.function == "rows" and not _word(first, words).is_table:
            raise ExpressionError("行数() 只用于表格。", first.at)
        _word(first, words)
        return TRUTH if node.function == "known" else NUMBER
    for argument in node.arguments:
        _demand(argument, words, NUMBER)
    return NUMBER
