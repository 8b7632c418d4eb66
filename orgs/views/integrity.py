"""The proof of the tree: the last run and those before it, what it found, running it now, and repairing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.tables import Column
from orgs.choices import IntegrityState
from orgs.models import IntegrityRun
from orgs.permissions import CHECK_TREE, REPAIR_TREE
from orgs.rules.integrity import advice_of, label_of
from orgs.selectors import integrity as selectors
from orgs.services import integrity as services

PAGE_SIZE = 50


def _state(run: IntegrityRun) -> tuple[str, str]:
    if run.state != IntegrityState.DONE:
        return str(run.get_state_display()), "info" if run.state == IntegrityState.RUNNING else "danger"
    return ("无误", "success") if not run.found else (f"{run.found:,} 处有误", "danger")


RUN_COLUMNS = [
    Column("started_at", "核对时间", "moment", link=lambda run: reverse("orgs:integrity_run", args=[run.pk])),
    Column("state", "结果", "pill", value=_state),
    Column("units", "核对单位", "number"),
    Column("requested_by", "发起"),
    Column("finished_at", "完成时间", "moment"),
]


@requires(CHECK_TREE)
@require_GET
def integrity(request: SignedInRequest) -> HttpResponse:
    """What the last proof says, and those before it."""
    page = Paginator(selectors.runs(), 20).get_page(request.GET.get("page"))
    return _page(request, selectors.last_run(), page)


@requires(CHECK_TREE)
@require_GET
def integrity_run(request: SignedInRequest, run_pk: int) -> HttpResponse:
    """What one proof found."""
    return _page(request, get_object_or_404(IntegrityRun, pk=run_pk), None)


def _page(request: SignedInRequest, run: IntegrityRun | None, page: Any) -> HttpResponse:
    context = {
        "run": run,
        "state": dict(zip(("label", "tone"), _state(run), strict=True)) if run else None,
        "is_running": run is not None and run.state == IntegrityState.RUNNING,
        "faults": selectors.fault_counts(run) if run else [],
        "crumbs": [("组织树核对", reverse("orgs:integrity"))] if page is None else [],
        "page": page,
        "table": tables.build(page.object_list, RUN_COLUMNS, caption="核对记录", empty="还没有核对过")
        if page is not None
        else None,
        "start_url": reverse("orgs:start_integrity"),
        "export_url": f"{reverse('files:start', args=['orgs.integrity_findings'])}?run={run.pk}"
        if run
        else "",
    }
    return render(request, "orgs/integrity/page.html", context)


@requires(CHECK_TREE)
@require_POST
def start_integrity(request: SignedInRequest) -> HttpResponse:
    """Have it proved now."""
    services.request_run(unit=request.user.unit, by=request.user)
    messages.success(request, "已开始核对，完成后本页显示结果。")
    return redirect("orgs:integrity")


@requires(CHECK_TREE)
@require_GET
def integrity_progress(request: SignedInRequest, run_pk: int) -> HttpResponse:
    """How far a run is, asked for again and again until it is done."""
    run = get_object_or_404(IntegrityRun, pk=run_pk)
    response = render(
        request,
        "orgs/integrity/progress.html",
        {"run": run, "is_running": run.state == IntegrityState.RUNNING},
    )
    if run.state != IntegrityState.RUNNING:
        response["HX-Refresh"] = "true"
    return response


@requires(CHECK_TREE)
@require_GET
def integrity_findings(request: SignedInRequest, run_pk: int, code: str) -> HttpResponse:
    """The findings of one kind, with what a repair would write or what a person must do."""
    run = get_object_or_404(IntegrityRun, pk=run_pk)
    text = request.GET.get("q", "").strip()[:60]
    page = Paginator(selectors.findings_of(run, code, text), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "title": label_of(code),
        "advice": advice_of(code),
        "text": text,
        "page": page,
        "rows": selectors.told(page.object_list),
        "to_repair": run.findings.to_repair().filter(code=code).count(),
        "may_repair": request.user.can(REPAIR_TREE, request.user.unit),
        "repair_url": reverse("orgs:repair_integrity", args=[run.pk, code]),
        "export_url": f"{reverse('files:start', args=['orgs.integrity_findings'])}?"
        + urlencode({"run": run.pk, "code": code, "q": text}),
        "crumbs": [
            ("组织树核对", reverse("orgs:integrity")),
            (str(run), reverse("orgs:integrity_run", args=[run.pk])),
        ],
    }
    return render(request, "orgs/integrity/findings.html", context)


@requires(REPAIR_TREE)
@require_POST
def repair_integrity(request: SignedInRequest, run_pk: int, code: str) -> HttpResponse:
    """Write what the page said would be written, then prove the tree anew."""
    run = get_object_or_404(IntegrityRun, pk=run_pk)
    count = services.repair(run=run, code=code, unit=request.user.unit, by=request.user)
    services.request_run(unit=request.user.unit, by=request.user)
    messages.success(request, f"已修复“{label_of(code)}”{count:,} 处，正在重新核对。")
    return redirect("orgs:integrity")
