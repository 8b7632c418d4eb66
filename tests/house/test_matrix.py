"""Role × address × inside and outside the scope: who may, may not, and must not even learn that it exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import Tree
from tests.furnished import Area, House, furnish
from tests.house.addresses import Address, every_address, may_enter
from tests.month import WHILE_FILLING

ADDRESSES = [
    address
    for address in every_address()
    if address.name not in ("accounts:sign_out", "accounts:sign_in", "gallery", "healthz", "readyz")
]
#: Their scope ends at the county 370102 or the city 3701; the foreign county lies in another city.
BOUNDED = (
    *("county reporter", "county reviewer", "county leader", "county administrator", "township reporter"),
    *("city desk", "city leader", "city administrator"),
)
OTHERS = (
    *("province desk", "province leader", "province administrator"),
    *("system administrator", "security administrator", "audit administrator"),
)
#: Sessions, sign-in records, read receipts and the audit trail may be written by looking.
MAY_BE_WRITTEN = ("django_session", "accounts_usersession", "notices_message", "audit_auditevent")


@pytest.fixture
def house(tree: Tree) -> Iterator[House]:
    built = furnish(tree)
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield built


class Walker:
    """Somebody who tries every address of one area with one method, and what was found wrong."""

    def __init__(self, house: House, role: str) -> None:
        self.user = house.people[role]
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.user)
        self.faults: list[str] = []

    def call(self, address: Address, area: Area, method: str) -> tuple[Any, list[str]]:
        """The answer, and the statements that wrote something they should not have."""
        where = reverse(address.name, kwargs=address.kwargs(area.keys))
        with CaptureQueriesContext(connection) as seen:
            answer = getattr(self.client, method)(where)
        written = [
            query["sql"][:90]
            for query in seen.captured_queries
            if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "MERGE", "COPY"))
            and not any(f'"{table}"' in query["sql"] for table in MAY_BE_WRITTEN)
        ]
        return answer, written

    def blame(self, address: Address, method: str, what: str) -> None:
        self.faults.append(f"{method.upper()} {address.name}: {what}")


@pytest.mark.parametrize("role", [*BOUNDED, *OTHERS])
def test_inside_the_scope(house: House, role: str) -> None:
    """Who lacks the permission gets 403; looking writes nothing; nothing breaks; own objects are never absent."""
    walker = Walker(house, role)
    for address in ADDRESSES:
        may = may_enter(walker.user, address.required)
        answer, written = walker.call(address, house.own, "get")
        if answer.status_code >= 500:
            walker.blame(address, "get", f"{answer.status_code}")
        if written:
            walker.blame(address, "get", f"wrote {written}")
        if not may and answer.status_code not in (403, 405):
            walker.blame(address, "get", f"{answer.status_code} without the permission")
    assert not walker.faults, "\n".join(walker.faults)


@pytest.mark.parametrize("role", BOUNDED)
def test_outside_the_scope(house: House, role: str) -> None:
    """A foreign object is absent, whatever is asked of it, and nothing happens to it."""
    walker = Walker(house, role)
    for address in (one for one in ADDRESSES if one.is_scoped):
        is_let_in = may_enter(walker.user, address.required) and not isinstance(address.required, dict)
        allowed = {404, 405} if is_let_in else {403, 404, 405}
        for method in ("get", "post"):
            answer, written = walker.call(address, house.foreign, method)
            if answer.status_code not in allowed:
                walker.blame(address, method, f"{answer.status_code} for a foreign object")
            if written:
                walker.blame(address, method, f"wrote {written}")
    assert not walker.faults, "\n".join(walker.faults)


@pytest.mark.parametrize("role", ["county reporter", "city desk", "city leader"])
@pytest.mark.parametrize(
    "page", ["overview", "coverage", "completeness", "totals", "blank_spots"], ids=lambda page: page
)
def test_board_of_a_foreign_unit_is_absent(house: House, role: str, page: str) -> None:
    client = Client()
    client.force_login(house.people[role])
    where = reverse(f"reporting:{page}")
    assert client.get(where, {"unit": house.own.county.pk}).status_code == 200
    assert client.get(where, {"unit": house.foreign.county.pk}).status_code == 404
    assert client.get(where, {"unit": "1e9"}).status_code == 404
