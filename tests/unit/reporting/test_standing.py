"""Units beside their sisters: last month, last year, target, mean; who fell and who lies apart."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from orgs.choices import Level
from orgs.models import Establishment
from reporting.exporters.standing import STANDING_SHEET
from reporting.selectors.coverage import CoverageRow, Measure
from reporting.selectors.standing import _apart, read_standing
from reporting.services.targets import TargetChange, set_targets
from tests.factories import Tree
from tests.month import WHILE_FILLING, Month, make_month

MEASURE = "townships_established"


@pytest.fixture
def month(tree: Tree) -> Iterator[Month]:
    for code in ("370102001", "370102002", "370202002"):
        Establishment.objects.create(
            unit=tree[code],
            state="established",
            valid_from=dt.date(2026, 1, 1),
            recorded_at=clock.start_of(dt.date(2026, 1, 1)),
        )
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def rates(*counts: int) -> list[CoverageRow]:
    rows = [CoverageRow(n, str(n), str(n), Level.CITY, False, {}) for n in range(len(counts))]
    for row, count in zip(rows, counts, strict=True):
        row.measures[MEASURE] = Measure(count, 100)
    return rows


def test_standing_compares_with_the_whole_and_the_target(month: Month) -> None:
    tree = month.tree
    set_targets(
        setter=tree.province,
        due_on=dt.date(2026, 12, 31),
        changes=[TargetChange(tree.city.pk, "coverage_rate_township", Decimal(80))],
        by=month.province,
    )
    found = read_standing(month.cycle, tree.province, MEASURE)
    places = {each.row.code: each for each in found.places}
    city, other = places["3701"], places["3702"]
    assert found.whole is not None
    assert city.rate is not None
    assert city.against_sisters == (city.rate - found.whole) * 100
    assert city.target is not None
    assert city.target.goal.value == 80
    assert other.target is None
    assert (city.on_month, city.on_year) == (None, None)


def test_standing_never_compares_townships(month: Month, client_of: Any) -> None:
    assert read_standing(month.cycle, month.tree.county, MEASURE).places == []
    words = client_of(month.clerk).get(reverse("reporting:standing")).content.decode()
    assert "乡镇（街道）不作对比" in words


def test_apart_needs_sisters_and_a_distance() -> None:
    assert _apart(rates(90, 91, 92, 20), MEASURE) == set()
    assert _apart(rates(90, 91, 92, 93, 20), MEASURE) == {4}
    assert _apart(rates(90, 90, 90, 90, 90), MEASURE) == set()


def test_distribution_counts_every_unit_once(month: Month) -> None:
    found = read_standing(month.cycle, month.tree.province, MEASURE)
    assert sum(part["count"] for part in found.distribution) == len(found.places)


def test_page_and_sheet_say_the_same(month: Month, client_of: Any, tmp_path: Path) -> None:
    client = client_of(month.province)
    words = client.get(reverse("reporting:standing"), {"measure": MEASURE}).content.decode()
    params = {"cycle": str(month.cycle.pk), "unit": str(month.tree.province.pk), "measure": MEASURE}
    assert STANDING_SHEET.allowed(month.province, params)
    assert not STANDING_SHEET.allowed(month.city, params)
    path = str(tmp_path / "对比.xlsx")
    STANDING_SHEET.build(month.province, params, path, lambda *args: None)
    sheet = load_workbook(path).active
    assert sheet is not None
    told = {
        str(row[0].value): row[1].value for row in sheet.iter_rows() if isinstance(row[1].value, float | int)
    }
    found = read_standing(month.cycle, month.tree.province, MEASURE)
    assert told == {each.name: float(each.rate) for each in found.places if each.rate is not None}
    assert all(f"{rate:.1%}" in words for rate in told.values() if Fraction(rate).limit_denominator(100) != 0)


def test_standing_of_a_unit_out_of_sight_is_absent(month: Month, client_of: Any) -> None:
    client, address = client_of(month.city), reverse("reporting:standing")
    assert client.get(address, {"unit": month.tree.other_city.pk}).status_code == 404
    assert client.get(address).status_code == 200


def test_list_stands_in_the_order_asked_for_with_zones_last(month: Month, client_of: Any) -> None:
    address, client = reverse("reporting:standing"), client_of(month.province)

    def names(sort: str) -> list[str]:
        page = client.get(address, {"measure": MEASURE, "unit": month.tree.city.pk, "sort": sort})
        body = page.content.decode().rsplit("<tbody>", 1)[1]
        return [re.sub(r"<[^>]+>", " ", row).split()[0] for row in re.findall(r"<tr.*?</tr>", body, re.S)]

    by_code, turned = names("code"), names("-code")
    assert by_code[-1] == turned[-1] == "济南高新技术产业开发区"
    assert turned[:-1] == by_code[:-1][::-1]
    assert sorted(names("-rate")) == sorted(by_code)
