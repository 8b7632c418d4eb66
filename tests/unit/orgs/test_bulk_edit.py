"""One change for many units: previewed unit by unit, refused by name, applied whole or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError
from orgs.models import CohortMember, Establishment, OrgUnit, SixHaves
from orgs.selectors.rows import in_order
from orgs.services import facts
from orgs.services.bulk_facts import UnitChange, change_facts
from orgs.services.cohorts import open_cohort
from tests.factories import Tree, user_at

ClientOf = Callable[[User], Client]
TODAY = dt.date(2026, 11, 10)
WHERE = "orgs:bulk_edit"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC), tick=False):
        yield


def townships(tree: Tree) -> list[OrgUnit]:
    return [unit for unit in tree.units.values() if unit.level == 4 and unit.county_id == tree.county.pk]


def asked(units: list[OrgUnit], act: str, **values: Any) -> dict[str, Any]:
    return {"units": [unit.pk for unit in units], "step": "preview", "act": act, "on": "2026-11-10"} | values


def digest_in(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    return found.group(1) if found else ""


def test_items_are_previewed_and_applied(tree: Tree, clerk: User, client_of: ClientOf) -> None:
    client, units = client_of(clerk), townships(tree)
    facts.set_have(unit=units[0], item="nameplate", since=dt.date(2026, 1, 1), by=SYSTEM)
    data = asked(units, "haves", have="nameplate", holds="yes")
    page = client.post(reverse(WHERE), data).content.decode()
    assert f"将改动</dt><dd>{len(units) - 1}" in page and "否</del> → <strong>是" in page
    assert SixHaves.objects.count() == 1, "a preview writes nothing"
    answer = client.post(reverse(WHERE), data | {"step": "apply", "digest": digest_in(page)})
    assert answer.status_code == 302
    assert SixHaves.objects.current().filter(item="nameplate").count() == len(units)
    assert AuditEvent.objects.filter(kind="orgs.have_set", unit_id=units[1].pk).count() == 1


def test_moved_data_shows_a_new_preview(tree: Tree, clerk: User, client_of: ClientOf) -> None:
    client, units = client_of(clerk), townships(tree)
    data = asked(units, "haves", have="nameplate", holds="yes")
    digest = digest_in(client.post(reverse(WHERE), data).content.decode())
    facts.set_have(unit=units[0], item="nameplate", since=TODAY, by=SYSTEM)
    page = client.post(reverse(WHERE), data | {"step": "apply", "digest": digest}).content.decode()
    assert "又有变化" in page
    assert SixHaves.objects.count() == 1


def test_one_refusal_stops_all(tree: Tree, clerk: User, client_of: ClientOf) -> None:
    client, units = client_of(clerk), townships(tree)
    facts.set_establishment(unit=units[0], state="established", since=dt.date(2026, 1, 1), by=SYSTEM)
    facts.set_establishment(
        unit=units[1], state="absent", since=dt.date(2026, 1, 1), reason="无场所", by=SYSTEM
    )
    data = asked(units[:2], "plan", planned_on="2027-06-30")
    page = client.post(reverse(WHERE), data).content.decode()
    assert f"{units[0].display_name}：已建成的单位不再填计划建成日期" in page
    assert digest_in(page) == ""
    page = client.post(reverse(WHERE), asked(units[1:2], "plan", planned_on="2027-06-30")).content.decode()
    client.post(
        reverse(WHERE),
        asked(units[1:2], "plan", planned_on="2027-06-30") | {"step": "apply", "digest": digest_in(page)},
    )
    assert Establishment.objects.current().get(unit=units[1]).planned_on == dt.date(2027, 6, 30)


def test_all_of_the_filter(tree: Tree, clerk: User, client_of: ClientOf) -> None:
    client = client_of(clerk)
    data = asked([], "state", state="established") | {"all": "yes", "query": "level=4&sort=pinyin&page=3"}
    page = client.post(reverse(WHERE), data).content.decode()
    answer = client.post(reverse(WHERE), data | {"step": "apply", "digest": digest_in(page)})
    assert answer.url == f"{reverse('orgs:list')}?level=4&sort=pinyin"
    stands = Establishment.objects.current().filter(state="established")
    assert set(stands.values_list("unit_id", flat=True)) == {unit.pk for unit in townships(tree)}
    assert {fact.valid_from for fact in stands} == {TODAY}


def test_foreign_units_are_not_among_the_chosen(tree: Tree, clerk: User, client_of: ClientOf) -> None:
    """The foreign township falls away; with one's own it is one's own that changes."""
    client = client_of(clerk)
    foreign = tree.other_township
    answer = client.post(reverse(WHERE), asked([foreign], "haves", have="nameplate", holds="yes"))
    assert answer.status_code == 302
    page = client.post(
        reverse(WHERE), asked([foreign, tree.township], "haves", have="nameplate", holds="yes")
    ).content.decode()
    assert "已选择 <strong>1</strong> 个单位" in page and foreign.display_name not in page


def test_form_says_what_is_missing(tree: Tree, clerk: User, client_of: ClientOf) -> None:
    client = client_of(clerk)
    answer = client.post(reverse(WHERE), asked([tree.township], "haves", have="nameplate"))
    assert answer.status_code == 422 and "请选择" in answer.content.decode()
    answer = client.post(reverse(WHERE), asked([tree.township], "plan"))
    assert answer.status_code == 422
    assert client.post(reverse(WHERE), asked([tree.township], "expected", expected="yes")).status_code == 422


def test_cohort_is_joined_and_left(tree: Tree, client_of: ClientOf) -> None:
    official = user_at(tree.city, Role.REVIEWER)
    cohort = open_cohort(owner=tree.city, name="试点乡镇", by=official, is_pilot=True, on=dt.date(2026, 1, 1))
    client, units = client_of(official), townships(tree)
    for membership, count in (("join", len(units)), ("leave", 0)):
        data = asked(units, "cohort", cohort=cohort.pk, membership=membership)
        page = client.post(reverse(WHERE), data).content.decode()
        client.post(reverse(WHERE), data | {"step": "apply", "digest": digest_in(page)})
        assert CohortMember.objects.current().filter(cohort=cohort).count() == count


def test_expected_is_turned_for_who_may_confirm_it(tree: Tree, client_of: ClientOf) -> None:
    official = user_at(tree.province, Role.REVIEWER)
    unit = tree.township
    data = asked([unit], "expected", expected="no", basis="由街道代管")
    client = client_of(official)
    page = client.post(reverse(WHERE), data).content.decode()
    client.post(reverse(WHERE), data | {"step": "apply", "digest": digest_in(page)})
    unit.refresh_from_db()
    assert not unit.is_expected
    refused = client.post(reverse(WHERE), asked([tree.county], "expected", expected="no")).content.decode()
    assert "是行政区划，应建科协" in refused


def test_service_refuses_all_by_unit_and_column(tree: Tree, clerk: User) -> None:
    good, bad = in_order([tree.township.pk, tree.other_township.pk])
    changes = [
        UnitChange(good, {"has_premises": True}),
        UnitChange(bad, {"has_premises": True}),
    ]
    with pytest.raises(DomainError) as refused:
        change_facts(changes=changes, on=TODAY, by=clerk)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("forbidden", "has_premises")
    ]
    assert not SixHaves.objects.exists()
    assert change_facts(changes=changes[:1], on=TODAY, by=clerk) == 1


def test_officer_is_cleared_by_an_empty_name(tree: Tree, clerk: User) -> None:
    facts.set_officer(unit=tree.township, role="liaison", name="周敏", since=dt.date(2026, 1, 1), by=SYSTEM)
    change_facts(
        changes=[UnitChange(in_order([tree.township.pk])[0], {"liaison_name": ""})], on=TODAY, by=clerk
    )
    assert in_order([tree.township.pk])[0].liaison == ""
    assert AuditEvent.objects.filter(kind="orgs.officer_cleared").count() == 1


def test_statements_do_not_grow_with_units(
    tree: Tree, clerk: User, django_assert_max_num_queries: Any
) -> None:
    def change(units: list[OrgUnit], item: str) -> None:
        change_facts(
            changes=[UnitChange(unit, {f"has_{item}": True, "state": "established", "since": TODAY}) for unit in in_order([each.pk for each in units])],
            on=TODAY,
            by=clerk,
        )  # fmt: skip

    change(townships(tree)[:1], "premises")
    with django_assert_max_num_queries(34):
        change(townships(tree), "nameplate")
