"""The overview's ratios against last month, last year and the target; who fell; what the registry gained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from core import clock
from core.actor import SYSTEM
from orgs.models import Establishment
from reporting.selectors.coverage import coverage_table
from reporting.selectors.moves import Move, read_moves
from reporting.selectors.recorded import registry_since, start_of_yesterday
from reporting.selectors.standing import read_standing
from reporting.services.facts import compute_facts
from reporting.services.targets import TargetChange, set_targets
from tests.factories import Tree
from tests.month import WHILE_FILLING, Month, make_month

MEASURE = "townships_established"


@pytest.fixture
def month(tree: Tree) -> Iterator[Month]:
    """A year ago one township of the county stood, last month three, now two."""
    founded = {
        "370102001": dt.date(2025, 1, 1),
        "370102002": dt.date(2026, 1, 1),
        "370102003": dt.date(2026, 1, 1),
    }
    for code, day in founded.items():
        Establishment.objects.create(
            unit=tree[code], state="established", valid_from=day, recorded_at=clock.start_of(day)
        )
    with time_machine.travel(WHILE_FILLING.replace(year=2025), tick=False):
        past = make_month(tree, dt.date(2025, 11, 1))
        compute_facts(cycle=past.cycle, by=SYSTEM)
    with time_machine.travel(WHILE_FILLING.replace(month=10), tick=False):
        october = past.next(dt.date(2026, 10, 1))
        compute_facts(cycle=october, by=SYSTEM)
    with time_machine.travel(WHILE_FILLING.replace(day=1), tick=False):
        Establishment.objects.filter(unit=tree["370102003"]).update(
            valid_to=dt.date(2026, 11, 1), end_recorded_at=clock.now()
        )
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield Month(**(vars(past) | {"cycle": past.next(dt.date(2026, 11, 1))}))


def moved(month: Month, code: str) -> Move:
    unit = month.tree[code]
    moves = read_moves(month.cycle, unit, coverage_table(month.cycle, unit))
    return next(each for each in moves if each.measure == MEASURE)


def test_moves_name_who_fell_against_month_year_and_target(month: Month) -> None:
    set_targets(
        setter=month.tree.province,
        due_on=dt.date(2026, 12, 31),
        changes=[TargetChange(month.tree.city.pk, "coverage_rate_township", Decimal(80))],
        by=month.province,
    )
    city = moved(month, "3701")
    table = coverage_table(month.cycle, month.tree.city)
    assert table.whole is not None
    measure = table.whole.measures[MEASURE]
    step = Fraction(100, measure.denominator)
    assert (city.on_month, city.on_year) == (-step, step)
    assert city.target is not None
    assert city.target.shown_target == "80.0%"
    assert [name for name, _change in city.fell] == ["历下区"]
    standing = read_standing(month.cycle, month.tree.city, MEASURE)
    assert [(each.name, each.on_month) for each in standing.fell] == city.fell


def test_moves_never_name_a_township(month: Month) -> None:
    county = moved(month, "370102")
    assert county.on_month is not None
    assert county.on_month < 0
    assert county.fell is None
    assert county.fell_words == "—"
    province = read_moves(month.cycle, month.tree.province, coverage_table(month.cycle, month.tree.province))
    unmoved = next(each for each in province if each.measure == "townships_covered")
    assert unmoved.fell == []
    assert unmoved.fell_words == "没有"


def test_many_that_fell_are_counted_and_five_named() -> None:
    fell = [(f"第{number}县", Fraction(number - 9)) for number in range(7)]
    words = Move(MEASURE, "", None, None, None, None, fell).fell_words
    assert words == "第0县 −9.0、第1县 −8.0、第2县 −7.0、第3县 −6.0、第4县 −5.0等7个"


def test_registry_since_yesterday_counts_what_was_recorded_below(month: Month) -> None:
    city, other = month.tree.city, month.tree.other_city
    assert dict(registry_since(city, start_of_yesterday()))["登记科协建立"] == 0
    Establishment.objects.create(
        unit=month.tree["370102003"], state="established", valid_from=dt.date(2026, 11, 10)
    )
    assert dict(registry_since(city, start_of_yesterday()))["登记科协建立"] == 1
    assert dict(registry_since(other, start_of_yesterday()))["登记科协建立"] == 0


def test_overview_of_a_city_shows_them(month: Month, client_of: Any) -> None:
    words = client_of(month.city).get(reverse("reporting:overview")).content.decode()
    assert "升降和目标" in words
    assert "历下区 −" in words
    assert "昨天以来没有变化" in words
    county = client_of(month.city).get(reverse("reporting:overview"), {"unit": month.tree.county.pk})
    assert "比上月下降的下级" not in county.content.decode()
