"""The support ledger: given and received, entry, receipt, sums."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, formats, tables
from core.access import SignedInRequest, requires
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.models import Attachment
from files.permissions import EXPORT
from orgs.choices import Level
from sanzhang.exporters.duty import SUPPORTS_FILE, supports_asked_for
from sanzhang.filters.seats import offer_units
from sanzhang.forms import VoidForm
from sanzhang.forms.attaching import PaperForm
from sanzhang.forms.support import SupportForm
from sanzhang.models import Support
from sanzhang.permissions import RECORD_WORK, VIEW_PEOPLE
from sanzhang.selectors.supports import sums_of, waiting_for
from sanzhang.services import supports as service
from sanzhang.services.photos import add_paper
from sanzhang.tables.duty import SUPPORTS, receipt
from sanzhang.views.rows import demand, typed

PAGE_SIZE = 50


def _crumbs() -> list[tuple[str, str]]:
    return [("支持台账", reverse("duty:supports"))]


@require_GET
@requires(VIEW_PEOPLE)
def support_list(request: SignedInRequest) -> HttpResponse:
    """Given by us, received by us, and by those below."""
    asked = supports_asked_for(request.user, request.GET)
    offer_units(asked.form, request.user)
    order = tables.order_of(request, SUPPORTS, default="-given_on")
    rows = asked.qs.select_related("giver", "receiver").order_by(order, "-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        list(page.object_list),
        SUPPORTS,
        request=request,
        order=order,
        caption="支持台账",
        empty="没有符合条件的支持记录",
        empty_hint="项目、经费、奖项推荐、人才举荐、干部交流、培训在这里登记，月报自动计数。",
    )
    query = request.GET.urlencode()
    unit = request.user.unit
    context = {
        "filter": asked,
        "table": table,
        "page": page,
        "sums": sums_of(Support.objects.visible_to(request.user, VIEW_PEOPLE), unit, clock.today().year),
        "waiting": waiting_for(unit),
        "unit": unit,
        "may_record": _may_give(request),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('duty:export_supports')}{f'?{query}' if query else ''}",
    }
    return render(request, "sanzhang/duty/supports.html", context)


def _may_give(request: SignedInRequest) -> bool:
    return bool(request.user.can(RECORD_WORK, request.user.unit) and request.user.unit.level < Level.TOWNSHIP)


@require_POST
@requires(VIEW_PEOPLE)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered."""
    return export_of_list(request, SUPPORTS_FILE.kind)


@require_http_methods(["GET", "POST"])
@requires(RECORD_WORK)
def new_support(request: SignedInRequest) -> HttpResponse:
    form = SupportForm(typed(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            support = service.record_support(
                facts=form.facts(),
                giver=form.cleaned_data["giver"],
                by=request.user,
                key=form.cleaned_data["key"],
            )
            messages.success(request, f"已登记“{support.title}”，月报自动计数。")
            return redirect("duty:new_support" if "again" in request.POST else support)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "sanzhang/duty/support_form.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(VIEW_PEOPLE)
def support(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _in_sight(request, pk)
    is_standing = found.voided_at is None
    may_record = is_standing and request.user.can(RECORD_WORK, found.giver)
    context = {
        "support": found,
        "crumbs": _crumbs(),
        "state": dict(zip(("label", "tone", "icon"), receipt(found), strict=True)),
        "facts": _facts(found),
        "papers": list(Attachment.objects.of(found)),
        "may_record": may_record,
        "may_edit": may_record and found.confirmed_at is None,
        "may_confirm": is_standing and _may_confirm(request, found),
        "paper_form": PaperForm(),
        "void_form": VoidForm(),
    }
    return render(request, "sanzhang/duty/support.html", context)


def _may_confirm(request: SignedInRequest, support: Support) -> bool:
    return (
        support.receiver is not None
        and support.confirmed_at is None
        and request.user.unit != support.giver
        and request.user.can(RECORD_WORK, support.receiver)
    )


def _facts(support: Support) -> list[tuple[str, Any]]:
    return [
        ("支持单位", support.giver.association),
        ("受援单位", support.receiver_name),
        ("类别", support.get_kind_display()),
        ("日期", formats.day(support.given_on)),
        ("金额（万元）", formats.number(support.amount, 2)),
        ("人数", formats.number(support.heads)),
        ("安排", "本级安排" if support.is_own else "上级转拨（不计入月报）"),
        *([("月报", "此前月报已按补充数报过，不再计入")] if support.was_reported else []),
        ("备注", support.note or formats.ABSENT),
        ("登记", f"{support.recorded_by}　{formats.moment(support.recorded_at)}"),
        *(
            [("确认收到", f"{support.confirmed_by}　{formats.moment(support.confirmed_at)}")]
            if support.confirmed_at
            else []
        ),
        *(
            [("作废", f"{support.void_reason}　{formats.moment(support.voided_at)}")]
            if support.voided_at
            else []
        ),
    ]


@require_http_methods(["GET", "POST"])
@requires(RECORD_WORK)
def edit_support(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _to_manage(request, pk)
    names = (
        "kind",
        "receiver",
        "given_on",
        "title",
        "amount",
        "heads",
        "is_own",
        "was_reported",
        "note",
        "revision",
    )
    initial = {name: getattr(found, name) for name in names}
    form = SupportForm(typed(request), user=request.user, giver=found.giver, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            service.change_support(
                support=found,
                revision=form.cleaned_data["revision"] or 0,
                facts=form.facts(),
                by=request.user,
            )
            messages.success(request, "已保存。")
            return redirect(found)
    context = {
        "form": form,
        "support": found,
        "crumbs": [*_crumbs(), (found.title, found.get_absolute_url())],
    }
    return render(request, "sanzhang/duty/support_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(RECORD_WORK)
def confirm_support(request: SignedInRequest, pk: int) -> HttpResponse:
    """确认收到, by the receiver."""
    found = _in_sight(request, pk)
    demand(request, RECORD_WORK, found.receiver or found.giver)
    service.confirm_receipt(support=found, by=request.user)
    messages.success(request, "已确认收到。")
    return redirect(found)


@require_POST
@requires(RECORD_WORK)
def void_support(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _to_manage(request, pk)
    service.void_support(support=found, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, "已作废，从此后的统计中去掉；已上报的月报不变。")
    return redirect(found)


@require_POST
@requires(RECORD_WORK)
def attach_paper(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _to_manage(request, pk)
    add_paper(support=found, uploads=request.FILES.getlist("file"), by=request.user)
    messages.success(request, "已上传。")
    return redirect(found)


def _in_sight(request: SignedInRequest, pk: int) -> Support:
    rows = Support.objects.visible_to(request.user, VIEW_PEOPLE).select_related("giver", "receiver", "person")
    return get_object_or_404(rows, pk=pk)


def _to_manage(request: SignedInRequest, pk: int) -> Support:
    found = _in_sight(request, pk)
    demand(request, RECORD_WORK, found.giver)
    return found
