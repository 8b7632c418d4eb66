"""No telephone number of a foreign unit in any page, file, API answer or line of the log."""

from __future__ import annotations

import json
import logging
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from core.cipher import digest, encrypt
from core.errors import DomainError
from files import registry
from orgs.choices import KindGroup, PartnerKind
from orgs.models import Affiliate, UnitOfficer
from sanzhang.models import KeyPerson
from tests.factories import Tree
from tests.furnished import House, furnish
from tests.house.addresses import Address, every_address
from tests.month import WHILE_FILLING

PHONE = "13905318642"
#: What the mask leaves of it.
MASKED = "139****8642"
HOLDERS = ("sanzhang:", "orgs:", "accounts:", "v1:")
ADDRESSES = [
    address
    for address in every_address()
    if address.name.startswith(HOLDERS) and address.name not in ("v1:schema", "v1:docs")
]
#: Where who keeps the record sees the mask, or asks for the number.
SHOWN = {
    ("GET", "sanzhang:list"),
    ("htmx", "sanzhang:phone"),
    ("GET", "v1:person-list"),
    ("GET", "orgs:roster"),
    ("GET", "orgs:affiliate"),
    ("htmx", "orgs:affiliate_phone"),
    ("htmx", "orgs:reveal_phone"),
}
#: Lists of the foreign county's own that hold the mask.
KEPT_IN = {"sanzhang.people", "orgs.affiliates", "orgs.roster", "orgs.roster_docx", "orgs.units"}
#: Out of reach, not allowed, not a form.
REFUSED = (403, 404, 405)
#: Files about the people, units, affiliates and accounts themselves.
FILES = ("sanzhang.", "orgs.", "accounts.")


@pytest.fixture
def house(tree: Tree) -> Iterator[House]:
    """One telephone in the foreign county: of a key person, a society's contact, the liaison and an account."""
    built = furnish(tree)
    keys = built.foreign.keys
    with time_machine.travel(WHILE_FILLING, tick=False):
        for sealed in (KeyPerson.objects.get(pk=keys["person"]), Affiliate.objects.get(pk=keys["affiliate"])):
            sealed.seal_phone(PHONE)
            sealed.save()
        UnitOfficer.objects.filter(pk=keys["officer"]).update(
            phone_cipher=encrypt(PHONE), phone_digest=digest(PHONE)
        )
        User.objects.filter(pk=keys["account"]).update(phone_cipher=encrypt(PHONE))
        yield built


def shows(content: bytes) -> bool:
    """Whether the number, or what its mask leaves, stands in it."""
    return PHONE.encode() in content or MASKED.encode() in content


class Walker:
    """Somebody who opens every address in every way, at one browser; where a session may end, at a new one."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = self._sign_in()

    def _sign_in(self) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(self.user)
        return client

    def answers_of(self, address: Address, keys: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
        """By method; what is refused to a form is not asked again in part."""
        if address.name.startswith("accounts:") or SESSION_KEY not in self.client.session:
            self.client = self._sign_in()
        where = reverse(address.name, kwargs=address.kwargs(keys))
        typed = {"name": "王秀兰", "employer": "", "phone": "", "double": keys["person"], "office": "all"}
        yield "GET", self.client.get(where, {"office": "all"}).content
        posted = self.client.post(where, typed)
        yield "POST", posted.content
        if posted.status_code not in REFUSED:
            yield "htmx", self.client.post(where, typed, headers={"HX-Request": "true"}).content
        if address.is_api:
            body = json.dumps({"unit": keys["unit"], "name": "王秀兰", "occupation": "医院院长"})
            yield "PUT", self.client.put(where, body, content_type="application/json").content


@pytest.mark.parametrize("role", ["county reporter", "county leader", "city desk", "township reporter"])
def test_no_page_or_answer_shows_it(house: House, role: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    walker = Walker(house.people[role])
    faults = [
        f"{method} {address.name} ({where})"
        for address in ADDRESSES
        for where, area in (("own", house.own), ("foreign", house.foreign))
        for method, content in walker.answers_of(address, area.keys)
        if shows(content)
    ]
    assert faults == []
    assert PHONE not in caplog.text


def test_the_same_walk_would_find_it(house: House) -> None:
    """The walk can fail: who keeps the record sees the mask in the list, and the number once asked for."""
    walker = Walker(house.foreign.reporter)
    found = {
        (method, address.name)
        for address in ADDRESSES
        if address.name in {name for _method, name in SHOWN}
        for method, content in walker.answers_of(address, house.foreign.keys)
        if shows(content)
    }
    assert found >= SHOWN


def text_of(path: Path) -> bytes:
    """All text of a built file: parts of an archive, words of a PDF."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    if path.read_bytes()[:5] == b"%PDF-":
        return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
    return path.read_bytes()


def files_of(user: User, house: House, folder: Path, **more: Any) -> Iterator[tuple[str, bytes]]:
    """Every file of the registry that ``user`` is allowed, asked of the foreign county."""
    keys = house.foreign.keys
    params = {
        "query": {"office": ["all"]},
        "person": keys["person"],
        "briefing": keys["briefing"],
        "unit": keys["unit"],
        "of": keys["unit"],
        "group": KindGroup.values[0],
        "with": PartnerKind.values[0],
    } | more
    for kind, exporter in sorted(registry._exporters.items()):
        if kind.startswith(FILES) and exporter.allowed(user, params):
            path = folder / kind
            try:
                exporter.build(user, params, str(path), lambda done, total, step="": None)
            except DomainError:
                continue
            yield kind, text_of(path)


def test_no_file_holds_it(house: House, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    mine.mkdir()
    theirs.mkdir()
    built = dict(files_of(house.people["county reporter"], house, mine))
    assert {"sanzhang.people_sheet", "sanzhang.roster_pdf"} <= built.keys()
    assert "orgs.affiliates" not in built
    of = house.own.keys["unit"]
    whole = dict(files_of(house.people["county reporter"], house, mine, whole=True, of=of))
    assert whole.keys() >= KEPT_IN
    assert [kind for each in (built, whole) for kind, content in each.items() if shows(content)] == []
    kept = dict(files_of(house.foreign.reporter, house, theirs))
    assert KEPT_IN | {"sanzhang.form_docx", "sanzhang.form_pdf"} <= {
        kind for kind, content in kept.items() if shows(content)
    }


def test_the_number_itself_never_leaves_in_bulk(house: House, tmp_path: Path) -> None:
    """Who keeps the record gets the full number on one person's form alone, and that leaves a trace."""
    built = dict(files_of(house.foreign.reporter, house, tmp_path))
    full = {kind for kind, content in built.items() if PHONE.encode() in content}
    assert full == {"sanzhang.form_docx", "sanzhang.form_pdf", "sanzhang.form_xlsx"}
    assert AuditEvent.objects.filter(kind="sanzhang.unmasked").count() == len(full)
    assert not AuditEvent.objects.filter(data__icontains=PHONE).exists()


def test_a_number_typed_tells_nobody_whose_it_is(house: House) -> None:
    client = Client()
    client.force_login(house.people["county reporter"])
    typed = {"name": "", "employer": "", "phone": PHONE}
    assert "王秀兰" not in client.post(reverse("sanzhang:doubles"), typed).content.decode()
    page = client.get(reverse("sanzhang:list"), {"q": PHONE, "office": "all"})
    assert page.context["page"].paginator.count == 0
