"""The list of affiliates, one affiliate's page, registering and changing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import Forbidden
from core.keys import key_in, keys_in
from core.listing import listing, opens_with_default
from core.refusals import refusals_shown
from files.answers import export_started
from files.permissions import EXPORT
from files.services import request_export
from orgs.choices import Level
from orgs.exporters.affiliates import LIST
from orgs.filters.affiliates import AffiliateFilter
from orgs.forms.affiliates import AffiliateForm
from orgs.models import Affiliate, AffiliateKind, OrgUnit
from orgs.permissions import MANAGE_AFFILIATES, VIEW_UNITS
from orgs.selectors import affiliates as selectors
from orgs.selectors.affiliate_sheets import with_leaders
from orgs.selectors.guidance import name_guides_of
from orgs.services import affiliates as services
from orgs.tables.affiliates import COLUMNS
from orgs.views.affiliate_page import affiliate_page, list_crumb, views_of
from orgs.views.days import day_bar

LIST_PAGE = "orgs:affiliates"


@requires(VIEW_UNITS)
@require_GET
@opens_with_default(LIST_PAGE)
def affiliate_list(request: SignedInRequest) -> HttpResponse:
    """Every affiliate in reach, narrowed, sorted, by pages."""
    visible = selectors.visible_affiliates(request.user)
    found = AffiliateFilter(request.GET, queryset=visible, request=request)
    _fit_to_desk(found, request)
    shown = listing(request, LIST_PAGE, COLUMNS, default="unit__division_code")
    rows = selectors.with_facts(found.qs if found.is_valid() else visible.none(), found.day)
    page = shown.page(rows.order_by(shown.order, "kind__order", "pinyin", "pk"))
    listed = list(page.object_list)
    if found.day is not None:
        name_guides_of(listed, found.day)
    context = {
        "filter": found,
        "views": views_of(request.user, LIST_PAGE),
        "page": page,
        "listing": shown,
        "table": shown.table(
            with_leaders(listed, found.day or clock.today()),
            caption="所属组织名册",
            empty="没有符合条件的组织",
            empty_hint="可放宽条件，或在“状态”中选择“全部”。",
        ),
        "may_register": request.user.can_anywhere(MANAGE_AFFILIATES),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('orgs:affiliates_export')}?{request.GET.urlencode()}",
        **day_bar(request, found.day),
    }
    return render(request, "orgs/affiliates/list.html", context)


def _fit_to_desk(found: AffiliateFilter, request: SignedInRequest) -> None:
    """Conditions that came with a link are told by name; places at or above the desk's own are no conditions."""
    keys = keys_in(request.GET.get(name) for name in ("unit", "partner"))
    units = OrgUnit.objects.visible_to(request.user, VIEW_UNITS).filter(pk__in=keys) if keys else []
    choices = [(str(unit.pk), unit.display_name) for unit in units]
    own = request.user.unit
    for name, level in (("city", Level.CITY), ("county", Level.COUNTY), ("township", Level.TOWNSHIP)):
        if own is not None and own.level >= level:
            del found.form.fields[name]
    for name, offered in (("unit", choices), ("partner", choices), ("own", [("true", "只看本级指导的")])):
        found.form.fields[name].choices = offered


@requires(EXPORT)
@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """The list, narrowed as on the page, as a sheet that may come back."""
    visible = selectors.visible_affiliates(request.user)
    found = AffiliateFilter(request.GET, queryset=visible, request=request)
    criteria = found.criteria if found.is_valid() else {}
    job = request_export(kind=LIST, params=criteria, unit=request.user.unit, by=request.user)
    return export_started(request, job)


def affiliate_in_view(request: SignedInRequest, pk: int) -> Affiliate:
    """Any in reach (else 404)."""
    rows = selectors.visible_affiliates(request.user).select_related(
        "kind", "unit__province", "unit__city", "unit__county", "unit__township"
    )
    return get_object_or_404(rows, pk=pk)


def affiliate_to_manage(request: SignedInRequest, pk: int) -> Affiliate:
    """One in reach (else 404) whose record the desk keeps (else 403)."""
    affiliate = affiliate_in_view(request, pk)
    if not request.user.can(MANAGE_AFFILIATES, affiliate.unit):
        raise Forbidden.for_action(MANAGE_AFFILIATES.label)
    return affiliate


@requires(VIEW_UNITS)
@require_GET
def affiliate(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """One affiliate: what it is, who governs and leads it, its members, with whom it works, what it was."""
    found = affiliate_in_view(request, affiliate_pk)
    return render(request, "orgs/affiliates/detail.html", affiliate_page(request.user, found))


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    """A new affiliate: first who guides it and what kind it is, then its record."""
    unit = _guiding_unit(request)
    kinds = selectors.kinds_at(unit)
    kind = next((kind for kind in kinds if kind.key == request.GET.get("kind")), None)
    if kind is None:
        return _choose_kind(request, unit, list(kinds))
    form = AffiliateForm(request.POST or None, unit=unit, kind=kind)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            made = services.register(
                unit=unit, facts=form.facts(), confirmed=form.cleaned_data["confirmed"], by=request.user
            )
            messages.success(request, f"已登记“{made}”。")
            return redirect(made)
    context = {
        "form": form,
        "title": f"登记{kind}",
        "lead": f"指导单位：{unit.association}",
        "crumbs": [list_crumb()],
        "back": reverse("orgs:affiliates"),
    }
    return render(request, "orgs/affiliates/edit.html", context, status=422 if form.errors else 200)


def _guiding_unit(request: SignedInRequest) -> OrgUnit:
    """The unit asked for, else that of the desk; 404 where the reader may not register for it."""
    asked = request.GET.get("unit", "")
    units = OrgUnit.objects.visible_to(request.user, MANAGE_AFFILIATES).open()
    if not asked:
        unit = units.filter(pk=request.user.unit.pk).first() if request.user.unit else None
        unit = unit or units.in_code_order().first()
        if unit is None:
            raise Http404
        return unit
    return get_object_or_404(units, pk=key_in(asked))


def _choose_kind(request: SignedInRequest, unit: OrgUnit, kinds: list[AffiliateKind]) -> HttpResponse:
    groups: dict[str, list[AffiliateKind]] = {}
    for kind in kinds:
        groups.setdefault(kind.get_group_display(), []).append(kind)
    units = selectors.guiding_units_near(request.user, unit)
    context = {"unit": unit, "units": units, "groups": groups.items(), "crumbs": [list_crumb()]}
    return render(request, "orgs/affiliates/choose.html", context)


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """Change the record."""
    found = affiliate_to_manage(request, affiliate_pk)
    form = AffiliateForm(request.POST or None, unit=found.unit, kind=found.kind, affiliate=found)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.update(
                affiliate=found,
                revision=form.cleaned_data["revision"] or 0,
                facts=form.facts(),
                confirmed=form.cleaned_data["confirmed"],
                by=request.user,
            )
            messages.success(request, "已保存。")
            return redirect(found)
    context = {
        "form": form,
        "title": "修改信息",
        "lead": found.name,
        "crumbs": [list_crumb(), (found.name, found.get_absolute_url())],
        "back": found.get_absolute_url(),
    }
    return render(request, "orgs/affiliates/edit.html", context, status=422 if form.errors else 200)
