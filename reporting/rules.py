"""The rules of a form: each one function, named for what it demands; they return problems and save nothing.

An error blocks the submission. A warning passes with a line of explanation, which the reviewer reads. The rules come from
the monthly form (“Rules that block”, “To be explained in a line”); history is handed in by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import DomainError, Problem
from reporting.choices import ValueKind

#: No count of a county comes near it; more is a slip of the keyboard.
LARGEST = Decimal("999999999")
UNUSUAL_FACTOR = 3
UNUSUAL_FLOOR = 20
FALL_SHARE = Decimal("0.10")
FALL_FLOOR = 5
HISTORY_CYCLES = 6
TEXT_LIMIT = 2000

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")


@dataclass(frozen=True, slots=True)
class Line:
    """What a rule must know of one line of the form."""

    key: str
    name: str
    kind: ValueKind
    is_flow: bool
    is_required: bool
    max_length: int = TEXT_LIMIT

    @property
    def is_numeric(self) -> bool:
        return self.kind in (ValueKind.COUNT, ValueKind.MONEY)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one cell. ``value`` is the whole figure; ``recorded`` the part that the ledgers know (台账数),
    ``None`` where they know nothing."""

    value: Decimal | None = None
    text: str = ""
    explanation: str = ""
    recorded: Decimal | None = None

    @property
    def typed(self) -> Decimal | None:
        """未入台账补充数: what was typed beside the ledger's number, or the whole where there is none."""
        return self.value if self.value is None or self.recorded is None else self.value - self.recorded


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report as the rules see it. ``history`` holds the unit's last accepted values, newest first."""

    lines: Sequence[Line]
    entries: Mapping[str, Entry]
    relations: Sequence[Mapping[str, Any]] = ()
    history: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)

    def value(self, key: str) -> Decimal | None:
        return self.entries.get(key, Entry()).value

    def name(self, key: str) -> str:
        return next((line.name for line in self.lines if line.key == key), key)

    def has(self, key: str) -> bool:
        return any(line.key == key for line in self.lines)


#: As people write numbers: no exponent, no underscores, no other script's digits.
_PLAIN = re.compile(r"[+-]?[0-9]*\.?[0-9]*")


def parse_figure(raw: str, *, kind: ValueKind, key: str) -> Decimal | None:
    """What was typed, as a number; empty is ``None``.

    Accepts full-width digits and thousands separators.

    Raises:
        DomainError: not a number, negative, too large, or with more decimals than the kind has (counts none,
            money two).
    """
    text = raw.translate(_FULL_WIDTH).replace(",", "").replace(" ", "").strip()
    if not text:
        return None
    value = _number(text, raw=raw, key=key)
    if value < 0:
        raise DomainError.of("negative", "不能是负数。", key)
    if value > LARGEST:
        raise DomainError.of("too_large", f"数字过大（最大 {LARGEST:,}），请核对。", key)
    if kind == ValueKind.COUNT and value != value.to_integral_value():
        raise DomainError.of("not_whole", "请填整数，没有小数。", key)
    if kind == ValueKind.MONEY and value != value.quantize(Decimal("0.01")):
        raise DomainError.of("too_many_decimals", "金额以万元计，最多两位小数。", key)
    return value.quantize(Decimal("1")) if kind == ValueKind.COUNT else value.quantize(Decimal("0.01"))


def _number(text: str, *, raw: str, key: str) -> Decimal:
    if len(text) > 40:
        raise DomainError.of("too_large", "数字过大，请核对。", key)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or (value <= LARGEST and not _PLAIN.fullmatch(text)):
        raise DomainError.of("not_a_number", f"“{raw[:20]}”不是数字，请只填数字。", key)
    return value


def written(value: Decimal) -> str:
    """A figure as it stands in a message: whole numbers whole, money with its two decimals."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def nothing_is_left_out(sheet: Sheet) -> Iterable[Problem]:
    """Nothing typed is missing: zero must be typed (or a nil return made)."""
    for line in sheet.lines:
        entry = sheet.entries.get(line.key, Entry())
        if line.is_numeric and entry.value is None:
            yield Problem("left_out", f"“{line.name}”还没有填；没有发生的请填 0。", line.key)
        elif line.kind == ValueKind.TEXT and line.is_required and not entry.text.strip():
            yield Problem("left_out", f"“{line.name}”为必填，请填写。", line.key)


def text_fits(sheet: Sheet) -> Iterable[Problem]:
    """Narratives stay within their length (2000 字以内)."""
    for line in sheet.lines:
        length = len(sheet.entries.get(line.key, Entry()).text)
        if line.kind == ValueKind.TEXT and length > line.max_length:
            yield Problem(
                "too_long", f"“{line.name}”共{length}字，超过{line.max_length}字，请精简。", line.key
            )


def reached_only_where_events(sheet: Sheet) -> Iterable[Problem]:
    """reached > 0 only where events > 0, and the other way round."""
    for relation in sheet.relations:
        if relation["kind"] != "pair" or not sheet.has(relation["events"]):
            continue
        events, reached = sheet.value(relation["events"]), sheet.value(relation["reached"])
        if events is None or reached is None or (events > 0) == (reached > 0):
            continue
        if reached > 0:
            yield Problem(
                "reached_without_events",
                f"填了“{sheet.name(relation['reached'])}”{written(reached)}，但“{sheet.name(relation['events'])}”为 0，"
                "请补填场次或将人次改为 0。",
                relation["events"],
            )
        else:
            yield Problem(
                "events_without_reached",
                f"填了“{sheet.name(relation['events'])}”{written(events)}，但“{sheet.name(relation['reached'])}”为 0，请补填人次。",
                relation["reached"],
            )


def part_within_whole(sheet: Sheet) -> Iterable[Problem]:
    """A part is not more than what it is part of (``led_events`` ≤ the events above; ``societies_led`` ≤ ``societies``)."""
    for relation in sheet.relations:
        if relation["kind"] != "at_most" or not sheet.has(relation["key"]):
            continue
        part = sheet.value(relation["key"])
        values = [sheet.value(key) for key in relation["of"] if sheet.has(key)]
        known = [value for value in values if value is not None]
        if part is None or len(known) < len(values):
            continue
        whole = sum(known, Decimal(0))
        if part > whole:
            yield Problem(
                "part_exceeds_whole",
                f"“{sheet.name(relation['key'])}”填了 {written(part)}，多于{_whole_label(sheet, relation['of'])} {written(whole)}，请核对。",
                relation["key"],
            )


def _whole_label(sheet: Sheet, keys: Sequence[str]) -> str:
    return f"“{sheet.name(keys[0])}”" if len(keys) == 1 else "以上各项场次之和"


def unusual_flow_is_explained(sheet: Sheet) -> Iterable[Problem]:
    """A typed figure over three times the mean of the unit's last six cycles and over 20 wants a line."""
    for line in sheet.lines:
        past = list(sheet.history.get(line.key, ()))[:HISTORY_CYCLES]
        value = sheet.value(line.key)
        if not (line.is_numeric and line.is_flow) or value is None or not past:
            continue
        mean = sum(past, Decimal(0)) / len(past)
        if value > UNUSUAL_FLOOR and value > UNUSUAL_FACTOR * mean:
            yield Problem(
                "unusually_high",
                f"“{line.name}”本月 {written(value)}，超过近{len(past)}期平均（{mean:.1f}）的3倍。请核对；确实如此的，请写一句说明。",
                line.key,
                "warning",
            )


def falling_state_is_explained(sheet: Sheet) -> Iterable[Problem]:
    """A typed state that falls by over 10 % and by 5 or more wants a line."""
    for line in sheet.lines:
        past = list(sheet.history.get(line.key, ()))
        value = sheet.value(line.key)
        if not line.is_numeric or line.is_flow or value is None or not past:
            continue
        fall = past[0] - value
        if fall >= FALL_FLOOR and fall > past[0] * FALL_SHARE:
            yield Problem(
                "fallen",
                f"“{line.name}”比上期（{written(past[0])}）减少 {written(fall)}。请核对；确实如此的，请写一句说明。",
                line.key,
                "warning",
            )


#: Checked as one types; what is left out is asked for at submission only.
WHILE_TYPING = (
    text_fits,
    reached_only_where_events,
    part_within_whole,
    unusual_flow_is_explained,
    falling_state_is_explained,
)
AT_SUBMISSION = (nothing_is_left_out, *WHILE_TYPING)


def problems_while_typing(sheet: Sheet) -> list[Problem]:
    """Errors and unexplained or explained warnings of a half-filled form."""
    return [problem for rule in WHILE_TYPING for problem in rule(sheet)]


def problems_at_submission(sheet: Sheet) -> list[Problem]:
    """All errors, and the warnings that still lack their line of explanation (as errors)."""
    found: list[Problem] = []
    for rule in AT_SUBMISSION:
        for problem in rule(sheet):
            if problem.is_error:
                found.append(problem)
            elif not sheet.entries.get(problem.field or "", Entry()).explanation.strip():
                found.append(Problem(problem.code, problem.message, problem.field))
    return found
