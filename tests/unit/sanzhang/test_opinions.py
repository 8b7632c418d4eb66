"""The superior's word: in the portal, by its own reviewer, on many at once, told to both sides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from notices.models import Message
from sanzhang.models import Candidacy
from sanzhang.selectors.board import awaiting_opinion_of
from sanzhang.services import candidacies, opinions, procedures
from tests.factories import Tree, user_at

OPENED = dt.date(2026, 3, 2)


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


@pytest.fixture
def zhoukou(tree: Tree) -> None:
    """Zhoukou's procedure is in force: the superior is asked right after the shortlist."""
    draft = procedures.draft(owner=tree.province, preset="zhoukou", by=SYSTEM)
    procedures.publish(procedure=draft, by=SYSTEM)


@pytest.fixture
def waiting(tree: Tree, zhoukou: None, clerk: User, person_of: Any) -> Any:
    """Somebody shortlisted by the county, waiting for the city."""

    def make(name: str = "王秀兰", unit: Any = None, by: User | None = None) -> Candidacy:
        place = unit or tree.county
        occupation = "农技站站长"
        person = person_of(name, unit=place, occupation=occupation)
        return candidacies.open_candidacy(
            person=person, unit=place, position="vice_chair", opened_on=OPENED, by=by or clerk
        )

    return make


def test_clerk_does_not_write_the_superiors_word(clerk: User, city_official: User, waiting: Any) -> None:
    candidacy = waiting()
    typed = {"on": OPENED, "opinion": "agree"}
    with pytest.raises(DomainError) as refused:
        candidacies.record_step(candidacy=candidacy, step="superior", by=clerk, **typed)
    assert codes(refused) == {"superior_in_portal"}
    opinions.give_opinion(candidacy=candidacy, by=city_official, **typed)
    candidacy.refresh_from_db()
    assert (candidacy.due, candidacy.waits_for) == ("organisation", "organisation")


def test_only_the_reviewer_of_the_unit_right_above(
    tree: Tree, clerk: User, city_official: User, province_official: User, waiting: Any
) -> None:
    candidacy = waiting()
    wrong_city = user_at(tree.other_city, Role.REVIEWER)
    city_leader = user_at(tree.city, Role.LEADER)
    for user in (clerk, province_official, wrong_city, city_leader):
        with pytest.raises(Forbidden):
            opinions.give_opinion(candidacy=candidacy, on=OPENED, opinion="agree", by=user)
    opinions.give_opinion(candidacy=candidacy, on=OPENED, opinion="agree", by=city_official)
    with pytest.raises(Conflict):
        opinions.give_opinion(candidacy=candidacy, on=OPENED, opinion="agree", by=city_official)


def test_superior_disagrees_defers_and_dates(city_official: User, waiting: Any) -> None:
    candidacy = waiting()
    with pytest.raises(DomainError) as early:
        opinions.give_opinion(
            candidacy=candidacy, on=OPENED - dt.timedelta(days=1), opinion="agree", by=city_official
        )
    assert codes(early) == {"step_too_early"}
    with pytest.raises(DomainError) as silent:
        opinions.give_opinion(candidacy=candidacy, on=OPENED, opinion="defer", by=city_official)
    assert codes(silent) == {"reason_missing"}
    opinions.give_opinion(candidacy=candidacy, on=OPENED, opinion="defer", note="再议", by=city_official)
    candidacy.refresh_from_db()
    assert (candidacy.due, candidacy.is_put_off) == ("superior", True)
    opinions.give_opinion(
        candidacy=candidacy, on=OPENED, opinion="disagree", note="年限不足", by=city_official
    )
    candidacy.refresh_from_db()
    assert (candidacy.outcome, candidacy.reason) == ("rejected", "上级科协意见：年限不足")


def test_another_is_proposed_and_linked(city_official: User, waiting: Any, person_of: Any) -> None:
    candidacy, other = waiting(), person_of("赵一")
    typed = {"on": OPENED, "opinion": "propose", "note": "专业更对口", "by": city_official}
    with pytest.raises(DomainError) as nobody:
        opinions.give_opinion(candidacy=candidacy, **typed)
    assert codes(nobody) == {"other_missing"}
    with pytest.raises(DomainError) as same:
        opinions.give_opinion(candidacy=candidacy, other=candidacy.person, **typed)
    assert codes(same) == {"other_is_the_same"}
    opinions.give_opinion(candidacy=candidacy, other=other, **typed)
    candidacy.refresh_from_db()
    assert candidacy.outcome == "replaced"
    new = Candidacy.objects.open().get()
    assert (new.person, new.replaces, new.position, new.due) == (other, candidacy, "vice_chair", "superior")


def test_proposal_of_who_may_not_sit_there_changes_nothing(
    city_official: User, waiting: Any, person_of: Any
) -> None:
    candidacy, other = waiting(), person_of("赵一", occupation="土专家")
    with pytest.raises(DomainError) as refused:
        opinions.give_opinion(
            candidacy=candidacy, on=OPENED, opinion="propose", note="换人", other=other, by=city_official
        )
    assert codes(refused) == {"occupation_not_at_level"}
    candidacy.refresh_from_db()
    assert (candidacy.closed_on, candidacy.steps.count()) == (None, 1)


def test_many_agreed_to_or_none(city_official: User, clerk: User, waiting: Any) -> None:
    rows = [waiting("王一"), waiting("王二"), waiting("王三")]
    candidacies.withdraw(candidacy=rows[1], on=OPENED, reason="本人不愿", by=clerk)
    with pytest.raises(DomainError) as refused:
        opinions.agree_to_many(candidacies=rows, on=OPENED, by=city_official)
    assert [problem.message[:3] for problem in refused.value.problems] == ["王二："]
    assert awaiting_opinion_of(city_official.unit).count() == 2
    with pytest.raises(DomainError):
        opinions.agree_to_many(candidacies=[], on=OPENED, by=city_official)
    count = opinions.agree_to_many(
        candidacies=[rows[0], rows[2]], on=OPENED, number="科协函〔2026〕8号", by=city_official
    )
    assert (count, awaiting_opinion_of(city_official.unit).count()) == (2, 0)
    assert rows[2].steps.get(step="superior").number == "科协函〔2026〕8号"


def test_both_sides_are_told(clerk: User, city_official: User, waiting: Any) -> None:
    candidacy = waiting()
    [asked] = Message.objects.filter(user=city_official)
    assert asked.title.startswith("请出具意见：王秀兰")
    opinions.give_opinion(candidacy=candidacy, on=OPENED, opinion="agree", by=city_official)
    assert Message.objects.get(user=clerk).title.startswith("上级科协同意：王秀兰")
    assert Message.objects.filter(user=city_official).count() == 2


def test_queue_page(tree: Tree, clerk: User, city_official: User, client_of: Any, waiting: Any) -> None:
    own, foreign = (
        waiting(),
        waiting("李四", unit=tree.other_county, by=user_at(tree.other_county, "reporter")),
    )
    url = reverse("sanzhang:opinions")
    assert client_of(clerk).get(url).status_code == 403
    client = client_of(city_official)
    page = client.get(url).content.decode()
    assert ("王秀兰" in page, "李四" in page) == (True, False)
    assert client.post(url, {"on": "2026-03-03"}).status_code == 422
    assert client.post(url, {"on": "2026-03-03", "chosen": [foreign.pk]}).status_code == 422
    assert client.post(url, {"on": "2026-03-03", "chosen": [own.pk]}).status_code == 302
    assert "没有等待本单位意见的人选" in client.get(url).content.decode()


def test_opinion_page_of_the_superior(
    clerk: User, city_official: User, client_of: Any, waiting: Any, person_of: Any
) -> None:
    candidacy = waiting()
    page = reverse("sanzhang:candidacy", args=[candidacy.pk])
    assert "登记下一环节" not in client_of(clerk).get(page).content.decode()
    assert "出具上级科协意见" in client_of(city_official).get(page).content.decode()
    url = reverse("sanzhang:give_opinion", args=[candidacy.pk])
    typed = {"on": clock.today().isoformat(), "opinion": "propose", "note": "换人"}
    assert client_of(clerk).post(url, typed).status_code == 403
    unknown = client_of(city_official).post(url, typed)
    assert (unknown.status_code, "请查找并选取人选" in unknown.content.decode()) == (422, True)
    typed["other"] = person_of("赵一").pk
    assert client_of(city_official).post(url, typed).status_code == 302
    assert Candidacy.objects.open().get().person.name == "赵一"
    assert "另提人选" in client_of(clerk).get(page).content.decode()
