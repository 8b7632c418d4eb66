"""Composition and coverage of a random registry against a recomputation in plain Python.

``REGISTRY_PEOPLE=200000 pytest`` does it with as many people as a province has; the ordinary run with a tenth.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from core.dated import Moment, end_of_day
from orgs.choices import Level
from sanzhang.choices import Measure, Unknown
from sanzhang.models import KeyPerson
from sanzhang.selectors.composition import Grouping, compositions, heads_of
from sanzhang.selectors.coverage import THREE_FIELDS, SeatQuery, coverage
from tests.factories import user_at
from tests.integration.random_registry import TODAY, Maker, Recount, Registry, broad_tree

pytestmark = pytest.mark.django_db

#: The size of a province's registry; smaller while one works on the statements.
PEOPLE = int(os.environ.get("REGISTRY_PEOPLE", "20000"))
NOW = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
DAYS = (dt.date(2025, 6, 30), TODAY)
BOTH = (Level.COUNTY, Level.TOWNSHIP)


@pytest.fixture
def registry(db: None) -> Any:
    rng = random.Random(20261120)
    with time_machine.travel(NOW, tick=False):
        yield Maker(broad_tree(cities=12, counties=9, townships=13), rng).make(PEOPLE)


def test_composition_and_coverage_match_the_recomputation(registry: Registry) -> None:
    """On a past day, by the tree, the work and the knowledge of then, and today; for a province, a city, a county."""
    tree = registry.tree
    for day in DAYS:
        at = end_of_day(day)
        recount = Recount(registry, at)
        for unit, grouping, levels in (
            (tree.province, Grouping.BELOW, BOTH),
            (tree.province, Grouping.OWN, BOTH),
            (tree.city, Grouping.BELOW, (Level.TOWNSHIP,)),
            (tree.county, Grouping.BELOW, BOTH),
        ):
            counted = recount.composition(unit, own=grouping is Grouping.OWN, levels=levels)
            assert _read(unit, at, grouping, levels) == counted
        for unit, asked in (
            (tree.province, {}),
            (tree.province, {"position": "vice_chair", "field": "health"}),
            (tree.city, {"category": "pan"}),
            (tree.county, {"employment": "part_time"}),
        ):
            _compare_coverage(unit, at, recount, asked)
        _compare_names(registry, at, recount)
    _pages_ask_as_few_questions(registry)


def _read(unit: Any, at: Moment, grouping: Grouping, levels: Any) -> dict[int, dict[str, tuple]]:
    found = compositions(unit, at, grouping=grouping, levels=levels)
    return {
        pk: {kind: (made.members, made.counts, made.by_seat) for kind, made in kinds.items()}
        for pk, kinds in found.items()
    }


def _compare_coverage(unit: Any, at: Moment, recount: Recount, asked: dict[str, str]) -> None:
    found = coverage(unit, at, asked=SeatQuery(**asked))
    counted = recount.covered(unit, **asked)
    expected = [
        pk
        for pk, edition in recount.editions.items()
        if edition.is_expected and edition.level in BOTH and recount.groups(unit, pk, own=True)
    ]
    assert {cover.unit.unit_id for cover in found.units} == set(expected)
    nobody = (0, set(), set(), set())
    for cover in found.units:
        mine = (cover.heads, set(cover.positions), set(cover.fields), set(cover.occupations))
        assert mine == counted.get(cover.unit.unit_id, nobody)
    covered = [pk for pk in expected if counted.get(pk, nobody)[0]]
    assert (found.whole.covered, found.whole.expected) == (len(covered), len(expected))
    assert found.whole.rate == Fraction(len(covered), len(expected))
    townships = [pk for pk in expected if recount.editions[pk].level == Level.TOWNSHIP]
    three = [pk for pk in townships if counted.get(pk, nobody)[2] >= THREE_FIELDS]
    assert (found.whole.three_fields, found.whole.townships) == (len(three), len(townships))
    rows = [*found.regular, *found.zones]
    direct = [pk for pk in expected if pk == unit.pk]
    assert sum(row.covered for row in rows) == len(covered) - len([pk for pk in direct if pk in covered])
    assert [cover.unit.unit_id for cover in found.blank_spots] == [
        cover.unit.unit_id for cover in found.units if cover.unit.unit_id not in covered
    ]


def _compare_names(registry: Registry, at: Moment, recount: Recount) -> None:
    county = registry.tree.county
    for kind, counted in (("committee", "young"), ("", "retired"), ("leadership", "unknown_age")):
        wanted = {
            key
            for key, place, seat in recount.seats
            if kind in ("", seat.kind)
            and counted in recount.traits[key]
            and recount.groups(county, place, own=True)
        }
        measure = Measure(counted) if counted in Measure.values else Unknown(counted)
        assert set(heads_of(county, at, kind=kind, counted=measure)) == wanted


def _pages_ask_as_few_questions(registry: Registry) -> None:
    """A county's page asks as many questions as the province's, and reads its own people only."""
    counts = {}
    for unit in (registry.tree.province, registry.tree.county):
        client = Client()
        client.force_login(user_at(unit, Role.REPORTER, Role.REVIEWER))
        for name in ("composition", "composed_bodies", "coverage", "cover_units"):
            client.get(reverse(f"sanzhang:{name}"))
            with CaptureQueriesContext(connection) as seen:
                assert client.get(reverse(f"sanzhang:{name}")).status_code == 200
            counts.setdefault(name, []).append(len(seen))
    assert all(county <= province + 1 for province, county in counts.values()), counts
    assert KeyPerson.objects.count() == PEOPLE
