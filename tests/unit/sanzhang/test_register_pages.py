"""Registering somebody: narrowed choices, doubles, refusals in words, nothing typed lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from sanzhang.models import Appointment, Candidacy, KeyPerson
from tests.factories import Tree, user_at

PHONE = "13805310001"
MASK = "138****0001"
ClientOf = Callable[[User], Client]


def test_register_in_one_go(clerk: User, client_of: ClientOf, form_of: Any, tree: Tree) -> None:
    response = client_of(clerk).post(reverse("sanzhang:register"), form_of())
    person = KeyPerson.objects.get()
    assert response.url == person.get_absolute_url()
    seat = person.appointments.get()
    assert (seat.unit, seat.position, seat.way_in) == (tree.county, "vice_chair", "election")
    assert (person.phone_masked, person.birth_month) == (MASK, dt.date(1975, 6, 1))


def test_register_twice_by_double_click(clerk: User, client_of: ClientOf, form_of: Any) -> None:
    client, form = client_of(clerk), form_of()
    first, second = (client.post(reverse("sanzhang:register"), form) for _ in range(2))
    assert first.url == second.url
    assert (KeyPerson.objects.count(), Appointment.objects.count()) == (1, 1)


def test_register_in_a_village(clerk: User, client_of: ClientOf, form_of: Any, tree: Tree) -> None:
    form = form_of("村卫生室主任", unit=tree.township.pk, village=tree.village.pk, position="team_member")
    assert client_of(clerk).post(reverse("sanzhang:register"), form).status_code == 302
    assert Appointment.objects.get().unit == tree.village


def test_register_refused_keeps_what_was_typed(clerk: User, client_of: ClientOf, form_of: Any) -> None:
    form = form_of(way_in="other", employment="seconded", name="王9", birth_month="2015-01")
    response = client_of(clerk).post(reverse("sanzhang:register"), form)
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {"name", "secondment_ends_on", "basis", "birth_month"}
    page = response.content.decode()
    assert 'value="历下区人民医院"' in page
    assert PHONE in page
    assert not KeyPerson.objects.exists()


def test_register_a_double_asks_for_a_word(
    clerk: User, client_of: ClientOf, form_of: Any, person_of: Any
) -> None:
    person_of("王秀兰", employer="历下区人民医院")
    client, form = client_of(clerk), form_of()
    response = client.post(reverse("sanzhang:register"), form)
    assert response.status_code == 422
    assert 'name="explanation"' in response.content.decode()
    assert client.post(reverse("sanzhang:register"), form | {"explanation": "同名"}).status_code == 302


@pytest.mark.parametrize("field", ["unit", "village", "occupation", "position"])
def test_register_with_forged_choices(
    field: str, clerk: User, client_of: ClientOf, form_of: Any, tree: Tree
) -> None:
    forged = {
        "unit": tree.other_county.pk,
        "village": tree.other_county.pk,
        "occupation": 10**9,
        "position": "emperor",
    }
    response = client_of(clerk).post(reverse("sanzhang:register"), form_of() | {field: forged[field]})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not KeyPerson.objects.exists()


def test_register_candidate_opens_the_procedure(clerk: User, client_of: ClientOf, form_of: Any) -> None:
    form = form_of(record_as="candidate", valid_from="2026-09-01", way_in="")
    assert client_of(clerk).post(reverse("sanzhang:register"), form).status_code == 302
    assert Candidacy.objects.get().steps.get().step == "shortlist"
    assert not Appointment.objects.exists()


def test_register_is_not_for_readers(tree: Tree, leader: User, client_of: ClientOf) -> None:
    for user in (user_at(tree.city, "reviewer"), leader):
        assert client_of(user).get(reverse("sanzhang:register")).status_code == 403


def test_choices_narrow_by_level_and_occupation(
    clerk: User, client_of: ClientOf, occupation_of: Any, tree: Tree
) -> None:
    client, url = client_of(clerk), reverse("sanzhang:register_choices")
    hospital = occupation_of("乡镇卫生院院长")
    form = client.get(url, {"unit": tree.township.pk, "occupation": hospital.pk}).context["form"]
    offered = {str(label) for _key, label in form.fields["occupation"].choices}
    assert "乡镇卫生院院长" in offered
    assert "医院院长" not in offered
    assert [key for key, _label in form.fields["position"].choices] == [
        "",
        "vice_chair",
        "standing_member",
        "member",
    ]
    village = client.get(url, {"unit": tree.township.pk, "village": tree.village.pk}).context["form"]
    assert [key for key, _label in village.fields["position"].choices] == ["", "team_member"]
    county = client.get(url, {"unit": tree.county.pk}).context["form"]
    assert "chair" in dict(county.fields["position"].choices)
    assert client.get(url, {"unit": "x", "occupation": "9" * 30}).status_code == 200
    assert client.get(url, {"of": hospital.pk, "unit": tree.township.pk}).status_code == 200
    assert client.get(url, {"of": "9" * 30}).status_code == 404


def test_doubles_are_shown_as_one_types(
    clerk: User, other_clerk: User, client_of: ClientOf, person_of: Any
) -> None:
    person = person_of("王秀兰", employer="历下区人民医院", phone=PHONE)
    url, typed = reverse("sanzhang:doubles"), {"name": "王 秀兰", "employer": "历下区人民医院", "phone": ""}
    assert "王秀兰" in client_of(clerk).post(url, typed).content.decode()
    by_phone = (
        client_of(clerk)
        .post(url, {"name": "别人", "employer": "", "phone": "138 0531 0001"})
        .content.decode()
    )
    assert "王秀兰" in by_phone
    assert PHONE not in by_phone
    elsewhere = client_of(other_clerk).post(url, typed).content.decode()
    assert "王秀兰（档案在历下区）" in elsewhere
    assert "历下区人民医院" not in elsewhere
    assert person.get_absolute_url() not in elsewhere
    only_phone = {"name": "别人", "employer": "", "phone": PHONE}
    assert "王秀兰" not in client_of(other_clerk).post(url, only_phone).content.decode()
    name_and_phone = {"name": "王秀兰", "employer": "别的单位", "phone": PHONE}
    assert "王秀兰（档案在历下区）" in client_of(other_clerk).post(url, name_and_phone).content.decode()
    assert "王秀兰" not in client_of(clerk).post(f"{url}?not={person.pk}", typed).content.decode()
