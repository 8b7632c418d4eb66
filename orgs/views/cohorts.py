"""Named sets of units: making, changing, closing them, and who is in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import SignedInRequest, requires
from core.errors import Forbidden
from core.listing import listing, opens_with_default
from core.refusals import problems_in, refusals_shown
from files.permissions import EXPORT
from orgs.filters.facts import CandidateNarrowing, CohortNarrowing
from orgs.forms.cohorts import CloseCohortForm, CohortForm, JoinForm, LeaveForm, ReopenCohortForm
from orgs.models import Cohort, OrgUnit
from orgs.permissions import MANAGE_COHORTS, VIEW_UNITS
from orgs.rules.cohorts import MOST_AT_ONCE
from orgs.selectors import cohorts as selectors
from orgs.selectors.past import call_as_they_were
from orgs.services import cohorts as services
from orgs.tables.units import COHORT_COLUMNS
from orgs.views.days import day_context, query_of
from orgs.views.pages import chosen_keys

PAGE_SIZE = 50
#: The page has another field of a day.
LEAVING = "id_leave_%s"


@requires(VIEW_UNITS)
@require_GET
@opens_with_default("orgs:cohorts")
def cohorts(request: SignedInRequest) -> HttpResponse:
    """The sets that one may name: one's own and those of the units above."""
    narrowing = CohortNarrowing(request.GET)
    found = selectors.narrowed_cohorts(selectors.known_cohorts(request.user), narrowing.criteria)
    shown = listing(request, "orgs:cohorts", COHORT_COLUMNS, default="name")
    page = shown.page(selectors.with_counts(found).order_by(shown.order, "pk"))
    context = {
        "filter": narrowing,
        "page": page,
        "listing": shown,
        "table": shown.table(
            page.object_list,
            empty="还没有单位集",
            empty_hint="单位集用于筛选、排名和布置任务，如试点县、重点帮扶县。",
        ),
        "may_manage": request.user.can_anywhere(MANAGE_COHORTS),
    }
    return render(request, "orgs/cohorts.html", context)


@requires(MANAGE_COHORTS)
@require_http_methods(["GET", "POST"])
def new_cohort(request: SignedInRequest) -> HttpResponse:
    """A new set, kept by one's own unit."""
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            cohort = services.open_cohort(owner=request.user.unit, by=request.user, **form.cleaned_data)
            messages.success(request, f"已设立单位集“{cohort}”，请加入单位。")
            return redirect("orgs:join_cohort", cohort.pk)
    return _form_page(request, form, "新建单位集", reverse("orgs:cohorts"))


@requires(MANAGE_COHORTS)
@require_http_methods(["GET", "POST"])
def edit_cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name, note or pilot flag."""
    cohort = _managed(request, pk)
    initial = {"name": cohort.name, "is_pilot": cohort.is_pilot, "note": cohort.note}
    form = CohortForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.change_cohort(cohort=cohort, by=request.user, **form.cleaned_data)
            messages.success(request, "已保存。")
            return redirect("orgs:cohort", cohort.pk)
    return _form_page(request, form, "修改单位集", reverse("orgs:cohort", args=[cohort.pk]))


def _form_page(request: SignedInRequest, form: CohortForm, title: str, back: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "back": back,
        "owner": request.user.unit,
        "crumbs": [("单位集", reverse("orgs:cohorts"))],
    }
    return render(request, "orgs/cohort_edit.html", context, status=422 if form.errors else 200)


@requires(VIEW_UNITS)
@require_GET
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is in, and who was."""
    found = _known(request, pk)
    return _cohort_page(request, found, LeaveForm(auto_id=LEAVING), CloseCohortForm())


def _cohort_page(
    request: SignedInRequest, found: Cohort, leave: LeaveForm, close: CloseCohortForm, status: int = 200
) -> HttpResponse:
    text, past = request.GET.get("q", "")[:60], bool(request.GET.get("past"))
    asked = day_context(request)
    rows = selectors.members_of(found, request.user, on=asked["on"], text=text, past=past)
    is_keeper = request.user.can(MANAGE_COHORTS, found.owner)
    may_manage = found.closed_on is None and is_keeper and asked["on"] is None
    on = {"on": asked["on"].isoformat()} if asked["on"] else {}
    chosen = set(request.POST.getlist("units"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    members = list(page.object_list)
    if asked["on"] is not None:
        call_as_they_were([member.unit for member in members], asked["on"])
    context = {
        "cohort": found,
        "state": _state(found),
        "text": text,
        "past": past,
        "page": page,
        "rows": [
            {
                "member": member,
                "chosen": str(member.unit_id) in chosen,
                "may_leave": may_manage and member.is_open,
            }
            for member in members
        ],
        "leave": leave,
        "close": close,
        "may_manage": may_manage,
        "reopen": ReopenCohortForm() if is_keeper and found.closed_on is not None else None,
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('files:start', args=['orgs.cohort'])}?"
        f"{urlencode({'cohort': found.pk, **({'past': '1'} if past else {}), **on})}",
        "crumbs": [("单位集", reverse("orgs:cohorts"))],
        "unit_query": query_of(asked["on"]),
    }
    return render(request, "orgs/cohort.html", context | asked, status=status)


def _state(found: Cohort) -> dict[str, str]:
    if found.closed_on is not None:
        return {"label": "已停用", "tone": "neutral"}
    return {"label": "试点", "tone": "primary"} if found.is_pilot else {"label": "使用中", "tone": "success"}


@requires(MANAGE_COHORTS)
@require_POST
def close_cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _managed(request, pk)
    form = CloseCohortForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            services.close_cohort(cohort=found, on=form.cleaned_data["on"], by=request.user)
            messages.success(request, f"单位集“{found}”已停用。")
            return redirect("orgs:cohorts")
    messages.error(request, "停用未办理：" + "；".join(problems_in(form)))
    return redirect("orgs:cohort", found.pk)


@requires(MANAGE_COHORTS)
@require_POST
def reopen_cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _managed(request, pk)
    form = ReopenCohortForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            back = services.reopen_cohort(cohort=found, by=request.user, **form.cleaned_data)
            messages.success(request, f"单位集“{found}”已恢复，{back:,} 个单位回到其中。")
            return redirect("orgs:cohort", found.pk)
    messages.error(request, "恢复未办理：" + "；".join(problems_in(form)))
    return redirect("orgs:cohort", found.pk)


@requires(MANAGE_COHORTS)
@require_POST
def leave_cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those ticked leave from a day on."""
    found = _managed(request, pk)
    units = {
        unit.pk: unit
        for unit in OrgUnit.objects.visible_to(request.user, MANAGE_COHORTS).filter(
            pk__in=chosen_keys(request)
        )
    }
    form = LeaveForm(request.POST, unit_ids=units, auto_id=LEAVING)
    if form.is_valid():
        with refusals_shown(form):
            left = services.end_members(
                cohort=found,
                units=[units[pk] for pk in form.cleaned_data["units"]],
                on=form.cleaned_data["on"],
                by=request.user,
            )
            messages.success(request, f"已移出 {left:,} 个单位。")
            return redirect("orgs:cohort", found.pk)
    return _cohort_page(request, found, form, CloseCohortForm(), status=422)


@requires(MANAGE_COHORTS)
@require_http_methods(["GET", "POST"])
def join_cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose who comes in: from a narrowed list, all that it shows, or by pasted codes."""
    found = _managed(request, pk)
    narrowing = CandidateNarrowing(request.GET, user=request.user)
    candidates = selectors.candidates_for(found, narrowing.criteria)
    ticked = chosen_keys(request) if request.method == "POST" else []
    offered = candidates.filter(pk__in=ticked)
    form = JoinForm(request.POST or None, unit_ids=[unit.pk for unit in offered])
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            joined = services.add_members(
                cohort=found,
                units=_joining(found, form, candidates),
                since=form.cleaned_data["since"],
                by=request.user,
            )
            messages.success(request, f"已加入 {joined:,} 个单位。")
            return redirect("orgs:cohort", found.pk)
    page = Paginator(candidates.in_code_order(), PAGE_SIZE).get_page(request.GET.get("page"))
    present = selectors.present_member_ids(found)
    context = {
        "cohort": found,
        "form": form,
        "filter": narrowing,
        "page": page,
        "rows": [{"unit": unit, "is_in": unit.pk in present, "chosen": unit.pk in ticked} for unit in page],
        "most": MOST_AT_ONCE,
        "query": request.GET.urlencode(),
        "crumbs": [
            ("单位集", reverse("orgs:cohorts")),
            (found.name, reverse("orgs:cohort", args=[found.pk])),
        ],
    }
    return render(request, "orgs/cohort_join.html", context, status=422 if form.errors else 200)


def _joining(found: Cohort, form: JoinForm, candidates: Any) -> list[OrgUnit]:
    """The units that the form names in one of its three ways."""
    data = form.cleaned_data
    if data["everything"]:
        return list(candidates[: MOST_AT_ONCE + 1])
    named = selectors.units_by_codes(found, data["codes"])
    return [*candidates.filter(pk__in=data["units"]), *named]


def _known(request: SignedInRequest, pk: int) -> Cohort:
    return get_object_or_404(selectors.known_cohorts(request.user), pk=pk)


def _managed(request: SignedInRequest, pk: int) -> Cohort:
    """The set, if it is in sight (else 404) and kept by a unit in one's charge (else 403)."""
    found = _known(request, pk)
    if not request.user.can(MANAGE_COHORTS, found.owner):
        raise Forbidden.for_action(MANAGE_COHORTS.label)
    return found
