"""催报登记 and 系统提醒: who was chased, by whom, when, how, and what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.access import SignedInRequest, requires
from core.listing import listing, opens_with_default
from reporting.filters.chase import ChaseFilter, ReminderFilter
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.chases import chases_in_sight, reminders_in_sight
from reporting.tables.chase import CHASE_COLUMNS, REMINDER_COLUMNS
from reporting.views.chase import chase_tabs
from reporting.views.looking import may_export


@requires(VIEW_REPORTS)
@require_GET
@opens_with_default("reporting:chases")
def chases(request: SignedInRequest) -> HttpResponse:
    """What people did about reports in sight, latest first."""
    found = ChaseFilter(request.GET, queryset=chases_in_sight(request.user))
    return _log(
        request, "reporting:chases", found, CHASE_COLUMNS, title="催报登记", export="reporting.chases"
    )


@requires(VIEW_REPORTS)
@require_GET
@opens_with_default("reporting:reminders")
def reminders(request: SignedInRequest) -> HttpResponse:
    """What the portal said about reports in sight, and how the e-mails and text messages behind it fared."""
    found = ReminderFilter(request.GET, queryset=reminders_in_sight(request.user))
    return _log(
        request,
        "reporting:reminders",
        found,
        REMINDER_COLUMNS,
        title="系统提醒",
        export="reporting.reminders",
        note="站内消息每份报表每个阶段只提醒一次；邮件和短信每人每天各汇总发一次。“结果不明”指发送时中断，系统不再重发，可改用电话。",
    )


def _log(
    request: SignedInRequest,
    name: str,
    found: Any,
    columns: list[Any],
    *,
    title: str,
    export: str,
    note: str = "",
) -> HttpResponse:
    shown = listing(request, name, columns, default="-at")
    page = shown.page(found.qs.order_by(shown.order, "-pk"))
    context = {
        "title": title,
        "note": note,
        "filter": found,
        "listing": shown,
        "page": page,
        "table": shown.table(
            page.object_list, caption=title, empty=f"没有{title}", empty_hint="可放宽筛选条件。"
        ),
        "tabs": chase_tabs(request, name),
        "may_export": may_export(request, export),
        "export_url": f"{reverse('files:start', args=[export])}?{request.GET.urlencode()}",
    }
    return render(request, "reporting/chase_log.html", context)
