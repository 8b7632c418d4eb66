"""主题宣传日: a new one, one that stands, and taking one off the list. The list stands with the activity kinds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from sanzhang.forms.campaign_day import CampaignDayForm
from sanzhang.models import CampaignDay
from sanzhang.permissions import SET_STANDARD
from sanzhang.services import campaign_days as service
from sanzhang.views.rows import typed

FIELDS = ("name", "month", "day", "days", "kind", "is_active")


def _list() -> str:
    return reverse("duty:kinds") + "#days"


@require_http_methods(["GET", "POST"])
@requires(SET_STANDARD)
def edit_day(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """A new campaign day, or one that stands."""
    campaign = get_object_or_404(CampaignDay, pk=pk) if pk is not None else None
    initial = {name: getattr(campaign, name) for name in FIELDS} if campaign else None
    form = CampaignDayForm(typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.save_day(campaign=campaign, by=request.user, **form.cleaned_data)
            messages.success(request, "已保存。")
            return redirect(_list())
    context = {"form": form, "campaign": campaign, "crumbs": [("活动类别", _list())]}
    return render(request, "sanzhang/duty/campaign_day.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(SET_STANDARD)
def delete_day(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a campaign day off the list."""
    campaign = get_object_or_404(CampaignDay, pk=pk)
    service.delete_day(campaign=campaign, by=request.user)
    messages.success(request, f"已删除“{campaign.name}”。")
    return redirect(_list())
