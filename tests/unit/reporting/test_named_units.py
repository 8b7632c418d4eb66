"""The units behind a registry figure of units: as many as the figure says, by name, as page and as sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import Forbidden
from core.xlsx_read import read_sheet
from files.models import ExportState
from files.services import request_export, run_export
from orgs.models import Establishment
from reporting.exporters.named_units import KIND
from reporting.models import Indicator
from reporting.rollup import Lens
from reporting.selectors.facts import unit_facts
from reporting.selectors.registry_units import COUNT_OF, MET, NAMED, SUM_OF, UNMET, units_behind
from reporting.services.facts import compute_facts
from sanzhang.models import Occupation
from sanzhang.services import appointments, occupations, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, make_month

COVERED = reverse("reporting:named_units", args=["townships_covered"])


@pytest.fixture
def month(tree: Any) -> Iterator[Month]:
    """One county and one township of it have a vice-chair; one township is founded."""
    occupations.load_defaults(by=SYSTEM)
    with time_machine.travel(WHILE_FILLING - dt.timedelta(days=7), tick=False):
        made = make_month(tree)
        seated(made, "王秀兰", "370102")
        seated(made, "李建国", "370102002")
        Establishment.objects.create(
            unit=tree["370102001"], state="established", valid_from=dt.date(2026, 11, 1), basis="某科协字1号"
        )
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield made


def seated(month: Month, name: str, code: str) -> None:
    facts = PersonFacts(
        name=name,
        occupation=Occupation.objects.get(name="农技站站长" if code == "370102" else "学校校长"),
        employer=f"{name}的单位",
    )
    person = people.register(facts=facts, unit=month.tree[code], by=SYSTEM)
    seat = SeatFacts(position="vice_chair", valid_from=dt.date(2026, 11, 2), way_in="election")
    appointments.appoint(person=person, unit=month.tree[code], seat=seat, by=SYSTEM)


def names(client: Any, address: str, **query: Any) -> list[str]:
    table = client.get(address, query).content.decode().split("<tbody>")
    rows = re.findall(r"<tr.*?</tr>", table[1], re.S) if len(table) > 1 else []
    return [re.sub(r"<[^>]+>", " ", row).split()[0] for row in rows]


@pytest.mark.parametrize("key", [*NAMED, *SUM_OF])
def test_every_figure_is_as_many_units_as_it_says(month, key):
    assert Indicator.objects.filter(key=key).exists()
    for is_stored in (False, True):
        if is_stored:
            compute_facts(cycle=month.cycle, by=SYSTEM)
        for unit in (month.tree.province, month.tree.city, month.tree.county, month.tree["370102002"]):
            found = units_behind(key, month.cycle, unit)
            facts = unit_facts(month.cycle, unit)
            assert found.met == facts.number(unit.pk, key)
            if key in NAMED:
                assert found.expected == facts.number(unit.pk, found.naming.expected_key)
            assert sum(one.met for one in found.chosen(MET)) == found.met
            assert sum(one.expected - one.met for one in found.chosen(UNMET)) == found.unmet


def test_covered_ones_are_named_with_their_people(month):
    [covered] = units_behind("townships_covered", month.cycle, month.tree.city).chosen(MET)
    assert (covered.unit_id, covered.people, covered.words) == (month.tree["370102002"].pk, 1, "已吸纳")
    assert covered.place == "济南市历下区"
    counties = units_behind("counties_covered", month.cycle, month.tree.city)
    [county] = counties.chosen(MET)
    assert (county.unit_id, county.people) == (month.tree.county.pk, 1)
    assert month.tree.county.pk not in {one.unit_id for one in counties.chosen(UNMET)}


def test_a_day_before_knows_none_and_todays_tree_the_same(month):
    early = units_behind("townships_covered", month.cycle, month.tree.city, on=dt.date(2026, 11, 1))
    assert (early.met, early.as_of) == (0, dt.date(2026, 11, 1))
    then = units_behind("townships_covered", month.cycle, month.tree.city)
    assert units_behind("townships_covered", month.cycle, month.tree.city, lens=Lens.now()).met == then.met


def test_page_narrows_and_leads_on(month, client_of):
    client = client_of(month.city)
    assert names(client, COVERED, meets="yes") == ["历下区千佛山街道"]
    assert "历下区千佛山街道" not in names(client, COVERED, meets="no")
    assert names(client, COVERED, q="370102002") == ["历下区千佛山街道"]
    assert names(client, COVERED, q="没有这样的") == []
    assert len(names(client, COVERED, meets="maybe")) > 1
    page = client.get(COVERED, {"meets": "yes"}).content.decode()
    assert reverse("orgs:detail", args=[month.tree["370102002"].pk]) in page
    assert reverse("sanzhang:composed_people") in page
    assert client.get(reverse("reporting:named_units", args=["health_events"])).status_code == 404


def test_ratios_and_counts_of_the_boards_lead_there(month, client_of):
    client = client_of(month.city)
    for name in ("wall", "coverage", "overview"):
        page = client.get(reverse(f"reporting:{name}")).content.decode()
        for key in COUNT_OF.values():
            assert reverse("reporting:named_units", args=[key]) in page


def test_scope_is_kept(month, client_of, tree):
    inside, outside = client_of(month.clerk), client_of(user_at(tree["370202"], Role.REPORTER))
    query = {"unit": tree.county.pk, "meets": "yes"}
    assert names(inside, COVERED, **query) == ["历下区千佛山街道"]
    assert outside.get(COVERED, query).status_code == 404


def test_sheet_has_the_pages_rows(month):
    params = {
        "unit": str(month.tree.city.pk),
        "cycle": str(month.cycle.pk),
        "key": "townships_covered",
        "meets": "yes",
    }
    job = request_export(kind=KIND, params=params, unit=month.tree.city, by=month.city)
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.DONE
    rows = [row.values for row in read_sheet(job.file.open())]
    assert [row for row in rows if "370102002" in row] == [rows[-1]]
    assert "已吸纳" in rows[-1]
    with pytest.raises(Forbidden):
        request_export(
            kind=KIND, params=params | {"key": "health_events"}, unit=month.tree.city, by=month.city
        )
