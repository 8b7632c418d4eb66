"""填报期: opened, settled and locked by the province; deadlines that a city sets earlier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.access import requires
from core import clock
from core.access import SignedInRequest
from core.errors import DomainError, Forbidden, Problem
from core.keys import key_in
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Collection, Cycle
from reporting.permissions import MANAGE_CYCLES, REVIEW, VIEW_REPORTS
from reporting.selectors.cycles import cycle_rows, deadline_rows, next_opening
from reporting.services import cycles as services
from reporting.services.facts import compute_facts
from reporting.services.settings import set_city_deadline
from reporting.views.lookup import own_unit


def _collections(request: SignedInRequest) -> Any:
    unit = own_unit(request)
    return Collection.objects.filter(owner=unit.province_id or unit.pk, is_active=True).select_related(
        "owner", "form", "dates"
    )


def _cycle(request: SignedInRequest, pk: int) -> Cycle:
    found = Cycle.objects.select_related("collection", "collection__owner")
    return get_object_or_404(found.filter(collection__in=_collections(request)), pk=pk)


@requires(MANAGE_CYCLES)
def cycles(request: SignedInRequest) -> HttpResponse:
    """Every cycle, newest first: window, deadlines, facts, how far it is, and what may be done."""
    return _page(request)


def _page(request: SignedInRequest, *, problems: Sequence[Problem] = (), status: int = 200) -> HttpResponse:
    context = {
        "groups": [
            {
                "collection": collection,
                "open_rows": [row for row in rows if not row.cycle.is_locked],
                "locked_rows": [row for row in rows if row.cycle.is_locked],
                "next": next_opening(collection),
            }
            for collection in _collections(request)
            for rows in [cycle_rows(collection)]
        ],
        "today": clock.today(),
        "problems": problems,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "reporting/dash/cycles.html", context, status=status)


def _act(request: SignedInRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        done = act()
    except Forbidden:
        raise
    except DomainError as refusal:
        return _page(request, problems=refusal.problems, status=refusal.status)
    messages.success(request, done)
    return redirect("reporting:cycles")


@require_POST
@requires(MANAGE_CYCLES)
def open_next(request: SignedInRequest, pk: int) -> HttpResponse:
    """立即开放 the next period of a collection."""
    collection = get_object_or_404(_collections(request), pk=pk)

    def act() -> str:
        cycle = services.open_next(collection=collection, by=request.user)
        return f"已开放{cycle.label}填报，共{cycle.reports.count()}份{cycle.noun}。"

    return _act(request, act)


@require_POST
@requires(MANAGE_CYCLES)
def lock(request: SignedInRequest, pk: int) -> HttpResponse:
    """锁定."""
    cycle = _cycle(request, pk)
    return _act(
        request, lambda: f"{services.lock_cycle(cycle=cycle, by=request.user).label}已锁定，审定数已固定。"
    )


@require_POST
@requires(MANAGE_CYCLES)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """重新开放, with the reason."""
    cycle = _cycle(request, pk)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        lambda: f"{services.reopen_cycle(cycle=cycle, reason=reason, by=request.user).label}已重新开放。",
    )


@require_POST
@requires(MANAGE_CYCLES)
def take_facts(request: SignedInRequest, pk: int) -> HttpResponse:
    """台账取数 by hand, where the clock has not done it yet or the registry was put right before locking."""
    cycle = _cycle(request, pk)

    def act() -> str:
        if not request.user.can(MANAGE_CYCLES, cycle.collection.owner):
            raise Forbidden.for_action("台账取数")
        return f"{cycle.label}台账数已取，共{compute_facts(cycle=cycle, by=request.user):,}个。"

    return _act(request, act)


@requires(REVIEW, MANAGE_CYCLES)
def deadlines(request: SignedInRequest) -> HttpResponse:
    """A city's own earlier days for its counties and townships; the province sees those of all cities."""
    unit = own_unit(request)
    if unit.level > Level.CITY:
        raise Forbidden.for_action("设定截止日")
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        try:
            _set_deadline(request)
        except Forbidden:
            raise
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
        else:
            messages.success(request, "截止日已保存，自下一期起执行。")
            return redirect("reporting:deadlines")
    context = {
        "unit": unit,
        "groups": [
            {"collection": collection, "rows": deadline_rows(collection, unit)}
            for collection in _collections(request)
            if _sets_days(collection)
        ],
        "days": range(1, 29),
        "problems": problems,
    }
    return render(request, "reporting/dash/deadlines.html", context, status=status)


def _sets_days(collection: Collection) -> bool:
    """Whether a lower level owes, and a cycle is still to open."""
    return max(collection.levels, default=0) > Level.CITY and next_opening(collection) is not None


def _set_deadline(request: SignedInRequest) -> None:
    collection = get_object_or_404(_collections(request), pk=key_in(request.POST.get("collection")))
    cities = OrgUnit.objects.visible_to(request.user, VIEW_REPORTS).at(Level.CITY)
    city = get_object_or_404(cities, pk=key_in(request.POST.get("city")))
    raw = request.POST.get("day", "").strip()
    day, on = (None, _date(raw)) if collection.is_once else (key_in(raw) or None, None)
    if raw and day is None and on is None:
        raise DomainError.of("bad_day", "请填写日期，或留空按全省统一。", "day")
    set_city_deadline(
        collection=collection,
        city=city,
        level=key_in(request.POST.get("level")),
        day=day,
        on=on,
        by=request.user,
    )


def _date(raw: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(raw)
    except ValueError:
        return None
