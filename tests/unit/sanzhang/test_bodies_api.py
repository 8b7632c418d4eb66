"""Candidacies, terms and meetings over the API: the same scope, services and refusals as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from core.actor import SYSTEM
from sanzhang.models import Candidacy
from sanzhang.services import candidacies, meetings, procedures, quotas, terms
from sanzhang.services.meetings import MeetingFacts
from tests.factories import Tree

OPENED = dt.date(2026, 3, 2)
URL = "/api/v1/candidacies/"


@pytest.fixture
def candidacy(tree: Tree, clerk: User, person_of: Any) -> Candidacy:
    """Waiting for the county's party organisation department."""
    return candidacies.open_candidacy(
        person=person_of(), unit=tree.county, position="member", opened_on=OPENED, by=clerk
    )


def test_candidacies_in_scope(clerk: User, other_clerk: User, api_of: Any, candidacy: Candidacy) -> None:
    found = api_of(clerk).get(URL, {"state": "open"}).json()["results"]
    assert [(row["due"], row["waits_for"]) for row in found] == [("organisation", "organisation")]
    assert [step["step"] for step in found[0]["steps"]] == ["shortlist"]
    assert api_of(clerk).get(URL, {"waits_for": "superior"}).json()["results"] == []
    assert api_of(other_clerk).get(URL).json()["results"] == []
    assert api_of(other_clerk).get(f"{URL}{candidacy.pk}/").status_code == 404


def test_step_over_the_api(
    clerk: User, other_clerk: User, leader: User, api_of: Any, candidacy: Candidacy
) -> None:
    url, api = f"{URL}{candidacy.pk}/step/", api_of(clerk)
    typed = {"step": "organisation", "on": "2026-03-05", "opinion": "agree", "number": "组发3号"}
    assert api_of(leader).post(url, typed, format="json").status_code == 403
    wrong = api.post(url, typed | {"step": "decision"}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "step_out_of_order")
    early = api.post(url, typed | {"on": "2026-03-01"}, format="json")
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "step_too_early")
    done = api.post(url, typed, format="json")
    assert (done.status_code, done.json()["due"]) == (200, "decision")


def test_superiors_opinion_over_the_api(
    tree: Tree, clerk: User, city_official: User, api_of: Any, person_of: Any
) -> None:
    draft = procedures.draft(owner=tree.province, preset="zhoukou", by=SYSTEM)
    procedures.publish(procedure=draft, by=SYSTEM)
    candidacy = candidacies.open_candidacy(
        person=person_of(), unit=tree.county, position="member", opened_on=OPENED, by=clerk
    )
    typed = {"step": "superior", "on": "2026-03-05", "opinion": "agree"}
    url = f"{URL}{candidacy.pk}/"
    refused = api_of(clerk).post(f"{url}step/", typed, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "superior_in_portal")
    assert api_of(clerk).post(f"{url}opinion/", typed, format="json").status_code == 403
    given = api_of(city_official).post(f"{url}opinion/", typed, format="json")
    assert (given.status_code, given.json()["waits_for"]) == (200, "organisation")
    assert api_of(city_official).post(f"{url}opinion/", typed, format="json").status_code == 409


def test_terms_and_meetings_read(tree: Tree, clerk: User, other_clerk: User, api_of: Any) -> None:
    term = terms.open_term(
        unit=tree.county, kind="leadership", ordinal=8, starts_on=dt.date(2024, 1, 1), by=clerk
    )
    quotas.set_quota(term=term, quota={("vice_chair", "part_time"): 3}, by=clerk)
    meeting = meetings.save_meeting(
        unit=tree.county, facts=MeetingFacts(kind="plenary", held_on=OPENED), by=clerk
    )
    [found] = api_of(clerk).get("/api/v1/terms/", {"present": "true"}).json()["results"]
    assert found["quotas"] == [{"position": "vice_chair", "employment": "part_time", "seats": 3}]
    [held] = api_of(clerk).get("/api/v1/meetings/", {"state": "held"}).json()["results"]
    assert (held["id"], held["elected"]) == (meeting.pk, [])
    for path in (f"terms/{term.pk}/", f"meetings/{meeting.pk}/"):
        assert api_of(clerk).get(f"/api/v1/{path}").status_code == 200
        assert api_of(other_clerk).get(f"/api/v1/{path}").status_code == 404


def test_impossible_seats_over_the_api(
    tree: Tree, clerk: User, api_of: Any, person_of: Any, seat_of: Any
) -> None:
    person = person_of("赵一", birth_month=dt.date(1930, 1, 1))
    seat = {"person": person.pk, "unit": tree.county.pk, "position": "member", "valid_from": "2024-03-01"}
    seat |= {"way_in": "election"}
    url, api = "/api/v1/appointments/", api_of(clerk)

    def refused(**changed: Any) -> tuple[int, str]:
        answer = api.post(url, seat | changed, format="json")
        return answer.status_code, str(answer.json())

    for changed, word in (
        ({}, "age_impossible"),
        ({"unit": tree.other_county.pk}, "不在您的管辖范围内"),
        ({"unit": tree.township.pk, "position": "chair"}, "position_not_at_level"),
    ):
        status, words = refused(**changed)
        assert status in (400, 422)
        assert word in words
    held = person_of("钱二")
    seat_of(held, position="member")
    status, words = refused(person=held.pk)
    assert (status, "second_seat" in words) == (422, True)
