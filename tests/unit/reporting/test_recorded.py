"""“昨天以来” by name: counts that lead to the very records, in scope, with masked telephones, as page and as sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import Forbidden
from core.xlsx_read import read_sheet
from files.models import ExportState
from files.services import request_export, run_export
from orgs.models import Establishment
from reporting.exporters.recorded import KIND
from reporting.selectors.recorded import registry_since, start_of_yesterday
from sanzhang.models import Appointment, Occupation
from sanzhang.services import appointments, occupations, people
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, make_month

BEGUN = reverse("reporting:recorded_people", args=["begun"])
ENDED = reverse("reporting:recorded_people", args=["ended"])
FOUNDED = reverse("reporting:recorded_units")
PHONE = "13805310001"


@pytest.fixture
def month(tree: Any) -> Iterator[Month]:
    """A week ago somebody was seated; today another, and the first left; one township was founded and one long before."""
    occupations.load_defaults(by=SYSTEM)
    with time_machine.travel(WHILE_FILLING - dt.timedelta(days=7), tick=False):
        made = make_month(tree)
        first = seated(made, "王秀兰")
        founded(made, "370102001")
    with time_machine.travel(WHILE_FILLING, tick=False):
        seated(made, "李建国", "370102002")
        appointments.end(appointment=first, on=WHILE_FILLING.date(), reason="transferred", note="", by=SYSTEM)
        founded(made, "370102003")
        yield made


def seated(month: Month, name: str, code: str = "370102") -> Appointment:
    facts = PersonFacts(
        name=name,
        occupation=Occupation.objects.get(name="农技站站长" if code == "370102" else "学校校长"),
        employer=f"{name}的单位",
        phone=PHONE,
    )
    person = people.register(facts=facts, unit=month.tree[code], by=SYSTEM, explanation="同一总机")
    seat = SeatFacts(position="vice_chair", valid_from=dt.date(2026, 11, 2), way_in="election")
    return appointments.appoint(person=person, unit=month.tree[code], seat=seat, by=SYSTEM)


def founded(month: Month, code: str) -> None:
    Establishment.objects.create(
        unit=month.tree[code], state="established", valid_from=dt.date(2026, 11, 1), basis="某科协字1号"
    )


def rows_of(client: Any, address: str, **query: Any) -> list[str]:
    body = client.get(address, query).content.decode().split("<tbody>")
    return re.findall(r"<tr.*?</tr>", body[1], re.S) if len(body) > 1 else []


def test_overview_counts_lead_to_the_very_records(month, client_of):
    client = client_of(month.city)
    page = client.get(reverse("reporting:overview")).content.decode()
    counts = dict(registry_since(month.tree.city, start_of_yesterday()))
    assert counts == {"登记科协建立": 1, "登记“三长”任职": 1, "登记“三长”离任": 1}
    for address, name in ((FOUNDED, "趵突泉街道"), (BEGUN, "李建国"), (ENDED, "王秀兰")):
        way = re.search(rf'href="({re.escape(address)}\?[^"]*)"', page)
        assert way is not None
        rows = re.findall(r"<tr.*?</tr>", client.get(way[1].replace("&amp;", "&")).content.decode(), re.S)[1:]
        assert len(rows) == 1
        assert name in rows[0]


def test_list_masks_telephones_and_goes_back_as_far_as_asked(month, client_of):
    client = client_of(month.city)
    page = client.get(BEGUN).content.decode()
    assert "138****0001" in page
    assert PHONE not in page
    assert len(rows_of(client, BEGUN)) == 1
    assert len(rows_of(client, BEGUN, since="2026-11-01")) == 2
    assert len(rows_of(client, BEGUN, since="2026-11-01", q="王秀兰")) == 1
    assert len(rows_of(client, FOUNDED, since="2026-11-01")) == 2
    assert len(rows_of(client, FOUNDED, since="2026-11-01", q="解放路")) == 1
    assert "截至日期不能晚于今天" in client.get(BEGUN, {"since": "2027-01-01"}).content.decode()
    assert client.get(reverse("reporting:recorded_people", args=["nothing"])).status_code == 404


def test_scope_is_kept(month, client_of, tree):
    inside, outside = client_of(month.clerk), client_of(user_at(tree["370202"], Role.REPORTER))
    for address in (BEGUN, ENDED, FOUNDED):
        query = {"unit": tree.county.pk}
        assert len(rows_of(inside, address, **query)) == 1
        assert outside.get(address, query).status_code == 404
        assert "没有符合条件的记录" in outside.get(address).content.decode()


def test_sheet_holds_the_rows_of_the_page_and_stays_in_scope(month, tree):
    params = {"unit": tree.county.pk, "kind": "begun", "since": "2026-11-01"}
    with pytest.raises(Forbidden):
        request_export(kind=KIND, params=params, unit=None, by=user_at(tree["370202"], Role.REPORTER))
    with pytest.raises(Forbidden):
        request_export(kind=KIND, params=params | {"kind": "no"}, unit=None, by=month.clerk)
    job = request_export(kind=KIND, params=params, unit=None, by=month.clerk)
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.DONE, job.error
    text = str([row.values for row in read_sheet(job.file.open())])
    assert "李建国" in text
    assert "王秀兰" in text
    assert "138****0001" in text
    assert PHONE not in text


def test_queries_do_not_grow_with_what_was_recorded(month, client_of):
    client = client_of(month.city)

    def counts() -> list[int]:
        found = []
        for address in (BEGUN, FOUNDED):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            found.append(len(seen))
        return found

    client.get(BEGUN)
    few = counts()
    for name in ("赵一", "赵二", "赵三"):
        seated(month, name, "370102001")
    founded(month, "370102002")
    assert counts() == few
