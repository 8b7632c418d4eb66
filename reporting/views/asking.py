"""自助查询: any indicators, units and periods side by side, with the way down from every number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import requires
from core.access import SignedInRequest
from core.keys import key_in
from core.refusals import problems_in
from files.answers import export_started
from files.permissions import EXPORT
from files.services import request_export
from orgs.models import OrgUnit
from reporting.choices import Sharing
from reporting.forms.asking import KeepForm, QuestionForm
from reporting.models import SavedQuestion
from reporting.permissions import VIEW_REPORTS
from reporting.pivot.asking import Ground, ask
from reporting.pivot.charting import chart_of
from reporting.pivot.presets import presets_for
from reporting.pivot.question import CHOSEN, NOW, Axis, Grain, Question
from reporting.pivot.screen import screen_of
from reporting.pivot.sheet import KIND, form_of, ground_asked
from reporting.pivot.table import Cell, Pivot
from reporting.services.questions import forget_question, keep_question
from reporting.views.looking import Look
from reporting.views.lookup import own_unit
from reporting.views.ways import way_down

#: Fields that are folded away while nothing is said in them.
MORE = ("only", "kind", "cohort", "shown", "rows2", "columns2", "whole")
#: Stands for a unit in an address that is made once for a whole column.
ANY_UNIT = 900_000_000_000_000_001


def _unit(request: SignedInRequest) -> OrgUnit:
    raw = request.GET.get("unit", "")
    if not raw:
        return own_unit(request)
    return get_object_or_404(OrgUnit.objects.visible_to(request.user, VIEW_REPORTS), pk=key_in(raw))


@requires(VIEW_REPORTS)
@require_GET
def asking(request: SignedInRequest) -> HttpResponse:
    """The question, its table and its figure; the address holds all of it."""
    unit = _unit(request)
    ground = ground_asked(unit, request.GET)
    if ground is None:
        return render(request, "reporting/dash/empty.html", {"unit": unit})
    form = form_of(request.user, unit, ground, request.GET)
    context = {
        "unit": unit,
        "form": form,
        "is_own": unit == request.user.unit,
        "has_collections": form.fields["collection"].queryset.count() > 1,  # type: ignore[attr-defined]
        "presets": presets_for(ground),
        "saved": saved_rows(request.user, request.GET.urlencode()),
        "has_more": any(form.data.get(name) or form[name].errors for name in MORE),
        "keep_form": KeepForm(),
        "is_asked": "keys" in request.GET,
        "crumbs": _crumbs(request, unit),
        "look": _look(request, ground),
    }
    if context["is_asked"] and form.is_valid():
        context |= _answered(request, form, ground)
    return render(request, "reporting/asking/page.html", context)


def _look(request: SignedInRequest, ground: Ground) -> Look:
    """The tree that is looked through, for the bar that says so."""
    kept = request.GET.copy()
    is_now = kept.get("lens") == NOW
    for name in ("lens", "page"):
        kept.pop(name, None)
    back = f"{request.path}?{kept.urlencode()}"
    return Look(ground.unit, ground.cycles[-1], ground.cycles, is_now=is_now, back_url=back)


def saved_rows(user: Any, present: str) -> list[dict[str, Any]]:
    """The questions offered to ``user``, and which of them is open."""
    offered = SavedQuestion.objects.offered_to(user).select_related("owner", "unit")
    return [
        {
            "question": question,
            "is_own": question.owner_id == user.pk,
            "is_shared": question.sharing != Sharing.OWN,
            "is_open": question.query == present,
            "words": _words(question, user),
            "anchor": f"forget-{question.pk}",
            "forget_url": reverse("reporting:forget_question", args=[question.pk]),
        }
        for question in offered
    ]


def _words(question: SavedQuestion, user: Any) -> str:
    """With whom it is shared, or who shares it."""
    if question.owner_id != user.pk:
        return f"{question.unit.name} {question.owner.name} 共享"
    return "" if question.sharing == Sharing.OWN else f"共享：{question.get_sharing_display()}"


def _crumbs(request: SignedInRequest, unit: OrgUnit) -> list[tuple[str, str]]:
    kept = request.GET.copy()
    kept.pop("page", None)
    found = []
    ids = [pk for pk in unit.ancestor_ids() if pk != unit.pk]
    for each in OrgUnit.objects.visible_to(request.user, VIEW_REPORTS).filter(pk__in=ids).order_by("level"):
        kept["unit"] = str(each.pk)
        found.append((each.name, f"{reverse('reporting:asking')}?{kept.urlencode()}"))
    return found


def _answered(request: SignedInRequest, form: QuestionForm, ground: Ground) -> dict[str, Any]:
    question = form.question()
    pivot = ask(question, ground, form.cleaned_data["cohort"])
    query = question.query()
    chart = chart_of(pivot)
    return {
        "question": question,
        "query": query,
        "share_url": request.build_absolute_uri(f"{reverse('reporting:asking')}?{query}"),
        "screen": screen_of(pivot, request.GET.get("page"), way_of(pivot, ground)),
        "chart": chart,
        "may_export": request.user.can(EXPORT, ground.unit),
        "export_url": f"{reverse('reporting:export_question')}?{query}",
    }


def way_of(pivot: Pivot, ground: Ground) -> Callable[[Cell], str]:
    """The way down from a cell: of one month to its sources, of several to the months, of a sum to its units."""
    made: dict[tuple[Any, ...], str] = {}

    def way(cell: Cell) -> str:
        if cell.place.is_total:
            return _units_of(pivot, cell)
        if cell.place.divided:
            return _group_of(pivot.question, ground, cell)
        at = (cell.indicator.pk, cell.period.key if cell.period else None)
        if at not in made:
            made[at] = _address(pivot.question, ground, cell)
        return made[at].replace(str(ANY_UNIT), str(cell.place.unit_id))

    return way


def _group_of(question: Question, ground: Ground, cell: Cell) -> str:
    """What was divided has no page of its own: the unit it hangs under shows it, with the report that was typed."""
    if cell.place.parent_id is None:
        return ""
    address = _address(question, ground, cell, spread="below")
    return address.replace(str(ANY_UNIT), str(cell.place.parent_id))


def _address(question: Question, ground: Ground, cell: Cell, *, spread: str = "self") -> str:
    period = cell.period
    if period is not None and period.is_one_cycle:
        look = Look(ground.unit, period.cycles[-1], ground.cycles, is_now=question.is_now)
        return way_down(look, cell.indicator.key, ANY_UNIT, is_typed=cell.indicator.is_reported)
    months = question.changed(
        keys=(cell.indicator.key,),
        unit=ANY_UNIT,
        spread=spread,
        only="",
        grain=Grain.MONTH,
        rows=(Axis.PERIOD,),
        columns=(Axis.INDICATOR,) if spread == "self" else (Axis.UNIT,),
        shown="",
        sort="",
        cohort=None,
    )
    if period is not None:
        months = months.changed(span=CHOSEN, first=period.first, last=period.last)
    return f"{reverse('reporting:asking')}?{months.query()}"


def _units_of(pivot: Pivot, cell: Cell) -> str:
    """Where the units do not stand in the table, the table in which they do."""
    if Axis.UNIT not in pivot.arrangement.alone:
        return ""
    period = cell.period
    units = pivot.question.changed(
        keys=(cell.indicator.key,), rows=(Axis.UNIT,), columns=(Axis.PERIOD,), sort=""
    )
    if period is not None:
        units = units.changed(span=CHOSEN, first=period.first, last=period.last)
    return f"{reverse('reporting:asking')}?{units.query()}"


@requires(VIEW_REPORTS)
@require_POST
def export_question(request: SignedInRequest) -> HttpResponse:
    """The whole table as a workbook."""
    unit = _unit(request)
    ground = ground_asked(unit, request.GET)
    if ground is None:
        raise Http404
    form = form_of(request.user, unit, ground, request.GET)
    if not form.is_valid():
        messages.error(request, "；".join(form.messages()))
        return redirect(f"{reverse('reporting:asking')}?{request.GET.urlencode()}")
    params = form.question().changed(unit=unit.pk).params()
    job = request_export(kind=KIND, params=params, unit=unit, by=request.user)
    return export_started(request, job)


@requires(VIEW_REPORTS)
@require_POST
def keep(request: SignedInRequest) -> HttpResponse:
    """Keep the question under a name."""
    query = request.POST.get("query", "")
    form = KeepForm(request.POST)
    back = f"{reverse('reporting:asking')}?{query}"
    if not form.is_valid():
        messages.error(request, "；".join(problems_in(form)))
        return redirect(back)
    question = keep_question(query=query, by=request.user, **form.cleaned_data)
    messages.success(request, f"已保存查询“{question.name}”。")
    return redirect(back)


@requires(VIEW_REPORTS)
@require_POST
def forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a question of one's own."""
    question = get_object_or_404(SavedQuestion.objects.filter(owner=request.user), pk=pk)
    forget_question(question=question, by=request.user)
    messages.success(request, f"已删除查询“{question.name}”。")
    return redirect("reporting:asking")
