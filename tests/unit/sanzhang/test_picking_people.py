"""Picking people by name: who was elected at a renewal without a candidacy, who is proposed instead of somebody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import User
from sanzhang.models import Appointment, Candidacy
from sanzhang.services import candidacies, terms
from tests.factories import Tree

STARTED = dt.date(2020, 1, 1)


def test_newcomers_are_found_by_pinyin_within_the_county(
    tree: Tree, clerk: User, other_clerk: User, leader: User, client_of: Any, person_of: Any
) -> None:
    here, below = person_of("周五"), person_of("周六", unit=tree.township, occupation="农业服务中心主任")
    person_of("周七", unit=tree.other_county)
    address = reverse("sanzhang:find_newcomers", args=[tree.county.pk, "committee"])
    client = client_of(clerk)
    found = client.get(address, {"find_committee": "zhou"}).content.decode()
    assert here.name in found and below.name in found and "周七" not in found
    assert "checked" not in found
    one = client.get(address, {"find_committee": "周五"}).content.decode()
    assert one.count("checked") == 1
    known = client.get(address, {"find_committee": "周五", "new_committee": [here.pk]}).content.decode()
    assert "没有找到新的" in known
    assert "请输入姓名" in client.get(address).content.decode()
    assert client.get(reverse("sanzhang:find_newcomers", args=[tree.county.pk, "team"])).status_code == 404
    assert client_of(other_clerk).get(address, {"find_committee": "zhou"}).status_code == 404
    assert client_of(leader).get(address, {"find_committee": "zhou"}).status_code == 403


def test_renewal_with_somebody_picked(tree: Tree, clerk: User, client_of: Any, person_of: Any) -> None:
    terms.open_term(unit=tree.county, kind="committee", ordinal=8, starts_on=STARTED, by=clerk)
    person, foreign = person_of("周五"), person_of("周七", unit=tree.other_county)
    address = reverse("sanzhang:renew", args=[tree.county.pk])
    prefix = f"new_committee_{person.pk}"
    plan = {
        "bodies": ["committee"],
        "congress_on": "2025-01-10",
        "new_committee": [person.pk],
        f"{prefix}-position": "member",
        f"{prefix}-employment": "part_time",
        f"{prefix}-until": "",
    }
    client = client_of(clerk)
    bad = client.post(address, plan | {f"{prefix}-position": "chair", "stage": "preview"})
    assert bad.status_code == 422
    assert "周五：请核对职务" in bad.content.decode()
    assert f'value="{person.pk}" checked' in bad.content.decode()
    preview = client.post(address, plan | {"stage": "preview"}).content.decode()
    assert "新当选（1人）" in preview and f'name="{prefix}-position"' in preview
    assert not Appointment.objects.exists()
    forged = plan | {"new_committee": [foreign.pk], f"new_committee_{foreign.pk}-position": "member"}
    assert "新当选（0人）" in client.post(address, forged | {"stage": "preview"}).content.decode()
    assert client.post(address, plan | {"stage": "confirm"}).status_code == 302
    seat = Appointment.objects.get()
    assert (seat.person, seat.way_in, seat.term.ordinal) == (person, "election", 9)


def test_another_is_proposed_by_picking(
    tree: Tree, clerk: User, other_clerk: User, client_of: Any, person_of: Any
) -> None:
    held = candidacies.open_candidacy(
        person=person_of("赵一"), unit=tree.county, position="member", opened_on=dt.date(2026, 3, 2), by=clerk
    )
    other, namesake = person_of("周五"), person_of("周五", employer="另一单位")
    foreign = person_of("周七", unit=tree.other_county)
    client = client_of(clerk)
    search = reverse("sanzhang:find_nominees", args=[held.pk])
    found = client.get(search, {"find": "zw"}).content.decode()
    assert f'value="{other.pk}"' in found and f'value="{namesake.pk}"' in found
    assert "周七" not in client.get(search, {"find": "zhou"}).content.decode()
    assert "没有找到" in client.get(search, {"find": "赵一"}).content.decode()
    assert client_of(other_clerk).get(search, {"find": "zw"}).status_code == 404
    step = reverse("sanzhang:take_step", args=[held.pk])
    typed = {"step": held.due, "on": "2026-03-03", "opinion": "propose", "note": "另有安排"}
    none = client.post(step, typed)
    assert none.status_code == 422 and "请查找并选取人选" in none.content.decode()
    forged = client.post(step, typed | {"other": foreign.pk})
    assert forged.status_code == 422 and "请从查找结果中选取" in forged.content.decode()
    kept = client.post(step, typed | {"other": other.pk, "on": "2026-01-01"})
    assert kept.status_code == 422 and f'value="{other.pk}" checked' in kept.content.decode()
    assert client.post(step, typed | {"other": other.pk}).status_code == 302
    held.refresh_from_db()
    assert held.outcome == "replaced"
    assert Candidacy.objects.get(replaces=held).person == other
