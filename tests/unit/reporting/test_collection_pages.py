"""The province's pages of collections, the desks that have several, and the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from core.actor import SYSTEM
from orgs.choices import Level
from reporting.choices import Rhythm, SignOffDemand, Whom
from reporting.models import Collection, Report
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_form
from tests.collections_made import ask, make_task, opened
from tests.factories import Tree
from tests.month import desk, make_month
from tests.pages import page, post

Clients = Callable[[User], Client]


@pytest.fixture
def province(tree: Tree, clock_stopped: time_machine.Traveller) -> User:
    return desk(tree.province)


def basics(tree: Tree, **values: Any) -> dict[str, Any]:
    form = load_form("census_form", owner=tree.province, by=SYSTEM).form
    return {
        "name": "季度普查",
        "noun": "普查表",
        "form": form.pk,
        "rhythm": Rhythm.QUARTER,
        "first_period": "2026-11-20",
        "sign_off": SignOffDemand.AS_SET,
    } | values


def test_units_are_picked_from_the_registry_and_nothing_typed_is_lost(
    tree: Tree, province: User, client_of: Clients
) -> None:
    client = client_of(province)
    client.post(reverse("reporting:new_collection"), basics(tree))
    task = Collection.objects.get(name="季度普查")
    typed = {"levels": [2, 3], "whom": Whom.CHOSEN, "units": "泉城市\n"}
    found = post(
        client, "collection_whom", task.pk, **typed, act="find", pick_level=3, pick_city=tree.city.pk
    )
    text = found.content.decode()
    assert found.status_code == 200 and "泉城市" in text
    assert tree.county.display_name in text and tree["370202"].display_name not in text
    added = post(
        client, "collection_whom", task.pk, **typed, act="add", picked=[tree.county.pk, tree.city.pk, "x"]
    )
    lines = added.context["form"]["units"].value().split("\n")
    assert lines == ["泉城市", tree.city.display_name, tree.county.display_name]
    again = post(
        client,
        "collection_whom",
        task.pk,
        **typed | {"units": "\n".join(lines)},
        act="add",
        picked=[tree.city.pk],
    )
    assert again.context["form"]["units"].value().split("\n") == lines
    assert not task.chosen.exists()
    saved = post(client, "collection_whom", task.pk, **typed | {"units": "\n".join(lines[1:])})
    assert saved.status_code == 302
    assert set(task.chosen.all()) == {tree.city, tree.county}


@pytest.fixture
def draft(tree: Tree, province: User, client_of: Clients) -> Collection:
    client_of(province).post(reverse("reporting:new_collection"), basics(tree))
    return Collection.objects.get(name="季度普查")


def picked_lines(answer: Any) -> list[str]:
    return answer.context["form"]["units"].value().split("\n")


def test_all_that_was_found_is_taken_whatever_its_number(
    tree: Tree, province: User, draft: Collection, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.views.collections.PICKED_AT_ONCE", 2)
    client = client_of(province)
    townships = [unit for unit in tree.units.values() if unit.level == Level.TOWNSHIP]
    typed = {"levels": [3], "whom": Whom.CHOSEN, "units": "", "pick_level": 4}
    taken = post(client, "collection_whom", draft.pk, **typed, act="all")
    assert len(taken.context["offered_page"]) == 2
    assert sorted(picked_lines(taken)) == sorted(unit.display_name for unit in townships)
    assert taken.context["form"]["levels"].value() == ["3", "4"]
    saved = post(
        client,
        "collection_whom",
        draft.pk,
        **typed | {"levels": [4], "units": "\n".join(picked_lines(taken))},
    )
    assert saved.status_code == 302
    assert set(draft.chosen.all()) == set(townships)


def test_ticks_are_kept_over_pages_searches_and_saving(
    tree: Tree, province: User, draft: Collection, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.views.collections.PICKED_AT_ONCE", 2)
    client = client_of(province)
    typed = {"levels": [3, 4], "whom": Whom.CHOSEN, "pick_level": 4}
    first = post(client, "collection_whom", draft.pk, **typed, act="find").context["offered_page"]
    turned = post(
        client, "collection_whom", draft.pk, **typed, act="page-2", picked=[first.object_list[0].pk]
    )
    assert turned.context["offered_page"].number == 2
    assert picked_lines(turned) == [first.object_list[0].display_name]
    stays = post(client, "collection_whom", draft.pk, **typed, act="add", pick_page="2", units="")
    assert stays.context["offered_page"].number == 2
    narrowed = post(
        client, "collection_whom", draft.pk, **typed, act="find", pick_county=tree.county.pk, pick_q="趵突泉"
    )
    assert [unit.county for unit in narrowed.context["offered_page"]] == [tree.county]
    saved = post(
        client,
        "collection_whom",
        draft.pk,
        **typed | {"units": first.object_list[0].division_code},
        picked=[first.object_list[1].pk],
    )
    assert saved.status_code == 302
    assert set(draft.chosen.all()) == set(first.object_list)


def test_conditions_stay_where_the_step_is_refused(
    tree: Tree, province: User, draft: Collection, client_of: Clients
) -> None:
    typed = {"levels": [3], "whom": Whom.CHOSEN, "units": "没有的县", "pick_q": "历下"}
    refused = post(client_of(province), "collection_whom", draft.pk, **typed)
    assert refused.status_code == 422
    assert refused.context["picker"]["pick_q"].value() == "历下"
    assert picked_lines(refused) == ["没有的县"]


def test_a_task_is_made_in_steps_and_started(tree: Tree, province: User, client_of: Clients) -> None:
    client = client_of(province)
    assert client.post(reverse("reporting:new_collection"), basics(tree)).status_code == 302
    task = Collection.objects.get(name="季度普查")
    assert (task.first_period, task.is_draft) == (dt.date(2026, 10, 1), True)
    whom = {"levels": [2, 3], "whom": Whom.CHOSEN, "units": f"{tree.county.division_code}\n泉城市"}
    refused = post(client, "collection_whom", task.pk, **whom)
    assert refused.status_code == 422
    assert "泉城市" in refused.content.decode()
    whom["units"] = f"{tree.county.division_code}\n{tree.city.division_code}"
    assert post(client, "collection_whom", task.pk, **whom).url == reverse(
        "reporting:collection_days", args=[task.pk]
    )
    days = {
        "window_first_day": 1,
        "due_months_after": 1,
        "township_day": 10,
        "county_day": 12,
        "city_day": 15,
        "settle_day": 16,
        "settle_time": "12:00",
        "lower_forward": "on",
        "open_days_before": 5,
    }
    assert post(client, "collection_days", task.pk, **(days | {"city_day": 8})).status_code == 422
    assert post(client, "collection_days", task.pk, **days).status_code == 302
    shown = page(client, "collection", task.pk).content.decode()
    assert "2027年1月15日" in shown
    assert tree.county.display_name in shown
    assert post(client, "start_collection", task.pk).status_code == 302
    task.refresh_from_db()
    assert task.is_active
    assert post(client, "discard_collection", task.pk).status_code == 409
    assert post(client, "pause_collection", task.pk).status_code == 302


def test_what_is_missing_of_a_one_off_is_told_on_its_page(
    tree: Tree, province: User, client_of: Clients
) -> None:
    client = client_of(province)
    task = ask(make_task(tree.province, province, rhythm=Rhythm.ONCE), province)
    assert "请设定统计期和截止日期" in page(client, "collection", task.pk).content.decode()
    assert post(client, "start_collection", task.pk).status_code == 422
    dates = {
        "opens_on": "2026-11-20",
        "window_first": "2026-11-20",
        "window_last": "2026-11-30",
        "township_due": "2026-12-10",
        "county_due": "2026-12-10",
        "city_due": "2026-12-18",
        "settles_on": "2026-12-20",
    }
    bad = post(client, "collection_days", task.pk, **(dates | {"city_due": "2026-12-01"}))
    assert bad.status_code == 422
    assert 'value="2026-12-01"' in bad.content.decode()
    assert post(client, "collection_days", task.pk, **dates).status_code == 302
    assert post(client, "start_collection", task.pk).status_code == 302


def test_list_is_narrowed_by_name_rhythm_and_state(tree: Tree, province: User, client_of: Clients) -> None:
    make_month(tree)
    make_task(tree.province, province)
    client, where = client_of(province), reverse("reporting:collections")
    for query, count in [
        ({}, 2),
        ({"q": "普查"}, 1),
        ({"rhythm": "month"}, 1),
        ({"state": "draft"}, 1),
        ({"state": "running"}, 1),
        ({"state": "over"}, 0),
        ({"state": "paused"}, 0),
    ]:
        assert len(client.get(where, query).context["table"].rows) == count, query
    assert client_of(desk(tree.city)).get(where).status_code == 403


def test_desk_of_a_county_shows_what_else_it_owes(tree: Tree, province: User, client_of: Clients) -> None:
    make_month(tree)
    opened(ask(make_task(tree.province, province), province), province)
    shown = page(client_of(desk(tree.county)), "desk").content.decode()
    assert shown.index("2026年11月月报") < shown.index("2026年第四季度普查表")
    city = page(client_of(desk(tree.city)), "overview").content.decode()
    assert "2026年第四季度普查表" in city


def test_a_county_types_for_townships_though_it_owes_nothing_itself(
    tree: Tree, province: User, client_of: Clients
) -> None:
    make_month(tree)
    task = ask(make_task(tree.province, province), province, levels=[Level.TOWNSHIP.value])
    cycle = opened(Collection.objects.get(pk=task.pk), province)
    report = Report.objects.get(cycle=cycle, unit=tree.township)
    assert (report.custodian_id, report.reviewer_id) == (tree.county.pk, tree.county.pk)
    works = page(client_of(desk(tree.county)), "desk").context["others"]
    assert [(work.cycle.pk, work.own) for work in works] == [(cycle.pk, None)]
    assert works[0].step.label == "录入乡镇数据"


def test_pages_of_other_collections_name_them_and_the_wall_chart_keeps_to_the_monthly_one(
    tree: Tree, province: User, client_of: Clients
) -> None:
    monthly = make_month(tree).cycle
    census = opened(ask(make_task(tree.province, province), province), province)
    client = client_of(province)
    for name in ("completeness", "totals", "overview"):
        where = reverse(f"reporting:{name}")
        assert "2026年第四季度普查表" in client.get(where, {"cycle": census.pk}).content.decode()
        assert client.get(where).context["cycle"].pk == monthly.pk if name != "overview" else True
    for name in ("coverage", "wall", "blank_spots", "registry", "papers"):
        where = reverse(f"reporting:{name}")
        assert client.get(where, {"cycle": census.pk}).status_code == 404
        assert client.get(where).status_code == 200


def test_deadlines_are_offered_for_levels_that_owe(tree: Tree, province: User, client_of: Clients) -> None:
    task = ask(make_task(tree.province, province), province)
    opened(task, province)
    client = client_of(desk(tree.city))
    [group] = client.get(reverse("reporting:deadlines")).context["groups"]
    assert [[label for _level, label, _day in row.days] for row in group["rows"]] == [["县级截止日"]]
    sent = {"collection": task.pk, "city": tree.city.pk, "level": 3, "day": "9"}
    assert post(client, "deadlines", **sent).status_code == 302
    assert post(client, "deadlines", **(sent | {"day": "13"})).status_code == 422


def test_api_tells_tasks_with_their_rhythm_and_hides_drafts(
    tree: Tree, province: User, api_of: Callable[[User], APIClient]
) -> None:
    make_month(tree)
    task = ask(make_task(tree.province, province), province)
    below, above = api_of(desk(tree.county)), api_of(province)
    assert [row["noun"] for row in below.get("/api/v1/collections/").json()["results"]] == ["月报"]
    assert len(above.get("/api/v1/collections/").json()["results"]) == 2
    assert below.post(f"/api/v1/collections/{task.pk}/start/").status_code == 404
    started = above.post(f"/api/v1/collections/{task.pk}/start/")
    assert (started.status_code, started.json()["rhythm"]) == (200, "quarter")
    assert below.post(f"/api/v1/collections/{task.pk}/pause/").status_code == 403
    ahead = below.get(f"/api/v1/collections/{task.pk}/schedule/").json()
    assert ahead[0]["label"] == "2026年第四季度"
    assert ahead[0]["city_due"] == "2027-01-15"
    cycle = opened_now(task)
    found = below.get(f"/api/v1/cycles/{cycle}/").json()
    assert (found["title"], found["rhythm"]) == ("2026年第四季度普查表", "quarter")
    assert above.post(f"/api/v1/collections/{task.pk}/pause/").json()["is_active"] is False


def opened_now(task: Collection) -> int:

    fresh = Collection.objects.get(pk=task.pk)
    return open_cycle(collection=fresh, period=fresh.first_period, by=SYSTEM).pk
