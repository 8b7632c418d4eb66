"""文字材料汇集: what those below wrote as one document, one's own words beside it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.access import SignedInRequest, requires
from files.permissions import EXPORT
from orgs.choices import Level
from reporting.filters.words import WordsForm
from reporting.papers.words import KIND
from reporting.permissions import FILL, VIEW_REPORTS
from reporting.selectors.words import read_words
from reporting.views.lookup import report_in_scope
from reporting.workflow import EDITABLE


@require_GET
@requires(VIEW_REPORTS)
def words(request: SignedInRequest, pk: int) -> HttpResponse:
    """The document; whoever types the report edits beside it, others read."""
    report = report_in_scope(request, pk)
    if report.level >= Level.TOWNSHIP:
        raise Http404
    may_fill = report.state in EDITABLE and not report.is_exempt and request.user.can(FILL, report.custodian)
    asked = WordsForm(request.GET, whole=read_words(report))
    context = {
        "report": report,
        "filter": asked,
        "words": asked.words,
        "may_fill": may_fill,
        "may_export": request.user.can(EXPORT, report.unit),
        "export_url": f"{reverse('files:start', args=[KIND])}?{urlencode({'report': report.pk} | asked.asked)}",
        "save_scope": f"report-{report.pk}",
        "crumbs": [
            (
                report.cycle.title,
                reverse("reporting:fill" if may_fill else "reporting:report", args=[report.pk]),
            )
        ],
    }
    return render(request, "reporting/words.html", context)
