"""自助查询 by today's tree: cell for cell what the pages of totals say after a merger, a division and a move."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from orgs.choices import ActKind
from orgs.models import OrgUnit
from orgs.rules.reorganising import Line
from reporting.pivot import carrying
from reporting.pivot.adding import NOT_IN_TREE, TOO_MANY_MONTHS
from reporting.pivot.asking import ask, ground_of
from reporting.pivot.question import Axis, Grain, Question
from reporting.pivot.sheet import answer
from reporting.pivot.table import Pivot
from reporting.rollup import Basis, Lens, cycle_totals, year_to_date
from reporting.selectors.carried import carried_facts
from tests.factories import user_at
from tests.integration.test_as_it_was import KEY, TODAY, Year, own, year  # noqa: F401
from tests.integration.test_lenses_recomputed import past  # noqa: F401
from tests.reorganised import applied

pytestmark = pytest.mark.django_db
GROUP = "市南区（今市东区、市西区）"
TOWNSHIPS_OF_EAST = ("370202002",)
PAGE = "/reports/ask/"


def asked(year: Year, root: OrgUnit, **said: Any) -> Pivot:  # noqa: F811
    question = Question(**({"keys": (KEY,), "span": "3", "lens": "now"} | said))
    return ask(question, ground_of(root, year.june.collection))


def by_name(pivot: Pivot) -> dict[str, list[Any]]:
    return {row.labels[-1]: [cell.shown.value for cell in pivot.cells(row)] for row in pivot.rows}


@pytest.mark.parametrize("spread", ["below", "2", "3", "4"])
def test_every_cell_is_what_the_totals_say(year: Year, spread: str):  # noqa: F811
    pivot = asked(year, year.tree.province, spread=spread, whole=True)
    assert len(pivot.rows) > 2
    tables = {
        cycle.pk: cycle_totals(cycle, basis=Basis.OFFICIAL, lens=year.now)
        for cycle in (year.june, year.july, year.august)
    }
    for row in pivot.rows:
        if row.place is None or row.place.is_total:
            continue
        for column in pivot.columns:
            cell = pivot.cell(row, column)
            if cell.period is None:
                continue
            table = tables[cell.period.cycles[0].pk]
            unit = row.place.unit_id
            if row.place.divided:
                unit = next(pk for pk, one in table.groups.items() if one.name == row.place.name)
            assert cell.shown.value == table.total(unit, KEY)


def test_total_is_the_same_by_either_tree(year: Year):  # noqa: F811
    for spread in ("3", "4"):
        then, now = (
            by_name(asked(year, year.tree.province, spread=spread, lens=lens))["合计"] for lens in ("", "now")
        )
        assert then == now


def test_what_was_divided_is_one_row_and_never_apportioned(year: Year):  # noqa: F811
    rows = by_name(asked(year, year.tree["3702"]))
    assert rows[GROUP][:2] == [own(year, cycle, "370202") for cycle in (year.june, year.july)]
    assert rows[GROUP][2] is None
    moved = sum(own(year, year.june, code) for code in TOWNSHIPS_OF_EAST)
    assert rows["市东区"][0] == moved
    assert rows["市东区"][2] is not None
    assert "市南区" not in rows


def test_registry_figures_are_counted_anew_as_the_totals_do(year: Year):  # noqa: F811
    keys = ("units_established_township", "coverage_rate")
    pivot = asked(year, year.tree.city, keys=keys, whole=True, columns=(Axis.INDICATOR, Axis.PERIOD))
    checked = 0
    for row in pivot.rows:
        for column in pivot.columns:
            cell = pivot.cell(row, column)
            if cell.place.is_total:
                continue
            unit = OrgUnit.objects.get(pk=cell.place.unit_id)
            fact = carried_facts(cell.period.cycles[0], unit, TODAY).fact(unit.pk, cell.indicator.key)
            assert (cell.shown.value is None) == (fact is None or fact.value is None)
            if cell.shown.value is not None:
                shown = cell.shown.value * 100 if fact.is_ratio else cell.shown.value
                assert Decimal(shown.numerator) / Decimal(shown.denominator) == fact.value
                checked += 1
    assert checked > 6


def test_two_established_that_merged_count_as_one(year: Year):  # noqa: F811
    key = "units_established_township"
    then = by_name(asked(year, year.tree["370102"], keys=(key,), spread="self", lens=""))
    now = by_name(asked(year, year.tree["370102"], keys=(key,), spread="self"))
    assert then["历下区"][0] == 2
    assert now["历下区"][0] == 2  # 千佛山 with 趵突泉, and 山大路 that came with 历城区


def test_months_that_are_too_many_say_so(year: Year, monkeypatch):  # noqa: F811
    monkeypatch.setattr(carrying, "MOST_RECOUNTED", 1)
    key = "units_established_township"
    pivot = asked(year, year.tree.city, keys=(key,), spread="self")
    shown = [cell.shown for cell in pivot.cells(pivot.rows[0])]
    assert [one.reason for one in shown[:1]] == [TOO_MANY_MONTHS]
    assert shown[1].value is not None
    assert shown[2].value is not None


def test_what_is_no_more_has_no_rank(year: Year):  # noqa: F811
    pivot = asked(
        year,
        year.tree["3702"],
        keys=("coverage_rate",),
        measures=("rank",),
        span="range",
        first=dt.date(2026, 6, 1),
        last=dt.date(2026, 6, 1),
    )
    reasons = {row.labels[-1]: pivot.cells(row)[0].shown.reason for row in pivot.rows}
    assert reasons[GROUP] == NOT_IN_TREE


def test_page_says_which_tree_and_keeps_it(year: Year, client_of):  # noqa: F811
    client = client_of(user_at(year.tree.province, Role.REPORTER, Role.REVIEWER))
    asked_for = {"keys": KEY, "span": "3", "spread": "3"}
    then = client.get(PAGE, asked_for).content.decode()
    now = client.get(PAGE, asked_for | {"lens": "now"}).content.decode()
    assert "历城区" in then
    assert "data-tree-bar" not in then
    assert "历城区" not in now
    assert "data-tree-bar" in now
    assert "以往的数据归到今天的单位" in now
    assert f"{reverse('reporting:sources', args=[KEY])}?cycle={year.june.pk}" in now
    assert "lens=now" in now.split('name="query" value="')[1].split('"')[0]
    group = now.split(GROUP)[1].split("</tr>")[0]
    assert f"unit={year.tree['3702'].pk}" in group
    sources = client.get(group.split('href="')[1].split('"')[0].replace("&amp;", "&")).content.decode()
    assert GROUP in sources


def test_download_and_interface_ask_by_the_same_tree(year: Year, api_of):  # noqa: F811
    user = user_at(year.tree.province, Role.REPORTER, Role.REVIEWER)
    params = Question(keys=(KEY,), span="3", spread="3", lens="now").params()
    assert params["lens"] == "now"
    pivot = answer(user, params)
    said = api_of(user).get("/api/v1/ask/", params).json()
    assert [row["labels"] for row in said["rows"]] == [list(row.labels) for row in pivot.rows]
    assert any("以往的数据归到今天的单位" in note for note in said["notes"])
    refused = api_of(user).get("/api/v1/ask/", params | {"lens": "later"})
    assert refused.status_code == 422


def test_queries_do_not_grow_with_reorganisations(year: Year):  # noqa: F811
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            asked(year, year.tree.province, spread="4", keys=(KEY, "coverage_rate"))
        return len(seen)

    few = count()
    line = Line(ActKind.MERGE, unit_id=year.tree["370102001"].pk, into_id=year.tree["370102002"].pk)
    applied(year.tree.province, [line], on=dt.date(2026, 8, 22))
    assert count() <= few + 1


@pytest.mark.parametrize("past", [3, 7], indirect=True)
def test_years_so_far_are_those_of_the_totals_with_states_carried_on(past):  # noqa: F811
    history, cycles, _kept = past
    root, last = history.tree.province, cycles[-1]
    table = year_to_date(last, basis=Basis.LIVE, lens=Lens.now())
    groups = {one.name: pk for pk, one in table.groups.items()}
    checked, stale = 0, 0
    for spread in ("2", "3", "4"):
        question = Question(
            keys=("health_events", "societies"), spread=spread, whole=True, span="1", grain=Grain.UNTIL,
            columns=(Axis.INDICATOR,), lens="now",
        )  # fmt: skip
        pivot = ask(question, ground_of(root, last.collection))
        for row in pivot.rows:
            for column in pivot.columns:
                cell = pivot.cell(row, column)
                if cell.place.is_total:
                    continue
                unit = groups[cell.place.name] if cell.place.divided else cell.place.unit_id
                found = table.cell(unit, cell.indicator.key)
                assert cell.shown.value == (found.total if found else None)
                assert cell.shown.is_stale == bool(found and found.stale)
                checked += found is not None
                stale += cell.shown.is_stale
    assert checked > 20
    assert stale
