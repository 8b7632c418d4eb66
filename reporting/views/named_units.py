"""The units behind a registry figure of units, by name: those that meet it and those that do not."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import requires
from core import tables
from core.access import SignedInRequest
from reporting.exporters.named_units import KIND
from reporting.filters.boards import NamedUnitsForm
from reporting.models import Indicator
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.registry_units import MET, UNMET, naming_of, units_behind
from reporting.tables.named_units import unit_columns
from reporting.views.looking import Look, crumbs_to, may_export, with_look
from reporting.views.ways import heads_page, unit_page

PAGE_SIZE = 50


@requires(VIEW_REPORTS)
@require_GET
@with_look
def named_units(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """The units that a figure is counted over, with the way to their page and to their people."""
    naming = naming_of(key)
    if naming is None:
        raise Http404
    indicator = get_object_or_404(Indicator, key=key)
    form = NamedUnitsForm(request.GET, cycle=look.cycle, cycles=look.cycles, unit=look.unit, naming=naming)
    found = units_behind(key, look.cycle, look.unit, lens=look.facts_lens, on=look.on)
    rows = found.chosen(form.asked_for, form.text)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = unit_columns(
        lambda one: unit_page(look, one.unit_id),
        lambda one: heads_page(look, one.naming.people_key, one.unit_id),
    )
    context = {
        "look": look,
        "unit": look.unit,
        "cycle": look.cycle,
        "indicator": indicator,
        "form": form,
        "found": found,
        "met_url": look.address("reporting:named_units", key, meets=MET),
        "unmet_url": look.address("reporting:named_units", key, meets=UNMET),
        "page": page,
        "export_url": look.address("files:start", KIND, key=key, meets=form.asked_for, q=form.text)
        if may_export(request, KIND)
        else "",
        "table": tables.build(
            page.object_list,
            columns,
            caption="单位名单",
            empty="没有符合条件的单位",
            empty_hint="这一期没有这样的单位，或请放宽筛选条件。",
        ),
        "crumbs": [
            *crumbs_to(request, look, "reporting:named_units", key),
            ("台账数据", look.address("reporting:registry")),
        ],
    }
    return render(request, "reporting/dash/named_units.html", context)
