"""Pages: found, in scope, refused in words, nothing typed lost, telephones masked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from sanzhang.models import Appointment, Candidacy, Filing, KeyPerson, Occupation, Term
from sanzhang.services import appointments, candidacies, people, terms
from tests.factories import Tree

PHONE = "13805310001"
MASK = "138****0001"
ClientOf = Callable[[User], Client]


def names(response: Any) -> list[str]:
    """Who the list shows, in its order."""
    return [row.record.name for row in response.context["table"].rows]


@pytest.fixture
def form_of(occupation_of: Any, tree: Tree) -> Callable[..., dict[str, Any]]:
    """What the browser sends when a person and a seat are registered."""

    def make(occupation: str = "医院院长", **fields: Any) -> dict[str, Any]:
        return {
            "record_as": "seat",
            "unit": tree.county.pk,
            "occupation": occupation_of(occupation).pk,
            "position": "vice_chair",
            "employment": "part_time",
            "valid_from": "2024-03-01",
            "way_in": "election",
            "name": "王秀兰",
            "employer": "历下区人民医院",
            "phone": PHONE,
            "birth_month": "1975-06",
            "is_front_line": "on",
            "key": str(uuid.uuid4()),
        } | fields

    return make


@pytest.fixture
def heads(tree: Tree, person_of: Any, seat_of: Any) -> dict[str, KeyPerson]:
    """Four people in two counties."""
    vice = person_of("赵一", occupation="医院院长", phone=PHONE)
    seat_of(vice)
    town = person_of("钱二", occupation="农业服务中心主任", unit=tree.township)
    seat_of(
        town, tree.township, way_in="co_option", employment="seconded", secondment_ends_on=dt.date(2027, 1, 1)
    )
    left = person_of("孙三", occupation="学校校长")
    appointments.end(
        appointment=seat_of(left, position="member"), on=dt.date(2025, 1, 1), reason="retired", by=_system()
    )
    foreign = person_of("李四", unit=tree.other_county, phone="13805310002")
    seat_of(foreign, tree.other_county, position="delegate", way_in="", is_backfill=True)
    return {"vice": vice, "town": town, "left": left, "foreign": foreign}


def _system() -> Any:
    from core.actor import SYSTEM

    return SYSTEM


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


def test_person_page_by_scope(
    clerk: User, other_clerk: User, leader: User, client_of: ClientOf, heads: Any
) -> None:
    url = heads["vice"].get_absolute_url()
    for user, status in ((clerk, 200), (leader, 200), (other_clerk, 404)):
        response = client_of(user).get(url)
        assert response.status_code == status
        assert PHONE not in response.content.decode()


def test_birth_month_is_for_who_keeps_the_record(
    clerk: User, city_official: User, client_of: ClientOf, person_of: Any
) -> None:
    url = person_of(birth_month=dt.date(1975, 6, 1)).get_absolute_url()
    assert "1975年6月" in client_of(clerk).get(url).content.decode()
    assert "1975年6月" not in client_of(city_official).get(url).content.decode()


def test_merged_record_leads_to_the_kept_one(clerk: User, client_of: ClientOf, person_of: Any) -> None:
    keep, double = person_of("赵一"), person_of("钱二")
    client = client_of(clerk)
    assert (
        client.get(reverse("sanzhang:merge", args=[keep.pk]), {"q": "钱"}).context["candidates"][0] == double
    )
    response = client.post(reverse("sanzhang:merge", args=[keep.pk]), {"double": double.pk})
    assert response.url == keep.get_absolute_url()
    assert client.get(double.get_absolute_url()).url == keep.get_absolute_url()


def test_merge_with_a_foreign_record(clerk: User, client_of: ClientOf, heads: Any) -> None:
    url = reverse("sanzhang:merge", args=[heads["vice"].pk])
    assert client_of(clerk).post(url, {"double": heads["foreign"].pk}).status_code == 404
    assert client_of(clerk).post(url, {"double": "x"}).status_code == 404


def test_phone_is_shown_by_post_and_recorded(
    clerk: User, other_clerk: User, city_official: User, client_of: ClientOf, heads: Any
) -> None:
    url = reverse("sanzhang:phone", args=[heads["vice"].pk])
    assert client_of(clerk).get(url).status_code == 405
    assert client_of(other_clerk).post(url).status_code == 404
    assert client_of(city_official).post(url).status_code == 403
    assert not AuditEvent.objects.filter(kind="sanzhang.unmasked").exists()
    assert PHONE in client_of(clerk).post(url, headers={"HX-Request": "true"}).content.decode()
    assert PHONE in client_of(clerk).post(url).content.decode()
    assert AuditEvent.objects.filter(kind="sanzhang.unmasked", actor_id=clerk.pk).count() == 2


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


def test_register_is_not_for_readers(city_official: User, leader: User, client_of: ClientOf) -> None:
    for user in (city_official, leader):
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
    assert "王秀兰" not in client_of(other_clerk).post(url, typed).content.decode()
    assert "王秀兰" not in client_of(clerk).post(f"{url}?not={person.pk}", typed).content.decode()


def test_edit_keeps_the_phone_and_refuses_an_old_revision(
    clerk: User, client_of: ClientOf, form_of: Any, person_of: Any
) -> None:
    person = person_of("王秀兰", occupation="医院院长", phone=PHONE)
    client, url = client_of(clerk), reverse("sanzhang:edit", args=[person.pk])
    page = client.get(url)
    assert page.context["form"]["revision"].value() == 1
    assert PHONE not in page.content.decode()
    form = form_of(phone="", post="院长", revision=1)
    assert client.post(url, form).status_code == 302
    person.refresh_from_db()
    assert (person.post, person.phone_masked) == ("院长", MASK)
    again = client.post(url, form | {"post": "书记"})
    assert again.status_code == 422
    assert "刚被他人修改" in again.content.decode()
    assert client.post(url, form | {"revision": 2, "drop_phone": "on"}).status_code == 302
    person.refresh_from_db()
    assert person.phone_masked == ""


def test_edit_by_scope(
    clerk: User, other_clerk: User, township_clerk: User, client_of: ClientOf, heads: Any
) -> None:
    url = reverse("sanzhang:edit", args=[heads["vice"].pk])
    assert client_of(clerk).get(url).status_code == 200
    assert client_of(other_clerk).get(url).status_code == 404
    assert client_of(township_clerk).get(url).status_code == 404


def test_township_reads_a_head_kept_by_the_county(
    township_clerk: User, client_of: ClientOf, person_of: Any, seat_of: Any, tree: Tree
) -> None:
    head = person_of("周五", occupation="学校校长")
    seat = seat_of(head, tree.township)
    client = client_of(township_clerk)
    assert client.get(head.get_absolute_url()).status_code == 200
    assert client.get(reverse("sanzhang:edit", args=[head.pk])).status_code == 403
    assert client.get(reverse("sanzhang:end_seat", args=[seat.pk])).status_code == 200


def test_further_seat(clerk: User, client_of: ClientOf, heads: Any, tree: Tree) -> None:
    url = reverse("sanzhang:new_seat", args=[heads["vice"].pk])
    form = {
        "record_as": "seat",
        "unit": tree.county.pk,
        "position": "delegate",
        "valid_from": "2024-05-01",
        "way_in": "election",
    }
    client = client_of(clerk)
    assert client.get(url).status_code == 200
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 422
    assert heads["vice"].appointments.count() == 2
    candidate = form | {"record_as": "candidate", "position": "member", "valid_from": "2026-05-01"}
    assert client.post(url, candidate).status_code == 302
    assert Candidacy.objects.get().position == "member"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("end_seat", {"on": "2025-05-01", "reason": "transferred", "note": ""}),
        ("void_seat", {"reason": "录错"}),
        ("file_seat", {"authority": "县委组织部", "number": "1号", "filed_on": "2024-04-01"}),
    ],
)
def test_seat_acts_by_scope(
    name: str,
    form: dict[str, str],
    clerk: User,
    other_clerk: User,
    leader: User,
    client_of: ClientOf,
    heads: Any,
) -> None:
    seat = heads["vice"].appointments.get()
    url = reverse(f"sanzhang:{name}", args=[seat.pk])
    assert client_of(other_clerk).post(url, form).status_code == 404
    assert client_of(leader).post(url, form).status_code == 403
    assert client_of(clerk).get(url).status_code == 200
    assert client_of(clerk).post(url, {}).status_code == 422
    seat.refresh_from_db()
    assert seat.is_open
    assert client_of(clerk).post(url, form).status_code == 302
    seat.refresh_from_db()
    done = {"end_seat": seat.valid_to, "void_seat": seat.voided_at, "file_seat": Filing.objects.first()}
    assert done[name]


def test_end_before_start_says_what_to_do(clerk: User, client_of: ClientOf, heads: Any) -> None:
    seat = heads["vice"].appointments.get()
    url = reverse("sanzhang:end_seat", args=[seat.pk])
    response = client_of(clerk).post(url, {"on": "2024-01-01", "reason": "retired", "note": "记一笔"})
    assert response.status_code == 422
    assert "离任日期应晚于任职起始日期" in response.content.decode()
    assert "记一笔" in response.content.decode()


def test_candidacy_step_by_step_in_the_pages(
    clerk: User, other_clerk: User, leader: User, client_of: ClientOf, person_of: Any, tree: Tree
) -> None:
    person = person_of("周五", occupation="学校校长")
    candidacy = candidacies.open_candidacy(
        person=person, unit=tree.county, position="member", opened_on=dt.date(2026, 9, 1), by=clerk
    )
    client, page = client_of(clerk), reverse("sanzhang:candidacy", args=[candidacy.pk])
    assert client_of(other_clerk).get(page).status_code == 404
    assert "登记下一环节" not in client_of(leader).get(page).content.decode()
    board = client.get(reverse("sanzhang:candidacies"))
    assert [row.record.stage for row in board.context["table"].rows] == ["党委组织部门意见"]
    step = reverse("sanzhang:take_step", args=[candidacy.pk])
    assert client_of(leader).post(step, {}).status_code == 403
    wrong = {"step": "decision", "on": "2026-09-05", "opinion": "agree"}
    refused = client.post(step, wrong)
    assert refused.status_code == 422
    assert "应先办理“党委组织部门意见”" in refused.content.decode()
    for name in ("organisation", "decision"):
        assert client.post(step, wrong | {"step": name}).status_code == 302
    assert "各环节均已同意" in client.get(page).content.decode()
    seat = {"valid_from": "2026-09-01", "way_in": "co_option", "employment": "part_time"}
    url = reverse("sanzhang:appoint", args=[candidacy.pk])
    assert client.post(url, seat).status_code == 422
    assert client.post(url, seat | {"valid_from": "2026-09-06"}).status_code == 302
    assert person.appointments.get().valid_from == dt.date(2026, 9, 6)
    assert client.get(page).status_code == 200
    assert (
        client.post(
            reverse("sanzhang:withdraw", args=[candidacy.pk]), {"on": "2026-09-07", "reason": "x"}
        ).status_code
        == 422
    )


def test_candidacy_withdrawn_in_the_page(
    clerk: User, client_of: ClientOf, person_of: Any, tree: Tree
) -> None:
    candidacy = candidacies.open_candidacy(
        person=person_of(), unit=tree.county, position="member", opened_on=dt.date(2026, 9, 1), by=clerk
    )
    url = reverse("sanzhang:withdraw", args=[candidacy.pk])
    assert client_of(clerk).post(url, {"on": "2026-09-02", "reason": ""}).status_code == 422
    assert client_of(clerk).post(url, {"on": "2026-09-02", "reason": "另提人选"}).status_code == 302
    candidacy.refresh_from_db()
    assert candidacy.outcome == "withdrawn"


def test_terms_by_urgency(
    clerk: User, other_clerk: User, client_of: ClientOf, tree: Tree, seat_of: Any, person_of: Any
) -> None:
    terms.open_term(unit=tree.county, kind="leadership", ordinal=7, starts_on=dt.date(2018, 1, 1), by=clerk)
    soon = dt.date.today() - dt.timedelta(days=1600)
    terms.open_term(unit=tree.township, kind="leadership", ordinal=3, starts_on=soon, by=clerk)
    terms.open_term(unit=tree.county, kind="congress", ordinal=7, starts_on=dt.date(2025, 1, 1), by=clerk)
    seat_of(person_of(), position="member")
    client, url = client_of(clerk), reverse("sanzhang:terms")
    states = [row.record.state.code for row in client.get(url).context["table"].rows]
    assert states == ["overdue", "soon", "running", "unknown"]
    for state in states:
        rows = client.get(url, {"state": state}).context["table"].rows
        assert [row.record.state.code for row in rows] == [state]
    assert [count for _state, count in client.get(url).context["counts"]] == [1, 1, 1, 1]
    assert client_of(other_clerk).get(url).context["table"].rows == []


def test_term_opened_and_renewed_in_the_pages(
    clerk: User, other_clerk: User, leader: User, client_of: ClientOf, heads: Any, tree: Tree
) -> None:
    client = client_of(clerk)
    form = {"unit": tree.county.pk, "kind": "leadership", "ordinal": 8, "starts_on": "2020-01-01"}
    assert client.post(reverse("sanzhang:open_term"), form).status_code == 302
    assert client.post(reverse("sanzhang:open_term"), form).status_code == 422
    assert (
        client.post(reverse("sanzhang:open_term"), form | {"unit": tree.other_county.pk}).status_code == 422
    )
    url = reverse("sanzhang:renew_term", args=[Term.objects.get().pk])
    assert client_of(other_clerk).get(url).status_code == 404
    assert client_of(leader).get(url).status_code == 403
    assert "赵一" in client.get(url).content.decode()
    forged = {"starts_on": "2025-01-01", "carried": [heads["foreign"].appointments.get().pk]}
    assert client.post(url, forged).status_code == 422
    seat = heads["vice"].appointments.get()
    assert client.post(url, {"starts_on": "2025-01-01", "carried": [seat.pk]}).status_code == 302
    assert heads["vice"].appointments.count() == 2


def test_occupations_are_the_provinces(
    province_official: User, clerk: User, client_of: ClientOf, occupation_of: Any
) -> None:
    hospital = occupation_of("医院院长")
    assert client_of(clerk).get(reverse("sanzhang:occupations")).status_code == 403
    client = client_of(province_official)
    assert "医院院长" in client.get(reverse("sanzhang:occupations")).content.decode()
    url = reverse("sanzhang:edit_occupation", args=[hospital.pk])
    form = {
        "name": "医院院长",
        "category": "core",
        "field": "health",
        "order": 10,
        "seats_3": ["chair", "member"],
    }
    assert client.post(url, form | {"seats_3": []}).status_code == 422
    assert client.post(url, form).status_code == 302
    hospital.refresh_from_db()
    assert not hospital.is_active
    assert [set(seat.positions) for seat in hospital.seats.all()] == [{"chair", "member"}]
    new = form | {"name": "科技特派员", "is_active": "on", "seats_4": ["member"]}
    assert client.post(reverse("sanzhang:new_occupation"), new).status_code == 302
    assert Occupation.objects.filter(name="科技特派员", seats__level=4).exists()


def test_pages_never_show_a_foreign_phone(
    clerk: User, city_official: User, client_of: ClientOf, heads: Any
) -> None:
    for user in (clerk, city_official):
        for query in ("", "?office=all", "?q=13805310002", "?more=way_in"):
            assert "13805310002" not in _without_query(client_of(user).get(reverse("sanzhang:list") + query))


def _without_query(response: Any) -> str:
    """The page without what the reader typed into the search field."""
    return "".join(str(cell.value) for row in response.context["table"].rows for cell in row.cells)


def test_people_update_is_audited_without_the_number(clerk: User, facts_of: Any, person_of: Any) -> None:
    person = person_of(phone=PHONE)
    people.update(person=person, revision=1, facts=facts_of(phone="13905310009"), by=clerk)
    assert "13905310009" not in "".join(str(event.data) + event.summary for event in AuditEvent.objects.all())
