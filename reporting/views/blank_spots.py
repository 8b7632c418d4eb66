"""空白点名单: expected divisions without an association, by name, with reason, plan and who is responsible."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires
from core import formats, tables
from core.access import SignedInRequest
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.filters.boards import BlankSpotForm
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.spots import SpotQuery, moment_of, spots_of
from reporting.tables.boards import spot_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_principal_look

PAGE_SIZE = 50


@requires(VIEW_REPORTS)
@with_principal_look
def blank_spots(request: SignedInRequest, look: Look) -> HttpResponse:
    """The blank spots of the unit in view at the end of the cycle's window, or today before that."""
    parts = OrgUnit.objects.open().filter(parent=look.unit).in_code_order()
    asked = request.GET.copy()
    asked.update({} if "cycle" in asked else {"cycle": str(look.cycle.pk)})
    asked.update({} if "unit" in asked else {"unit": str(look.unit.pk)})
    form = BlankSpotForm(asked, cycles=look.cycles, unit=look.unit, parts=parts)
    query = SpotQuery.of(form.cleaned_data if form.is_valid() else {})
    moment = moment_of(look.cycle, query, look.on)
    found = spots_of(look.unit, moment, query, parts)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = spot_columns(lambda pk: reverse("orgs:detail", args=[pk]))
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "form": form,
        "page": page,
        "as_of": formats.day(moment.day),
        "by_level": query.counts(found),
        "villages_url": ""
        if query.level
        else look.address("reporting:blank_spots", level=Level.VILLAGE.value),
        "table": tables.build(
            page.object_list,
            columns,
            caption="空白点名单",
            empty="没有符合条件的空白点",
            empty_hint="应建单位都已建立科协，或请放宽筛选条件。",
        ),
        "may_export": may_export(request, "reporting.blank_spots"),
        "export_url": look.address("files:start", "reporting.blank_spots", **query.as_params()),
        "crumbs": crumbs_to(request, look, "reporting:blank_spots"),
    }
    return render(request, "reporting/dash/blank_spots.html", context)
