"""The list of people: found by any condition, in scope, masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from sanzhang.models import Occupation
from tests.factories import Tree

PHONE = "13805310001"
MASK = "138****0001"
ClientOf = Callable[[User], Client]


def names(response: Any) -> list[str]:
    """Who the list shows, in its order."""
    return [row.record.name for row in response.context["table"].rows]


def test_list_is_in_scope_and_masked(clerk: User, client_of: ClientOf, heads: Any) -> None:
    response = client_of(clerk).get(reverse("sanzhang:list"))
    assert names(response) == ["钱二", "赵一"]
    page = response.content.decode()
    assert MASK in page
    assert PHONE not in page


def test_list_of_a_township_shows_who_sits_there(
    township_clerk: User, client_of: ClientOf, heads: Any, seat_of: Any, person_of: Any, tree: Tree
) -> None:
    head = person_of("周五", occupation="学校校长")
    seat_of(head, tree.township, position="member")
    assert names(client_of(township_clerk).get(reverse("sanzhang:list"))) == ["钱二", "周五"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "zhaoyi"}, ["赵一"]),
        ({"q": PHONE}, ["赵一"]),
        ({"q": "李四"}, ["李四"]),
        ({"category": "core"}, ["李四", "钱二", "赵一"]),
        ({"field": "health"}, ["赵一"]),
        ({"level": "4"}, ["钱二"]),
        ({"body": "congress"}, ["李四"]),
        ({"position": "vice_chair"}, ["钱二", "赵一"]),
        ({"position": "vice_chair", "way_in": "election"}, ["赵一"]),
        ({"employment": "seconded"}, ["钱二"]),
        ({"backfill": "yes"}, ["李四"]),
        ({"office": "out"}, ["孙三"]),
        ({"office": "all"}, ["李四", "钱二", "孙三", "赵一"]),
        ({"on": "2024-06-01"}, ["李四", "钱二", "孙三", "赵一"]),
        ({"on": "2023-01-01"}, []),
        ({"office": "out", "position": "vice_chair"}, ["李四", "孙三"]),
    ],
)
def test_list_filters(
    query: dict[str, str], found: list[str], province_official: User, client_of: ClientOf, heads: Any
) -> None:
    assert names(client_of(province_official).get(reverse("sanzhang:list"), query)) == found


def test_list_filters_by_unit_and_occupation(
    province_official: User, client_of: ClientOf, heads: Any, tree: Tree
) -> None:
    client = client_of(province_official)
    assert names(client.get(reverse("sanzhang:list"), {"unit": tree.county.pk})) == ["钱二", "赵一"]
    assert names(client.get(reverse("sanzhang:list"), {"unit": tree.township.pk})) == ["钱二"]
    hospital = Occupation.objects.get(name="医院院长")
    assert names(client.get(reverse("sanzhang:list"), {"occupation": hospital.pk})) == ["赵一"]


def test_list_of_a_foreign_unit_shows_nothing_foreign(
    clerk: User, client_of: ClientOf, heads: Any, tree: Tree
) -> None:
    response = client_of(clerk).get(reverse("sanzhang:list"), {"unit": tree.other_county.pk, "office": "all"})
    assert "李四" not in names(response)
    assert response.context["filter"].form.errors


@pytest.mark.parametrize(
    "query",
    [{"on": "不是日期"}, {"unit": "x"}, {"page": "99"}, {"sort": "phone_digest"}, {"more": "phone_cipher"}],
)
def test_list_bears_odd_addresses(
    query: dict[str, str], clerk: User, client_of: ClientOf, heads: Any
) -> None:
    assert client_of(clerk).get(reverse("sanzhang:list"), query).status_code == 200


def test_list_sorts_and_adds_columns(province_official: User, client_of: ClientOf, heads: Any) -> None:
    response = client_of(province_official).get(
        reverse("sanzhang:list"), {"sort": "-pinyin", "more": "way_in"}
    )
    assert names(response) == ["赵一", "钱二", "李四"]
    assert "吸纳方式" in [column.label for column in response.context["table"].columns]


def test_list_asks_as_often_for_many_as_for_few(
    clerk: User,
    client_of: ClientOf,
    heads: Any,
    person_of: Any,
    seat_of: Any,
    django_assert_max_num_queries: Any,
) -> None:
    for number in "甲乙丙丁戊己庚辛":
        seat_of(person_of(f"吴{number}"))
    client = client_of(clerk)
    with django_assert_max_num_queries(16):
        assert len(names(client.get(reverse("sanzhang:list")))) == 10


def test_list_without_permission(unit_admin: User, client_of: ClientOf) -> None:
    assert client_of(unit_admin).get(reverse("sanzhang:list")).status_code == 403


def test_pages_never_show_a_foreign_phone(
    clerk: User, city_official: User, client_of: ClientOf, heads: Any
) -> None:
    for user in (clerk, city_official):
        for query in ("", "?office=all", "?q=13805310002", "?more=way_in"):
            assert "13805310002" not in _without_query(client_of(user).get(reverse("sanzhang:list") + query))


def _without_query(response: Any) -> str:
    """The page without what the reader typed into the search field."""
    return "".join(str(cell.value) for row in response.context["table"].rows for cell in row.cells)
