"""Proof of the tree: everything that is stored twice says the same, and everything that follows was worked out right.

What can be put right without asking anybody comes with what would be written; the unit's parent, code and name are the
truth, the rest follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from orgs.choices import CODE_DIGITS, EditionCause, Level
from orgs.models import OrgUnit, UnitEdition
from orgs.rules.divisions import display_name
from orgs.rules.integrity import Finding, write
from orgs.rules.names import search_keys
from orgs.rules.placement import Node, Place, places
from orgs.selectors.verification_lives import edition_findings, life_findings
from orgs.selectors.verification_successions import succession_findings

__all__ = ["STEPS", "Finding", "verify_tree"]

#: What moves a unit away from the place that its code names.
_MOVES = (EditionCause.MOVED, EditionCause.RECODED, EditionCause.RELEVELLED)
_FIELDS = (
    *("pk", "parent_id", "division_code", "level", "display_name", "closed_on", *Place._fields),
    *("name", "kind", "is_expected", "opened_on", "pinyin", "pinyin_joined", "initials"),
)
_INTERVAL = ("lft", "rght", "depth", "tree_id")
_ANCESTORS = ("province_id", "city_id", "county_id", "township_id")

#: What is looked at one after the other, as the page tells it.
STEPS = ("读取组织树", "上下级、层级和代码", "区间、所属和全称", "沿革记录", "承继关系")


def nobody_watches(step: int) -> None:
    """Told of progress by no one."""


def verify_tree(told: Callable[[int], None] = nobody_watches) -> list[Finding]:
    """Everything wrong with the tree; empty when it is sound. Reads the whole tree, writes nothing."""
    told(1)
    rows = OrgUnit.objects.order_by().values_list(*_FIELDS).iterator(chunk_size=20_000)
    units = {row[0]: dict(zip(_FIELDS, row, strict=True)) for row in rows}
    told(2)
    found = [*_lineage_findings(units)]
    told(3)
    found += _place_findings(units)
    found += _name_findings(units)
    told(4)
    found += edition_findings(units)
    found += life_findings(units)
    told(5)
    found += succession_findings()
    return found


Units = dict[int, dict[str, Any]]


def _lineage_findings(units: Units) -> Iterator[Finding]:
    moved = set(UnitEdition.objects.filter(cause__in=_MOVES).values_list("unit_id", flat=True))
    for pk, unit in units.items():
        name, code = unit["display_name"], unit["division_code"]
        if len(code) != CODE_DIGITS.get(unit["level"]):
            yield Finding("digits", pk, f"{name}：代码 {code} 的位数与层级不符。")
        parent = units.get(unit["parent_id"])
        if parent is None:
            continue
        above = parent["display_name"]
        if parent["level"] >= unit["level"]:
            yield Finding("level", pk, f"{name}：上级 {above} 的层级不高于本级。")
        if unit["closed_on"] is None and parent["closed_on"] is not None:
            yield Finding("closed_parent", pk, f"{name}：上级 {above} 已撤销。")
        if unit["closed_on"] is None and pk not in moved and not code.startswith(parent["division_code"]):
            yield Finding(
                "prefix", pk, f"{name}：代码 {code} 不在上级 {parent['division_code']} 之下，且没有改隶记录。"
            )


def _place_findings(units: Units) -> Iterator[Finding]:
    """Intervals and ancestors; what is right is kept with the unit, for the editions to be compared with."""
    right = places(
        Node(pk, unit["parent_id"], unit["division_code"], unit["level"]) for pk, unit in units.items()
    )
    for pk, unit in units.items():
        name, expected = unit["display_name"], right.get(pk)
        if expected is None:
            yield Finding("ring", pk, f"{name}：上级关系成环，不能归到任何省。")
            continue
        place = expected._asdict()
        for code, columns, words in (
            ("interval", _INTERVAL, "树区间与上级关系不符"),
            ("ancestors", _ANCESTORS, "所属省市县乡与上级关系不符"),
        ):
            repair = write("unit", pk, {column: (unit[column], place[column]) for column in columns})
            if repair["values"]:
                yield Finding(code, pk, f"{name}：{words}。", [repair])
        unit.update({column: place[column] for column in _ANCESTORS})


def _name_findings(units: Units) -> Iterator[Finding]:
    """Full names from the top down, and search keys. A county may stand with its city or alone: which is right was
    settled by the homonyms of the day."""
    for unit in sorted(units.values(), key=lambda unit: unit["level"]):
        pk, name = unit["pk"], unit["name"]
        above = units.get(unit["parent_id"])
        shown = display_name(unit["level"], name, above["display_name"] if above else "")
        alone = name if unit["level"] == Level.COUNTY else shown
        stacked = display_name(unit["level"], name, above["display_name"] if above else "", is_alone=False)
        if unit["closed_on"] is None and unit["display_name"] not in (shown, alone, stacked):
            repair = write("unit", pk, {"display_name": (unit["display_name"], shown)})
            yield Finding("display", pk, f"{unit['display_name']}：全称应为{shown}。", [repair])
            unit["display_name"] = shown
        keys = search_keys(name)
        stored = (unit["pinyin"], unit["pinyin_joined"], unit["initials"])
        if stored != tuple(keys):
            columns = ("pinyin", "pinyin_joined", "initials")
            values = dict(zip(columns, zip(stored, keys, strict=True), strict=True))
            yield Finding(
                "search", pk, f"{unit['display_name']}：检索用的拼音与名称不符。", [write("unit", pk, values)]
            )
