"""The list of units: narrowed, sorted, with the columns chosen, by pages; out as a sheet, and changed in bulk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.keys import keys_in
from core.listing import COLUMNS, Listing, listing, opens_with_default
from files.answers import export_started
from files.permissions import EXPORT
from files.services import request_export
from orgs.exporters.units import KIND as UNITS_EXPORT
from orgs.exporters.units import ORDER
from orgs.filters.units import UnitFilter
from orgs.forms.bulk import BulkForm
from orgs.permissions import CONFIRM_EXPECTED, EDIT_FACTS, MANAGE_COHORTS, VIEW_UNITS
from orgs.selectors import units as selectors
from orgs.selectors.listing import key_of, ordered
from orgs.selectors.rows import SELDOM, in_order
from orgs.services.bulk_edits import MOST, Selection, apply_edit, plan_edit
from orgs.tables.days import columns_on
from orgs.tables.units import UNIT_COLUMNS
from orgs.views.days import day_bar

SHOWN_CHANGES = 300
changes_units = requires(EDIT_FACTS, CONFIRM_EXPECTED, MANAGE_COHORTS)


def _found(request: SignedInRequest) -> tuple[UnitFilter, Any, Listing]:
    units = selectors.visible_units(request.user)
    found = UnitFilter(request.GET, queryset=units, request=request)
    return (
        found,
        found.qs if found.is_valid() else units.none(),
        listing(request, "orgs:list", columns_on(UNIT_COLUMNS, found.day), default="division_code"),
    )


def _may_change(user: Any) -> bool:
    return any(user.can_anywhere(each) for each in (EDIT_FACTS, CONFIRM_EXPECTED, MANAGE_COHORTS))


@requires(VIEW_UNITS)
@require_GET
@opens_with_default("orgs:list")
def unit_list(request: SignedInRequest) -> HttpResponse:
    """Every unit in reach, narrowed, sorted, by pages; the page's rows are read in a constant number of queries."""
    found, rows, shown = _found(request)
    page = shown.page(ordered(rows, shown.order, found.day).values_list(key_of(rows), flat=True))
    found.offer_places()
    may_change = found.day is None and _may_change(request.user)
    context = {
        "filter": found,
        "listing": shown,
        "page": page,
        "table": shown.table(
            in_order(list(page), found.day, seldom=SELDOM & set(shown.column_keys)),
            caption="单位名册",
            empty="没有符合条件的单位",
            empty_hint="可去掉一些条件，或检查名称、代码是否正确。",
            selects="units" if may_change else "",
        ),
        "query": request.GET.urlencode(),
        "may_change": may_change,
        "may_import": found.day is None
        and (request.user.can_anywhere(EDIT_FACTS) or request.user.can_anywhere(CONFIRM_EXPECTED)),
        "may_export": request.user.can_anywhere(EXPORT),
        **day_bar(request, found.day),
    }
    return render(request, "orgs/list.html", context)


@requires(EXPORT)
@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """The list, narrowed, sorted and with columns as on the page, as a workbook that may come back."""
    found, _, shown = _found(request)
    criteria = found.criteria if found.is_valid() else {}
    chosen = {COLUMNS: shown.column_keys} if shown.is_customised else {}
    job = request_export(
        kind=UNITS_EXPORT,
        params=criteria | chosen | {ORDER: shown.order},
        unit=request.user.unit,
        by=request.user,
    )
    return export_started(request, job)


def _selection(request: SignedInRequest) -> Selection:
    """The units ticked, or all that the list's filter finds."""
    query = request.POST.get("query", "")[:4000]
    if request.POST.get("all") == "yes":
        return Selection(query=query, is_all=True)
    return Selection(query=query, ids=sorted(set(keys_in(request.POST.getlist("units")))))


def _units(request: SignedInRequest, selection: Selection) -> list[int]:
    visible = selectors.visible_units(request.user)
    if not selection.is_all:
        return list(
            visible.filter(pk__in=selection.ids).order_by("division_code").values_list("pk", flat=True)
        )
    found = UnitFilter(selection.as_query(), queryset=visible, request=request)
    rows = found.qs if found.is_valid() else visible.none()
    return list(rows.order_by("division_code").values_list("pk", flat=True)[: MOST + 1])


@changes_units
@require_POST
def bulk_edit(request: SignedInRequest) -> HttpResponse:
    """What shall change for the units chosen; then each change and refusal; then all of it or nothing."""
    selection = _selection(request)
    ids = _units(request, selection)
    back = f"{reverse('orgs:list')}?{selection.as_query().urlencode()}"
    if not ids or len(ids) > MOST:
        messages.error(
            request, "请先选择单位。" if not ids else f"一次最多修改 {MOST:,} 个单位，请先缩小范围。"
        )
        return redirect(back)
    is_asked = "step" in request.POST
    form = BulkForm(request.POST if is_asked else None, user=request.user)
    context: dict[str, Any] = {"form": form, "selection": selection, "count": len(ids), "back": back}
    if is_asked and form.is_valid():
        plan = plan_edit(units=in_order(ids), edit=form.edit, by=request.user)
        if request.POST["step"] == "apply" and request.POST.get("digest") == plan.digest and plan.can_apply:
            messages.success(request, apply_edit(plan=plan, edit=form.edit, by=request.user))
            return redirect(back)
        context |= {"plan": plan, "is_moved": request.POST["step"] == "apply", "edit": form.edit}
        context |= {"changes": plan.changes[:SHOWN_CHANGES], "refusals": plan.refusals[:SHOWN_CHANGES]}
    status = 422 if form.errors else 200
    return render(request, "orgs/bulk_edit.html", context, status=status)
