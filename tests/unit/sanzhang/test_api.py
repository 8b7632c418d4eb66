"""The API: the same scope, rules and masks as the pages."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from accounts.models import User
from sanzhang.models import Appointment, KeyPerson
from tests.factories import Tree

PHONE = "13805310001"
PEOPLE, SEATS = "/api/v1/people/", "/api/v1/appointments/"


@pytest.fixture
def typed(occupation_of: Any, tree: Tree) -> dict[str, Any]:
    """A person as an integrator sends it."""
    occupation_of("医院院长")
    return {
        "unit": tree.county.pk,
        "name": "王秀兰",
        "occupation": "医院院长",
        "employer": "历下区人民医院",
        "birth_month": "1975-06",
        "phone": PHONE,
    }


def test_person_registered_read_and_changed(clerk: User, api_of: Any, typed: dict[str, Any]) -> None:
    api = api_of(clerk)
    made = api.post(PEOPLE, typed, format="json")
    assert made.status_code == 201
    assert made.data["phone"] == "138****0001"
    assert made.data["birth_month"].isoformat() == "1975-06-01"
    url = f"{PEOPLE}{made.data['id']}/"
    changed = api.put(url, typed | {"post": "院长", "revision": 1}, format="json")
    assert (changed.status_code, changed.data["revision"], changed.data["post"]) == (200, 2, "院长")
    stale = api.put(url, typed | {"revision": 1}, format="json")
    assert stale.status_code == 409
    assert stale["Content-Type"].startswith("application/problem+json")


def test_person_double_and_repeated_key(clerk: User, api_of: Any, typed: dict[str, Any]) -> None:
    api, key = api_of(clerk), str(uuid.uuid4())
    first = api.post(PEOPLE, typed | {"key": key}, format="json")
    assert api.post(PEOPLE, typed | {"key": key}, format="json").data["id"] == first.data["id"]
    refused = api.post(PEOPLE, typed, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "double"
    assert api.post(PEOPLE, typed | {"explanation": "同名"}, format="json").status_code == 201


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": ""}, 400),
        ({"occupation": "皇帝"}, 400),
        ({"unit": 10**9}, 400),
        ({"unit": "x"}, 400),
        ({"name": "王9"}, 422),
        ({"phone": "123"}, 422),
        ({"employer": ""}, 422),
    ],
)
def test_person_refused(
    fields: dict[str, Any], status: int, clerk: User, api_of: Any, typed: dict[str, Any]
) -> None:
    response = api_of(clerk).post(PEOPLE, typed | fields, format="json")
    assert response.status_code == status
    assert response.json()["errors"][0]["pointer"] == f"/{next(iter(fields))}"
    assert not KeyPerson.objects.exists()


def test_scope(
    clerk: User, other_clerk: User, city_official: User, unit_admin: User, api_of: Any, typed: dict[str, Any]
) -> None:
    made = api_of(clerk).post(PEOPLE, typed, format="json").data
    url = f"{PEOPLE}{made['id']}/"
    assert api_of(other_clerk).get(url).status_code == 404
    assert api_of(other_clerk).put(url, typed | {"revision": 1}, format="json").status_code == 404
    assert api_of(other_clerk).get(PEOPLE).data["count"] == 0
    assert api_of(other_clerk).post(PEOPLE, typed, format="json").status_code == 400
    seen = api_of(city_official).get(url)
    assert (seen.status_code, seen.data["birth_month"], seen.data["phone"]) == (200, None, "138****0001")
    assert api_of(city_official).put(url, typed | {"revision": 1}, format="json").status_code == 403
    assert api_of(unit_admin).get(PEOPLE).status_code == 403


def test_anonymous(db: None, api_of: Any) -> None:
    from rest_framework.test import APIClient

    for url in (PEOPLE, SEATS):
        assert APIClient().get(url).status_code == 401


def test_seat_taken_and_left(
    clerk: User, leader: User, other_clerk: User, api_of: Any, typed: dict[str, Any]
) -> None:
    api = api_of(clerk)
    person = api.post(PEOPLE, typed, format="json").data["id"]
    seat = {
        "person": person,
        "unit": typed["unit"],
        "position": "vice_chair",
        "valid_from": "2024-03-01",
        "way_in": "election",
    }
    refused = api.post(SEATS, seat | {"position": "team_member"}, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/position"
    made = api.post(SEATS, seat, format="json")
    assert made.status_code == 201
    assert api.post(SEATS, seat, format="json").status_code == 422
    assert [one["position"] for one in api.get(f"{PEOPLE}{person}/").data["seats"]] == ["vice_chair"]
    url, end = f"{SEATS}{made.data['id']}/end/", {"on": "2025-01-01", "reason": "retired"}
    assert api_of(leader).post(url, end, format="json").status_code == 403
    assert api_of(other_clerk).post(url, end, format="json").status_code == 404
    assert api.post(url, end | {"reason": "lottery"}, format="json").status_code == 400
    assert api.post(url, end, format="json").data["valid_to"] == "2025-01-01"
    assert api.post(url, end, format="json").status_code == 409
    assert Appointment.objects.count() == 1


def test_lists_filter_and_page(clerk: User, api_of: Any, person_of: Any, seat_of: Any, tree: Tree) -> None:
    vice, member = person_of("赵一"), person_of("钱二")
    seat_of(vice)
    seat_of(member, position="member")
    api = api_of(clerk)
    assert api.get(PEOPLE, {"page_size": 1}).data["count"] == 2
    assert [row["name"] for row in api.get(PEOPLE, {"position": "member"}).data["results"]] == ["钱二"]
    assert [row["person"] for row in api.get(SEATS, {"person": vice.pk}).data["results"]] == [vice.pk]
    assert api.get(SEATS, {"on": "2020-01-01"}).data["count"] == 0
    assert api.get(SEATS, {"unit": tree.other_county.pk}).status_code == 400
