"""报表准入清单: every form that is asked for, for everybody to see; one form with its versions and what it costs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.listing import listing, opens_with_default
from core.tables import Column
from files.answers import export_of_list
from orgs.models import OrgUnit
from reporting.exporters.forms import FORMS_FILE, forms_asked_for
from reporting.forms.design import RegisterNarrowing
from reporting.models import BurdenFeedback, Collection, Form
from reporting.permissions import DESIGN_FORMS, VIEW_REPORTS
from reporting.selectors.designing import draft_of
from reporting.selectors.register import RegisterLine, register_lines
from reporting.tables.forms import FORM_COLUMNS
from reporting.views.looking import may_export
from reporting.views.lookup import own_unit


def owner_of(request: SignedInRequest) -> OrgUnit:
    """The province whose forms concern whoever asks."""
    unit = own_unit(request)
    return unit.province or unit


def form_in_sight(request: SignedInRequest, pk: int) -> Form:
    found = Form.objects.select_related("owner", "registration").filter(owner=owner_of(request))
    return get_object_or_404(found, pk=pk)


def _sorted(lines: list[RegisterLine], order: str) -> list[RegisterLine]:
    key = order.lstrip("-")
    return sorted(lines, key=lambda line: getattr(line, key) or 0, reverse=order.startswith("-"))


SORTED = ("cells", "minutes_a_year", "hours_of_all", "open_remarks")
COLUMNS = [
    Column(
        column.key,
        column.label,
        column.kind,
        value=column.value,
        link=column.link,
        hint=column.hint,
        is_fixed=column.is_fixed,
        is_extra=column.is_extra,
        sort=column.key if column.key in SORTED else None,
    )
    for column in FORM_COLUMNS
]


@requires(VIEW_REPORTS)
@require_GET
@opens_with_default("reporting:forms")
def forms(request: SignedInRequest) -> HttpResponse:
    """The register, the form that costs most first."""
    narrowing = RegisterNarrowing(request.GET)
    shown = listing(request, "reporting:forms", COLUMNS, default="-minutes_a_year")
    lines = _sorted(register_lines(forms_asked_for(owner_of(request), request.GET)), shown.order)
    page = Paginator(lines, shown.size).get_page(request.GET.get("page"))
    context = {
        "filter": narrowing,
        "listing": shown,
        "page": page,
        "table": shown.table(
            page.object_list,
            caption="报表准入清单",
            empty="没有符合条件的报表",
            empty_hint="不在清单上的报表，基层可以不报。",
        ),
        "may_design": request.user.can(DESIGN_FORMS, owner_of(request)),
        "may_export": may_export(request, FORMS_FILE.kind),
        "export_url": f"{reverse('reporting:export_forms')}?{request.GET.urlencode()}",
    }
    return render(request, "reporting/design/forms.html", context)


@require_POST
@requires(VIEW_REPORTS)
def export_forms(request: SignedInRequest) -> HttpResponse:
    """下载清单, narrowed as on the page."""
    return export_of_list(request, FORMS_FILE.kind)


@requires(VIEW_REPORTS)
@require_GET
def form(request: SignedInRequest, pk: int) -> HttpResponse:
    """One form: its place on the register, what it costs, its versions, what was said about it."""
    return render_form(request, form_in_sight(request, pk))


def render_form(request: SignedInRequest, found: Form, status: int = 200, **more: Any) -> HttpResponse:
    [line] = register_lines([found])
    may_design = request.user.can(DESIGN_FORMS, found.owner)
    versions = list(found.versions.order_by("-number"))
    context: dict[str, Any] = {
        "form": found,
        "line": line,
        "may_design": may_design,
        "draft": draft_of(found) if may_design else None,
        "versions": [version for version in versions if may_design or not version.is_draft],
        "collections": Collection.objects.filter(form=found, is_active=True),
        "changes": [change for version in versions for change in version.changes.select_related("indicator")],
        "remarks": BurdenFeedback.objects.filter(report__cycle__form_version__form=found).count(),
        "crumbs": [("报表准入清单", reverse("reporting:forms"))],
    }
    return render(request, "reporting/design/form.html", context | more, status=status)
