"""The monthly facts against an independent recomputation on random trees with random pasts."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine

from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit, UnitEdition
from reporting.models import Collection, Cycle, CycleFact
from reporting.selectors.facts import facts_now, facts_of
from reporting.services.facts import compute_facts
from reporting.services.forms import load_collection
from tests.factories import Tree
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
