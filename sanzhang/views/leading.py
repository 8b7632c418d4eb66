"""Who leads which affiliate: added from the page of either, ended from the page of the affiliate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from core.access import SignedInRequest, requires
from core.keys import key_in
from core.refusals import refusals_shown
from orgs.models import Affiliate
from orgs.permissions import MANAGE_AFFILIATES
from orgs.selectors.affiliates import visible_affiliates
from sanzhang.forms.leading import EndLeadForm, LeadForm
from sanzhang.models import AffiliateLeader, KeyPerson
from sanzhang.selectors.leading import affiliates_to_choose, people_to_choose
from sanzhang.services import leading as service
from sanzhang.views.rows import demand, person_in_view, typed


@require_http_methods(["GET", "POST"])
@requires(MANAGE_AFFILIATES)
def new_lead(request: SignedInRequest) -> HttpResponse:
    """Choose the person for ``?affiliate=``, or the affiliate for ``?person=``."""
    text = request.GET.get("q", "").strip()[:60]
    if "affiliate" in request.GET:
        return _choose_person(request, _affiliate(request, request.GET["affiliate"]), text)
    return _choose_affiliate(request, person_in_view(request, key_in(request.GET.get("person"))), text)


def _choose_person(request: SignedInRequest, affiliate: Affiliate, text: str) -> HttpResponse:
    people = {person.pk: person for person in people_to_choose(request.user, affiliate, text)}
    form = LeadForm(
        typed(request),
        label="人员",
        offered=[
            (pk, f"{person.name}　{person.occupation}　{person.employer or person.unit.display_name}")
            for pk, person in people.items()
        ],
    )
    return _answer(
        request,
        form,
        pairs={pk: (affiliate, person) for pk, person in people.items()},
        back=affiliate.get_absolute_url(),
        context={
            "title": "登记“三长”牵头",
            "lead": f"{affiliate}（{affiliate.unit.association}）",
            "hidden": ("affiliate", affiliate.pk),
            "search_label": "姓名、拼音或单位",
            "nobody": "没有找到可登记的人员，请换个词查找；不在名册中的人员先到“三长名册”登记。",
            "text": text,
        },
    )


def _choose_affiliate(request: SignedInRequest, person: KeyPerson, text: str) -> HttpResponse:
    found = {affiliate.pk: affiliate for affiliate in affiliates_to_choose(request.user, person, text)}
    form = LeadForm(
        typed(request),
        label="组织",
        offered=[
            (pk, f"{affiliate.name}　{affiliate.kind}　{affiliate.unit.display_name}")
            for pk, affiliate in found.items()
        ],
    )
    return _answer(
        request,
        form,
        pairs={pk: (affiliate, person) for pk, affiliate in found.items()},
        back=person.get_absolute_url(),
        context={
            "title": "登记牵头的组织",
            "lead": f"{person}　{person.employer}",
            "hidden": ("person", person.pk),
            "search_label": "组织名称或拼音",
            "nobody": "没有找到可登记的组织，请换个词查找；未登记的组织先到“所属组织”登记。",
            "text": text,
        },
    )


def _answer(
    request: SignedInRequest,
    form: LeadForm,
    *,
    pairs: dict[int, tuple[Affiliate, KeyPerson]],
    back: str,
    context: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        affiliate, person = pairs[data["chosen"]]
        told = {name: data[name] for name in ("role", "since", "note")}
        with refusals_shown(form):
            service.begin(affiliate=affiliate, person=person, by=request.user, **told)
            messages.success(request, f"已登记{person}为“{affiliate}”的牵头或任职人员。")
            return redirect(back)
    context |= {"form": form, "back": back, "found": bool(pairs)}
    return render(request, "sanzhang/leading/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_AFFILIATES)
def end_lead(request: SignedInRequest, leading_pk: int) -> HttpResponse:
    """The person leads the affiliate no longer."""
    posts = AffiliateLeader.objects.filter(affiliate__in=visible_affiliates(request.user), voided_at=None)
    post = get_object_or_404(posts.select_related("person", "affiliate__unit"), pk=leading_pk)
    demand(request, MANAGE_AFFILIATES, post.affiliate.unit)
    form = EndLeadForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.finish(post=post, on=form.cleaned_data["on"], by=request.user)
            messages.success(request, f"已结束{post.person}在“{post.affiliate}”的任职。")
            return redirect(post.affiliate)
    context = {"post": post, "form": form}
    return render(request, "sanzhang/leading/end.html", context, status=422 if form.errors else 200)


def _affiliate(request: SignedInRequest, text: str) -> Affiliate:
    rows = visible_affiliates(request.user).select_related("unit", "kind")
    affiliate = get_object_or_404(rows, pk=key_in(text))
    demand(request, MANAGE_AFFILIATES, affiliate.unit)
    return affiliate
