"""报表清单: the reports behind a number of 报送质量, each with its state and a way to it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import requires
from core.access import SignedInRequest
from core.listing import listing, opens_with_default
from files.answers import export_of_list
from orgs.models import OrgUnit
from reporting.exporters.counted import COUNTED_FILE, counted_asked_for
from reporting.filters.counted import CountedFilter
from reporting.permissions import VIEW_REPORTS
from reporting.tables.counted import COUNTED_COLUMNS
from reporting.views.looking import may_export


@requires(VIEW_REPORTS)
@require_GET
@opens_with_default("reporting:counted")
def counted(request: SignedInRequest) -> HttpResponse:
    """Every report in sight, narrowed to those that a number counts."""
    asked = counted_asked_for(request.user, request.GET)
    shown = listing(request, "reporting:counted", COUNTED_COLUMNS, default="unit__division_code")
    page = shown.page(asked.qs.order_by(shown.order, "-cycle__period", "unit__division_code", "pk"))
    query = request.GET.urlencode()
    context = {
        "filter": asked,
        "unit": _unit(request, asked),
        "listing": shown,
        "page": page,
        "table": shown.table(
            page.object_list,
            caption="报表清单",
            empty="没有符合条件的报表",
            empty_hint="换一个情况、层级或填报期再查。",
        ),
        "may_export": may_export(request, COUNTED_FILE.kind),
        "export_url": f"{reverse('reporting:export_counted')}{f'?{query}' if query else ''}",
        "crumbs": [("报送质量", reverse("reporting:completeness"))],
    }
    return render(request, "reporting/counted.html", context)


def _unit(request: SignedInRequest, asked: CountedFilter) -> OrgUnit | None:
    """The unit whose number led here."""
    pk = asked.form.cleaned_data.get("unit") if asked.form.is_valid() else None
    return OrgUnit.objects.visible_to(request.user, VIEW_REPORTS).filter(pk=pk).first() if pk else None


@require_POST
@requires(VIEW_REPORTS)
def export_counted(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, COUNTED_FILE.kind)
