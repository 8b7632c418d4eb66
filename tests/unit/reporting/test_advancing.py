"""What the clock does: opening, and facts at the window's end."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.roles import Role
from core import clock
from notices.models import Message
from reporting.choices import Rhythm
from reporting.models import Collection, Cycle, CycleFact, FormRegistration
from reporting.services import collections as services
from reporting.services.advancing import advance
from tests.collections_made import ask, make_task
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


@time_machine.travel("2026-12-19T01:00:00Z", tick=False)
def test_one_that_refuses_holds_up_nobody_and_its_owner_is_told_once(tree: Tree) -> None:
    province = user_at(tree.province, Role.REVIEWER)
    bad = make_task(tree.province, province, rhythm=Rhythm.MONTH, first_period=dt.date(2026, 12, 1))
    services.set_days(collection=ask(bad, province), values={"open_days_before": 60}, by=province)
    services.start_collection(collection=Collection.objects.get(pk=bad.pk), by=province)
    FormRegistration.objects.filter(form=bad.form_id).update(removed_at=clock.now(), removed_reason="停用")
    good = make_collection(tree)
    Collection.objects.filter(pk=good.pk).update(first_period=dt.date(2026, 12, 1))
    assert bad.pk < good.pk
    for _ in range(2):
        done = advance(at=clock.now())
        [words] = done.refused
        assert "季度普查" in words and "准入清单" in words
    assert list(Cycle.objects.values_list("collection", flat=True)) == [good.pk]
    told = Message.objects.filter(kind="cycle.refused")
    assert [(message.user, "季度普查" in message.title) for message in told] == [(province, True)]
    with pytest.raises(CommandError, match=r"季度普查.*准入清单"):
        call_command("open_cycles")
