"""Saved views: kept, opened, shared within one's unit, made the default, renamed, deleted; never by others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import DefaultView, SavedView, User
from accounts.roles import Role
from accounts.services.saved_views import MOST, change_view, delete_view, kept_query, save_view, set_default
from audit.models import AuditEvent
from core.errors import DomainError, Forbidden
from tests.factories import Tree, UserFactory, user_at

ClientOf = Callable[[User], Client]
LIST = "orgs:list"
QUERY = "level=4&established=blank&sort=-haves&columns=display_name&columns=planned_on"


def kept(by: User, name: str = "空白点", query: str = QUERY, is_shared: bool = False) -> SavedView:
    return save_view(page=LIST, name=name, query=query, is_shared=is_shared, by=by)


@pytest.fixture
def colleague(tree: Tree) -> User:
    return user_at(tree.county, Role.REVIEWER)


def test_view_is_saved_and_opened(clerk: User, client_of: ClientOf) -> None:
    client = client_of(clerk)
    answer = client.post(
        reverse("accounts:save_view"), {"list_page": LIST, "name": "空白点", "query": f"{QUERY}&page=7&q="}
    )
    view = SavedView.objects.get()
    assert view.query == QUERY and view.unit == clerk.unit
    assert answer.url == f"{reverse(LIST)}?{QUERY}&view={view.pk}"
    page = client.get(answer.url).content.decode()
    assert "计划建成" in page and "分管领导</a>" not in page
    menu = client.get(
        reverse("accounts:saved_views"), {"page": LIST, "query": QUERY}, headers={"HX-Request": "true"}
    )
    assert "视图：空白点" in menu.content.decode() and "<html" not in menu.content.decode()
    assert AuditEvent.objects.filter(kind="accounts.view_saved").count() == 1


def test_same_name_is_replaced(clerk: User) -> None:
    kept(clerk)
    assert kept(clerk, query="level=3").query == "level=3"
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"name": " "}, "no_name"), ({"name": "长" * 41}, "long_name"), ({"query": "q=" + "x" * 2100}, "long_query"), ({"page": "no:such"}, "no_page")],
)  # fmt: skip
def test_view_is_refused(clerk: User, change: dict[str, str], code: str) -> None:
    given = {"page": LIST, "name": "空白点", "query": QUERY} | change
    with pytest.raises(DomainError) as refused:
        save_view(**given, is_shared=False, by=clerk)
    assert refused.value.problems[0].code == code


def test_too_many_views_are_refused(clerk: User) -> None:
    for number in range(MOST):
        kept(clerk, name=f"视图{number}")
    with pytest.raises(DomainError, match="最多保存"):
        kept(clerk, name="再一个")


def test_without_a_unit_nothing_is_kept(db: None) -> None:
    with pytest.raises(Forbidden):
        kept(UserFactory())


def test_shared_view_is_offered_at_the_unit_alone(
    clerk: User, colleague: User, other_clerk: User, client_of: ClientOf
) -> None:
    own, shared = kept(clerk, "自用"), kept(clerk, "共用", is_shared=True)
    where = reverse("accounts:saved_views") + f"?page={LIST}"
    page = client_of(colleague).get(where).content.decode()
    assert shared.name in page and own.name not in page
    assert shared.name not in client_of(other_clerk).get(where).content.decode()
    assert own.name in client_of(clerk).get(where).content.decode()


def test_only_who_keeps_it_changes_or_deletes_it(clerk: User, colleague: User, client_of: ClientOf) -> None:
    view = kept(clerk, is_shared=True)
    for name in ("change_view", "delete_view"):
        assert (
            client_of(colleague).post(reverse(f"accounts:{name}", args=[view.pk]), {"name": "x"}).status_code
            == 404
        )
    with pytest.raises(Forbidden):
        change_view(view=view, name="x", is_shared=True, by=colleague)
    with pytest.raises(Forbidden):
        delete_view(view=view, by=colleague)
    client_of(clerk).post(reverse("accounts:change_view", args=[view.pk]), {"name": "新名"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("新名", False)
    client_of(clerk).post(reverse("accounts:delete_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_taken_name_is_refused(clerk: User) -> None:
    kept(clerk, "一")
    with pytest.raises(DomainError, match="已有名为"):
        change_view(view=kept(clerk, "二"), name="一", is_shared=False, by=clerk)


def test_page_opens_with_the_default(clerk: User, client_of: ClientOf) -> None:
    client, view = client_of(clerk), kept(clerk)
    assert client.get(reverse(LIST)).status_code == 200
    client.post(reverse("accounts:default_view", args=[view.pk]), {"default": "yes"})
    assert client.get(reverse(LIST)).url == f"{reverse(LIST)}?{QUERY}&view={view.pk}"
    assert client.get(reverse(LIST), {"view": "none"}).status_code == 200
    client.post(reverse("accounts:default_view", args=[view.pk]), {"default": "no"})
    assert client.get(reverse(LIST)).status_code == 200


def test_default_ends_with_the_sharing(clerk: User, colleague: User, client_of: ClientOf) -> None:
    view = kept(clerk, is_shared=True)
    set_default(view=view, is_default=True, by=colleague)
    set_default(view=view, is_default=True, by=clerk)
    assert client_of(colleague).get(reverse(LIST)).status_code == 302
    change_view(view=view, name=view.name, is_shared=False, by=clerk)
    assert client_of(colleague).get(reverse(LIST)).status_code == 200
    assert DefaultView.objects.get().user == clerk


def test_foreign_view_is_no_default(clerk: User, other_clerk: User, client_of: ClientOf) -> None:
    view = kept(other_clerk, is_shared=True)
    where = reverse("accounts:default_view", args=[view.pk])
    assert client_of(clerk).post(where, {"default": "yes"}).status_code == 404
    assert client_of(other_clerk).post(where, {"default": "yes"}).status_code == 302


def test_query_is_kept_without_pages_and_empty_values() -> None:
    assert (
        kept_query("?q=&page=3&view=9&level=4&level=5&name=%E4%B8%AD\0") == "level=4&level=5&name=%E4%B8%AD"
    )


def test_refused_names_come_back_in_words(clerk: User, client_of: ClientOf) -> None:
    client = client_of(clerk)
    answer = client.post(
        reverse("accounts:save_view"), {"list_page": LIST, "name": "", "query": QUERY}, follow=True
    )
    assert "请填写视图名称" in answer.content.decode()
    assert (
        client.post(reverse("accounts:save_view"), {"list_page": "no:such", "name": "x"}).status_code == 404
    )


def test_default_is_nobody_s_who_is_not_offered_the_view(clerk: User, colleague: User) -> None:
    view = kept(clerk)
    with pytest.raises(Forbidden):
        set_default(view=view, is_default=True, by=colleague)
    change_view(view=view, name=view.name, is_shared=True, by=clerk)
    set_default(view=view, is_default=True, by=colleague)
    assert DefaultView.objects.get().user == colleague


def test_view_that_is_not_the_default_leaves_the_default_alone(clerk: User) -> None:
    chosen, other = kept(clerk), kept(clerk, name="另一个")
    set_default(view=chosen, is_default=True, by=clerk)
    set_default(view=other, is_default=False, by=clerk)
    assert DefaultView.objects.get(user=clerk).view == chosen
    set_default(view=other, is_default=True, by=clerk)
    assert DefaultView.objects.get(user=clerk).view == other
