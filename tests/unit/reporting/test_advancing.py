"""What the clock does: opening, and facts at the window's end."""

from __future__ import annotations

import datetime as dt

import time_machine

from accounts.roles import Role
from core import clock
from notices.models import Message
from reporting.models import Cycle, CycleFact
from reporting.services.advancing import advance
from tests.factories import Tree, user_at
from tests.month import Month, make_collection


def at(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=clock.SHANGHAI)


def test_facts_are_taken_once_the_window_has_ended(tree: Tree, db: None) -> None:
    with time_machine.travel(at(19, 23), tick=False) as traveller:
        collection = make_collection(tree)
        collection.first_period = dt.date(2026, 11, 1)
        collection.save()
        first = advance(at=clock.now())
        assert (first.opened, first.facts) == (1, 0)
        traveller.move_to(at(20, 0))
        second = advance(at=clock.now())
        assert (second.opened, second.facts) == (0, 1)
        cycle = Cycle.objects.get()
        assert cycle.facts_at is not None
        expected = CycleFact.objects.get(
            cycle=cycle, unit=tree.province, indicator__key="units_expected_township"
        )
        townships = [u for u in tree.units.values() if u.level == 4 and u.is_expected]
        assert expected.numerator == len(townships)
        assert advance(at=clock.now()).facts == 0


def test_opening_tells_every_desk_that_types_once(month: Month) -> None:
    clerk = user_at(month.tree["370112"], Role.REPORTER)
    before = Message.objects.filter(kind="cycle.open").count()
    month.next(dt.date(2026, 12, 1))
    month.next(dt.date(2026, 12, 1))
    told = set(Message.objects.filter(kind="cycle.open").values_list("user__username", flat=True))
    assert Message.objects.filter(kind="cycle.open").count() == before + len(told)
    assert {clerk.username, month.clerk.username, month.city.username} <= told
