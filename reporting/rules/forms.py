"""What a form must be before it is published: each rule one function; they return problems and save nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.errors import Problem
from orgs.choices import Level
from reporting.answers import options_of
from reporting.choices import TYPED_FIGURES, FormKind, Source, Space, ValueKind
from reporting.expressions import (
    ExpressionError,
    Node,
    Vocabulary,
    Word,
    cells_of,
    check,
    is_linear,
    parts_of_ratio,
    read,
)
from reporting.models import FormItem, FormRegistration, FormVersion, Indicator

#: 临时加报: an extra question at short notice is small, leaves time, and has a name under it.
MOST_EXTRA_CELLS = 5
LEAST_EXTRA_WORKING_DAYS = 3
MOST_COLUMNS = 12
#: What one form may ask: past it nobody fills it in one sitting, nor has its sheet (``core.xlsx_read.COLUMNS``) room.
MOST_ITEMS = 300


def vocabulary(items: Iterable[FormItem], registry: Mapping[str, str]) -> Vocabulary:
    """The words that rules and formulas of a form may use; columns of tables should be loaded."""
    asked = [item for item in items if item.indicator.is_reported]
    names = distinct_names(asked)
    return Vocabulary(
        {item.indicator.key: word_of(item, names[item.indicator.key]) for item in asked}, registry
    )


def distinct_names(items: Sequence[FormItem]) -> dict[str, str]:
    """What each item is called where its name must tell it from the others: its name; of a name that comes twice with
    its section, or else with its place."""
    names = {item.indicator.key: item.indicator.name for item in items}
    often = Counter(names.values())
    with_section = {
        item.indicator.key: f"{item.section.name}：{item.indicator.name}"
        for item in items
        if often[item.indicator.name] > 1
    }
    names |= with_section
    often = Counter(names.values())
    return names | {
        item.indicator.key: f"{names[item.indicator.key]}（第{place}项）"
        for place, item in enumerate(items, start=1)
        if often[names[item.indicator.key]] > 1
    }


def word_of(item: FormItem, name: str) -> Word:
    indicator = item.indicator
    is_table = indicator.value_kind == ValueKind.TABLE
    return Word(
        name=name,
        kind="number" if indicator.is_numeric else "text",
        columns={column.key: column.name for column in item.columns.all() if column.is_numeric}
        if is_table
        else {},
        options=tuple(option.key for option in options_of(item.options)),
        is_table=is_table,
    )


def read_demand(text: str, words: Vocabulary) -> Node:
    """A rule's demand. Raises :class:`ExpressionError`."""
    node = read(text, words.keys_by_name)
    check(node, words, wanted="truth")
    return node


def read_formula(text: str, indicator: Indicator, words: Vocabulary) -> Node:
    """A computed item's formula: over other typed items of the form, addable where the item is added up.

    Raises:
        ExpressionError: not of the language, or what it gives could not be rolled up.
    """
    node = read(text, words.keys_by_name)
    check(node, words, wanted="number")
    _only_typed(node, indicator, words)
    if indicator.value_kind == ValueKind.RATIO:
        if parts_of_ratio(node) is None:
            raise ExpressionError("比率要写成“A ÷ B”，A、B 各是可以相加的项。", node.at)
    elif indicator.space == Space.SUM and not is_linear(node):
        raise ExpressionError("逐级求和的计算项只能用加、减和乘除一个数；否则层级汇总请选“不汇总”。", node.at)
    return node


def _only_typed(node: Node, indicator: Indicator, words: Vocabulary) -> None:
    used = cells_of(node)
    if indicator.key in used:
        raise ExpressionError("公式不能引用自己。", node.at)
    if not used:
        raise ExpressionError("公式要引用本表的填报项。", node.at)
    if strangers := sorted(used - set(words.items)):
        raise ExpressionError(f"本表没有“{strangers[0]}”这一项。", node.at)


def item_is_whole(item: FormItem) -> Iterable[Problem]:
    """Everything its kind needs is there: options, columns, levels, files."""
    kind, name = ValueKind(item.indicator.value_kind), item.indicator.name
    field = item.indicator.key
    if item.indicator.is_reported and not item.owed_by:
        yield Problem("nobody_owes", f"“{name}”没有选填报层级。", field)
    if not set(item.required_at) <= set(item.owed_by):
        yield Problem("required_elsewhere", f"“{name}”的必填层级不在填报层级之内。", field)
    if kind in (ValueKind.CHOICE, ValueKind.CHOICES) and len(item.options) < 2:
        yield Problem("options_wanted", f"“{name}”至少要有两个选项。", field)
    if kind == ValueKind.TABLE:
        yield from table_is_whole(item)
    if kind == ValueKind.FILE and item.required_at and not item.file_count:
        yield Problem("file_count_wanted", f"“{name}”为必附的附件，请写明至少几份。", field)
    if item.indicator.is_computed and not item.formula:
        yield Problem("formula_wanted", f"“{name}”是计算项，请写公式。", field)
    if kind == ValueKind.RATIO and item.indicator.source not in (Source.COMPUTED, Source.REGISTRY):
        yield Problem("ratio_is_computed", f"“{name}”是百分比，不能填报，请设为计算项。", field)


def table_is_whole(item: FormItem) -> Iterable[Problem]:
    """It has columns, and a key where its rows are added up."""
    columns, name = list(item.columns.all()), item.indicator.name
    if not columns:
        yield Problem("columns_wanted", f"“{name}”是表格，请设列。", item.indicator.key)
    elif item.indicator.space == Space.SUM and not any(column.is_key for column in columns):
        yield Problem("key_wanted", f"“{name}”逐级汇总，请指定一列为关键列（按它相加）。", item.indicator.key)
    for column in columns:
        if column.value_kind == ValueKind.CHOICE and len(column.options) < 2:
            yield Problem(
                "options_wanted", f"“{name}”的“{column.name}”列至少要有两个选项。", item.indicator.key
            )


def expressions_hold(version: FormVersion, items: Sequence[FormItem], words: Vocabulary) -> Iterable[Problem]:
    """Rules and formulas still fit the items that are there."""
    for number, rule in enumerate(version.rules, start=1):
        try:
            read_demand(rule["demand"], words)
        except ExpressionError as error:
            yield Problem("rule_broken", f"第{number}条核对关系：{error}", "rules")
        if rule["field"] not in words.items:
            yield Problem("rule_broken", f"第{number}条核对关系所指的“{rule['field']}”已不在表内。", "rules")
    for item in items:
        if not item.formula:
            continue
        try:
            read_formula(item.formula, item.indicator, typed_words(items, words))
        except ExpressionError as error:
            yield Problem("formula_broken", f"“{item.indicator.name}”的公式：{error}", item.indicator.key)


def typed_words(items: Iterable[FormItem], words: Vocabulary) -> Vocabulary:
    """The vocabulary of formulas: what is typed, not what is computed in turn."""
    typed = {item.indicator.key for item in items if item.indicator.is_typed}
    return Vocabulary({key: word for key, word in words.items.items() if key in typed})


def cells_at(items: Iterable[FormItem], level: int) -> int:
    """How many cells a unit of ``level`` types; a table counts its columns."""
    return sum(
        max(1, len(item.columns.all())) if item.indicator.value_kind == ValueKind.TABLE else 1
        for item in items
        if item.indicator.is_typed and level in item.owed_by
    )


def extra_is_small(registration: FormRegistration | None, items: Sequence[FormItem]) -> Iterable[Problem]:
    """临时加报 asks for at most five cells of anybody."""
    if registration is None or registration.kind != FormKind.EXTRA:
        return
    most = max((cells_at(items, level) for level in Level), default=0)
    if most > MOST_EXTRA_CELLS:
        yield Problem(
            "extra_too_large", f"临时加报最多{MOST_EXTRA_CELLS}格，现在有{most}格；请精简，或列为常规报表。"
        )


def extra_leaves_time(registration: FormRegistration, working_days: int) -> Iterable[Problem]:
    """临时加报 leaves at least three working days between its opening and its first deadline."""
    if registration.is_extra and working_days < LEAST_EXTRA_WORKING_DAYS:
        yield Problem(
            "extra_too_short",
            f"临时加报从开放到截止至少留{LEAST_EXTRA_WORKING_DAYS}个工作日，现在只有{working_days}个。",
            "due",
        )


def is_registered(registration: FormRegistration | None) -> Iterable[Problem]:
    """Nothing is asked of the grass roots that is not on the register (准入清单)."""
    if registration is None or not registration.is_listed:
        yield Problem(
            "not_registered", "本表不在报表准入清单上，请先登记提出部门、依据和责任人。", "register"
        )


def has_items(items: Sequence[FormItem]) -> Iterable[Problem]:
    """Something to fill in, and no more than a unit can (减负)."""
    asked = sum(item.indicator.is_reported for item in items)
    if not asked:
        yield Problem("no_items", "报表还没有填报项，请先添加。")
    if asked > MOST_ITEMS:
        yield Problem(
            "too_many_items", f"一张报表最多{MOST_ITEMS}个填报项，现在有{asked}个；请精简，或分成几张报表。"
        )


def bounds_fit(indicator: Indicator, minimum: Decimal | None, maximum: Decimal | None) -> Iterable[Problem]:
    """Only figures have bounds, the lower not above the upper."""
    if (minimum, maximum) == (None, None):
        return
    if indicator.value_kind not in TYPED_FIGURES:
        yield Problem("no_bounds", "只有数字可以设最小值、最大值。", "minimum")
    elif minimum is not None and maximum is not None and minimum > maximum:
        yield Problem("bounds_crossed", "最小值不能大于最大值。", "minimum")


def rollup_fits(kind: ValueKind, source: str, space: str, time: str) -> Iterable[Problem]:
    """Only what can be added is added: figures, options by count, rows by key."""
    addable = (*TYPED_FIGURES, ValueKind.CHOICE, ValueKind.CHOICES, ValueKind.TABLE)
    if space == Space.SUM and kind not in addable:
        yield Problem("not_summed", f"“{kind.label}”不能逐级求和。", "space")
    if space == Space.RATIO and kind != ValueKind.RATIO:
        yield Problem("not_a_ratio", "只有百分比按比值之和汇总。", "space")
    if space == Space.DISTINCT and source != Source.REGISTRY:
        yield Problem("not_distinct", "去重计数只用于台账数。", "space")
    if time == "sum" and kind not in (*TYPED_FIGURES, ValueKind.TABLE, ValueKind.RATIO):
        yield Problem("not_cumulated", f"“{kind.label}”不能累计。", "time")


def problems_of(
    version: FormVersion,
    items: Sequence[FormItem],
    registration: FormRegistration | None,
    registry: Mapping[str, str],
) -> list[Problem]:
    """Everything that stands in the way of publishing."""
    words = vocabulary(items, registry)
    found: list[Problem] = [
        *is_registered(registration),
        *has_items(items),
        *extra_is_small(registration, items),
    ]
    for item in items:
        found += item_is_whole(item)
    return [*found, *expressions_hold(version, items, words)]


def rule_data(data: Mapping[str, Any], node_text: str) -> dict[str, str]:
    """A rule as it is kept."""
    return {
        "demand": node_text,
        "field": str(data["field"]),
        "level": "warning" if data.get("level") == "warning" else "error",
        "code": str(data.get("code") or "relation"),
        "message": str(data["message"]),
    }
