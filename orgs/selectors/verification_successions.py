"""Proof of the successions: who closed was carried on on that day, by units that lived then, and by one main one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef

from orgs.choices import ActKind, EditionCause, ReorganisationState
from orgs.models import ReorganisationAct, Succession
from orgs.rules.integrity import Finding, write


def succession_findings() -> Iterator[Finding]:
    links = list(
        Succession.objects.order_by("predecessor_id", "on", "id").values_list(
            *("predecessor_id", "successor_id", "on", "cause", "is_main"),
            *("predecessor__display_name", "predecessor__closed_on"),
            *("successor__display_name", "successor__opened_on", "successor__closed_on", "pk"),
        )
    )
    for link in links:
        yield from _link_findings(link)
    yield from _ring_findings({(row[0], row[1]): row[5] for row in links})
    yield from _main_findings(links)
    yield from _heirless_findings()


def _link_findings(link: tuple[Any, ...]) -> Iterator[Finding]:
    predecessor, _heir, on, cause, _main, name, closed_on, heir_name, opened_on, heir_closed_on, pk = link
    if closed_on is None and cause != EditionCause.SPLIT:
        yield Finding("not_closed", predecessor, f"{name}：已由{heir_name}承接，却没有撤销。")
    elif closed_on is not None and on > closed_on:
        repair = write("succession", pk, {"on": (on.isoformat(), closed_on.isoformat())})
        message = f"{name}：{closed_on} 撤销，承接日期却是 {on}。"
        yield Finding("late_heir", predecessor, message, [repair])
    if opened_on > on or (heir_closed_on is not None and heir_closed_on < on):
        yield Finding("heir_life", predecessor, f"{name}：承接单位{heir_name}在 {on} 并不存在。")


def _ring_findings(links: dict[tuple[int, int], str]) -> Iterator[Finding]:
    heirs: dict[int, set[int]] = {}
    for predecessor, successor in links:
        heirs.setdefault(predecessor, set()).add(successor)
    for (predecessor, _successor), name in links.items():
        seen: set[int] = set()
        waiting = set(heirs[predecessor])
        while waiting:
            seen |= waiting
            waiting = {heir for pk in waiting for heir in heirs.get(pk, ())} - seen
        if predecessor in seen:
            yield Finding("succession_ring", predecessor, f"{name}：承接关系成环。")


def _main_findings(links: list[tuple[Any, ...]]) -> Iterator[Finding]:
    """Of the successors of one day at most one is the main one."""
    mains: dict[tuple[int, Any], int] = {}
    for predecessor, _heir, on, _cause, is_main, name, *_rest in links:
        mains[predecessor, on] = mains.get((predecessor, on), 0) + is_main
        if is_main and mains[predecessor, on] == 2:
            yield Finding("two_mains", predecessor, f"{name}：{on} 有多个主要承接单位。")


def _heirless_findings() -> Iterator[Finding]:
    """A unit that was merged or divided by a document names who carries it on."""
    acts = ReorganisationAct.objects.filter(
        kind__in=(ActKind.MERGE, ActKind.SPLIT),
        reorganisation__state=ReorganisationState.APPLIED,
        unit__closed_on__isnull=False,
    ).filter(~Exists(Succession.objects.filter(predecessor=OuterRef("unit"))))
    for pk, name in acts.order_by("unit_id").values_list("unit_id", "unit__display_name").distinct():
        yield Finding("no_heir", pk, f"{name}：已撤并，却没有写明由谁承接。")
