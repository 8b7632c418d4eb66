"""Keeping a list as it is shown under a name: one's own, or for colleagues at the unit too."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from accounts.models import DefaultView, SavedView, User
from audit.services import record
from core.errors import DomainError, Forbidden, Problem, check
from core.listing import NOT_KEPT

QUERY_LIMIT = 2000
NAME_LIMIT = 40
#: How many views one person may keep of one page.
MOST = 30


@transaction.atomic
def save_view(*, page: str, name: str, query: str, is_shared: bool, by: Any) -> SavedView:
    """Keep ``query`` of ``page`` under ``name``; the same name of one's own is replaced."""
    if by.unit is None:
        raise Forbidden.for_action("保存视图")
    name, kept = name.strip(), kept_query(query)
    User.objects.select_for_update().get(pk=by.pk)
    own = SavedView.objects.filter(owner=by, page=page)
    view = own.filter(name=name).first() or SavedView(owner=by, page=page, name=name)
    problems = [*_name_problems(name), *_page_problems(page), *_query_problems(kept)]
    if view.pk is None and own.count() >= MOST:
        problems.append(Problem("too_many", f"每个页面最多保存 {MOST} 个视图，请先删除不用的。", "name"))
    check(problems)
    view.unit, view.query, view.is_shared = by.unit, kept, is_shared
    view.save()
    _record("saved", view, by, f"保存视图“{name}”" + ("（本单位共享）" if is_shared else ""))
    return view


@transaction.atomic
def change_view(*, view: SavedView, name: str, is_shared: bool, by: Any) -> SavedView:
    """Another name, shared or not. Only who keeps it may."""
    view = _own(view, by)
    name = name.strip()
    problems = _name_problems(name)
    if SavedView.objects.filter(owner=by, page=view.page, name=name).exclude(pk=view.pk).exists():
        problems.append(Problem("taken", f"您已有名为“{name}”的视图，请换一个名称。", "name"))
    check(problems)
    view.name, view.is_shared = name, is_shared
    view.save(update_fields=["name", "is_shared"])
    if not is_shared:
        DefaultView.objects.filter(view=view).exclude(user=by).delete()
    _record("changed", view, by, f"修改视图“{name}”")
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by: Any) -> None:
    """Forget it, also where colleagues open the page with it."""
    view = _own(view, by)
    _record("deleted", view, by, f"删除视图“{view.name}”")
    view.delete()


@transaction.atomic
def set_default(*, view: SavedView, is_default: bool, by: Any) -> None:
    """Open the page with ``view``, one's own or one that colleagues share, from now on, or no longer."""
    if not SavedView.objects.offered_to(by).filter(pk=view.pk).exists():
        raise Forbidden.for_action("使用他人未共享的视图")
    if is_default:
        DefaultView.objects.update_or_create(user=by, page=view.page, defaults={"view": view})
    else:
        DefaultView.objects.filter(user=by, view=view).delete()
    _record("default", view, by, f"{'设为' if is_default else '取消'}默认视图“{view.name}”")


def kept_query(query: str) -> str:
    """The query of an address without page numbers, empty values and what is not text."""
    given = QueryDict(query.lstrip("?").replace("\0", "")[: QUERY_LIMIT * 2])
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        if name not in NOT_KEPT and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def _own(view: SavedView, by: Any) -> SavedView:
    held = SavedView.objects.select_for_update().get(pk=view.pk)
    if held.owner_id != by.pk:
        raise Forbidden.for_action("修改他人保存的视图")
    return held


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("no_name", "请填写视图名称。", "name")]
    return [Problem("long_name", f"名称最多 {NAME_LIMIT} 个字。", "name")] if len(name) > NAME_LIMIT else []


def _page_problems(page: str) -> list[Problem]:
    try:
        reverse(page)
    except NoReverseMatch as error:
        raise DomainError.of("no_page", "没有这个页面，请刷新后重试。") from error
    return []


def _query_problems(query: str) -> list[Problem]:
    too_long = Problem("long_query", "筛选条件过长，请减少条件后再保存。", "name")
    return [too_long] if len(query) > QUERY_LIMIT else []


def _record(act: str, view: SavedView, by: Any, summary: str) -> None:
    record(
        kind=f"accounts.view_{act}",
        by=by,
        unit=view.unit,
        obj=view,
        summary=summary,
        data={"page": view.page, "query": view.query, "shared": view.is_shared},
    )
