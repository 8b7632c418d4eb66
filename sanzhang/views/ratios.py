"""构成比例要求: the ratios that the province sets, in force and past."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock, tables
from core.access import SignedInRequest, requires
from core.keys import key_in
from core.refusals import refusals_shown
from core.tables import Column
from sanzhang.forms.ratio import EndRatioForm, RatioForm
from sanzhang.models import CompositionTarget
from sanzhang.permissions import SET_RATIOS
from sanzhang.services import composition as service
from sanzhang.views.rows import typed


def _ratio(request: SignedInRequest, pk: int) -> CompositionTarget:
    seen = CompositionTarget.objects.visible_to(request.user, SET_RATIOS).filter(voided_at__isnull=True)
    return get_object_or_404(seen.select_related("owner"), pk=pk)


def _crumbs() -> list[tuple[str, str]]:
    return [("构成比例要求", reverse("sanzhang:ratios"))]


@require_GET
@requires(SET_RATIOS)
def ratios(request: SignedInRequest) -> HttpResponse:
    """What is asked now and from a later day on, and what was asked before."""
    today = clock.today()
    rows = list(
        CompositionTarget.objects.visible_to(request.user, SET_RATIOS)
        .filter(voided_at__isnull=True)
        .order_by("level", "kind", "measure", "-valid_from")
    )
    past = [row for row in rows if row.valid_to is not None and row.valid_to <= today]
    columns = [
        Column("get_level_display", "层级"),
        Column("get_kind_display", "领导机构", "name"),
        Column("get_measure_display", "构成"),
        Column("percent", "要求", value=lambda row: f"{row.get_bound_display()}{row.percent}%"),
        Column("valid_from", "自", "day"),
        Column("valid_to", "至（不含）", "day"),
        Column("basis", "依据"),
    ]
    acts = [
        Column(
            "change",
            "办理",
            value=lambda row: "调整",
            link=lambda row: f"{reverse('sanzhang:new_ratio')}?from={row.pk}",
        ),
        Column(
            "end",
            "",
            value=lambda row: None if row.valid_to else "停止执行",
            link=lambda row: None if row.valid_to else reverse("sanzhang:end_ratio", args=[row.pk]),
        ),
    ]
    context = {
        "table": tables.build(
            [row for row in rows if row not in past],
            [*columns, *acts],
            caption="现行要求",
            empty="还没有设定构成比例要求",
            empty_hint="设定后，各机构的构成页会标明是否达到。",
        ),
        "past": tables.build(past, columns, caption="以往要求") if past else None,
    }
    return render(request, "sanzhang/composition/ratios.html", context)


@require_http_methods(["GET", "POST"])
@requires(SET_RATIOS)
def new_ratio(request: SignedInRequest) -> HttpResponse:
    """Set a ratio, empty or beginning with what is asked now."""
    form = RatioForm(typed(request), initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            target = service.set_target(owner=request.user.unit, facts=form.facts(), by=request.user)
            messages.success(request, f"已设定：{target}。")
            return redirect("sanzhang:ratios")
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "sanzhang/composition/ratio.html", context, status=422 if form.is_bound else 200)


def _initial(request: SignedInRequest) -> dict[str, object]:
    key = key_in(request.GET.get("from"))
    if not key:
        return {}
    known = _ratio(request, key)
    return {name: getattr(known, name) for name in ("level", "kind", "measure", "bound", "percent", "basis")}


@require_http_methods(["GET", "POST"])
@requires(SET_RATIOS)
def end_ratio(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a ratio no more from a day on; asked first, with what it means."""
    target = _ratio(request, pk)
    form = EndRatioForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.end_target(target=target, on=form.cleaned_data["on"], by=request.user)
            messages.success(request, f"已停止执行：{target}。")
            return redirect("sanzhang:ratios")
    context = {"form": form, "target": target, "crumbs": _crumbs()}
    status = 422 if form.is_bound else 200
    return render(request, "sanzhang/composition/end_ratio.html", context, status=status)
