"""Reorganising 500 units in one transaction, beside one rebuild of the same tree."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from django.db import transaction

from core import clock
from core.actor import SYSTEM
from kexie_portal.bench.measure import Outcome, seconds
from kexie_portal.bench.scratch import Land
from orgs.choices import ActKind, Level
from orgs.models import OrgUnit
from orgs.rules.reorganising import Line
from orgs.services import reorganising
from orgs.services.bulk import rebuild_intervals

UNITS = 500
ROUNDS = 3


def measure(land: Land) -> list[Outcome]:
    """Half of the units are merged in pairs, the rest are renamed; everything is taken back each time."""
    return [
        _outcome(land, Level.VILLAGE, "个村（社区）", at_most=1.3),
        _outcome(land, Level.TOWNSHIP, "个乡镇，连同其下全部村（社区）的全称和沿革", at_most=2),
    ]


def _outcome(land: Land, level: Level, what: str, *, at_most: float) -> Outcome:
    held = reorganising.draft(unit=land.province, title="测量", by=SYSTEM)
    held = reorganising.set_basis(
        reorganisation=held, title="测量", document="测量", effective_on=clock.today(), by=SYSTEM
    )
    lines = list(itertools.islice(_lines(land, level), UNITS))
    held = reorganising.set_lines(reorganisation=held, lines=lines, by=SYSTEM)
    seen = reorganising.preview(held).digest

    def apply() -> None:
        with transaction.atomic():
            reorganising.apply(reorganisation=held, seen=seen, by=SYSTEM)
            transaction.set_rollback(True)

    apply()
    _rebuild()
    pairs = [(seconds(apply), _rebuild()) for _round in range(ROUNDS)]
    return Outcome(
        f"区划调整：一个事务里合并、更名 {UNITS} {what}（核对、预览、写入、承接）",
        "同一棵树的全部位置重建一次",
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
        at_most=at_most,
    )


def _rebuild() -> float:
    """Seconds of a rebuild that finds every place wrong; spoiling them is not counted."""
    with transaction.atomic():
        OrgUnit.objects.order_by().update(lft=1, rght=2)
        taken = seconds(rebuild_intervals)
        transaction.set_rollback(True)
    return taken


def _lines(land: Land, level: Level) -> Iterator[Line]:
    """Neighbours under one parent merged, then the next renamed, and so on."""
    units = (
        OrgUnit.objects.open()
        .filter(province=land.province, level=level)
        .order_by("parent", "division_code")
        .values_list("pk", "parent", "name")
    )
    rest = iter(list(units))
    for (pk, parent, _name), (beside, other, _same) in zip(rest, rest, strict=False):
        if parent == other:
            yield Line(ActKind.MERGE, unit_id=pk, into_id=beside)
            extra = next(rest, None)
            if extra is not None:
                yield Line(ActKind.RENAME, unit_id=extra[0], name=f"新{extra[2]}")
