"""Conditions of the list, the order of surnames, and the list of occupations."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from core.errors import Conflict, Forbidden
from sanzhang.exporters.people import people_asked_for
from sanzhang.filters.people import born_after
from sanzhang.models import KeyPerson, Occupation
from sanzhang.services import occupations
from sanzhang.strokekeys import FIRST_STROKES, stroke_key
from tests.factories import Tree

NAMES = {"office": ["all"]}


def names(user: User, **query: str) -> set[str]:
    asked = people_asked_for(user, NAMES | {key: [value] for key, value in query.items()})
    return set(asked.qs.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("office", "in", {"赵一", "钱二"}),
        ("office", "left", {"孙三"}),
        ("office", "never", {"吴五"}),
        ("office", "out", {"孙三", "吴五"}),
        ("age", "young", {"钱二"}),
        ("age", "older", {"赵一"}),
        ("age", "unknown", {"孙三", "吴五"}),
        ("sex", "f", {"钱二"}),
        ("retired", "yes", {"吴五"}),
        ("front_line", "no", {"吴五"}),
        ("party", "yes", {"赵一"}),
        ("new_organisation", "any", {"钱二"}),
        ("new_organisation", "social", {"钱二"}),
        ("new_organisation", "economic", set()),
        ("new_organisation", "none", {"赵一", "孙三", "吴五"}),
        ("discipline", "medicine", {"赵一"}),
        ("phone", "missing", {"钱二", "孙三", "吴五"}),
        ("phone", "known", {"赵一"}),
    ],
)
@time_machine.travel(dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC), tick=False)
def test_condition(
    name: str, value: str, found: set[str], clerk: User, heads: dict[str, KeyPerson], person_of: Any
) -> None:
    person_of("吴五", is_retired=True, is_front_line=False)
    KeyPerson.objects.filter(name="赵一").update(
        birth_month=dt.date(1980, 11, 1), is_party_member=True, disciplines=["medicine", "science"]
    )
    KeyPerson.objects.filter(name="钱二").update(
        birth_month=dt.date(1980, 12, 1), sex="f", new_organisation="social"
    )
    assert names(clerk, **{name: value}) == found


def test_young_is_45_or_less() -> None:
    day = dt.date(2026, 11, 21)
    assert dt.date(1980, 12, 1) > born_after(day)
    assert not dt.date(1980, 11, 1) > born_after(day)


def test_surnames_by_strokes_then_by_their_first() -> None:
    people = ["王秀兰", "丁一", "毛遂", "马跳", "方正", "于海", "尹志平", "范进"]
    assert sorted(people, key=stroke_key) == [
        "丁一", "于海", "马跳", "王秀兰", "毛遂", "方正", "尹志平", "范进"
    ]  # fmt: skip
    assert len(stroke_key("买买提·阿不都热合曼·艾山")) <= 48
    assert stroke_key("王秀") < stroke_key("王明") < stroke_key("王明明")


def test_each_surname_has_one_first_stroke() -> None:
    listed = "".join(surnames for _stroke, surnames in FIRST_STROKES)
    assert len(listed) == len(set(listed))


def test_list_in_the_order_of_strokes(clerk: User, client_of: Any, person_of: Any, seat_of: Any) -> None:
    for name in ("马跳", "丁一", "王秀兰"):
        seat_of(person_of(name), position="delegate")
    page = client_of(clerk).get(reverse("sanzhang:list"), {"sort": "stroke_key", "more": "strokes"})
    assert [row.record.name for row in page.context["table"].rows] == ["丁一", "马跳", "王秀兰"]
    assert "2画" in page.content.decode()
    back = client_of(clerk).get(reverse("sanzhang:list"), {"sort": "-stroke_key"})
    assert [row.record.name for row in back.context["table"].rows] == ["王秀兰", "马跳", "丁一"]


def test_occupation_is_deleted_only_where_nobody_has_it(
    tree: Tree, province_official: User, clerk: User, person_of: Any, client_of: Any
) -> None:
    person_of()
    used, free = Occupation.objects.get(name="农技站站长"), Occupation.objects.get(name="医院院长")
    with pytest.raises(Forbidden):
        occupations.delete(occupation=free, by=clerk)
    with pytest.raises(Conflict):
        occupations.delete(occupation=used, by=province_official)
    client = client_of(province_official)
    assert client.post(reverse("sanzhang:delete_occupation", args=[free.pk])).status_code == 302
    assert set(Occupation.objects.filter(pk__in=[used.pk, free.pk])) == {used}


def test_occupation_moves_one_place(
    tree: Tree, province_official: User, clerk: User, occupation_of: Any, client_of: Any
) -> None:
    occupation_of("医院院长")
    first, second = Occupation.objects.order_by("order", "id")[:2]
    with pytest.raises(Forbidden):
        occupations.move(occupation=second, up=True, by=clerk)
    client = client_of(province_official)
    client.post(reverse("sanzhang:move_occupation", args=[second.pk]), {"to": "up"})
    assert list(Occupation.objects.order_by("order", "id")[:2]) == [second, first]
    client.post(reverse("sanzhang:move_occupation", args=[second.pk]), {"to": "up"})
    client.post(reverse("sanzhang:move_occupation", args=[second.pk]), {"to": "down"})
    assert list(Occupation.objects.order_by("order", "id")[:2]) == [first, second]
