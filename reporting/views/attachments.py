"""Files of a report: put on and taken off while it is being filled."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from files.models import Attachment
from reporting.permissions import FILL
from reporting.services import attachments
from reporting.views.acts import perform
from reporting.views.lookup import report_in_scope


@require_POST
@requires(FILL)
def attach_files(request: SignedInRequest, pk: int) -> HttpResponse:
    """上传附件."""
    report = report_in_scope(request, pk)
    return perform(
        request,
        report,
        lambda: attachments.attach_files(
            report=report,
            kind=request.POST.get("kind", ""),
            uploads=request.FILES.getlist("file"),
            by=request.user,
        ),
        done="附件已上传。",
        to="reporting:fill",
    )


@require_POST
@requires(FILL)
def remove_file(request: SignedInRequest, pk: int, file_id: UUID) -> HttpResponse:
    """移除附件."""
    report = report_in_scope(request, pk)
    attachment = get_object_or_404(Attachment.objects.of(report), pk=file_id)
    return perform(
        request,
        report,
        lambda: attachments.remove_file(report=report, attachment=attachment, by=request.user),
        done=f"已移除“{attachment.name}”。",
        to="reporting:fill",
    )
