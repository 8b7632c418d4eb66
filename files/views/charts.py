"""“下载Excel” at a chart."""

from __future__ import annotations

from django.http import FileResponse
from django.views.decorators.http import require_POST

from core import clock, formats
from core.access import SignedInRequest, signed_in
from core.xlsx import XLSX
from files.answers import download
from files.chart_sheets import read_chart, write_chart


@signed_in
@require_POST
def chart_sheet(request: SignedInRequest) -> FileResponse:
    """The figures that the page has drawn, as it holds them; nothing is read for it."""
    title = request.POST.get("title", "")[:80] or "图表数据"
    chart = read_chart(request.POST.get("data", ""))
    note = f"制表：{request.user.actor_label}　　{formats.moment(clock.now())}"
    return download(write_chart(title, chart, note=note), name=f"{title}.xlsx", content_type=XLSX)
