"""The yearly word on 六有四缺: who owes it, giving it in one click, checking it, sending it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from core.keys import key_in, year_in
from core.listing import opens_with_default
from core.refusals import refusals_shown
from orgs.choices import ConfirmationState
from orgs.filters.facts import ConfirmationNarrowing
from orgs.forms.facts import SendBackForm
from orgs.models import OrgUnit, YearlyConfirmation
from orgs.permissions import CHECK_FACTS, EDIT_FACTS, VIEW_UNITS
from orgs.selectors import confirmations as selectors
from orgs.selectors.units import visible_units
from orgs.services import confirming as services
from orgs.tables.units import WORD_TONES
from orgs.views.pages import chosen_keys, crumbs_of

PAGE_SIZE = 50
#: How many units one click confirms.
MOST_AT_ONCE = 2000


@requires(VIEW_UNITS)
@require_GET
@opens_with_default("orgs:confirmations")
def confirmations(request: SignedInRequest) -> HttpResponse:
    """Who has said what for the year."""
    narrowing = ConfirmationNarrowing(request.GET, user=request.user)
    criteria = narrowing.criteria
    year = criteria.get("year") or clock.today().year
    everyone = {name: value for name, value in criteria.items() if name != "state"}
    counts = selectors.state_counts(selectors.units_by_confirmation(request.user, everyone))
    units = selectors.units_by_confirmation(request.user, criteria).select_related("parent")
    page = Paginator(units.order_by("level", "division_code"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowing,
        "year": year,
        "cards": _cards(counts, request),
        "page": page,
        "rows": [_row(unit, request.user) for unit in page],
        "query": request.GET.urlencode(),
        "may_confirm": request.user.can_anywhere(EDIT_FACTS),
        "may_check": request.user.can_anywhere(CHECK_FACTS),
        "owing": selectors.unconfirmed_units(request.user, year).count(),
    }
    return render(request, "orgs/confirmations.html", context)


def _cards(counts: dict[str, int], request: SignedInRequest) -> list[dict[str, Any]]:
    """How many stand where, each a way to those units."""
    kept = request.GET.copy()
    kept.pop("page", None)
    cards = []
    for state, count in counts.items():
        kept["state"] = state
        is_owed = state == selectors.UNCONFIRMED
        label = "未确认" if is_owed else ConfirmationState(state).label
        tone = "warning" if is_owed else WORD_TONES[ConfirmationState(state)]
        cards.append({"label": label, "count": count, "tone": tone, "url": f"?{kept.urlencode()}"})
    return cards


def _row(unit: Any, user: Any) -> dict[str, Any]:
    is_owed = unit.said in (None, ConfirmationState.RETURNED)
    label = ConfirmationState(unit.said).label if unit.said else "未确认"
    return {
        "unit": unit,
        "state": {"label": label, "tone": WORD_TONES.get(unit.said, "warning")},
        "may_confirm": is_owed and user.can(EDIT_FACTS, unit),
        "may_check": unit.said == ConfirmationState.CONFIRMED and services.may_check(unit, user),
    }


@requires(EDIT_FACTS)
@require_POST
def confirm_items(request: SignedInRequest) -> HttpResponse:
    """“无变化” for one, for those ticked, or for all that owe it."""
    year = _year(request)
    if request.POST.get("everything"):
        units = list(selectors.unconfirmed_units(request.user, year)[:MOST_AT_ONCE])
    else:
        units = list(selectors.owing_units(request.user).filter(pk__in=chosen_keys(request)))
    reply = request.POST.get("reply", "")[:500]
    try:
        done = services.confirm_unchanged(units=units, year=year, reply=reply, by=request.user)
    except DomainError as error:
        return _refused(request, error)
    messages.success(request, f"已确认 {len(done):,} 个单位{year}年度六有四缺无变化。")
    return _back(request)


@requires(CHECK_FACTS)
@require_POST
def check_items(request: SignedInRequest) -> HttpResponse:
    """The level above agrees with those ticked."""
    waiting = selectors.confirmations_to_check(request.user).of_year(_year(request))  # type: ignore[attr-defined]
    rows = list(waiting.filter(unit__in=chosen_keys(request)))
    remark = request.POST.get("remark", "")[:500]
    try:
        done = services.check_confirmations(confirmations=rows, remark=remark, by=request.user)
    except DomainError as error:
        return _refused(request, error)
    messages.success(request, f"已核查通过 {len(done):,} 个单位。")
    return _back(request)


@requires(VIEW_UNITS)
@require_GET
def confirmation(request: SignedInRequest, pk: int) -> HttpResponse:
    """One unit's word of one year, item by item, beside what is on record now."""
    unit = _visible(request, pk)
    return _confirmation_page(request, unit, SendBackForm())


@requires(CHECK_FACTS)
@require_POST
def return_items(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back to the unit with remarks."""
    unit = _visible(request, pk)
    row = get_object_or_404(YearlyConfirmation.objects.filter(unit=unit), year=_year(request))
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _confirmation_page(request, unit, form, status=422)
    with refusals_shown(form):
        services.send_back(
            confirmation=row,
            remark=form.cleaned_data["remark"],
            item_remarks=form.item_remarks,
            revision=form.cleaned_data["revision"],
            by=request.user,
        )
        messages.success(request, f"已退回{unit}的确认，填报人员会收到消息。")
        return redirect(f"{reverse('orgs:confirmation', args=[unit.pk])}?year={row.year}")
    return _confirmation_page(request, unit, form, status=422)


def _confirmation_page(
    request: SignedInRequest, unit: OrgUnit, form: SendBackForm, status: int = 200
) -> HttpResponse:
    year = _year(request)
    words = {word.year: word for word in selectors.confirmations_of(unit)}
    word = words.get(year)
    now = selectors.snapshots_of([unit.pk])[unit.pk]
    changed = word is not None and selectors.has_changed(word, now)
    is_owed = word is None or word.state == ConfirmationState.RETURNED or changed
    context = {
        "unit": unit,
        "year": year,
        "years": [
            {"label": f"{one}年", "url": f"?year={one}", "active": one == year}
            for one in sorted({*words, clock.today().year}, reverse=True)
        ],
        "word": word,
        "state": _state_of(word),
        "changed": changed,
        "lines": selectors.lines_of(unit, word, now, form),
        "form": form,
        "may_confirm": is_owed
        and unit.is_expected
        and unit.closed_on is None
        and year >= clock.today().year - 1
        and request.user.can(EDIT_FACTS, unit),
        "may_edit": unit.closed_on is None and request.user.can(EDIT_FACTS, unit),
        "may_check": word is not None
        and word.state == ConfirmationState.CONFIRMED
        and services.may_check(unit, request.user),
        "crumbs": [
            *crumbs_of(unit, request.user),
            (unit.name, reverse("orgs:detail", args=[unit.pk])),
        ],
    }
    return render(request, "orgs/confirmation.html", context, status=status)


def _state_of(word: YearlyConfirmation | None) -> dict[str, Any]:
    if word is None:
        return {"label": "未确认", "tone": "warning"}
    return {"label": word.get_state_display(), "tone": WORD_TONES[ConfirmationState(word.state)]}


def _visible(request: SignedInRequest, pk: int) -> OrgUnit:
    units = visible_units(request.user).select_related("province", "city", "county", "township", "parent")
    return get_object_or_404(units, pk=pk)


def _year(request: SignedInRequest) -> int:
    """The year asked for; this year for what is no year."""
    asked = request.POST.get("year") or request.GET.get("year")
    return year_in(asked) or clock.today().year


def _refused(request: SignedInRequest, error: DomainError) -> HttpResponse:
    if isinstance(error, Forbidden):
        raise error
    messages.error(request, "；".join(problem.message for problem in error.problems[:8]))
    return _back(request)


def _back(request: SignedInRequest) -> HttpResponse:
    """To the unit's page of the year where it was done there, else to the list as it was narrowed."""
    one = key_in(request.POST.get("from_unit"))
    if one:
        return redirect(f"{reverse('orgs:confirmation', args=[one])}?year={_year(request)}")
    return redirect(f"{reverse('orgs:confirmations')}?{request.GET.urlencode()}")
