"""What a page answers once it has asked for a file, and how a file leaves."""

from __future__ import annotations

from typing import IO, Any

from django.contrib import messages
from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from files.cards import card_of
from files.conditions import conditions_of
from files.models import ExportJob
from files.services import request_export


def export_of_list(request: Any, kind: str, **more: Any) -> HttpResponse:
    """Ask for the list, narrowed as on the page, as a file of ``kind``; ``more`` are further parameters."""
    params = {"query": conditions_of(request.GET), **more}
    job = request_export(kind=kind, params=params, unit=request.user.unit, by=request.user)
    return export_started(request, job)


def export_started(request: HttpRequest, job: ExportJob) -> HttpResponse:
    """The progress widget for htmx, else the export centre."""
    if getattr(request, "htmx", False):
        return render(request, "components/export_progress.html", {"job": card_of(job)})
    messages.info(request, f"正在生成“{job.title}”，完成后可在此下载。")
    return redirect("files:centre")


def download(file: IO[bytes] | File[Any], *, name: str, content_type: str) -> FileResponse:
    """A stored file under its own name: never shown in the page, never guessed at, never kept by caches."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
