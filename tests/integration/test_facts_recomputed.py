"""The monthly facts against an independent recomputation on random trees with random pasts."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit, UnitEdition
from reporting.exporters.heads import HEADS_LIST
from reporting.models import Collection, Cycle, CycleFact
from reporting.selectors.facts import closing_moment, facts_now, facts_of
from reporting.selectors.registry_heads import COUNTED, heads_behind
from reporting.services.facts import compute_facts
from reporting.services.forms import load_collection
from reporting.views.looking import Look
from reporting.views.ways import way_down
from sanzhang.selectors.composition import Grouping, compositions
from sanzhang.selectors.seated import SEATED_LEVELS
from tests.factories import Tree, user_at
from tests.integration.registry_history import random_past, random_tree, recompute

pytestmark = pytest.mark.django_db


def make_cycle(collection: Collection, month: int) -> Cycle:
    first = dt.date(2026, month, 1)
    previous = (first - dt.timedelta(days=1)).replace(day=20)
    due = dt.date(2026, month, 20)
    return Cycle.objects.create(
        collection=collection,
        period=first,
        form_version=collection.form.versions.get(),
        window_first=previous,
        window_last=dt.date(2026, month, 19),
        township_due=due,
        county_due=due,
        city_due=due,
        settles_at=clock.end_of(due),
    )


def stored(cycle: Cycle) -> dict[tuple[int, str], tuple[int, int | None]]:
    rows = CycleFact.objects.filter(cycle=cycle).values_list(
        "unit", "indicator__key", "numerator", "denominator"
    )
    return {(unit, key): (numerator, denominator) for unit, key, numerator, denominator in rows}


def expected(cycle: Cycle, before: Cycle | None) -> dict[tuple[int, str], tuple[int, int | None]]:
    opening = None
    if before is not None:
        facts = CycleFact.objects.filter(cycle=before, indicator__key="key_people_total")
        opening = dict(facts.values_list("unit", "numerator"))
    return recompute(cycle.window_last, cycle.window_first - dt.timedelta(days=1), opening)


@pytest.fixture(params=range(4))
def past(request: pytest.FixtureRequest, db: None) -> Tree:
    rng = random.Random(request.param)
    tree = random_tree(rng)
    random_past(tree, rng)
    return tree


def test_facts_of_successive_cycles_match_the_recomputation(past):
    with time_machine.travel(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), tick=False):
        collection = load_collection(owner=past.province, by=SYSTEM)
        before = None
        for month in (3, 4, 5, 6):
            cycle = make_cycle(collection, month)
            compute_facts(cycle=cycle, by=SYSTEM)
            found, wanted = stored(cycle), expected(cycle, before)
            townships = set(
                UnitEdition.objects.on(cycle.window_last)
                .filter(level=Level.TOWNSHIP)
                .values_list("unit", flat=True)
            )
            differing = {
                (unit, key): (found.get((unit, key)), value)
                for (unit, key), value in wanted.items()
                if found.get((unit, key)) != value and not (unit in townships and (unit, key) not in found)
            }
            assert differing == {}
            assert set(found) <= set(wanted)
            before = cycle


def test_facts_balance_from_cycle_to_cycle(past):
    with time_machine.travel(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), tick=False):
        collection = load_collection(owner=past.province, by=SYSTEM)
        closing: dict[int, int] = {}
        for month in (3, 4, 5, 6):
            cycle = make_cycle(collection, month)
            compute_facts(cycle=cycle, by=SYSTEM)
            facts = facts_of(cycle)
            for unit in facts:

                def number(key, unit=unit, facts=facts):
                    return facts.number(unit, key)

                if closing:
                    assert number("key_people_opening") == closing.get(unit, 0)
                assert number("key_people_total") == (
                    number("key_people_opening")
                    + number("recruited")
                    + number("backfilled")
                    - number("left")
                    + number("moved_in")
                    - number("moved_out")
                    + number("corrected")
                )
            closing = {unit: facts.number(unit, "key_people_total") for unit in facts}


def test_facts_now_of_a_subtree_is_what_the_job_would_store(past):
    with time_machine.travel(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), tick=False):
        collection = load_collection(owner=past.province, by=SYSTEM)
        make_cycle(collection, 4)
        cycle = make_cycle(collection, 5)
        compute_facts(cycle=cycle, by=SYSTEM)
        whole = facts_of(cycle)
        for unit in OrgUnit.objects.filter(
            level__in=[Level.CITY, Level.COUNTY, Level.TOWNSHIP], closed_on=None
        )[:12]:
            part = facts_now(unit, cycle)
            assert unit.pk in set(part)
            differing = {
                (pk, key): (fact, whole.fact(pk, key))
                for pk in part
                for key, fact in part.of(pk).items()
                if fact != whole.fact(pk, key)
            }
            assert differing == {}


#: A figure of the month, and what composition counts it as; ``None`` is everybody.
SAME_HEADS = {
    "key_people_total": None,
    "key_people_health": "health",
    "key_people_education": "education",
    "key_people_agriculture": "agriculture",
    "key_people_other": "other_field",
    "key_people_pan": "pan",
}


def test_facts_and_composition_count_the_same_heads_by_the_work_of_the_day(past):
    with time_machine.travel(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), tick=False):
        collection = load_collection(owner=past.province, by=SYSTEM)
        compared = 0
        for month in (3, 5, 6):
            cycle = make_cycle(collection, month)
            compute_facts(cycle=cycle, by=SYSTEM)
            facts = facts_of(cycle)
            for unit in (past.province, *past.at(Level.CITY)):
                found = compositions(
                    unit, closing_moment(cycle), grouping=Grouping.BELOW, levels=SEATED_LEVELS
                )
                for pk, bodies in found.items():
                    made = bodies[""]
                    counted = {
                        key: made.members if trait is None else made.counts[trait]
                        for key, trait in SAME_HEADS.items()
                    }
                    assert {key: facts.number(pk, key) for key in SAME_HEADS} == counted
                    compared += made.members
        assert compared > 100


def test_way_down_from_a_figure_names_as_many_heads(past):
    with time_machine.travel(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), tick=False):
        cycle = make_cycle(load_collection(owner=past.province, by=SYSTEM), 5)
        compute_facts(cycle=cycle, by=SYSTEM)
        facts = facts_of(cycle)
        client = Client()
        client.force_login(user_at(past.province, Role.REVIEWER))
        city = past.at(Level.CITY)[0]
        for unit in (past.province, city):
            look = Look(unit, cycle, [cycle])
            for key in SAME_HEADS:
                page = client.get(way_down(look, key, unit.pk))
                assert page.status_code == 200
                named = page.context["page"].paginator.count + page.context["hidden"]
                assert named == facts.number(unit.pk, key), key


def sheet_of(address: str, folder: Path, by: User) -> list[tuple[Any, ...]]:
    """The people of the file that the page offers."""
    params = dict(parse_qsl(urlsplit(address).query))
    assert HEADS_LIST.allowed(by, params)
    HEADS_LIST.build(by, params, str(folder / "heads.xlsx"), lambda *_told: None)
    rows = list(load_workbook(folder / "heads.xlsx").active.iter_rows(min_row=4, values_only=True))
    return [row for row in rows if row[0]]


def test_names_behind_a_figure_are_as_many_as_it_counts_on_page_and_sheet(past, tmp_path):
    with time_machine.travel(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), tick=False):
        collection = load_collection(owner=past.province, by=SYSTEM)
        counted: Counter[str] = Counter()
        for month in (3, 5, 6):
            cycle = make_cycle(collection, month)
            compute_facts(cycle=cycle, by=SYSTEM)
            facts = facts_of(cycle)
            for unit in (past.province, *past.at(Level.CITY), *past.at(Level.COUNTY)):
                for key in COUNTED:
                    found = heads_behind(key, unit, cycle)
                    assert found.figure == (facts.number(unit.pk, key) or 0), (unit, key)
                    counted[key] += len(found.keys)
        client, by = Client(), user_at(past.province, Role.REVIEWER)
        client.force_login(by)
        look = Look(past.province, cycle, [cycle])
        for key in COUNTED:
            page = client.get(way_down(look, key, past.province.pk))
            assert page.status_code == 200
            found = page.context["found"]
            assert page.context["page"].paginator.count + page.context["hidden"] == len(found.keys), key
            assert found.figure == (facts.number(past.province.pk, key) or 0), key
            assert len(sheet_of(page.context["export_url"], tmp_path, by)) + page.context["hidden"] == len(
                found.keys
            ), key
        assert counted.total() > 10
        elsewhere = user_at(past.at(Level.CITY)[0], Role.REVIEWER)
        asked = {"key": "filed", "unit": str(past.province.pk), "cycle": str(cycle.pk)}
        assert HEADS_LIST.allowed(by, asked)
        assert not HEADS_LIST.allowed(elsewhere, asked)
        assert not HEADS_LIST.allowed(by, asked | {"key": "health_events"})
