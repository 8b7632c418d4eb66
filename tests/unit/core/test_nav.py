"""The navigation shows what one may open, in order, with one entry active."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import include, path

from core import nav
from core.context_processors import portal


def _view(request):
    return HttpResponse()


_pages = [path("", _view, name="list"), path("new/", _view, name="new"), path("inbox/", _view, name="inbox")]
urlpatterns = [path("", _view, name="front"), path("people/", include((_pages, "p")))]

pytestmark = pytest.mark.urls(__name__)


class Person:
    is_authenticated = True

    def __init__(self, *codes: str) -> None:
        self.codes = codes

    def can_anywhere(self, code: str) -> bool:
        return code in self.codes


@pytest.fixture(autouse=True)
def empty_register(monkeypatch) -> None:
    monkeypatch.setattr(nav, "_items", {})
    monkeypatch.setattr(nav, "_groups", {})
    monkeypatch.setattr(nav, "_bell", [])


def request_of(person, address: str = "/"):
    request = RequestFactory().get(address)
    request.user = person
    return request


def labels(request) -> list[tuple[str, list[str]]]:
    return [(group["label"], [item["label"] for item in group["items"]]) for group in nav.nav_for(request)]


def test_entry_shows_only_with_its_permission() -> None:
    nav.register(nav.NavItem("首页", "front", "工作"))
    nav.register(nav.NavItem("人员", "p:list", "台账", permission=("people.view", "people.edit")))
    assert labels(request_of(Person())) == [("工作", ["首页"])]
    assert labels(request_of(Person("people.edit"))) == [("工作", ["首页"]), ("台账", ["人员"])]


def test_entry_may_be_hidden_for_another_reason() -> None:
    nav.register(nav.NavItem("首页", "front", "工作", shown=lambda request: request.path != "/"))
    assert labels(request_of(Person())) == []
    assert labels(request_of(Person(), "/people/")) == [("工作", ["首页"])]


def test_groups_and_entries_stand_in_order() -> None:
    nav.register_group("台账", order=1)
    nav.register(nav.NavItem("首页", "front", "工作", order=1))
    nav.register(nav.NavItem("新增", "p:new", "台账", order=9))
    nav.register(nav.NavItem("人员", "p:list", "台账", order=2))
    assert labels(request_of(Person())) == [("台账", ["人员", "新增"]), ("工作", ["首页"])]


@pytest.mark.parametrize(
    ("address", "active"), [("/", "首页"), ("/people/7/", "人员"), ("/people/new/", "新增")]
)
def test_longest_address_is_active(address: str, active: str) -> None:
    nav.register(nav.NavItem("首页", "front", "工作"))
    nav.register(nav.NavItem("人员", "p:list", "工作"))
    nav.register(nav.NavItem("新增", "p:new", "工作"))
    items = nav.nav_for(request_of(Person(), address))[0]["items"]
    assert [item["label"] for item in items if item["active"]] == [active]


def test_second_entry_for_an_address_is_refused() -> None:
    nav.register(nav.NavItem("首页", "front", "工作"))
    with pytest.raises(ValueError, match="twice"):
        nav.register(nav.NavItem("又一个", "front", "工作"))


def test_bell_counts_and_there_is_one() -> None:
    assert nav.bell_for(request_of(Person())) is None
    nav.register_bell(nav.Bell("p:inbox", lambda request: None))
    assert nav.bell_for(request_of(Person())) == {"url": "/people/inbox/", "count": 0}
    with pytest.raises(ValueError, match="twice"):
        nav.register_bell(nav.Bell("p:inbox", lambda request: 1))


def test_stranger_gets_no_navigation_and_is_not_asked() -> None:
    nav.register(nav.NavItem("首页", "front", "工作"))
    context = portal(request_of(SimpleNamespace(is_authenticated=False)))
    assert list(context["nav"]) == []
    assert not context["bell"]
    assert context["portal_name"] == "科协“3+1”工作平台"
