"""``/api/v1/units/``."""

import datetime as dt

import pytest

from core.actor import SYSTEM
from orgs.models import OrgUnit
from orgs.services import facts

URL = "/api/v1/units/"


def codes(answer):
    assert answer.status_code == 200, answer.content
    return [row["division_code"] for row in answer.json()["results"]]


def test_units_within_the_scope_alone(tree, clerk, other_clerk, api_of):
    assert codes(api_of(clerk).get(URL)) == [
        *("370102", "370102001", "370102001001", "370102001002", "370102002", "370102003")
    ]
    assert "370202" in codes(api_of(other_clerk).get(URL))
    assert api_of(clerk).get(f"{URL}{tree.township.pk}/").status_code == 200
    outside = api_of(other_clerk).get(f"{URL}{tree.township.pk}/")
    assert (outside.status_code, outside["Content-Type"]) == (404, "application/problem+json")


def test_units_are_for_who_signed_in(tree, client):
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"level": 3}, ["370102", "370112", "370171"]),
        ({"q": "jfl"}, ["370102001"]),
        ({"expected": "false"}, ["370112400"]),
        ({"established": "established"}, ["370102001"]),
        ({"kind": "zone"}, ["370171"]),
    ],
)
def test_units_by_criterion(tree, city_official, api_of, query, found):
    facts.set_establishment(unit=tree.township, state="established", since=dt.date(2024, 5, 1), by=SYSTEM)
    assert codes(api_of(city_official).get(URL, query)) == found


def test_units_by_parent_and_of_the_past(tree, city_official, api_of):
    OrgUnit.objects.filter(pk=tree["370102003"].pk).update(closed_on=dt.date(2024, 5, 1))
    api = api_of(city_official)
    assert codes(api.get(URL, {"parent": tree.county.pk})) == ["370102001", "370102002"]
    everything = codes(api.get(URL, {"parent": tree.county.pk, "closed": "true"}))
    assert everything == ["370102001", "370102002", "370102003"]


def test_unit_tells_its_place_and_state(tree, clerk, api_of):
    row = api_of(clerk).get(f"{URL}{tree.township.pk}/").json()
    assert (row["parent"], row["county"], row["level"]) == (tree.county.pk, tree.county.pk, 4)
    assert (row["establishment"], row["six_haves"], row["is_expected"]) == ("absent", 0, True)


def test_wrong_criterion_is_a_problem_document(tree, clerk, api_of):
    answer = api_of(clerk).get(URL, {"level": "top"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == "/level"


def test_units_cannot_be_written(tree, clerk, api_of):
    assert api_of(clerk).post(URL, {"name": "x"}).status_code == 405
    assert api_of(clerk).delete(f"{URL}{tree.township.pk}/").status_code == 405


def test_units_cost_the_same_for_any_number_of_rows(
    tree, province_official, api_of, django_assert_max_num_queries
):
    api = api_of(province_official)
    with django_assert_max_num_queries(3):
        api.get(URL)
    with django_assert_max_num_queries(3):
        api.get(URL, {"level": 1})
