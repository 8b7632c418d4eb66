"""The designer's acts on forms: made, put on the register and off it, a new version begun."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from core.keys import key_in
from core.refusals import refusals_shown
from reporting.forms.design import NewFormForm, RegisterForm
from reporting.models import FormVersion
from reporting.permissions import DESIGN_FORMS
from reporting.selectors.samples import samples_for
from reporting.services import designing
from reporting.services.forms import draft_from_sample
from reporting.services.register import register_form, remove_from_register
from reporting.views.register import form_in_sight, owner_of, render_form


@requires(DESIGN_FORMS)
def new_form(request: SignedInRequest) -> HttpResponse:
    """新建报表: its name and its place on the register, empty or like another."""
    owner = owner_of(request)
    versions = FormVersion.objects.filter(form__owner=owner, published_at__isnull=False).select_related(
        "form"
    )
    form = NewFormForm(request.POST or None, versions=versions.order_by("form", "-number"))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            with transaction.atomic():
                version = designing.create_form(
                    owner=owner,
                    key="",
                    name=form.cleaned_data["name"],
                    like=form.cleaned_data["like"],
                    by=request.user,
                )
                register_form(form=version.form, facts=form.facts(), by=request.user)
            messages.success(request, f"已起草“{version.form}”，请添加填报项。")
            return redirect("reporting:form_version", pk=version.pk)
    crumbs = [("报表准入清单", reverse("reporting:forms"))]
    status = 422 if form.errors else 200
    return render(request, "reporting/design/new_form.html", {"form": form, "crumbs": crumbs}, status=status)


@requires(DESIGN_FORMS)
@require_http_methods(["GET", "POST"])
def samples(request: SignedInRequest) -> HttpResponse:
    """从样表新建: the forms shipped with the portal, each with what it asks."""
    owner = owner_of(request)
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        try:
            version = draft_from_sample(name=request.POST.get("sample", ""), owner=owner, by=request.user)
        except Forbidden:
            raise
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
        else:
            messages.success(request, f"已从样表起草“{version.form}”，可以修改，发布后才能布置。")
            return redirect("reporting:form_version", pk=version.pk)
    context = {
        "samples": samples_for(owner),
        "problems": problems,
        "crumbs": [("报表准入清单", reverse("reporting:forms"))],
    }
    return render(request, "reporting/design/samples.html", context, status=status)


@requires(DESIGN_FORMS)
def register(request: SignedInRequest, pk: int) -> HttpResponse:
    """列入准入清单, or change what stands there."""
    found = form_in_sight(request, pk)
    held = getattr(found, "registration", None)
    names = ("kind", "asked_by", "basis", "person", "purpose")
    initial = {name: getattr(held, name) for name in names} if held else None
    form = RegisterForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            register_form(form=found, facts=form.facts(), by=request.user)
            messages.success(request, "准入清单已更新。")
            return redirect("reporting:form", pk=found.pk)
    context = {
        "form": form,
        "found": found,
        "crumbs": [
            ("报表准入清单", reverse("reporting:forms")),
            (found.name, reverse("reporting:form", args=[pk])),
        ],
    }
    return render(request, "reporting/design/register.html", context, status=422 if form.errors else 200)


@require_POST
@requires(DESIGN_FORMS)
def unregister(request: SignedInRequest, pk: int) -> HttpResponse:
    """退出清单, with the reason."""
    found = form_in_sight(request, pk)
    try:
        remove_from_register(form=found, reason=request.POST.get("reason", ""), by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_form(request, found, status=refusal.status, problems=refusal.problems)
    messages.success(request, f"“{found}”已退出准入清单。")
    return redirect("reporting:form", pk=pk)


@require_POST
@requires(DESIGN_FORMS)
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """报表改名."""
    found = form_in_sight(request, pk)
    try:
        designing.rename_form(form=found, name=request.POST.get("name", ""), by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_form(request, found, status=refusal.status, problems=refusal.problems)
    return redirect("reporting:form", pk=pk)


@require_POST
@requires(DESIGN_FORMS)
def start_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """另起新版, like the newest version or the one named."""
    found = form_in_sight(request, pk)
    like = key_in(request.POST.get("like"))
    base = get_object_or_404(found.versions.all(), pk=like) if like else None
    try:
        version = designing.start_version(form=found, like=base, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_form(request, found, status=refusal.status, problems=refusal.problems)
    messages.success(request, f"已起草{version}，发布前不影响正在填报的各期。")
    return redirect("reporting:form_version", pk=version.pk)
