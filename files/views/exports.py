"""The export centre and the download door."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires, signed_in
from core.listing import listing
from files import selectors, services
from files.answers import download as hand_out
from files.answers import export_started
from files.cards import card_of
from files.conditions import NOT_CONDITIONS
from files.filters import JobFilter
from files.models import ExportJob
from files.permissions import VIEW_FILES
from files.registry import exporter_of
from files.tables import JOB_COLUMNS


def _own_job(request: SignedInRequest, job_id: UUID) -> ExportJob:
    job = selectors.job_of(request.user, job_id)
    if job is None:
        raise Http404
    return job


@signed_in
@require_GET
def centre(request: SignedInRequest) -> HttpResponse:
    """One's own files: which are being made, which can be fetched until when."""
    own = selectors.jobs_of(request.user)
    found = JobFilter(request.GET, queryset=own)
    page = Paginator(found.qs, 20).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page": page,
        "jobs": [card_of(job) for job in page],
        "has_any": bool(page.paginator.count) or own.exists(),
    }
    return render(request, "files/centre.html", context)


@requires(VIEW_FILES)
@require_GET
def unit_files(request: SignedInRequest) -> HttpResponse:
    """What people of the unit had made: by whom, when, how large, how often fetched; nobody else's content."""
    shown = listing(request, "files:unit_files", JOB_COLUMNS, default="-created_at")
    found = JobFilter(request.GET, queryset=selectors.jobs_of_unit(request.user.unit))
    page = shown.page(found.qs.order_by(shown.order, "-pk"))
    context = {
        "listing": shown,
        "filter": found,
        "page": page,
        "table": shown.table(page.object_list, caption="本单位文件", empty="没有符合条件的文件"),
    }
    return render(request, "files/unit_files.html", context)


@signed_in
@require_POST
def start(request: SignedInRequest, kind: str) -> HttpResponse:
    """Ask for a file of ``kind`` with the filters of the list that it was asked from."""
    params = {key: value for key, value in request.GET.items() if value and key not in NOT_CONDITIONS}
    job = services.request_export(kind=kind, params=params, unit=request.user.unit, by=request.user)
    return export_started(request, job)


@signed_in
@require_GET
def status(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """The progress widget, asked every second while the file is being made."""
    return render(request, "components/export_progress.html", {"job": card_of(_own_job(request, job_id))})


@signed_in
@require_POST
def cancel(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    job = services.cancel_export(job=_own_job(request, job_id), by=request.user)
    if request.htmx:
        return render(request, "components/export_progress.html", {"job": card_of(job)})
    messages.info(request, f"已取消“{job.title}”。")
    return redirect("files:centre")


@signed_in
@require_POST
def retry(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    job = services.retry_export(job=_own_job(request, job_id), by=request.user)
    return export_started(request, job)


@signed_in
@require_POST
def download(request: SignedInRequest, job_id: UUID) -> FileResponse:
    """A finished export; the scope is asked once more."""
    job = selectors.downloadable(request.user, job_id)
    exporter = exporter_of(job.kind) if job is not None else None
    if job is None or exporter is None:
        raise Http404
    services.open_export(job=job, by=request.user)
    return hand_out(job.file.open("rb"), name=job.file_name, content_type=exporter.content_type)


@signed_in
@require_GET
def attachment(request: SignedInRequest, attachment_id: UUID) -> FileResponse:
    """An attachment, to whom the door of its owner lets in."""
    found = selectors.attachment_open_to(request.user, attachment_id)
    if found is None:
        raise Http404
    services.open_attachment(attachment=found, by=request.user)
    return hand_out(found.file.open("rb"), name=found.name, content_type=found.content_type)
