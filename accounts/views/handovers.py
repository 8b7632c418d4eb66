"""岗位交接: opened by whoever administers the desk, confirmed by both, carried out with the second word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import SignedInRequest, requires, signed_in
from accounts.filters import HandoverFilter
from accounts.forms import HandoverForm
from accounts.models import Handover, HandoverLine, LineKind
from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY
from accounts.registry import belongings_of, open_work_of
from accounts.selectors import accounts_in_charge, handovers_seen_by
from accounts.services.handover_lines import Since, since
from accounts.services.handovers import (
    NewLines,
    cancel,
    give,
    may_give,
    open_handover,
    take,
    write_remarks,
)
from accounts.services.postings import passing
from accounts.tables import HANDOVER_COLUMNS
from core import clock
from core.errors import Problem
from core.listing import listing
from core.refusals import refusals_shown

CRUMB = ("岗位交接", "/accounts/handovers/")


@signed_in
@require_GET
def handover_list(request: SignedInRequest) -> HttpResponse:
    """Those in which one leaves or takes over, and those of the desks that one administers."""
    seen = handovers_seen_by(request.user)
    found = HandoverFilter(request.GET, queryset=seen)
    shown = listing(request, "accounts:handovers", HANDOVER_COLUMNS, default="-opened_at")
    page = shown.page(found.qs.order_by(shown.order, "pk"))
    table = shown.table(
        page.object_list,
        caption="岗位交接",
        empty="没有岗位交接",
        empty_hint="由单位管理员在“账号管理”里选择离任人账号发起。",
    )
    context = {"filter": found, "listing": shown, "page": page, "table": table}
    return render(request, "accounts/handovers.html", context)


@requires(MANAGE_ACCOUNTS, MANAGE_SECURITY)
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would pass, to whom; then both are asked to confirm."""
    leaver = get_object_or_404(accounts_in_charge(request.user), pk=pk)
    candidates = accounts_in_charge(request.user).filter(is_active=True).exclude(pk=pk)
    form = HandoverForm(request.POST or None, candidates=candidates)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            opened = open_handover(leaver=leaver, by=request.user, **form.cleaned_data)
            messages.success(request, f"已发起交接，请{leaver.name}和{opened.successor.name}登录后分别确认。")
            return redirect("accounts:handover", pk=opened.pk)
    context = {
        "leaver": leaver,
        "form": form,
        "passing": [{"posting": posting, "work": open_work_of(posting)} for posting in passing(leaver)],
        "belongings": belongings_of(leaver),
        "candidates": candidates.order_by("username")[:300],
        "crumbs": [CRUMB],
    }
    return render(request, "accounts/handover_begin.html", context, status=422 if form.errors else 200)


def _seen(request: SignedInRequest, pk: int) -> Handover:
    return get_object_or_404(handovers_seen_by(request.user), pk=pk)


@signed_in
@require_GET
def handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list as it stands today, what the leaver says of each line, and who has confirmed it."""
    return _page(request, _seen(request, pk))


def _page(
    request: SignedInRequest, shown: Handover, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    gives = shown.is_open and shown.given_at is None and may_give(request.user, shown)
    found = since(shown) if shown.is_open else Since()
    context = {
        "handover": shown,
        "groups": _groups(list(shown.lines.select_related("unit")), found),
        "new": found.new,
        "may_give": gives,
        "is_stand_in": gives and request.user.pk != shown.leaver_id,
        "may_take": shown.is_open and shown.taken_at is None and request.user.pk == shown.successor_id,
        "problems": problems,
        "crumbs": [CRUMB],
    }
    return render(request, "accounts/handover.html", context, status=status)


def _groups(lines: list[HandoverLine], since_then: Since) -> list[dict[str, Any]]:
    """The lines by kind, each as it stands today."""
    settled = {line.pk for line in since_then.settled}
    for line in lines:
        line.standing = since_then.standing.get(line.pk, line.standing)
        line.settled_at = line.settled_at or (clock.now() if line.pk in settled else None)
    found = [
        {"kind": kind, "label": kind.label, "lines": [line for line in lines if line.kind == kind]}
        for kind in LineKind
    ]
    return [group for group in found if group["lines"]]


@signed_in
@require_POST
def remarks(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the leaver typed, kept."""
    shown = _seen(request, pk)
    write_remarks(
        handover=shown,
        remarks=_typed(request, shown),
        note=request.POST.get("note", ""),
        by=request.user,
    )
    messages.success(request, "交接说明已保存。")
    return redirect("accounts:handover", pk=pk)


def _typed(request: SignedInRequest, shown: Handover) -> dict[int, str]:
    names = {line.pk: f"remark-{line.pk}" for line in shown.lines.all()}
    return {pk: request.POST[name] for pk, name in names.items() if name in request.POST}


@signed_in
@require_POST
def give_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """The leaver's word, with what stands in the form; what was typed is kept where the list has grown meanwhile."""
    shown = _seen(request, pk)
    typed: dict[str, Any] = {}
    if "note" in request.POST:
        typed = {"remarks": _typed(request, shown), "note": request.POST["note"]}
    try:
        done = give(
            handover=shown,
            by=request.user,
            reason=request.POST.get("reason", ""),
            seen=request.POST.getlist("seen"),
            **typed,
        )
    except NewLines as refusal:
        if typed:
            shown = write_remarks(handover=shown, by=request.user, **typed)
        return _page(request, shown, refusal.problems, refusal.status)
    return _confirmed(request, done)


@signed_in
@require_POST
def take_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """The successor's word."""
    shown = _seen(request, pk)
    try:
        done = take(handover=shown, by=request.user, seen=request.POST.getlist("seen"))
    except NewLines as refusal:
        return _page(request, shown, refusal.problems, refusal.status)
    return _confirmed(request, done)


def _confirmed(request: SignedInRequest, done: Handover) -> HttpResponse:
    if done.is_open:
        messages.success(request, "已确认，另一方确认后办结。")
    else:
        messages.success(request, f"{done.leaver.name}的岗位已交接给{done.successor.name}。")
    return redirect("accounts:handover", pk=done.pk)


@signed_in
@require_POST
def call_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Nothing passes."""
    cancel(handover=_seen(request, pk), reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, "交接已取消，岗位和账号不变。")
    return redirect("accounts:handover", pk=pk)
