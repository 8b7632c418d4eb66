"""目标: what units shall reach, how far they are, and handing targets down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import requires
from core import clock, tables
from core.access import SignedInRequest
from core.errors import DomainError, Problem
from orgs.models import OrgUnit
from reporting.choices import Source
from reporting.forms.targets import BasisForm, TargetDayForm, read_cells
from reporting.models import Indicator
from reporting.permissions import SET_TARGETS, VIEW_REPORTS
from reporting.selectors.paces import Progress
from reporting.selectors.target_grid import TargetGrid, read_grid
from reporting.selectors.targets import (
    due_days,
    history,
    latest_cycle,
    targetable,
    unit_progress,
    units_to_set,
)
from reporting.services.targets import set_targets
from reporting.tables.targets import UnitLine, history_columns, matrix_columns, progress_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_principal_look
from reporting.views.lookup import own_unit
from reporting.views.ways import way_down

HISTORY_SHOWN = 100


@requires(VIEW_REPORTS)
@require_GET
@with_principal_look
def targets(request: SignedInRequest, look: Look) -> HttpResponse:
    """The unit's targets against its figures, those of the units below it, and every target it was ever given."""
    below = [unit for unit in units_to_set(look.unit) if unit.pk != look.unit.pk]
    found = unit_progress(look.cycle, look.unit, [look.unit.pk, *(unit.pk for unit in below)])
    own = [each for (unit_id, _key), each in found.items() if unit_id == look.unit.pk]
    address = address_of(look)
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "own": tables.build(
            own,
            progress_columns(address),
            caption=f"{look.unit.name}的目标",
            empty="还没有目标",
        ),
        "below": _below(look, below, found),
        "history": tables.build(
            list(history(look.unit)[:HISTORY_SHOWN]),
            history_columns(),
            caption="历次下达",
            empty="还没有下达过目标",
        ),
        "may_set": request.user.can(SET_TARGETS, look.unit),
        "may_export": may_export(request, "reporting.targets"),
        "crumbs": crumbs_to(request, look, "reporting:targets"),
    }
    return render(request, "reporting/targets/progress.html", context)


def address_of(look: Look) -> Callable[[Progress], str]:
    """Where a figure is made plain: what it is summed from, or the registry's list."""
    typed = set(Indicator.objects.exclude(source=Source.REGISTRY).values_list("key", flat=True))

    def address(each: Progress) -> str:
        return way_down(look, each.goal.key, each.unit_id, is_typed=each.goal.key in typed)

    return address


def _below(look: Look, below: list[OrgUnit], found: dict[tuple[int, str], Progress]) -> tables.Table | None:
    """How far each unit below is with each figure, in code order."""
    goals = {key: each.goal for (unit_id, key), each in found.items() if unit_id != look.unit.pk}
    lines = [
        UnitLine(unit, {key: found[unit.pk, key] for key in goals if (unit.pk, key) in found})
        for unit in below
    ]
    if not goals:
        return None
    columns = matrix_columns(goals, lambda pk: look.address("reporting:targets", unit=pk))
    return tables.build(lines, columns, caption="下级单位的完成率和进度", layout="scroll")


@requires(SET_TARGETS)
def hand_down(request: SignedInRequest) -> HttpResponse:
    """The grid: GET shows it for a day, POST writes all that changed, or nothing."""
    unit = own_unit(request)
    asked = request.POST if request.method == "POST" else request.GET
    day = _asked_day(asked.get("due_on", ""), unit)
    more = [key for key in asked.getlist("more") if key][:20]
    grid = read_grid(
        unit, day, latest_cycle(unit.province_id or unit.pk), more, is_split=asked.get("split") == "1"
    )
    problems: list[Problem] = []
    basis = BasisForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            return _save(request, grid, basis)
        except DomainError as refusal:
            problems = refusal.problems
    return render(
        request,
        "reporting/targets/hand_down.html",
        _grid_context(request, grid, basis, problems, more),
        status=422 if problems else 200,
    )


def _asked_day(raw: str, unit: OrgUnit) -> dt.date:
    """The day typed; by default the soonest that targets are due on, else the year's end."""
    try:
        return dt.date.fromisoformat(raw)
    except ValueError:
        today = clock.today()
        ids = [one.pk for one in units_to_set(unit)]
        coming = [day for day in due_days(ids) if day > today]
        end = dt.date(today.year, 12, 31)
        return coming[0] if coming else end if end > today else dt.date(today.year + 1, 12, 31)


def _save(request: SignedInRequest, grid: TargetGrid, basis: BasisForm) -> HttpResponseRedirect:
    changes, unread = read_cells(request.POST, grid.places)
    if not basis.is_valid():
        unread.append(Problem("bad_basis", "依据最多200字。", "basis"))
    if unread:
        raise DomainError(unread)
    outcome = set_targets(
        setter=grid.setter,
        due_on=grid.due_on,
        changes=changes,
        basis=basis.cleaned_data["basis"],
        by=request.user,
    )
    messages.success(request, f"{outcome.words}。")
    return HttpResponseRedirect(f"{reverse('reporting:hand_down')}?due_on={grid.due_on.isoformat()}")


def _grid_context(
    request: SignedInRequest,
    grid: TargetGrid,
    basis: BasisForm,
    problems: list[Problem],
    more: list[str],
) -> dict[str, Any]:
    ids = [unit.pk for unit in grid.units]
    return {
        "unit": grid.setter,
        "grid": grid,
        "rows": grid.rows(request.POST, problems),
        "form": TargetDayForm(
            {"due_on": grid.due_on.isoformat(), "more": more},
            indicators=targetable().exclude(key__in=[one.key for one in grid.indicators]),
        ),
        "basis": basis,
        "problems": problems,
        "days": [(day, day == grid.due_on) for day in due_days(ids)],
        "has_own": any(unit_id == grid.setter.pk for unit_id, _key in grid.targets),
        "may_export": may_export(request, "reporting.targets"),
        "crumbs": [("目标", reverse("reporting:targets"))],
    }
