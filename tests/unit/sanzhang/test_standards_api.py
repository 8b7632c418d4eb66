"""The duty standard and evaluations over the API; months of somebody's life for who keeps the record alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import User
from sanzhang.models import DutyLine, DutyStandard, Evaluation
from tests.factories import Tree


def test_evaluations_within_reach(
    tree: Tree, clerk: User, other_clerk: User, province_official: User, api_of: Any, person_of: Any
) -> None:
    person = person_of("赵一")
    given = Evaluation.objects.create(person=person, unit=tree.county, year=2025, grade="excellent")
    listed = reverse("v1:evaluation-list")
    [row] = api_of(clerk).get(listed, {"year": 2025, "grade": "excellent"}).data["results"]
    assert (row["name"], row["grade_label"], row["unit"]) == ("赵一", "优秀", tree.county.pk)
    assert api_of(clerk).get(listed, {"year": 2024}).data["results"] == []
    assert len(api_of(province_official).get(listed, {"unit": tree.city.pk}).data["results"]) == 1
    one = reverse("v1:evaluation-detail", args=[given.pk])
    assert api_of(clerk).get(one).status_code == 200
    assert api_of(other_clerk).get(one).status_code == 404
    assert api_of(clerk).post(listed, {}).status_code == 405


def test_standards_of_the_own_province(tree: Tree, clerk: User, unit_admin: User, api_of: Any) -> None:
    standard = DutyStandard.objects.create(owner=tree.province, year=2026)
    DutyLine.objects.create(standard=standard, level=3, position="vice_chair", meetings=2)
    [row] = api_of(clerk).get(reverse("v1:duty_standard-list"), {"year": 2026}).data["results"]
    assert [line["meetings"] for line in row["lines"]] == [2]
    assert api_of(unit_admin).get(reverse("v1:duty_standard-list")).status_code == 403


def test_month_of_retirement_is_masked(
    tree: Tree, clerk: User, city_official: User, api_of: Any, client_of: Any, person_of: Any, seat_of: Any
) -> None:
    person = person_of(
        "赵一", is_retired=True, retired_on=dt.date(2019, 7, 1), birth_month=dt.date(1959, 6, 1)
    )
    seat_of(person)
    address = reverse("v1:person-detail", args=[person.pk])
    assert api_of(clerk).get(address).data["retired_on"] == dt.date(2019, 7, 1)
    assert api_of(city_official).get(address).data["retired_on"] is None
    pages = [person.get_absolute_url(), reverse("sanzhang:list") + "?more=retired_on"]
    for page in pages:
        assert "2019年7月" in client_of(clerk).get(page).content.decode()
        seen = client_of(city_official).get(page).content.decode()
        assert "2019年7月" not in seen and "****" in seen
