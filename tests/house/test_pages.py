"""Every page as it reaches the browser: Chinese, one heading, unique ids, named fields, and nothing inline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, reverse

from accounts.models import User
from core.access import may_open
from tests.factories import Tree
from tests.furnished import House, furnish
from tests.house.addresses import every_address
from tests.month import WHILE_FILLING

WITH_PAGES = (
    *("county reporter", "county leader", "city desk", "province desk", "city administrator"),
    *("system administrator", "security administrator", "audit administrator"),
)
#: Words that Chinese office workers read in Latin letters, and what the system itself is written with.
LATIN = {
    *(
        "pdf",
        "xlsx",
        "xls",
        "docx",
        "doc",
        "csv",
        "ofd",
        "wps",
        "et",
        "jpg",
        "jpeg",
        "png",
        "heic",
        "zip",
        "mb",
        "kb",
    ),
    *("excel", "api", "openapi", "tab", "enter", "esc", "ctrl", "ip", "id", "wechat", "qq", "email", "token"),
    *("postgresql", "redis", "worker", "beat", "word", "gb"),
    # The columns and the encoding of the statistical bureau's file of divisions.
    *("code", "name", "gbk"),
    # Initials by which a name is found.
    *("lxq", "wxl"),
}
VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
    *("use", "path", "circle", "rect", "line", "polyline", "polygon"),
}
SILENT = {"script", "style", "code", "svg", "pre"}
READ_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-confirm")


class Reader(HTMLParser):
    """What a page says, and what it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []
        self.headings = 0
        self.fields: list[dict[str, str | None]] = []
        self.labelled: set[str] = set()
        self.posting_forms = self.tokens = 0
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.headings += tag == "h1"
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline on <{tag}>")
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            self.faults.append(f"inline <{tag}>")
        if tag == "img" and given.get("alt") is None:
            self.faults.append("picture without alt")
        if tag == "a" and (given.get("href") or "").startswith("/"):
            self.links.add(urlsplit(str(given["href"])).path)
        if tag == "label" and given.get("for"):
            self.labelled.add(str(given["for"]))
        if tag in ("input", "select", "textarea"):
            self._field(given)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.posting_forms += 1
        self.said += [str(given[name]) for name in READ_ATTRIBUTES if given.get(name)]
        if tag not in VOID:
            self.open.append(tag)

    def _field(self, given: dict[str, str | None]) -> None:
        self.tokens += given.get("name") == "csrfmiddlewaretoken"
        if given.get("type") not in ("hidden", "submit", "button"):
            self.fields.append(given | {"inside": "label" if "label" in self.open else ""})

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not SILENT & set(self.open):
            self.said.append(data)

    def unnamed(self) -> list[str]:
        """Fields that neither a label nor an attribute names."""
        return [
            str(field.get("name") or field.get("id"))
            for field in self.fields
            if not (
                field["inside"]
                or field.get("id") in self.labelled
                or field.get("aria-label")
                or field.get("aria-labelledby")
                or field.get("title")
            )
        ]

    def foreign_words(self) -> set[str]:
        words = re.findall(r"(?<![\w@./:?&=-])[A-Za-z]{2,}(?![\w@./:?&=-])", " ".join(self.said))
        return {word for word in words if word.lower() not in LATIN}


@pytest.fixture
def house(tree: Tree) -> Iterator[House]:
    built = furnish(tree)
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield built


def closed_doors(html: str, user: User) -> list[str]:
    """Links of a page to where ``user`` is not let in, or to nowhere."""
    reader = Reader()
    reader.feed(html)
    closed = []
    for path in sorted(reader.links):
        if path.startswith(settings.STATIC_URL):
            continue
        try:
            if not may_open(user, path):
                closed.append(f"link to a closed door: {path}")
        except Resolver404:
            closed.append(f"link to nowhere: {path}")
    return closed


def faults_of(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    found = list(reader.faults)
    if "<html" in html:
        if 'lang="zh' not in html:
            found.append("no language")
        if reader.headings != 1:
            found.append(f"{reader.headings} headings")
    twice = [name for name, count in reader.ids.items() if count > 1]
    if twice:
        found.append(f"ids twice: {twice}")
    if reader.tokens < reader.posting_forms:
        found.append("a posting form without its token")
    if unnamed := reader.unnamed():
        found.append(f"fields without a name: {unnamed}")
    if words := reader.foreign_words():
        found.append(f"not Chinese: {sorted(words)}")
    return found


@pytest.mark.parametrize("role", WITH_PAGES)
def test_pages_as_they_reach_the_browser(house: House, role: str) -> None:
    client = Client()
    client.force_login(house.people[role])
    faults, opened = [], 0
    for address in every_address():
        if address.is_api or address.name in ("accounts:sign_out", "gallery"):
            continue
        answer = client.get(reverse(address.name, kwargs=address.kwargs(house.own.keys)))
        if not answer.get("Content-Type", "").startswith("text/html") or answer.status_code == 302:
            continue
        opened += answer.status_code == 200
        html = answer.content.decode()
        found = [*faults_of(html), *closed_doors(html, house.people[role])]
        policy = answer.get("Content-Security-Policy", "")
        if "script-src 'self'" not in policy or "unsafe" in policy:
            found.append(f"policy: {policy}")
        faults += [f"{address.name} ({answer.status_code}): {fault}" for fault in found]
    assert opened > 3
    assert not faults, "\n".join(faults)


@pytest.mark.django_db
def test_reader_finds_what_is_wrong() -> None:
    """The house test itself can fail."""
    page = """<html lang="en"><h1>A</h1><h1>Submit</h1><p id="a" style="x"><b id="a"></b>
    <script>1</script><form method="post"><input name="q"></form><img src="x"></html>"""
    found = " ".join(faults_of(page))
    closed = closed_doors('<a href="/nowhere/">x</a><a href="/audit/">x</a>', User(pk=0))
    assert closed == ["link to a closed door: /audit/", "link to nowhere: /nowhere/"]
    for fault in ("no language", "2 headings", "ids twice", "token", "['q']", "Submit", "inline", "alt"):
        assert fault in found, fault
