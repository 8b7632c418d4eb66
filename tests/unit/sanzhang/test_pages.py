"""One person, the seats, the procedure, terms and occupations, each by scope and permission."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from sanzhang.models import Candidacy, Filing, Occupation, Term
from sanzhang.services import candidacies, people, terms
from tests.factories import Tree

PHONE = "13805310001"
MASK = "138****0001"
ClientOf = Callable[[User], Client]


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
    assert [(stage.label, stage.count) for stage in board.context["stages"]] == [("党委组织部门意见", 1)]
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
    url = reverse("sanzhang:renew", args=[tree.county.pk])
    assert client_of(other_clerk).get(url).status_code == 404
    assert client_of(leader).get(url).status_code == 403
    assert "第一步" in client.get(url).content.decode()
    asked = {"bodies": ["leadership"]}
    assert "赵一" in client.get(url, asked).content.decode()
    seat = heads["vice"].appointments.get()
    plan = asked | {"plenary_on": "2025-01-01", f"fate_{seat.pk}": "carry"}
    forged = asked | {"plenary_on": "2025-01-01", f"fate_{heads['foreign'].pk}": "carry"}
    assert client.post(url, forged | {"stage": "confirm"}).status_code == 422
    preview = client.post(url, plan | {"stage": "preview"})
    assert (preview.status_code, "连任（1人）" in preview.content.decode()) == (200, True)
    assert heads["vice"].appointments.count() == 1
    assert client.post(url, plan | {"stage": "confirm"}).status_code == 302
    assert heads["vice"].appointments.count() == 2
    assert Term.objects.get(ended_on=None).ordinal == 9


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


def test_people_update_is_audited_without_the_number(clerk: User, facts_of: Any, person_of: Any) -> None:
    person = person_of(phone=PHONE)
    people.update(person=person, revision=1, facts=facts_of(phone="13905310009"), by=clerk)
    assert "13905310009" not in "".join(str(event.data) + event.summary for event in AuditEvent.objects.all())
