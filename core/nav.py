"""The register of the navigation: each app puts its own entries in at start, the base page shows those allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

Badge = Callable[[HttpRequest], int | None]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the side bar.

    Shown to who holds ``permission`` (a code, or several of which one suffices) anywhere; to everyone signed in when
    it is ``None``. ``badge`` counts what waits there; 0 and ``None`` show nothing. ``exact`` marks the entry active on
    its own address only, not on the pages below it. ``shown`` may hide it for a reason other than a permission.
    """

    label: str
    url_name: str
    group: str
    icon: str = "circle"
    permission: str | tuple[str, ...] | None = None
    order: int = 100
    badge: Badge | None = None
    exact: bool = False
    shown: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A heading of the side bar; groups stand by ``order``."""

    label: str
    order: int


@dataclass(frozen=True, slots=True)
class Bell:
    """The messages entry of the top bar: its address and how many are unread."""

    url_name: str
    count: Badge


_bell: list[Bell] = []
_groups: dict[str, NavGroup] = {}
_items: dict[str, NavItem] = {}


def register_group(label: str, *, order: int) -> None:
    """Give a heading its place; headings never registered come last, in the order of their first entry."""
    _groups[label] = NavGroup(label, order)


def register(item: NavItem) -> None:
    """Put an entry in; a second one for the same address is a mistake."""
    if item.url_name in _items:
        raise ValueError(f"navigation entry {item.url_name} is registered twice")
    _items[item.url_name] = item


def register_bell(bell: Bell) -> None:
    """Say where the bell of the top bar leads; there is one bell."""
    if _bell:
        raise ValueError("the bell is registered twice")
    _bell.append(bell)


def bell_for(request: HttpRequest) -> dict[str, Any] | None:
    """The bell's address and count for this person, or ``None`` where there is no bell."""
    if not _bell:
        return None
    return {"url": reverse(_bell[0].url_name), "count": _bell[0].count(request) or 0}


def _may_see(item: NavItem, request: HttpRequest) -> bool:
    if item.shown is not None and not item.shown(request):
        return False
    if item.permission is None:
        return True
    codes = (item.permission,) if isinstance(item.permission, str) else item.permission
    user: Any = request.user
    return any(user.can_anywhere(code) for code in codes)


def _link(item: NavItem, request: HttpRequest) -> dict[str, Any]:
    return {
        "label": item.label,
        "url": reverse(item.url_name),
        "icon": item.icon,
        "exact": item.exact,
        "badge": item.badge(request) if item.badge else None,
        "active": False,
    }


def _mark_active(links: list[dict[str, Any]], path: str) -> None:
    """Mark the entry whose address is the longest beginning of ``path``."""

    def matches(link: dict[str, Any]) -> bool:
        if link["exact"] or link["url"] == "/":
            return path == link["url"]
        return path.startswith(link["url"])

    candidates = [link for link in links if matches(link)]
    if candidates:
        max(candidates, key=lambda link: len(link["url"]))["active"] = True


def nav_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with their entries that this person may open, the present one marked active."""
    shown = [item for item in sorted(_items.values(), key=lambda item: item.order) if _may_see(item, request)]
    links = [(item.group, _link(item, request)) for item in shown]
    _mark_active([link for _group, link in links], request.path)
    labels = list(dict.fromkeys(group for group, _link in links))
    labels.sort(key=lambda label: _groups[label].order if label in _groups else 1000)
    return [{"label": label, "items": [link for group, link in links if group == label]} for label in labels]
