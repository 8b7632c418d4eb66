"""Two records of one head: found while typing, made one, parted again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SignedInRequest, requires
from core.keys import key_in
from sanzhang.models import KeyPerson, PersonMerge
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.selectors import doubles_of, namesakes_elsewhere
from sanzhang.services import merging
from sanzhang.views.cards import crumbs_of
from sanzhang.views.rows import demand, person_to_manage

MOST_FOUND = 20


@require_http_methods(["GET", "POST"])
@requires(MANAGE_PEOPLE)
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the double of a person and fold it in."""
    found = person_to_manage(request, pk)
    others = KeyPerson.objects.present().visible_to(request.user, MANAGE_PEOPLE).exclude(pk=found.pk)
    if request.method == "POST":
        double = get_object_or_404(others, pk=key_in(request.POST.get("double")))
        merging.merge(keep=found, double=double, by=request.user)
        messages.success(request, f"已将重复记录并入{found.name}；如合并有误，可在本页恢复。")
        return redirect(found)
    query = request.GET.get("q", "").strip() or found.name
    candidates = others.search(query).select_related("unit", "occupation")[:MOST_FOUND]
    context: dict[str, Any] = {
        "person": found,
        "query": query,
        "candidates": candidates,
        "crumbs": crumbs_of(found),
    }
    return render(request, "sanzhang/merge.html", context)


@require_POST
@requires(MANAGE_PEOPLE)
def undo_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Part two records that were made one by mistake."""
    merges = (
        PersonMerge.objects.standing().visible_to(request.user, MANAGE_PEOPLE).select_related("kept__unit")
    )
    merged = get_object_or_404(merges, pk=pk)
    demand(request, MANAGE_PEOPLE, merged.kept.unit)
    parted = merging.undo_merge(merged=merged, by=request.user)
    messages.success(request, f"已恢复{parted.name}的原记录。")
    return redirect(merged.kept)


@require_POST
@requires(MANAGE_PEOPLE)
def doubles(request: SignedInRequest) -> HttpResponse:
    """Who on record may be the person being typed; by POST, so that no number stands in an address."""
    typed: dict[str, Any] = {
        "name": "".join(request.POST.get("name", "").split()),
        "employer": "".join(request.POST.get("employer", "").split()),
        "phone": request.POST.get("phone", "").replace(" ", "").replace("-", ""),
    }
    own = key_in(request.GET.get("not"))
    context = {
        "doubles": [double for double in doubles_of(**typed, by=request.user) if double.pk != own],
        "elsewhere": namesakes_elsewhere(**typed, by=request.user),
    }
    return render(request, "sanzhang/doubles.html", context)
