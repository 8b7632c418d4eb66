"""Key people who lead affiliates."""

import datetime as dt

import pytest
from django.urls import reverse

from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from orgs.services import affiliate_facts
from sanzhang.models import AffiliateLeader, Occupation
from sanzhang.services import leading, occupations, people
from sanzhang.services.people import PersonFacts
from tests.affiliates import affiliate

DAY = dt.date(2024, 5, 1)


def person(unit, name="王秀兰"):
    occupations.load_defaults(by=SYSTEM)
    known = PersonFacts(
        name=name, occupation=Occupation.objects.get(name="医院院长"), employer=f"{unit.name}医院"
    )
    return people.register(facts=known, unit=unit, by=SYSTEM)


@pytest.fixture
def society(tree):
    return affiliate(tree.county)


@pytest.fixture
def head(tree):
    return person(tree.county)


def codes(error):
    return [problem.code for problem in error.value.problems]


def begin(society, head, **told):
    whole = {"affiliate": society, "person": head, "role": "president", "since": DAY, "by": SYSTEM}
    return leading.begin(**whole | told)


def test_leading_is_for_who_manages_the_affiliate(society, head, clerk, other_clerk, leader):
    for other in (other_clerk, leader):
        with pytest.raises(Forbidden):
            begin(society, head, by=other)
    post = begin(society, head, by=clerk)
    with pytest.raises(Forbidden):
        leading.finish(post=post, on=clock.today(), by=leader)
    assert leading.finish(post=post, on=clock.today(), by=clerk).valid_to == clock.today()


@pytest.mark.parametrize(
    ("since", "code"), [(dt.date(2999, 1, 1), "future"), (dt.date(2009, 1, 1), "before_founding")]
)
def test_leading_begins_on_a_possible_day(society, head, since, code):
    with pytest.raises(DomainError) as error:
        begin(society, head, since=since)
    assert codes(error) == [code]


def test_one_president_and_one_post_a_head(tree, society, head):
    begin(society, head)
    with pytest.raises(DomainError) as error:
        begin(society, head, role="secretary")
    assert codes(error) == ["double"]
    other = person(tree.county, "赵一鸣")
    with pytest.raises(DomainError) as error:
        begin(society, other)
    assert codes(error) == ["taken"]
    assert begin(society, other, role="secretary")


def test_merged_and_foreign_people_do_not_lead(tree, society, head):
    head.voided_at = clock.now()
    with pytest.raises(DomainError) as error:
        begin(society, head)
    assert codes(error) == ["person_gone"]


def test_ending_a_post(society, head):
    post = begin(society, head)
    with pytest.raises(DomainError) as error:
        leading.finish(post=post, on=DAY - dt.timedelta(days=1), by=SYSTEM)
    assert codes(error) == ["before_history"]
    leading.finish(post=post, on=DAY, by=SYSTEM)
    post.refresh_from_db()
    assert post.voided_at is not None
    with pytest.raises(Conflict):
        leading.finish(post=post, on=clock.today(), by=SYSTEM)


def test_exit_of_the_affiliate_ends_its_leaders(society, head):
    begin(society, head)
    affiliate_facts.exit_affiliate(affiliate=society, on=dt.date(2025, 1, 1), reason="注销", by=SYSTEM)
    assert AffiliateLeader.objects.get().valid_to == dt.date(2025, 1, 1)
    with pytest.raises(DomainError) as error:
        begin(society, head)
    assert codes(error) == ["exited"]


def test_merging_people_takes_the_posts_along(tree, society, head):
    from sanzhang.services.merging import merge

    double = person(tree.county, "王秀南")
    post = begin(society, double)
    merge(keep=head, double=double, by=SYSTEM)
    post.refresh_from_db()
    assert post.person_id == head.pk


def test_leader_is_added_from_either_page_and_shown_on_both(society, head, clerk, client_of):
    client = client_of(clerk)
    where = reverse("sanzhang:new_lead")
    shown = client.get(where, {"affiliate": society.pk})
    assert head.name in shown.content.decode()
    wrong = client.post(f"{where}?affiliate={society.pk}", {"role": "president", "since": "2024-05-01"})
    assert (wrong.status_code, "请选择一项" in wrong.content.decode()) == (422, True)
    done = client.post(
        f"{where}?affiliate={society.pk}", {"chosen": head.pk, "role": "president", "since": "2024-05-01"}
    )
    assert done["Location"] == society.get_absolute_url()
    assert head.name in client.get(society.get_absolute_url()).content.decode()
    page = client.get(head.get_absolute_url()).content.decode()
    assert "县医学会" in page
    assert "牵头的组织" in page
    post = AffiliateLeader.objects.get()
    ended = client.post(reverse("sanzhang:end_lead", args=[post.pk]), {"on": "2025-01-01"})
    assert ended.status_code == 302
    again = client.post(
        f"{where}?person={head.pk}", {"chosen": society.pk, "role": "head", "since": "2025-02-01"}
    )
    assert again["Location"] == head.get_absolute_url()
    assert AffiliateLeader.objects.open_ended().get().role == "head"


def test_people_and_affiliates_outside_the_scope_are_absent(
    tree, society, head, clerk, other_clerk, client_of
):
    where = reverse("sanzhang:new_lead")
    post = begin(society, head)
    for query in ({"affiliate": society.pk}, {"person": head.pk}, {"affiliate": "x"}, {}):
        assert client_of(other_clerk).get(where, query).status_code == 404
    assert client_of(clerk).get(where, {"affiliate": society.pk}).status_code == 200
    ending = reverse("sanzhang:end_lead", args=[post.pk])
    assert client_of(other_clerk).get(ending).status_code == 404
    assert client_of(clerk).get(ending).status_code == 200
    foreign = person(tree.other_county, "孙外人")
    body = {"chosen": foreign.pk, "role": "head", "since": "2024-05-01"}
    assert client_of(clerk).post(f"{where}?affiliate={society.pk}", body).status_code == 422
