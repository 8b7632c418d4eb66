"""Proof of the tree: everything that is stored twice says the same, and everything that follows was worked out right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from orgs.choices import CODE_DIGITS, EditionCause
from orgs.models import OrgUnit, UnitEdition
from orgs.rules.placement import Node, Place, places

#: What moves a unit away from the place that its code names.
_MOVES = (EditionCause.MOVED, EditionCause.RECODED, EditionCause.RELEVELLED)
_SAME = (
    *("name", "display_name", "division_code", "level", "kind", "is_expected", "parent_id"),
    *("province_id", "city_id", "county_id", "township_id"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one unit."""

    code: str
    unit_id: int
    message: str


def verify_tree() -> list[Finding]:
    """Everything wrong with the tree; empty when it is sound. Reads the whole tree, writes nothing."""
    stored = list(
        OrgUnit.objects.order_by().values_list(
            "pk", "parent_id", "division_code", "level", "display_name", "closed_on", *Place._fields
        )
    )
    return [
        *_lineage_findings(stored),
        *_place_findings(stored),
        *_edition_findings(),
        *_life_findings(),
    ]


def _lineage_findings(stored: Iterable[tuple[Any, ...]]) -> Iterator[Finding]:
    units = {row[0]: row for row in stored}
    moved = set(UnitEdition.objects.filter(cause__in=_MOVES).values_list("unit_id", flat=True))
    for pk, parent_id, code, level, name, closed_on, *_ in units.values():
        if len(code) != CODE_DIGITS.get(level):
            yield Finding("digits", pk, f"{name}：代码 {code} 的位数与层级不符。")
        parent = units.get(parent_id)
        if parent is None:
            continue
        if parent[3] >= level:
            yield Finding("level", pk, f"{name}：上级 {parent[4]} 的层级不高于本级。")
        if closed_on is None and parent[5] is not None:
            yield Finding("closed_parent", pk, f"{name}：上级 {parent[4]} 已撤销。")
        if pk not in moved and not code.startswith(parent[2]):
            yield Finding("prefix", pk, f"{name}：代码 {code} 不在上级 {parent[2]} 之下，且没有改隶记录。")


def _place_findings(stored: Iterable[tuple[Any, ...]]) -> Iterator[Finding]:
    rows = list(stored)
    right = places(Node(*row[:4]) for row in rows)
    for pk, _parent, _code, _level, name, _closed, *place in rows:
        expected = right.get(pk)
        if expected is None:
            yield Finding("ring", pk, f"{name}：上级关系成环，不能归到任何省。")
            continue
        if tuple(place[:4]) != expected[:4]:
            yield Finding("interval", pk, f"{name}：树区间与上级关系不符。")
        if tuple(place[4:]) != expected[4:]:
            yield Finding("ancestors", pk, f"{name}：所属省市县乡与上级关系不符。")


def _edition_findings() -> Iterator[Finding]:
    open_editions = UnitEdition.objects.filter(unit=OuterRef("pk"), valid_to=None)
    without = OrgUnit.objects.open().filter(~Exists(open_editions))
    for pk, name in without.order_by().values_list("pk", "display_name"):
        yield Finding("no_edition", pk, f"{name}：没有现行沿革记录。")
    present = UnitEdition.objects.filter(valid_to=None)
    differs = Q()
    for field in _SAME:
        # A comparison with NULL is neither true nor false, so both are compared as they are.
        differs |= Q(**{f"{field}__isnull": False}) & ~Q(**{field: F(f"unit__{field}")})
        if field.endswith("_id"):
            differs |= Q(**{f"{field}__isnull": True, f"unit__{field}__isnull": False})
    for pk, name in present.filter(differs).values_list("unit_id", "display_name").distinct():
        yield Finding("edition", pk, f"{name}：现行沿革记录与单位不一致。")
    for pk, name in present.filter(unit__closed_on__isnull=False).values_list("unit_id", "display_name"):
        yield Finding("closed_edition", pk, f"{name}：已撤销，沿革记录却没有终止。")


def _life_findings() -> Iterator[Finding]:
    """Editions of one unit follow each other without gap or overlap, from its opening to its closing."""
    editions = UnitEdition.objects.order_by("unit_id", "valid_from", F("valid_to").asc(nulls_last=True), "id")
    several = UnitEdition.objects.values("unit").annotate(count=Count("pk")).filter(count__gt=1)
    last: tuple[int, Any] | None = None
    rows = editions.filter(unit__in=several.values("unit")).values_list(
        "unit_id", "valid_from", "valid_to", "display_name"
    )
    for unit_id, valid_from, valid_to, name in rows:
        if last is not None and last[0] == unit_id and last[1] != valid_from:
            yield Finding("life", unit_id, f"{name}：沿革记录在 {valid_from} 前后不相接。")
        last = (unit_id, valid_to)
    early = OrgUnit.objects.filter(editions__valid_from__lt=F("opened_on")).order_by()
    for pk, name in early.values_list("pk", "display_name").distinct():
        yield Finding("opened", pk, f"{name}：沿革记录早于设立日期。")
