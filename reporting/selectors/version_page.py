"""A version's items as its page lists them: what each asks, of whom, within what, in words."""

from __future__ import annotations

from dataclasses import dataclass

from core import formats
from orgs.choices import Level
from reporting.choices import ValueKind
from reporting.file_kinds import words_of_kinds
from reporting.models import FormItem, FormVersion, Section
from reporting.selectors.layout import Layout

SHORT_LEVELS = {Level.PROVINCE: "省", Level.CITY: "市", Level.COUNTY: "县", Level.TOWNSHIP: "乡"}


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One item with what is to be said of it."""

    item: FormItem
    kind: str
    owed: str
    details: list[str]


@dataclass(frozen=True, slots=True)
class SectionShown:
    section: Section
    items: list[ItemShown]


def sections_shown(version: FormVersion, layout: Layout) -> list[SectionShown]:
    """Every section, also an empty one, with its items in order."""
    by_section: dict[int, list[ItemShown]] = {}
    for item in layout.items:
        by_section.setdefault(item.section_id, []).append(_shown(item, layout))
    return [SectionShown(section, by_section.get(section.pk, [])) for section in version.sections.all()]


def _shown(item: FormItem, layout: Layout) -> ItemShown:
    indicator = item.indicator
    kind = indicator.get_value_kind_display()
    if indicator.unit_label and indicator.is_numeric:
        kind = f"{kind}（{indicator.unit_label}）"
    if not indicator.is_reported:
        return ItemShown(item, kind, "台账自动计算", [])
    owed = "、".join(SHORT_LEVELS[Level(level)] for level in sorted(item.owed_by) if level in SHORT_LEVELS)
    if indicator.is_computed:
        return ItemShown(item, kind, owed, [f"＝{layout.said(item)}"])
    return ItemShown(item, kind, owed, [words for words in _details(item) if words])


def _details(item: FormItem) -> list[str]:
    required = "、".join(
        SHORT_LEVELS[Level(level)] for level in sorted(item.required_at) if level in SHORT_LEVELS
    )
    bounds = " 至 ".join(
        formats.number(bound) if bound is not None else words
        for bound, words in ((item.minimum, "不限"), (item.maximum, "不限"))
    )
    has_bounds = item.minimum is not None or item.maximum is not None
    kind = item.indicator.value_kind
    return [
        f"必填：{required}" if required else "",
        f"范围：{bounds}" if has_bounds else "",
        "选项：" + "、".join(option["name"] for option in item.options) if item.options else "",
        "列：" + "、".join(_column(column) for column in item.columns.all())
        if kind == ValueKind.TABLE
        else "",
        f"至少{item.file_count}份" if item.file_count else "",
        words_of_kinds(item.file_kinds),
        f"不超过{item.max_length}字" if item.max_length else "",
        f"每段作为一条{item.indicator.get_raises_display()}，由上级答复" if item.indicator.raises else "",
        item.help_text,
        f"口径调整为：{item.definition}" if item.definition else "",
    ]


def _column(column: object) -> str:
    return f"{column}（关键列）" if getattr(column, "is_key", False) else str(column)
