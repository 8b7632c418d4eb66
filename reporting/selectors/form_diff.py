"""What changed between two versions of a form: items by their indicator, sections and rules by their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from core import formats
from orgs.choices import Level
from reporting.file_kinds import words_of_kinds
from reporting.models import FormItem, FormVersion
from reporting.selectors.designing import items_of
from reporting.selectors.layout import Layout, layout_of


@dataclass(frozen=True, slots=True)
class Change:
    """One property of an item that is not the same."""

    what: str
    old: str
    new: str


@dataclass(slots=True)
class FormDiff:
    """``changed`` holds items of both versions with what differs; moving within a section is no change."""

    added: list[FormItem] = field(default_factory=list)
    removed: list[FormItem] = field(default_factory=list)
    changed: list[tuple[FormItem, list[Change]]] = field(default_factory=list)
    rules_added: list[str] = field(default_factory=list)
    rules_removed: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.rules_added or self.rules_removed)


def _levels(levels: list[int]) -> str:
    return "、".join(str(Level(level).label) for level in sorted(levels)) or "—"


def _number(value: Decimal | None) -> str:
    return formats.ABSENT if value is None else formats.number(value)


def _columns(item: FormItem) -> str:
    return "；".join(
        f"{column.name}（{column.get_value_kind_display()}{'，关键列' if column.is_key else ''}{'，必填' if column.is_required else ''}）"
        for column in item.columns.all()
    )


#: What is compared of an item, with its name and how it is written.
COMPARED: list[tuple[str, Callable[[FormItem], str]]] = [
    ("分节", lambda item: item.section.name),
    ("填报层级", lambda item: _levels(item.owed_by)),
    ("必填层级", lambda item: _levels(item.required_at)),
    ("填报说明", lambda item: item.help_text),
    ("最小值", lambda item: _number(item.minimum)),
    ("最大值", lambda item: _number(item.maximum)),
    ("字数上限", lambda item: str(item.max_length or formats.ABSENT)),
    ("选项", lambda item: "、".join(option["name"] for option in item.options)),
    ("表格列", _columns),
    ("文件类型", lambda item: words_of_kinds(item.file_kinds)),
    ("至少几份", lambda item: str(item.file_count or formats.ABSENT)),
]


def diff(old: FormVersion, new: FormVersion) -> FormDiff:
    """What ``new`` has that ``old`` has not, and the other way round."""
    before = {item.indicator_id: item for item in items_of(old)}
    after = {item.indicator_id: item for item in items_of(new)}
    found = FormDiff(
        added=[item for key, item in after.items() if key not in before],
        removed=[item for key, item in before.items() if key not in after],
    )
    layouts = layout_of(old), layout_of(new)
    for key, item in after.items():
        if key in before and (changes := _changes(before[key], item, *layouts)):
            found.changed.append((item, changes))
    said_before, said_after = rules_said(layouts[0]), rules_said(layouts[1])
    found.rules_added = [rule for rule in said_after if rule not in said_before]
    found.rules_removed = [rule for rule in said_before if rule not in said_after]
    return found


def _changes(old: FormItem, new: FormItem, before: Layout, after: Layout) -> list[Change]:
    found = [
        Change(what, write(old) or formats.ABSENT, write(new) or formats.ABSENT)
        for what, write in COMPARED
        if write(old) != write(new)
    ]
    if old.formula != new.formula:
        found.append(Change("计算公式", before.said(old), after.said(new)))
    if new.definition:
        found.append(Change("口径", _meant_before(new), new.definition))
    return found


def _meant_before(item: FormItem) -> str:
    """What the indicator meant until the version that changed it; the draft's is what it means now."""
    change = item.version.changes.filter(indicator=item.indicator).first()
    return (change.old if change else item.indicator.definition) or formats.ABSENT


def rules_said(layout: Layout) -> list[str]:
    """Every rule of a version in words, in order."""
    return [said for _rule, said in layout.rules_said()]
