"""Lists by a past day's tree: units, what is missing, the roster, sets of units, affiliates, and their files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from files.registry import exporter_of
from orgs.choices import ActKind, Level, OfficerRole
from orgs.models import CohortMember, Establishment, SixHaves, UnitOfficer
from orgs.rules.reorganising import Line
from orgs.selectors.items_carried import CarriedItems, table_of
from orgs.services import cohorts
from tests.affiliates import affiliate
from tests.factories import Tree, user_at
from tests.reorganised import applied

SINCE = dt.date(2026, 1, 1)
BOARDS = ("affiliates_overview", "affiliates_matrix", "expectations")
JUNE, IN_JULY, TODAY = dt.date(2026, 6, 30), dt.date(2026, 7, 25), dt.date(2026, 8, 22)


@pytest.fixture
def merged(tree: Tree):
    """In July 历城区 merges into 历下区, which has another name since; its societies and sets go along."""
    known = {"valid_from": SINCE, "recorded_at": clock.start_of(SINCE)}
    with time_machine.travel(clock.start_of(SINCE), tick=False):
        Establishment.objects.create(unit=tree.sister_county, state="established", **known)
        UnitOfficer.objects.create(unit=tree.sister_county, role=OfficerRole.LIAISON, name="周敏", **known)
        for item in ("premises", "staff"):
            SixHaves.objects.create(unit=tree.sister_county, item=item, note="两间", **known)
        affiliate(tree.sister_county, "历城果树学会", "society")
        pilots = cohorts.open_cohort(owner=tree.city, name="试点县", by=SYSTEM)
        CohortMember.objects.create(cohort=pilots, unit=tree.sister_county, **known)
    with time_machine.travel(clock.start_of(IN_JULY), tick=False):
        applied(
            tree.province,
            [
                Line(ActKind.MERGE, unit_id=tree.sister_county.pk, into_id=tree.county.pk),
                Line(ActKind.RENAME, unit_id=tree.county.pk, name="泉城区"),
            ],
            on=IN_JULY,
        )
    with time_machine.travel(clock.start_of(TODAY), tick=False):
        yield tree, pilots


@pytest.fixture
def desk(merged, client_of):
    tree, _pilots = merged
    return client_of(user_at(tree.city, Role.REPORTER, Role.REVIEWER))


def listed(client: Any, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"orgs:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(client: Any, **query: Any) -> list[str]:
    answer = client.get(reverse("orgs:list"), query)
    return [row.record.name for row in answer.context["table"].rows]


def test_units_are_listed_as_they_were_called_and_placed(merged, desk) -> None:
    assert shown(desk, level=3) == ["泉城区", "济南高新技术产业开发区"]
    assert shown(desk, level=3, on="2026-06-30") == ["历下区", "历城区", "济南高新技术产业开发区"]
    assert shown(desk, q="历城", on="2026-06-30", level=3) == ["历城区"]
    assert shown(desk, established="established", on="2026-06-30", level=3) == ["历城区"]
    assert shown(desk, liaison="true", on="2026-06-30", sort="-liaison", level=3) == ["历城区"]


def test_places_of_a_past_day_are_conditions(merged, desk) -> None:
    tree, pilots = merged
    gone = tree.sister_county.pk
    assert shown(desk, parent=gone, on="2026-06-30") == ["山大路街道", "洪家楼街道", "国有林场"]
    assert shown(desk, parent=gone) == []
    assert shown(desk, cohort=pilots.pk, level=3, on="2026-06-30") == ["历城区"]


def test_bar_says_which_tree_and_leads_back(merged, desk) -> None:
    for name in (*("list", "missing", "roster", "affiliates"), *BOARDS):
        assert "data-tree-bar" not in listed(desk, name)
        words = listed(desk, name, on="2026-06-30", q="历")
        assert "截至2026年6月30日" in words and "data-tree-bar" in words
        assert f'href="{reverse(f"orgs:{name}")}?q=%E5%8E%86"' in words


def test_past_list_can_be_looked_at_only(merged, desk) -> None:
    assert "批量修改" in listed(desk, "list")
    assert "批量修改" not in listed(desk, "list", on="2026-06-30")


@pytest.mark.parametrize("name", ["list", "missing", "roster", "affiliates", *BOARDS])
def test_day_to_come_is_refused_by_its_field(merged, desk, name) -> None:
    assert "截至日期不能晚于今天" in listed(desk, name, on="2999-01-01")


def test_missing_facts_of_a_past_day(merged, desk) -> None:
    now, then = listed(desk, "missing", level=3), listed(desk, "missing", level=3, on="2026-06-30")
    assert "历城区" not in now
    assert "历城区" in then


def test_roster_of_a_past_day_names_units_as_then(merged, desk) -> None:
    now, then = listed(desk, "roster"), listed(desk, "roster", on="2026-06-30", level=3)
    assert "周敏" not in now
    assert "周敏" in then and "历城区" in then


def test_affiliates_of_a_past_day_stand_with_who_guided_them(merged, desk) -> None:
    tree, _pilots = merged
    assert "泉城区" in listed(desk, "affiliates", county=tree.county.pk)
    then = listed(desk, "affiliates", on="2026-06-30")
    assert "历城果树学会" in then and "历城区" in then
    by_unit = listed(desk, "affiliates", on="2026-06-30", unit=tree.sister_county.pk)
    assert "历城果树学会" in by_unit
    assert "历城果树学会" not in listed(desk, "affiliates", on="2026-06-30", unit=tree.county.pk)
    assert "历城果树学会" in listed(desk, "affiliates", unit=tree.county.pk)


def test_units_of_a_past_day_are_found_by_the_pinyin_of_the_time(merged, desk) -> None:
    for text in ("lixiaqu", "lxq"):
        assert shown(desk, q=text, on="2026-06-30", level=3) == ["历下区"]
        assert shown(desk, q=text, level=3) == []
    assert shown(desk, q="quancheng", level=3) == ["泉城区"]
    assert shown(desk, q="quancheng", on="2026-06-30", level=3) == []
    assert shown(desk, q="licheng", on="2026-06-30", level=3) == ["历城区"]


def test_overview_of_a_past_day_counts_by_its_tree(merged, desk) -> None:
    tree, _pilots = merged

    def counted(**query: Any) -> dict[str, int]:
        answer = desk.get(reverse("orgs:affiliates_overview"), query)
        return {row.unit.name: row.total for row in answer.context["found"].rows if row.total}

    assert counted() == {"泉城区": 1}
    assert counted(on="2026-06-30") == {"历城区": 1}
    assert counted(of=tree.sister_county.pk, on="2026-06-30") == {"历城区": 1}
    assert counted(of=tree.county.pk, on="2026-06-30") == {}
    assert desk.get(reverse("orgs:affiliates_overview"), {"of": tree.sister_county.pk}).status_code == 404
    page = listed(desk, "affiliates_overview", on="2026-06-30")
    assert f"unit={tree.sister_county.pk}" in page and "on=2026-06-30" in page


def test_matrix_of_a_past_day_has_the_townships_of_then(merged, desk) -> None:
    tree, _pilots = merged

    def matrix(**query: Any) -> tuple[list[str], list[str]]:
        found = desk.get(reverse("orgs:affiliates_matrix"), query).context["found"]
        return [row.affiliate.name for row in found.rows], [label for _key, label in found.columns]

    gone = ["山大路街道", "洪家楼街道", "国有林场"]
    assert matrix(of=tree.sister_county.pk, on="2026-06-30") == (["历城果树学会"], gone)
    names, townships = matrix(of=tree.county.pk)
    assert names == ["历城果树学会"] and set(gone) < set(townships)
    names, townships = matrix(of=tree.county.pk, on="2026-06-30")
    assert names == [] and not set(gone) & set(townships)


def test_word_on_what_counts_of_a_past_day(merged, desk) -> None:
    tree, _pilots = merged
    forest = tree["370112400"]
    done = desk.post(
        reverse("orgs:confirm_expected"), {"units": [forest.pk], "expected": "no", "on": "2026-07-30"}
    )
    assert done.status_code == 302
    assert "国有林场" not in listed(desk, "expectations", level=4)
    then = listed(desk, "expectations", level=4, on="2026-06-30")
    assert "国有林场" in then and "历城区" in then and "确认所选单位" not in then
    counts = desk.get(reverse("orgs:expectations"), {"on": "2026-06-30"}).context["counts"]
    now = desk.get(reverse("orgs:expectations")).context["counts"]
    assert counts["waiting"] == now["waiting"] + 1
    assert "国有林场" in listed(desk, "expectations", state="confirmed", expected="no", on="2026-07-30")


def test_members_of_a_past_day(merged, desk) -> None:
    _tree, pilots = merged
    assert "历城区" not in listed(desk, "cohort", pilots.pk)
    assert "历城区" in listed(desk, "cohort", pilots.pk, on="2026-06-30")


def test_api_lists_units_of_a_past_day(merged, api_of) -> None:
    tree, _pilots = merged
    api = api_of(user_at(tree.city, Role.REPORTER))
    found = api.get("/api/v1/units/", {"level": 3, "on": "2026-06-30"}).json()["results"]
    assert [row["name"] for row in found] == ["历下区", "历城区", "济南高新技术产业开发区"]
    assert api.get("/api/v1/units/", {"on": "2999-01-01"}).status_code == 400


def test_file_of_a_past_day_holds_what_the_page_shows(merged, tmp_path: Path) -> None:
    tree, _pilots = merged
    user = user_at(tree.city, Role.REPORTER)
    exporter = exporter_of("orgs.units")
    assert exporter is not None
    path = str(tmp_path / "units.xlsx")
    exporter.build(user, {"level": 3, "on": "2026-06-30"}, path, lambda *args: None)
    rows = [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    told = "\n".join(str(cell) for row in rows for cell in row)
    assert "历城区" in told and "泉城区" not in told
    assert "2026年6月30日" in told


def test_past_list_costs_no_more_for_more_units(merged, desk) -> None:
    counts = []
    for level in (3, 4):
        with CaptureQueriesContext(connection) as seen:
            shown(desk, level=level, on="2026-06-30")
        counts.append(len(seen.captured_queries))
    assert counts[1] <= counts[0] + 1


def test_past_day_shows_nothing_out_of_reach(merged, client_of) -> None:
    tree, _pilots = merged
    clerk = client_of(user_at(tree.other_county, Role.REPORTER))
    assert "历城区" not in "".join(shown(clerk, on="2026-06-30"))


def test_items_of_a_past_day_are_carried_to_the_units_of_today(merged, desk) -> None:
    tree, _pilots = merged
    then = table_of(tree.city, Level.COUNTY, JUNE, is_carried=False)
    now = table_of(tree.city, Level.COUNTY, JUNE, is_carried=True)
    assert (then.whole.expected, now.whole.expected) == (3, 2)
    assert then.whole.count("haves.premises") == now.whole.count("haves.premises") == 1
    assert [row.name for row in now.rows] == ["泉城区", "济南高新技术产业开发区"]
    assert [row.count("haves.staff") for row in now.rows] == [1, 0]
    asked = {"on": "2026-06-30", "lens": "now", "level": 3}
    assert "合并的单位算一个" in listed(desk, "item_coverage", **asked)
    having = listed(desk, "item_holders", **asked, item="haves.premises")
    assert "泉城区" in having and "历城区" not in having and "两间" in having
    lacking = listed(desk, "item_holders", **asked, item="haves.premises", holds="no")
    assert "济南高新技术产业开发区" in lacking and "泉城区" not in lacking


def test_items_of_what_was_divided_are_one_row(tree: Tree) -> None:
    known = {"valid_from": SINCE, "recorded_at": clock.start_of(SINCE)}
    with time_machine.travel(clock.start_of(SINCE), tick=False):
        SixHaves.objects.create(unit=tree["370203"], item="premises", **known)
    with time_machine.travel(clock.start_of(IN_JULY), tick=False):
        applied(
            tree.province,
            [
                Line(ActKind.OPEN, parent_id=tree.other_city.pk, name="市东区", division_code="370211"),
                Line(ActKind.SPLIT, unit_id=tree["370203"].pk, into_id=tree["370203"].pk, is_main=True),
                Line(ActKind.SPLIT, unit_id=tree["370203"].pk, opens=0),
            ],
            on=IN_JULY,
        )
    with time_machine.travel(clock.start_of(TODAY), tick=False):
        found = table_of(tree.other_city, Level.COUNTY, JUNE, is_carried=True)
        (group,) = [row for row in found.rows if row.unit_id < 0]
        assert "市东区" in group.name
        assert group.count("haves.premises") == 1
        (holder,) = CarriedItems(tree.other_city, Level.COUNTY, JUNE).holders("haves.premises", holds=True)
        assert holder.unit_id == group.unit_id
