"""Every address says who may open it, and keeps strangers out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core.access import PUBLIC, SIGNED_IN
from core.permissions import Permission, every_permission

SAMPLES = {
    "int": "1",
    "str": "x",
    "slug": "x",
    "uuid": str(uuid4()),
    "path": "x",
}


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def _required(view: Any) -> Any:
    """What the view asks for: on itself, on its class (API views), or per action there."""
    found = getattr(view, "required_permission", None)
    if found is None:
        found = getattr(
            getattr(view, "cls", None) or getattr(view, "view_class", None), "required_permission", None
        )
    return found


def _sample(route: str) -> str:
    """An address that fits a route, path() and regex routes alike."""
    route = re.sub(r"\(\?P<\w+>([^)]*)\)", lambda match: _first_word(match[1]), route)
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES.get(match[1] or "str", "1"), route)
    return "/" + re.sub(r"[\^$?]|\\Z", "", route).replace("\\.", ".")


def _first_word(expression: str) -> str:
    """``nil|zero|told`` → ``nil``; anything else is taken for a number."""
    word = expression.split("|")[0]
    return word if word.isalpha() else "1"


ADDRESSES = sorted(_walk(get_resolver().url_patterns), key=lambda found: found[0])
IDS = [route or "/" for route, _pattern in ADDRESSES]


@pytest.mark.parametrize(("route", "pattern"), ADDRESSES, ids=IDS)
def test_every_address_names_its_permission(route, pattern):
    required = _required(pattern.callback)
    assert required is not None, f"/{route} names no permission"
    each = (
        required.values()
        if isinstance(required, dict)
        else required
        if isinstance(required, tuple)
        else (required,)
    )
    known = {PUBLIC, SIGNED_IN, *every_permission()}
    assert all(one in known for one in each), f"/{route} names an unknown permission: {required}"
    assert all(isinstance(one, Permission) or one in (PUBLIC, SIGNED_IN) for one in each)


@pytest.mark.parametrize(
    ("route", "pattern"),
    [found for found in ADDRESSES if _required(found[1].callback) != PUBLIC],
    ids=[route or "/" for route, pattern in ADDRESSES if _required(pattern.callback) != PUBLIC],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_turned_away_everywhere(db, route, pattern, method):
    """Pages lead to the sign-in page, the interface answers 401; nothing is shown and nothing happens."""
    answer = getattr(Client(), method)(_sample(route))
    if route.startswith("api/"):
        assert answer.status_code in (401, 404, 405), route
        assert answer.status_code != 404 or _is_absent(_sample(route))
    else:
        assert answer.status_code == 302, f"{route}: {answer.status_code}"
        assert answer["Location"].startswith("/accounts/sign-in/"), route


def _is_absent(address: str) -> bool:
    try:
        get_resolver().resolve(address)
    except Http404:
        return True
    return False


def test_public_addresses_are_few():
    """Opening another one to everybody is a decision: say so here."""
    opened = {route for route, pattern in ADDRESSES if _required(pattern.callback) == PUBLIC}
    assert opened == {"accounts/sign-in/", "gallery/", "healthz", "readyz"}
