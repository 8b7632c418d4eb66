"""催报设置: when people are reminded, and when they are left in peace."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from notices.selectors import policy_of
from reporting.forms.chase import PolicyForm
from reporting.permissions import MANAGE_CYCLES
from reporting.services.reminder_policy import SET, set_policy
from reporting.views.chase import chase_tabs
from reporting.views.lookup import own_unit


@requires(MANAGE_CYCLES)
def chase_settings(request: SignedInRequest) -> HttpResponse:
    """The province's own."""
    province = own_unit(request)
    policy = policy_of(province)
    initial = {name: getattr(policy, name) for name in SET}
    form = PolicyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            set_policy(province=province, by=request.user, **form.cleaned_data)
            messages.success(request, "催报设置已保存，下次提醒起生效。")
            return redirect("reporting:chase_settings")
    context = {
        "form": form,
        "policy": policy,
        "tabs": chase_tabs(request, "reporting:chase_settings"),
    }
    return render(request, "reporting/chase_settings.html", context, status=422 if form.errors else 200)
