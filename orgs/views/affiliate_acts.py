"""What is done to an affiliate: its state, its exit, its members, its partners, its telephone number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from orgs.forms.affiliates import (
    EndForm,
    ExitForm,
    MembersForm,
    NamedPartnerForm,
    StateForm,
    UnitPartnerForm,
)
from orgs.forms.facts import FactForm
from orgs.layouts.members import split_words
from orgs.models import Affiliate, AffiliatePartner
from orgs.permissions import MANAGE_AFFILIATES
from orgs.selectors.affiliates import affiliate_view, partner_choices, visible_affiliates
from orgs.services import affiliate_facts as services
from orgs.services.affiliates import reveal_phone
from orgs.views.affiliate_page import list_crumb
from orgs.views.affiliates import affiliate_to_manage


def _answer(
    request: SignedInRequest,
    affiliate: Affiliate,
    form: FactForm,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """Show the form, or do what it brings and go back to the affiliate."""
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            act(form.cleaned_data)
            messages.success(request, done)
            return redirect(affiliate)
    context |= {
        "affiliate": affiliate,
        "form": form,
        "title": title,
        "crumbs": [list_crumb(), (affiliate.name, affiliate.get_absolute_url())],
    }
    return render(request, "orgs/affiliates/act.html", context, status=422 if form.errors else 200)


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def state(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """Normal, model or dormant."""
    affiliate = affiliate_to_manage(request, affiliate_pk)
    form = StateForm(request.POST or None, initial={"revision": affiliate.revision})
    return _answer(
        request,
        affiliate,
        form,
        lambda data: services.set_state(affiliate=affiliate, by=request.user, **data),
        title="变更状态",
        done="已登记状态变更。",
    )


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def leave(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """The exit, with its consequences told first."""
    affiliate = affiliate_to_manage(request, affiliate_pk)
    form = ExitForm(request.POST or None, initial={"revision": affiliate.revision})
    partners = len(affiliate_view(affiliate).present_partners)
    return _answer(
        request,
        affiliate,
        form,
        lambda data: services.exit_affiliate(affiliate=affiliate, by=request.user, **data),
        title="办理退出",
        done=f"“{affiliate}”已退出。",
        submit="确认退出",
        danger=True,
        warning=f"退出后不再计入各项统计，与 {partners} 个单位的对接、“三长”牵头关系自退出之日结束；历史记录保留。",
    )


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def members(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """How many members as of a day."""
    affiliate = affiliate_to_manage(request, affiliate_pk)
    view = affiliate_view(affiliate)
    initial: dict[str, Any] = {"revision": affiliate.revision}
    if view.members:
        last = view.members[0]
        lines = [(count.occupation_label, count.count) for count in view.by_occupation]
        initial |= {"personal": last.personal, "group": last.group}
        initial |= {"by_occupation": split_words(lines, "\n")}
    form = MembersForm(request.POST or None, initial=initial)
    return _answer(
        request,
        affiliate,
        form,
        lambda data: services.set_members(affiliate=affiliate, by=request.user, **data),
        title="登记会员数",
        done="已登记会员数。",
        lead_more="按统计日期留存，每次登记形成一条记录。",
    )


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def unit_partners(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """Townships and villages that the affiliate works with."""
    affiliate = affiliate_to_manage(request, affiliate_pk)
    form = UnitPartnerForm(request.POST or None, offered=partner_choices(affiliate))
    return _answer(
        request,
        affiliate,
        form,
        lambda data: services.add_unit_partners(
            affiliate=affiliate, units=form.chosen(), since=data["since"], note=data["note"], by=request.user
        ),
        title="对接乡镇（街道）、村（社区）",
        done="已登记对接关系。",
    )


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def named_partner(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """An enterprise, a university, a school or a centre."""
    affiliate = affiliate_to_manage(request, affiliate_pk)
    form = NamedPartnerForm(request.POST or None)
    return _answer(
        request,
        affiliate,
        form,
        lambda data: services.add_named_partner(affiliate=affiliate, by=request.user, **data),
        title="对接企业、院校和中心",
        done="已登记对接关系。",
    )


@requires(MANAGE_AFFILIATES)
@require_http_methods(["GET", "POST"])
def end_partner(request: SignedInRequest, partner_pk: int) -> HttpResponse:
    """They work together no longer."""
    partners = AffiliatePartner.objects.filter(affiliate__in=visible_affiliates(request.user))
    partner = get_object_or_404(partners.select_related("partner_unit"), pk=partner_pk, voided_at=None)
    affiliate = affiliate_to_manage(request, partner.affiliate_id)
    return _answer(
        request,
        affiliate,
        EndForm(request.POST or None),
        lambda data: services.end_partner(partner=partner, on=data["on"], by=request.user),
        title="结束对接",
        done=f"已结束与{partner.label}的对接。",
        submit="结束对接",
        warning=f"与{partner.label}的对接自所填日期起结束，历史记录保留。",
    )


@requires(MANAGE_AFFILIATES)
@require_POST
def phone(request: SignedInRequest, affiliate_pk: int) -> HttpResponse:
    """The number in full, kept on record."""
    affiliate = affiliate_to_manage(request, affiliate_pk)
    number = reveal_phone(affiliate=affiliate, by=request.user)
    if request.htmx:
        response = render(request, "orgs/phone.html", {"number": number})
    else:
        messages.info(request, f"{affiliate.contact_name}的联系电话：{number}")
        response = redirect(affiliate)
    response["Cache-Control"] = "private, no-store"
    return response
