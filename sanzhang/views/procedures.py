"""The province's procedure: the version in force, earlier ones, the draft of the next; and the rule for quotas."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from sanzhang.forms import AuthorityForms, PolicyForm, ProcedureForm, StepRuleForms
from sanzhang.models import Procedure
from sanzhang.permissions import EDIT_PROCEDURES
from sanzhang.procedures import plan_in_force, plan_of, presets
from sanzhang.selectors.procedures import versions_of
from sanzhang.services import procedures as service
from sanzhang.services import quotas
from sanzhang.services.procedures import ProcedureFacts


def _procedure(request: SignedInRequest, pk: int) -> Procedure:
    seen = Procedure.objects.visible_to(request.user, EDIT_PROCEDURES).select_related("owner")
    return get_object_or_404(seen, pk=pk)


@require_GET
@requires(EDIT_PROCEDURES)
def procedures(request: SignedInRequest) -> HttpResponse:
    """What is in force, what was, what is being drafted, which presets may be copied."""
    return render(request, "sanzhang/procedures.html", _page(request))


def _page(request: SignedInRequest, policy: PolicyForm | None = None) -> dict[str, Any]:
    owner = request.user.unit
    versions = versions_of(owner)
    return {
        "owner": owner,
        "versions": versions,
        "draft": next((row.procedure for row in versions if row.is_draft), None),
        "plan": plan_in_force(owner),
        "is_preset": not any(row.is_in_force for row in versions),
        "presets": list(presets().values()),
        "policy": policy or PolicyForm(initial={"over_quota": quotas.over_quota_of(owner)}),
    }


@require_POST
@requires(EDIT_PROCEDURES)
def draft(request: SignedInRequest) -> HttpResponse:
    """Begin the next version as a copy of a preset or of what is in force."""
    made = service.draft(owner=request.user.unit, preset=request.POST.get("preset", ""), by=request.user)
    return redirect("sanzhang:procedure", made.pk)


@require_http_methods(["GET", "POST"])
@requires(EDIT_PROCEDURES)
def procedure(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version: to be read once it is published, to be edited while it is a draft."""
    found = _procedure(request, pk)
    plan = plan_of(found.pk)
    context: dict[str, Any] = {
        "procedure": found,
        "plan": plan,
        "crumbs": [("吸纳程序规则", reverse("sanzhang:procedures"))],
    }
    if request.method == "GET" and found.published_at is not None:
        return render(request, "sanzhang/procedure.html", context)
    if request.method == "POST":
        form = ProcedureForm(request.POST)
        steps = StepRuleForms(request.POST, prefix="steps")
        authorities = AuthorityForms(request.POST, prefix="authorities")
        if _save(request, found, form, steps, authorities):
            return redirect("sanzhang:procedure", found.pk)
    else:
        form = ProcedureForm(initial={"title": plan.title, "source": plan.source})
        steps, authorities = StepRuleForms.of(plan), AuthorityForms.of(plan)
    context |= {"form": form, "steps": steps, "authorities": authorities}
    return render(request, "sanzhang/procedure_draft.html", context, status=422 if form.is_bound else 200)


def _save(request: SignedInRequest, found: Procedure, form: Any, steps: Any, authorities: Any) -> bool:
    """Save the draft, and publish it where that was asked; what was refused stands by its field."""
    if not all([form.is_valid(), steps.is_valid(), authorities.is_valid()]):
        return False
    facts = ProcedureFacts(
        form.cleaned_data["title"], form.cleaned_data["source"], steps.steps(), authorities.authorities()
    )
    with refusals_shown(form):
        service.save_draft(procedure=found, facts=facts, by=request.user)
        messages.success(request, "草稿已保存。")
        return True
    return False


@require_POST
@requires(EDIT_PROCEDURES)
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draft comes into force."""
    found = service.publish(procedure=_procedure(request, pk), by=request.user)
    messages.success(request, f"第{found.version}版已启用，此后研判提名的按新程序办理。")
    return redirect("sanzhang:procedures")


@require_POST
@requires(EDIT_PROCEDURES)
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    service.drop_draft(procedure=_procedure(request, pk), by=request.user)
    messages.success(request, "草稿已删除。")
    return redirect("sanzhang:procedures")


@require_POST
@requires(EDIT_PROCEDURES)
def policy(request: SignedInRequest) -> HttpResponse:
    """超职数: warned or refused."""
    form = PolicyForm(request.POST)
    if form.is_valid():
        quotas.set_policy(owner=request.user.unit, by=request.user, **form.cleaned_data)
        messages.success(request, "已保存职数规则。")
        return redirect("sanzhang:procedures")
    return render(request, "sanzhang/procedures.html", _page(request, form), status=422)
