"""One version of a form: edited while a draft, read-only after; its preview, its differences, its publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from core.refusals import refusals_shown
from orgs.choices import Level
from reporting.choices import Rhythm
from reporting.forms.design import PublishForm
from reporting.models import FormVersion, Section
from reporting.permissions import DESIGN_FORMS, VIEW_REPORTS
from reporting.rules.forms import problems_of
from reporting.selectors.designing import items_of, registration_of, registry_names
from reporting.selectors.form_diff import diff
from reporting.selectors.layout import layout_of
from reporting.selectors.preview import preview_of
from reporting.selectors.version_page import sections_shown
from reporting.services import designing
from reporting.views.register import owner_of


def version_in_sight(request: SignedInRequest, pk: int) -> FormVersion:
    """A version of the province's forms; a draft only for those who design."""
    found = FormVersion.objects.select_related("form__owner").filter(form__owner=owner_of(request))
    version = get_object_or_404(found, pk=pk)
    if version.is_draft and not request.user.can(DESIGN_FORMS, version.form.owner):
        raise Http404
    return version


def crumbs_of(version: FormVersion) -> list[tuple[str, str]]:
    return [
        ("报表准入清单", reverse("reporting:forms")),
        (version.form.name, reverse("reporting:form", args=[version.form_id])),
    ]


@requires(VIEW_REPORTS)
@require_GET
def version(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the version asks, section by section; a draft with everything to change it."""
    return render_version(request, version_in_sight(request, pk))


def render_version(
    request: SignedInRequest, found: FormVersion, *, status: int = 200, **more: Any
) -> HttpResponse:
    layout = layout_of(found)
    may_edit = found.is_draft and request.user.can(DESIGN_FORMS, found.form.owner)
    context: dict[str, Any] = {
        "version": found,
        "sections": sections_shown(found, layout),
        "rules": layout.rules_said(),
        "may_edit": may_edit,
        "other": found.form.versions.exclude(pk=found.pk).order_by("-number").first(),
        "levels": [level for level in Level if level <= Level.TOWNSHIP],
        "crumbs": crumbs_of(found),
    }
    return render(request, "reporting/design/version.html", context | more, status=status)


@requires(VIEW_REPORTS)
@require_GET
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form as a unit of a level will see it; what is typed here goes nowhere."""
    found = version_in_sight(request, pk)
    raw = request.GET.get("level", "")
    level = Level(int(raw)) if raw in ("1", "2", "3", "4") else Level.COUNTY
    levels = [one for one in Level if one <= Level.TOWNSHIP]
    context = {
        "version": found,
        "paper": preview_of(found, level),
        "cycle": {"beat": Rhythm.MONTH},
        "tabs": [
            {"label": str(one.label), "url": f"?level={one.value}", "active": one == level} for one in levels
        ],
        "crumbs": [*crumbs_of(found), (f"第{found.number}版", reverse("reporting:form_version", args=[pk]))],
    }
    return render(request, "reporting/design/preview.html", context)


@requires(VIEW_REPORTS)
@require_GET
def compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changed since another version, by default the one before."""
    found = version_in_sight(request, pk)
    others = [
        one
        for one in found.form.versions.exclude(pk=found.pk).order_by("-number")
        if not one.is_draft or request.user.can(DESIGN_FORMS, found.form.owner)
    ]
    raw = request.GET.get("with", "")
    other = next((one for one in others if str(one.number) == raw), None)
    other = other or next((one for one in others if one.number < found.number), None)
    context = {
        "version": found,
        "other": other,
        "tabs": [
            {"label": f"与第{one.number}版比", "url": f"?with={one.number}", "active": one == other}
            for one in others
        ],
        "diff": diff(other, found) if other else None,
        "crumbs": [*crumbs_of(found), (f"第{found.number}版", reverse("reporting:form_version", args=[pk]))],
    }
    return render(request, "reporting/design/diff.html", context)


@requires(DESIGN_FORMS)
def publish_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """发布: what is still missing, what changes, and the button."""
    found = version_in_sight(request, pk)
    items = items_of(found)
    changed = [item for item in items if item.definition]
    form = PublishForm(request.POST or None, has_changes=bool(changed))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            designing.publish(version=found, by=request.user, **form.cleaned_data)
            messages.success(request, f"{found}已发布，下一期起使用；已开放的各期仍用原来的版本。")
            return redirect("reporting:form", pk=found.form_id)
    before = found.form.versions.filter(number__lt=found.number).order_by("-number").first()
    context = {
        "version": found,
        "form": form,
        "changed": changed,
        "problems": []
        if form.errors
        else problems_of(found, items, registration_of(found.form), registry_names()),
        "diff": diff(before, found) if before else None,
        "before": before,
        "crumbs": [*crumbs_of(found), (f"第{found.number}版", reverse("reporting:form_version", args=[pk]))],
    }
    return render(request, "reporting/design/publish.html", context, status=422 if form.errors else 200)


@require_POST
@requires(DESIGN_FORMS)
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """删除草稿."""
    found = version_in_sight(request, pk)
    form_pk = found.form_id
    try:
        designing.discard_draft(version=found, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_version(request, found, status=refusal.status, problems=refusal.problems)
    messages.success(request, "草稿已删除。")
    if type(found.form).objects.filter(pk=form_pk).exists():
        return redirect("reporting:form", pk=form_pk)
    return redirect("reporting:forms")


@require_POST
@requires(DESIGN_FORMS)
def add_section(request: SignedInRequest, pk: int) -> HttpResponse:
    """添加分节."""
    found = version_in_sight(request, pk)
    try:
        designing.add_section(version=found, name=request.POST.get("name", ""), by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_version(request, found, status=refusal.status, problems=refusal.problems)
    return redirect("reporting:form_version", pk=pk)


@require_POST
@requires(DESIGN_FORMS)
def section(request: SignedInRequest, pk: int) -> HttpResponse:
    """分节改名, 上移, 下移, 删除."""
    sections = Section.objects.select_related("version__form__owner")
    row = get_object_or_404(sections.filter(version__form__owner=owner_of(request)), pk=pk)
    act = request.POST.get("act", "")
    try:
        if act in ("up", "down"):
            designing.move_section(section=row, up=act == "up", by=request.user)
        elif act == "remove":
            designing.remove_section(section=row, by=request.user)
        else:
            designing.rename_section(section=row, name=request.POST.get("name", ""), by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_version(request, row.version, status=refusal.status, problems=refusal.problems)
    anchor = "" if act == "remove" else f"#section-{pk}"
    return redirect(f"{reverse('reporting:form_version', args=[row.version_id])}{anchor}")
