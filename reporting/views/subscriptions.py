"""订阅: files that come by themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import requires
from core.access import SignedInRequest
from core.refusals import refusals_shown
from reporting.forms.asking import SubscribeForm
from reporting.models import Subscription
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.subscriptions import offers_for, subscriptions_of, units_offered, wanted
from reporting.services import subscriptions as service

SHOWN = 6


def _form(request: SignedInRequest) -> SubscribeForm:
    return SubscribeForm(
        request.POST if request.method == "POST" else None,
        kinds=offers_for(request.user),
        units=units_offered(request.user),
        initial={"unit": request.user.unit, "kind": request.GET.get("kind", ""), "day": 26},
    )


def _page(request: SignedInRequest, form: SubscribeForm, status: int = 200) -> HttpResponse:
    rows = [
        {
            "subscription": row,
            "anchor": f"end-{row.pk}",
            "made": made,
            "state": ("已暂停", "warning") if row.paused_at else ("订阅中", "success"),
        }
        for row, made in subscriptions_of(request.user, SHOWN)
    ]
    return render(request, "reporting/asking/subscriptions.html", {"form": form, "rows": rows}, status=status)


@requires(VIEW_REPORTS)
@require_GET
def subscriptions(request: SignedInRequest) -> HttpResponse:
    """One's own, what came of each, and the form for another."""
    return _page(request, _form(request))


@requires(VIEW_REPORTS)
@require_POST
def subscribe(request: SignedInRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _page(request, form, 422)
    kind, title, params = wanted(request.user, form.cleaned_data["kind"])
    with refusals_shown(form):
        row = service.subscribe(
            kind=kind,
            title=title,
            params=params,
            unit=form.cleaned_data["unit"],
            rhythm=form.cleaned_data["rhythm"],
            day=form.cleaned_data["day"],
            by=request.user,
        )
        messages.success(request, f"已订阅“{row}”，{row.rhythm_words}生成，完成后在消息里告知。")
        return redirect("reporting:subscriptions")
    return _page(request, form, 422)


def _own(request: SignedInRequest, pk: int) -> Subscription:
    return get_object_or_404(Subscription.objects.of(request.user), pk=pk)


@requires(VIEW_REPORTS)
@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    row = service.pause_subscription(subscription=_own(request, pk), by=request.user)
    messages.success(request, f"已暂停“{row}”。")
    return redirect("reporting:subscriptions")


@requires(VIEW_REPORTS)
@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    row = service.resume_subscription(subscription=_own(request, pk), by=request.user)
    messages.success(request, f"已恢复“{row}”，从现在起生成。")
    return redirect("reporting:subscriptions")


@requires(VIEW_REPORTS)
@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    service.end_subscription(subscription=row, by=request.user)
    messages.success(request, "已退订，已生成的文件仍在导出中心。")
    return redirect("reporting:subscriptions")
