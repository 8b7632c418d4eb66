"""Occupation and retirement as they were: on any day, as known at any instant."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from core import clock
from core.errors import DomainError
from sanzhang.models import OccupationSpell
from sanzhang.selectors.life import life_line, register_life_source, work_of
from sanzhang.selectors.people import life_of
from sanzhang.services import people

DAY = dt.datetime(2026, 3, 10, 9, tzinfo=clock.SHANGHAI)
Facts = Callable[..., people.PersonFacts]


def occupations_on(person: Any, day: dt.date) -> list[str]:
    return list(
        OccupationSpell.objects.on(day).filter(person=person).values_list("occupation__name", flat=True)
    )


def test_change_keeps_what_was(clerk: User, facts_of: Facts, person_of: Any) -> None:
    person = person_of(by=clerk)
    facts = facts_of("王秀兰", "学校校长", employer="实验中学")
    people.update(person=person, revision=1, facts=facts, by=clerk, changed_on=dt.date(2025, 9, 1))
    assert occupations_on(person, dt.date(2019, 1, 1)) == ["农技站站长"]
    assert occupations_on(person, dt.date(2025, 8, 31)) == ["农技站站长"]
    assert occupations_on(person, dt.date(2025, 9, 1)) == ["学校校长"]
    assert [spell.employer for spell in work_of(person)] == ["实验中学", "王秀兰的单位"]


def test_correction_leaves_no_history_but_is_known_as_it_was(
    clerk: User, facts_of: Facts, person_of: Any
) -> None:
    with time_machine.travel(DAY, tick=False):
        person = person_of(by=clerk)
    with time_machine.travel(DAY + dt.timedelta(days=5), tick=False):
        people.update(person=person, revision=1, facts=facts_of("王秀兰", "学校校长"), by=clerk)
        assert len(work_of(person)) == 1
        assert occupations_on(person, dt.date(2026, 1, 1)) == ["学校校长"]
        before = OccupationSpell.objects.as_known(dt.date(2026, 1, 1), DAY + dt.timedelta(days=1))
        assert [spell.occupation.name for spell in before.filter(person=person)] == ["农技站站长"]


def test_facts_that_are_not_dated_begin_no_spell(clerk: User, facts_of: Facts, person_of: Any) -> None:
    person = person_of(by=clerk)
    people.update(person=person, revision=1, facts=facts_of(title="农艺师"), by=clerk)
    assert OccupationSpell.objects.filter(person=person).count() == 1


@pytest.mark.parametrize(
    ("changed_on", "code"),
    [(dt.date(2999, 1, 1), "change_in_future"), (dt.date(2025, 1, 1), "change_backwards")],
)
def test_change_on_a_day_that_cannot_be(
    changed_on: dt.date, code: str, clerk: User, facts_of: Facts, person_of: Any
) -> None:
    person = person_of(by=clerk)
    first = facts_of("王秀兰", "学校校长")
    people.update(person=person, revision=1, facts=first, by=clerk, changed_on=dt.date(2025, 1, 1))
    second = facts_of("王秀兰", "医院院长")
    with pytest.raises(DomainError) as refused:
        people.update(person=person, revision=2, facts=second, by=clerk, changed_on=changed_on)
    assert {problem.code for problem in refused.value.problems} == {code}
    person.refresh_from_db()
    assert (person.revision, person.occupation.name) == (2, "学校校长")
    people.update(person=person, revision=2, facts=second, by=clerk, changed_on=dt.date(2025, 1, 2))


def test_retired_since_is_kept_and_must_be_possible(clerk: User, facts_of: Facts, person_of: Any) -> None:
    person = person_of(by=clerk, birth_month=dt.date(1960, 5, 1))
    facts = facts_of(birth_month=dt.date(1960, 5, 1), retired_on=dt.date(2020, 6, 1))
    for wrong, code in ((dt.date(1985, 1, 1), "retired_young"), (dt.date(2999, 1, 1), "retired_in_future")):
        with pytest.raises(DomainError) as refused:
            people.update(
                person=person, revision=1, facts=dataclasses.replace(facts, retired_on=wrong), by=clerk
            )
        assert {problem.code for problem in refused.value.problems} == {code}
    changed = people.update(person=person, revision=1, facts=facts, by=clerk, changed_on=dt.date(2020, 6, 1))
    assert (changed.is_retired, changed.retired_on) == (True, dt.date(2020, 6, 1))
    assert not OccupationSpell.objects.on(dt.date(2020, 5, 31)).get(person=person).is_retired
    assert OccupationSpell.objects.on(dt.date(2020, 6, 1)).get(person=person).is_retired


def test_impossible_age_is_refused(clerk: User, facts_of: Facts, person_of: Any) -> None:
    with pytest.raises(DomainError) as refused:
        person_of(by=clerk, birth_month=dt.date(1890, 1, 1))
    assert {problem.code for problem in refused.value.problems} == {"birth_impossible"}


def test_life_line_holds_seats_work_and_what_others_add(
    clerk: User, facts_of: Facts, person_of: Any, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanzhang.selectors import life

    monkeypatch.setattr(life, "_sources", [])
    register_life_source(lambda _person: [life.LifeEvent(dt.date(2025, 5, 1), "主讲健康讲座")])
    person = person_of(by=clerk)
    seat_of(person)
    facts = facts_of("王秀兰", "学校校长", employer="实验中学", post="校长")
    people.update(person=person, revision=1, facts=facts, by=clerk, changed_on=dt.date(2025, 9, 1))
    person.refresh_from_db()
    titles = [event.title for event in life_line(person, life_of(person))]
    assert titles == ["工作变动：实验中学校长", "主讲健康讲座", "任历下区科协副主席"]


def test_change_in_the_page_asks_for_its_day(
    clerk: User, client_of: Any, form_of: Any, person_of: Any, occupation_of: Any
) -> None:
    person = person_of(by=clerk)
    form = {
        "name": "王秀兰",
        "occupation": occupation_of("学校校长").pk,
        "employer": "实验中学",
        "revision": 1,
        "changed_on": "2025-09-01",
        "disciplines": ["education", "science"],
        "new_organisation": "social",
    }
    url = reverse("sanzhang:edit", args=[person.pk])
    assert client_of(clerk).post(url, form | {"changed_on": "2999-01-01"}).status_code == 422
    assert client_of(clerk).post(url, form).status_code == 302
    person.refresh_from_db()
    assert (person.disciplines, person.new_organisation) == (["science", "education"], "social")
    page = client_of(clerk).get(person.get_absolute_url()).content.decode()
    for words in ("工作经历", "2025年9月1日起", "理科、教育", "新社会组织", "历程"):
        assert words in page
