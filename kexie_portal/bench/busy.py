"""The wall chart while the papers worker has ten files in line, beside the same page when nothing else is done."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.services import record
from core.actor import SYSTEM
from kexie_portal.bench.apart import work_off
from kexie_portal.bench.measure import Outcome, seconds
from kexie_portal.bench.requests import account_of
from kexie_portal.bench.scratch import Land
from kexie_portal.bench.server import Visitor, served

ROUNDS, REQUESTS, FILES = 3, 40, 10
AT = 0.95


def measure(land: Land) -> Outcome:
    """Each request comes after an act, so that the screen is made anew and none is answered from memory."""
    someone = account_of(land.province, Role.REVIEWER, Role.REPORTER)
    where = reverse("reporting:wall")
    with served() as port:
        _late(port, someone, where)
        idle, busy, made = [], [], 0
        for _ in range(ROUNDS):
            idle.append(_late(port, someone, where))
            with exporting(land, someone) as count:
                busy.append(_late(port, someone, where))
                made += count()
    return Outcome(
        f"{FILES} 个文件同时在生成时的挂图作战 {where}，{REQUESTS} 次请求的第 95 百分位",
        "空闲时的同一页面",
        busy,
        idle,
        at_most=1.5,
        notes=[f"每次请求前都有新的办理，全部重算；测量期间生成文件 {made} 个"],
    )


def _late(port: int, someone: User, where: str) -> float:
    """The time within which 95 of a hundred requests are answered, over a connection of their own."""
    visitor = Visitor(port, someone)
    taken = []
    for _ in range(REQUESTS):
        record(kind="bench.act", by=SYSTEM, summary="测量")
        taken.append(seconds(lambda: visitor.get(where)))
    return sorted(taken)[int(REQUESTS * AT) - 1]


@contextmanager
def exporting(land: Land, someone: User) -> Iterator[Any]:
    """A process of its own works off workbooks, as the papers worker does, as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    begun, over, made = context.Event(), context.Event(), context.Value("i", 0)
    name = connection.settings_dict["NAME"]
    child = context.Process(target=work_off, args=(name, land.cycle.pk, someone.pk, FILES, begun, over, made))
    child.start()
    begun.wait(60)
    try:
        yield lambda: made.value
    finally:
        over.set()
        child.join(120)
