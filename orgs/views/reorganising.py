"""Reorganisations: the list, one of them, and the acts upon it as a whole."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.errors import Forbidden
from core.listing import listing, opens_with_default
from core.refusals import refusals_shown
from files.models import Attachment
from orgs.forms.reorganising import BeginForm, ListForm, ReasonForm
from orgs.models import Reorganisation
from orgs.permissions import DRAFT_REORGANISATION, REORGANISE, VIEW_UNITS
from orgs.selectors import reorganisations as selectors
from orgs.services import reorganising as services
from orgs.tables.reorganising import ACT_COLUMNS, REORGANISATION_COLUMNS, facts_of, state_of

LIST_PAGE = "orgs:reorganisations"
ACTS_SHOWN = 200


@requires(VIEW_UNITS)
@require_GET
@opens_with_default(LIST_PAGE)
def reorganisations(request: SignedInRequest) -> HttpResponse:
    """Every reorganisation in sight, narrowed, sorted, by pages."""
    form = ListForm(request.GET)
    rows = selectors.listed(request.user)
    rows = selectors.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()
    shown = listing(request, LIST_PAGE, REORGANISATION_COLUMNS, default="-created_at")
    page = shown.page(rows.order_by(shown.order, "-pk"))
    context = {
        "filter": form,
        "listing": shown,
        "page": page,
        "export_url": f"{reverse('files:start', args=['orgs.reorganisations'])}?{request.GET.urlencode()}",
        "table": shown.table(
            page.object_list,
            caption="区划调整",
            empty="没有符合条件的区划调整",
            empty_hint="撤并、更名、改隶、升降格、设立和撤销都在这里起草和办理。",
        ),
        "may_draft": request.user.can_anywhere(DRAFT_REORGANISATION),
    }
    return render(request, "orgs/reorganise/list.html", context)


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def new_reorganisation(request: SignedInRequest) -> HttpResponse:
    """Begin a draft for one's own unit and all below it."""
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            held = services.draft(unit=request.user.unit, title=form.cleaned_data["title"], by=request.user)
            return redirect("orgs:reorganisation_lines", held.pk)
    context = {"form": form, "crumbs": [("区划调整", reverse("orgs:reorganisations"))]}
    return render(request, "orgs/reorganise/new.html", context, status=422 if form.errors else 200)


def in_sight(request: SignedInRequest, pk: int) -> Reorganisation:
    """The reorganisation, if it may be looked at (else 404)."""
    rows = selectors.visible_reorganisations(request.user).select_related("unit")
    return get_object_or_404(rows, pk=pk)


def crumbs(held: Reorganisation | None = None) -> list[tuple[str, str]]:
    found = [("区划调整", reverse("orgs:reorganisations"))]
    return [*found, (held.title, held.get_absolute_url())] if held is not None else found


@requires(VIEW_UNITS)
@require_GET
def reorganisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """One reorganisation: what it says, what it did, and what may be done with it now."""
    held = in_sight(request, pk)
    acts = selectors.acts_of(held)
    page = Paginator(acts, ACTS_SHOWN).get_page(request.GET.get("page"))
    may_apply = request.user.can(REORGANISE, held.unit)
    may_draft = request.user.can(DRAFT_REORGANISATION, held.unit)
    context = {
        "held": held,
        "state": dict(zip(("label", "tone"), state_of(held), strict=True)),
        "crumbs": crumbs(),
        "page": page,
        "acts": tables.build(page.object_list, ACT_COLUMNS, empty="还没有登记事项"),
        "facts": facts_of(held),
        "files": Attachment.objects.of(held),
        "summary": held.journal.get("summary", {}).items(),
        "export_url": f"{reverse('files:start', args=['orgs.reorganisation'])}?reorganisation={held.pk}",
        "discard_url": reverse("orgs:discard_reorganisation", args=[held.pk]),
        "unschedule_url": reverse("orgs:unschedule_reorganisation", args=[held.pk]),
        "can_edit": held.is_draft and may_draft,
        "can_undo": held.state == "applied" and may_apply,
        "can_unschedule": held.state == "scheduled" and may_apply,
    }
    return render(request, "orgs/reorganise/detail.html", context)


@requires(REORGANISE)
@require_http_methods(["GET", "POST"])
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """What stands in the way of taking it back; and the way back."""
    held = in_sight(request, pk)
    if not request.user.can(REORGANISE, held.unit):
        raise Forbidden.for_action(REORGANISE.label)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.undo(reorganisation=held, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, f"已撤回“{held.title}”，各项数据恢复到办理以前。")
            return redirect(held)
    context = {
        "held": held,
        "form": form,
        "obstacles": services.blocks(held) if held.state == "applied" else [],
        "is_applied": held.state == "applied",
        "summary": held.journal.get("summary", {}).items(),
        "crumbs": crumbs(held),
    }
    return render(request, "orgs/reorganise/undo.html", context, status=422 if form.errors else 200)


@requires(DRAFT_REORGANISATION)
@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    held = in_sight(request, pk)
    services.discard(reorganisation=held, by=request.user)
    messages.success(request, f"已作废“{held.title}”。")
    return redirect("orgs:reorganisations")


@requires(REORGANISE)
@require_POST
def unschedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back from the waiting list to the draft."""
    held = in_sight(request, pk)
    services.unschedule(reorganisation=held, by=request.user)
    messages.success(request, f"“{held.title}”已退回草拟。")
    return redirect(held)
