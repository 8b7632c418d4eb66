"""The records behind a report's 台账数."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.access import SignedInRequest, requires
from core.tables import Column, Kind, build
from reporting.choices import ValueKind
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.ledger_lines import ledger_page
from reporting.views.lookup import report_in_scope

COLUMNS = [
    Column("title", "记录", "name", link=lambda line: line.url),
    Column("kind", "类别"),
    Column("day", "日期", "day"),
    Column("note", "地点、对象"),
    Column("late", "说明", value=lambda line: "补录：上期以前的活动，登记在本期" if line.is_late else ""),
]


@require_GET
@requires(VIEW_REPORTS)
def ledger(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """What one 台账数 of a report is made of, record by record."""
    report = report_in_scope(request, pk)
    page = ledger_page(report, key)
    if page is None:
        raise Http404
    kind: Kind = "money" if page.indicator.value_kind == ValueKind.MONEY else "number"
    columns = [*COLUMNS, Column("number", f"计入（{page.indicator.unit_label}）", kind)]
    context = {
        "report": report,
        "page": page,
        "is_money": kind == "money",
        "table": build(
            page.lines,
            columns,
            request=request,
            caption="台账记录",
            empty="本期台账没有记录",
            empty_hint="登记后自动计入，不用在月报里再填。",
        ),
        "crumbs": [
            (
                f"{report.unit.association}{report.cycle.title}",
                reverse("reporting:report", args=[report.pk]),
            )
        ],
    }
    return render(request, "reporting/ledger.html", context)
