"""The audit administrator's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit import selectors
from audit.filters import AuditFilter
from audit.permissions import VIEW_AUDIT
from audit.tables import COLUMNS
from core.access import SignedInRequest, requires
from core.keys import key_in
from core.listing import listing, opens_with_default


@requires(VIEW_AUDIT)
@require_GET
@opens_with_default("audit:list")
def event_list(request: SignedInRequest) -> HttpResponse:
    """Events by filter, newest first; older ones by a link, without counting."""
    found = AuditFilter(request.GET, queryset=selectors.within(request.user, VIEW_AUDIT))
    shown = listing(request, "audit:list", COLUMNS)
    last = key_in(request.GET.get("before")) or None
    page = selectors.before(found.qs, last, shown.size)
    table = shown.table(
        page.events,
        caption="审计记录",
        empty="没有符合条件的记录",
        empty_hint="可放宽时间或其他条件。",
    )
    query = request.GET.copy()
    query["before"] = str(page.older or "")
    context = {
        "filter": found,
        "table": table,
        "listing": shown,
        "older_url": f"?{query.urlencode()}" if page.older else "",
        "is_first": last is None,
    }
    return render(request, "audit/list.html", context)
