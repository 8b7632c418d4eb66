"""From text to tree. Signs may be full-width, words Chinese; what is wrong is said in Chinese, by position.

demand      = "如果" side "则" side | side ["=>" side]
side        = both {"or" both};  both = single {"and" single};  single = "not" single | comparison
comparison  = total [("<" | "<=" | ">" | ">=" | "=" | "<>") total]
total       = product {("+" | "-") product};  product = signed {("*" | "/") signed};  signed = "-" signed | atom
atom        = number ["%"] | 'option' | name ["." column] | "[" item's name "]" | function "(" … ")" | "(" demand ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporting.expressions.tree import (
    COMPARISONS,
    FUNCTIONS,
    REFERRING,
    Binary,
    Call,
    Cell,
    Node,
    Number,
    Text,
    Unary,
)

MOST_CHARACTERS = 300
MOST_DEPTH = 20

_SIGNS = str.maketrans(
    "（）＋－−×÷＊／＝＞＜，．％【】‘’“”０１２３４５６７８９", "()+--*/*/=><,.%[]''\"\"0123456789"
)
_WORDS = {
    "且": "and",
    "并且": "and",
    "或": "or",
    "或者": "or",
    "非": "not",
    "不": "not",
    "如果": "if",
    "则": "=>",
    "那么": "=>",
    "合计": "sum",
    "上期": "last",
    "去年同期": "last_year",
    "台账": "registry",
    "已填": "known",
    "行数": "rows",
    "最小": "min",
    "最大": "max",
    "绝对值": "abs",
}
_ALIASES = {"≤": "<=", "≥": ">=", "≠": "<>", "!=": "<>", "==": "="}
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<word>并且|或者|如果|那么|合计|上期|去年同期|台账|已填|行数|最小|最大|绝对值|且|或|非|不|则)
      | \[(?P<label>[^\[\]]+)\]
      | '(?P<text>[^']*)' | "(?P<quoted>[^"]*)"
      | (?P<sign><=|>=|<>|!=|==|=>|[-+*/()<>=,.%≤≥≠])
    )""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """What is wrong, and at which character (counted from 1)."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(f"第{at}个字符：{message}")
        self.message = message
        self.at = at


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is number, name, label, text, sign or end; words have become the sign or name they stand for."""

    kind: str
    value: str
    at: int


def read(text: str, names: Mapping[str, str] | None = None) -> Node:
    """The tree of ``text``. ``names`` gives the key behind a name in brackets.

    Raises:
        ExpressionError: not of the language, longer than 300 characters or nested deeper than 20.
    """
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"表达式最长{MOST_CHARACTERS}个字符，请拆成几条。", MOST_CHARACTERS)
    plain = {name.translate(_SIGNS): key for name, key in (names or {}).items()}
    reader = _Reader(_tokens(text), plain)
    node = reader.demand()
    reader.expect_end()
    return node


def _tokens(text: str) -> list[Token]:
    plain = text.translate(_SIGNS)
    found: list[Token] = []
    at = 0
    while plain[at:].strip():
        match = _TOKEN.match(plain, at)
        if match is None or match.lastgroup is None:
            start = at + len(plain[at:]) - len(plain[at:].lstrip())
            raise ExpressionError(f"不认识“{text[start]}”。", start + 1)
        found.append(_token(match))
        at = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or ""
    value, at = match.group(kind), match.start(kind) + 1
    if kind == "word":
        value = _WORDS[value]
        return Token("name" if value in FUNCTIONS else "sign", value, at)
    if kind == "name" and value in ("and", "or", "not", "if"):
        return Token("sign", value, at)
    if kind == "sign":
        return Token("sign", _ALIASES.get(value, value), at)
    return Token({"quoted": "text"}.get(kind, kind), value, at)


class _Reader:
    def __init__(self, tokens: list[Token], names: Mapping[str, str]) -> None:
        self.tokens = tokens
        self.names = names
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def found(self, *signs: str) -> Token | None:
        if self.token.kind == "sign" and self.token.value in signs:
            return self.take()
        return None

    def expect(self, sign: str, words: str) -> None:
        if self.found(sign) is None:
            raise ExpressionError(words, self.token.at)

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise ExpressionError(f"“{self.token.value}”前面少了运算符，或这里多了内容。", self.token.at)

    def demand(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ExpressionError(f"括号嵌套超过{MOST_DEPTH}层。", self.token.at)
        is_condition = self.found("if") is not None
        node = self.side()
        if is_condition and not (self.token.kind == "sign" and self.token.value == "=>"):
            raise ExpressionError("“如果”后面要有“则”。", self.token.at)
        if arrow := self.found("=>"):
            node = Binary("=>", node, self.side(), arrow.at)
        self.depth -= 1
        return node

    def side(self) -> Node:
        node = self.both()
        while token := self.found("or"):
            node = Binary("or", node, self.both(), token.at)
        return node

    def both(self) -> Node:
        node = self.single()
        while token := self.found("and"):
            node = Binary("and", node, self.single(), token.at)
        return node

    def single(self) -> Node:
        if token := self.found("not"):
            return Unary("not", self.nested(self.single), token.at)
        node = self.total()
        if token := self.found(*COMPARISONS):
            node = Binary(token.value, node, self.total(), token.at)
            if self.token.kind == "sign" and self.token.value in COMPARISONS:
                raise ExpressionError("一处只能比较一次，请用“且”连接。", self.token.at)
        return node

    def total(self) -> Node:
        node = self.product()
        while token := self.found("+", "-"):
            node = Binary(token.value, node, self.product(), token.at)
        return node

    def product(self) -> Node:
        node = self.signed()
        while token := self.found("*", "/"):
            node = Binary(token.value, node, self.signed(), token.at)
        return node

    def signed(self) -> Node:
        if token := self.found("-"):
            return Unary("-", self.nested(self.signed), token.at)
        return self.atom()

    def nested(self, reading: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ExpressionError(f"嵌套超过{MOST_DEPTH}层。", self.token.at)
        node = reading()
        self.depth -= 1
        return node

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            value = Decimal(token.value)
            return Number(value / 100 if self.found("%") else value, token.at)
        if token.kind == "text":
            return Text(token.value, token.at)
        if token.kind == "label" or (token.kind == "name" and not self.opens_call(token)):
            return self.cell(token)
        if token.kind == "name":
            return self.call(token)
        if token.kind == "sign" and token.value == "(":
            node = self.demand()
            self.expect(")", "少了右括号“)”。")
            return node
        self.place -= 1
        words = "表达式没有写完。" if token.kind == "end" else f"这里应是数或填报项，不是“{token.value}”。"
        raise ExpressionError(words, token.at)

    def opens_call(self, token: Token) -> bool:
        is_call = self.token.kind == "sign" and self.token.value == "("
        if is_call and token.value not in FUNCTIONS:
            raise ExpressionError(f"没有“{token.value}”这个函数。", token.at)
        return is_call

    def cell(self, token: Token) -> Cell:
        key = token.value
        if token.kind == "label":
            if token.value.strip() not in self.names:
                raise ExpressionError(f"本表没有“{token.value}”这一项。", token.at)
            key = self.names[token.value.strip()]
        if self.found("."):
            column = self.take()
            if column.kind not in ("name", "label"):
                raise ExpressionError("“.”后面应是表格的列。", column.at)
            return Cell(key, column.value.strip(), token.at)
        return Cell(key, "", token.at)

    def call(self, token: Token) -> Call:
        self.take()
        arguments: list[Node] = []
        while True:
            arguments.append(self.demand())
            if self.found(",") is None:
                break
        self.expect(")", "少了右括号“)”。")
        if token.value in (*REFERRING, "abs") and len(arguments) != 1:
            raise ExpressionError("这个函数只要一个参数。", token.at)
        if token.value in REFERRING and not isinstance(arguments[0], Cell):
            raise ExpressionError("括号里只能写一个填报项。", arguments[0].at)
        return Call(token.value, tuple(arguments), token.at)
