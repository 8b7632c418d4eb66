"""One unit's bodies on one page, and the guided renewal of one or several of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.access import SignedInRequest, requires
from core.errors import Conflict, DomainError
from core.refusals import show_problems
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.forms import RenewalForm
from sanzhang.forms.newcomer import NewcomerRow
from sanzhang.models import Candidacy
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors.bodies import bodies_of, meetings_of, present_terms, seats_at_renewal
from sanzhang.selectors.calendar import meeting_rows, ready_in
from sanzhang.selectors.nominees import electable, found_by_name
from sanzhang.services import renewals
from sanzhang.views.rows import demand


def _unit_in_view(request: SignedInRequest, pk: int) -> OrgUnit:
    units = OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE).select_related("parent")
    return get_object_or_404(units, pk=pk)


@require_GET
@requires(VIEW_PEOPLE)
def bodies(request: SignedInRequest, pk: int) -> HttpResponse:
    """Congress, committee, standing committee and leadership of one unit: term, seats, vacancies, members."""
    unit = _unit_in_view(request, pk)
    pages = bodies_of(unit)
    manages = request.user.can(MANAGE_PEOPLE, unit)
    today = clock.today()
    context = {
        "unit": unit,
        "bodies": pages,
        "manages": manages,
        "can_renew": manages and any(page.term for page in pages),
        "heads": len({seat.person_id for page in pages for seat in page.members}),
        "vacant": sum(page.vacant for page in pages),
        "open_candidacies": Candidacy.objects.open().filter(unit=unit).count(),
        "meetings": meeting_rows(meetings_of(unit, today), today),
        "crumbs": [("届次与换届", reverse("sanzhang:terms"))],
    }
    return render(request, "sanzhang/bodies.html", context)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """换届 in steps: which bodies; meetings, quotas, seats and newcomers; a look at what will happen; done."""
    unit = _unit_in_view(request, pk)
    demand(request, MANAGE_PEOPLE, unit)
    asked = request.POST if request.method == "POST" else request.GET
    terms = present_terms(unit)
    chosen = {kind: term for kind, term in terms.items() if kind in asked.getlist("bodies")}
    context = {
        "unit": unit,
        "terms": terms,
        "crumbs": [
            ("届次与换届", reverse("sanzhang:terms")),
            (f"{unit.association}领导机构", reverse("sanzhang:bodies", args=[unit.pk])),
        ],
    }
    if not chosen:
        return render(request, "sanzhang/renewal_bodies.html", context | {"asked": "bodies" in asked})
    form = RenewalForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        unit=unit,
        terms=chosen,
        seats=seats_at_renewal(unit, list(chosen)),
        ready=ready_in(unit),
        people=electable(unit, request.user),
    )
    context |= {"form": form, "chosen": chosen}
    if request.method == "POST" and form.is_valid():
        answer = _act(request, unit, form, context)
        if answer is not None:
            return answer
    return render(request, "sanzhang/renewal.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(MANAGE_PEOPLE)
def find_newcomers(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """People on record by name, as rows of the renewal of one body."""
    unit = _unit_in_view(request, pk)
    demand(request, MANAGE_PEOPLE, unit)
    if kind not in LEADERSHIP_KINDS:
        raise Http404
    text = request.GET.get(f"find_{kind}", "")
    known = set(request.GET.getlist(f"new_{kind}"))
    found = [
        person for person in found_by_name(electable(unit, request.user), text) if str(person.pk) not in known
    ]
    rows = [NewcomerRow(kind=kind, person=person, unit=unit, is_ticked=len(found) == 1) for person in found]
    return render(
        request, "sanzhang/newcomer_rows.html", {"rows": rows, "asked": text.strip(), "found": True}
    )


def _act(
    request: SignedInRequest, unit: OrgUnit, form: RenewalForm, context: dict[str, Any]
) -> HttpResponse | None:
    """Show what would happen, or do it; ``None`` where it was refused and the form says why."""
    act: dict[str, Any] = {
        "unit": unit,
        "bodies": form.bodies(),
        "meetings": form.meetings(),
        "by": request.user,
        "explanation": form.cleaned_data["explanation"],
    }
    stage = request.POST.get("stage")
    try:
        if stage == "preview":
            outcome = renewals.rehearse(**act)
            form.is_warned = bool(outcome.warnings)
            return render(request, "sanzhang/renewal_preview.html", context | {"outcome": outcome})
        if stage == "confirm":
            outcome = renewals.renew(**act, uploads=form.uploads())
            words = "、".join(result.new.body.get_kind_display() for result in outcome.bodies)
            messages.success(request, f"已换届：{words}。")
            return redirect("sanzhang:bodies", unit.pk)
    except Conflict:
        raise
    except DomainError as error:
        show_problems(form, error)
        return None
    return render(request, "sanzhang/renewal.html", context)
