"""Sheets that come back: uploaded, looked through, previewed, confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import SignedInRequest, signed_in
from core.refusals import refusals_shown
from files import selectors, services
from files.cards import import_card
from files.forms import SheetForm
from files.models import ImportJob
from files.registry import importer_of
from files.services.imports import allowed_importer, limit_of

FINDINGS_PAGE = 100


def _own(request: SignedInRequest, job_id: UUID) -> ImportJob:
    job = selectors.import_of(request.user, job_id)
    if job is None:
        raise Http404
    return job


@signed_in
@require_GET
def imports(request: SignedInRequest) -> HttpResponse:
    """One's own sheets: what became of each."""
    page = Paginator(selectors.imports_of(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "files/imports.html", {"page": page, "cards": [import_card(job) for job in page]})


@signed_in
@require_http_methods(["GET", "POST"])
def new_import(request: SignedInRequest, kind: str) -> HttpResponse:
    """Choose the sheet; it is looked through before anything changes."""
    if importer_of(kind) is None:
        raise Http404
    importer = allowed_importer(kind, {}, request.user)
    is_sent = request.method == "POST"
    form = SheetForm(request.POST, request.FILES) if is_sent else SheetForm()
    if is_sent and form.is_valid():
        with refusals_shown(form):
            job = services.request_import(
                kind=kind,
                params={},
                upload=form.cleaned_data["file"],
                unit=request.user.unit,
                by=request.user,
            )
            return redirect("files:import_job", job.pk)
    context = {
        "form": form,
        "importer": importer,
        "limit_mb": limit_of(importer) // 1024 // 1024,
        "crumbs": [(importer.title, reverse(importer.back))],
        "recent": [import_card(job) for job in selectors.imports_of(request.user).filter(kind=kind)[:5]],
    }
    return render(request, "files/new_import.html", context, status=422 if form.errors else 200)


@signed_in
@require_GET
def import_job(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """How far it is, then what is wrong with it or what it would change; polled while a worker is at it."""
    job = _own(request, job_id)
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    return render(
        request, "files/import_part.html" if is_part else "files/import.html", _context(request, job)
    )


def _context(request: SignedInRequest, job: ImportJob) -> dict[str, Any]:
    importer = importer_of(job.kind)
    findings = Paginator(job.problems or job.preview, FINDINGS_PAGE)
    return {
        "job": job,
        "card": import_card(job),
        "page": findings.get_page(request.GET.get("page")),
        "not_shown": max(
            job.counts.get("problems", 0) - len(job.problems)
            if job.problems
            else job.counts.get("changed", 0) + job.counts.get("added", 0) - len(job.preview),
            0,
        ),
        "crumbs": [(importer.title, reverse(importer.back))] if importer else [],
        "again_url": reverse("files:new_import", args=[job.kind]) if importer else "",
        "back_url": reverse(importer.back) if importer else "",
    }


@signed_in
@require_POST
def confirm(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    services.confirm_import(job=_own(request, job_id), digest=request.POST.get("digest", ""), by=request.user)
    return redirect("files:import_job", job_id)


@signed_in
@require_POST
def discard(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    job = services.discard_import(job=_own(request, job_id), by=request.user)
    messages.info(request, f"已放弃导入“{job.file_name}”，没有改动任何数据。")
    importer = importer_of(job.kind)
    return redirect(importer.back if importer else "files:imports")
