"""What a unit that closes had still to do goes on at its successor, and comes back when the reorganisation is undone."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from core.actor import SYSTEM
from core.errors import Conflict
from orgs.choices import ActKind, ConfirmationState
from orgs.models import OrgUnit, YearlyConfirmation
from orgs.rules.reorganising import Line
from orgs.services import reorganising
from reporting.models import DeadlineOverride
from sanzhang.models import Meeting, Support
from tests import work
from tests.factories import Tree
from tests.month import make_collection
from tests.reorganised import applied, drafted, picture

TODAY = clock.today()
YEAR = TODAY.year


def merge(tree: Tree) -> list[Line]:
    return [Line(ActKind.MERGE, unit_id=tree.county.pk, into_id=tree.sister_county.pk)]


def word(unit: OrgUnit, state: str = ConfirmationState.CONFIRMED) -> YearlyConfirmation:
    checked = {} if state == ConfirmationState.CONFIRMED else {"checked_at": clock.now(), "checked_by": "市"}
    return YearlyConfirmation.objects.create(
        unit=unit, year=YEAR, state=state, confirmed_by="县", confirmed_at=clock.now(), **checked
    )


def furnished(tree: Tree) -> dict[str, int]:
    planned = Meeting.objects.create(unit=tree.county, kind="plenary", planned_on=TODAY)
    held = Meeting.objects.create(unit=tree.county, kind="plenary", held_on=TODAY)
    waiting = work.support(tree.city, on=TODAY, receiver=tree.county)
    received = work.support(tree.city, on=TODAY, receiver=tree.county)
    Support.objects.filter(pk=received.pk).update(confirmed_at=clock.now(), confirmed_by="县")
    said = word(tree.county)
    return {
        "planned": planned.pk,
        "held": held.pk,
        "waiting": waiting.pk,
        "received": received.pk,
        "said": said.pk,
    }


def test_open_work_is_the_successors_and_what_is_done_stays(tree: Tree) -> None:
    keys = furnished(tree)
    before = picture()
    told = {
        row.label
        for group in reorganising.preview(drafted(tree.province, merge(tree))).groups
        for row in group.rows
    }
    assert {"计划召开的会议", "待确认的支持", "年度确认"} <= told
    done = applied(tree.province, merge(tree))
    assert Meeting.objects.get(pk=keys["planned"]).unit == tree.sister_county
    assert Meeting.objects.get(pk=keys["held"]).unit == tree.county
    assert Support.objects.get(pk=keys["waiting"]).receiver == tree.sister_county
    assert Support.objects.get(pk=keys["received"]).receiver == tree.county
    assert YearlyConfirmation.objects.get(pk=keys["said"]).unit == tree.sister_county
    reorganising.undo(reorganisation=done, reason="登记有误", by=SYSTEM)
    assert picture() == before


def test_successor_that_has_said_its_word_keeps_it(tree: Tree) -> None:
    theirs, checked = word(tree.county), word(tree.sister_county)
    applied(tree.province, merge(tree))
    theirs.refresh_from_db()
    checked.refresh_from_db()
    assert (theirs.unit, checked.unit) == (tree.county, tree.sister_county)


def test_word_that_was_checked_stays_with_who_said_it(tree: Tree) -> None:
    said = word(tree.county, ConfirmationState.CHECKED)
    applied(tree.province, merge(tree))
    said.refresh_from_db()
    assert said.unit == tree.county


def test_meeting_of_a_unit_that_nobody_succeeds_is_called_off(tree: Tree) -> None:
    planned = Meeting.objects.create(unit=tree.village, kind="plenary", planned_on=TODAY)
    before = picture()
    done = applied(tree.province, [Line(ActKind.CLOSE, unit_id=tree.village.pk)])
    planned.refresh_from_db()
    assert planned.cancelled_at is not None
    reorganising.undo(reorganisation=done, reason="登记有误", by=SYSTEM)
    assert picture() == before


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda keys: Meeting.objects.filter(pk=keys["planned"]).update(held_on=TODAY), "此后已召开"),
        (
            lambda keys: Support.objects.filter(pk=keys["waiting"]).update(confirmed_at=clock.now()),
            "已确认收到",
        ),
        (
            lambda keys: YearlyConfirmation.objects.filter(pk=keys["said"]).update(confirmed_at=clock.now()),
            "年度确认",
        ),
    ],
)
def test_way_back_is_closed_once_the_successor_has_dealt_with_it(tree: Tree, act, said) -> None:
    keys = furnished(tree)
    done = applied(tree.province, merge(tree))
    act(keys)
    with pytest.raises(Conflict) as refused:
        reorganising.undo(reorganisation=done, reason="登记有误", by=SYSTEM)
    assert said in str([problem.message for problem in refused.value.problems])


def test_city_newly_set_up_keeps_its_predecessors_deadlines(tree: Tree) -> None:
    collection = make_collection(tree)
    for city, day in ((tree.city, 17), (tree.other_city, 18)):
        DeadlineOverride.objects.create(collection=collection, city=city, level=4, day=day)
    DeadlineOverride.objects.create(collection=collection, city=tree.city, level=3, day=20)
    before = picture()
    done = applied(
        tree.province,
        [
            Line(ActKind.OPEN, parent_id=tree.province.pk, name="泉城市", division_code="3798"),
            Line(ActKind.MERGE, unit_id=tree.city.pk, opens=0),
        ],
        on=TODAY + dt.timedelta(days=0),
    )
    city = OrgUnit.objects.get(division_code="3798")
    assert dict(DeadlineOverride.objects.filter(city=city).values_list("level", "day")) == {4: 17, 3: 20}
    reorganising.undo(reorganisation=done, reason="登记有误", by=SYSTEM)
    assert picture() == before


def test_city_that_stood_before_keeps_its_own_deadlines(tree: Tree) -> None:
    collection = make_collection(tree)
    for city, day in ((tree.city, 17), (tree.other_city, 18)):
        DeadlineOverride.objects.create(collection=collection, city=city, level=4, day=day)
    applied(tree.province, [Line(ActKind.MERGE, unit_id=tree.city.pk, into_id=tree.other_city.pk)])
    assert dict(DeadlineOverride.objects.filter(city=tree.other_city).values_list("level", "day")) == {4: 18}
