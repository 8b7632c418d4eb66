"""How many units have each item of 六有 and lack each of 四缺: by level, by child, on any day, before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit, UnitEdition
from orgs.selectors.confirmations import ITEMS, MODELS, facts_of_item

KEYS = [f"{kind}.{item.value}" for kind, items in ITEMS for item in items]
LABELS = {f"{kind}.{item.value}": str(item.label) for kind, items in ITEMS for item in items}


@dataclass(slots=True)
class ItemRow:
    """One child's subtree, or the whole: how many expected units, and how many of them hold each item."""

    unit_id: int
    name: str
    level: Level
    expected: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, key: str) -> int:
        return self.counts.get(key, 0)

    def rate(self, key: str) -> Fraction | None:
        return Fraction(self.count(key), self.expected) if self.expected else None


@dataclass(slots=True)
class ItemTable:
    """The whole of one unit and its children, of the units of one level on one day."""

    within: OrgUnit
    level: Level
    day: dt.date
    whole: ItemRow
    rows: list[ItemRow]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item of a subtree on two days; ``change`` is a difference of ratios."""

    key: str
    label: str
    before: ItemRow
    after: ItemRow

    @property
    def count_before(self) -> int:
        return self.before.count(self.key)

    @property
    def count_after(self) -> int:
        return self.after.count(self.key)

    @property
    def rate_before(self) -> Fraction | None:
        return self.before.rate(self.key)

    @property
    def rate_after(self) -> Fraction | None:
        return self.after.rate(self.key)

    @property
    def change(self) -> Fraction | None:
        before, after = self.rate_before, self.rate_after
        return None if before is None or after is None else after - before


def levels_below(within: OrgUnit) -> list[Level]:
    """The levels whose units can be counted inside ``within``, its own among them, down to the township."""
    return [level for level in Level if within.level <= level <= Level.TOWNSHIP]


def item_table(within: OrgUnit, level: Level, day: dt.date) -> ItemTable:
    """Coverage of each item among the expected units of ``level`` inside ``within`` by the tree of ``day``; the rows are
    the units directly below. Four queries, whatever the size."""
    scope = _scope(within)
    whole = ItemRow(within.pk, within.display_name, Level(within.level))
    rows: dict[int, ItemRow] = {}
    if level > within.level:
        children = (
            UnitEdition.objects.on(day)
            .filter(parent=within, level__lte=level)
            .order_by("division_code")
            .values_list("unit_id", "display_name", "level")
        )
        rows = {pk: ItemRow(pk, name, Level(at)) for pk, name, at in children}
    expected = UnitEdition.objects.on(day).filter(scope, level=level, is_expected=True).order_by()
    per_child = expected.annotate(child=_child(within)).values_list("child").annotate(count=Count("pk"))
    for child, count in per_child:
        whole.expected += count
        if child in rows:
            rows[child].expected += count
    for kind, model in MODELS.items():
        for child, item, count in _held(model, within, level, day):
            key = f"{kind}.{item}"
            whole.counts[key] = whole.count(key) + count
            if child in rows:
                rows[child].counts[key] = rows[child].count(key) + count
    shown = [row for row in rows.values() if row.expected]
    return ItemTable(within, level, day, whole, shown)


def _held(model: Any, within: OrgUnit, level: Level, day: dt.date) -> QuerySet[Any]:
    """Child, item and how many expected units hold it, by the editions of ``day``."""
    editions = UnitEdition.objects.on(day).filter(_scope(within), level=level, is_expected=True)
    return (
        model.objects.on(day)
        .filter(unit__editions__in=editions)
        .order_by()
        .annotate(child=_child(within, "unit__editions__"))
        .values_list("child", "item")
        .annotate(count=Count("unit", distinct=True))
    )


def _scope(within: OrgUnit) -> Q:
    return Q(**{ANCESTOR_FIELD.get(Level(within.level), "unit"): within.pk})


def _child(within: OrgUnit, prefix: str = "") -> Any:
    """The unit directly below ``within`` to which an edition belongs: the next level that the edition has, since a county
    directly under the province skips one."""
    columns = [F(f"{prefix}{name}_id") for level, name in ANCESTOR_FIELD.items() if level > within.level]
    return Coalesce(*columns) if len(columns) > 1 else (columns or [F(f"{prefix}township_id")])[0]


def changes_between(before: ItemRow, after: ItemRow) -> list[ItemChange]:
    """前后对比: each item of one subtree on two days."""
    return [ItemChange(key, LABELS[key], before, after) for key in KEYS]


def units_holding(
    within: OrgUnit, *, level: Level, key: str, holds: bool, day: dt.date, text: str = ""
) -> QuerySet[UnitEdition]:
    """Expected units of ``level`` inside ``within`` on ``day`` that hold the item ``key`` or do not, in code order."""
    kind, _, item = key.partition(".")
    holding = MODELS[kind].objects.on(day).filter(item=item)
    found = (
        UnitEdition.objects.on(day)
        .filter(_scope(within), level=level, is_expected=True)
        .select_related("unit")
        .order_by("division_code")
    )
    found = (
        found.filter(unit__in=holding.values("unit"))
        if holds
        else found.exclude(unit__in=holding.values("unit"))
    )
    return found.search(text)


def with_item_facts(editions: Iterable[Any], key: str, on: dt.date) -> list[Any]:
    """``editions`` with since when, in which words and with how many files their units hold the item ``key``."""
    rows = list(editions)
    facts = facts_of_item([row.unit_id for row in rows], key, on)
    for row in rows:
        fact = facts.get(row.unit_id)
        row.since = fact.valid_from if fact else None
        row.note = fact.note if fact else ""
        row.file_count = fact.file_count if fact else None
    return rows
