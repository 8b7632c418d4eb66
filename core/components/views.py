"""The gallery: every component on one page, for who builds pages. Exists only with ``DEBUG``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core import clock, tables
from core.components import samples
from core.components.forms import SampleFilter, SampleForm
from core.errors import Problem
from core.keys import key_in

PARTS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "tree": ("components/tree_nodes.html", lambda: {"nodes": samples.tree_nodes()}),
    "job": ("components/export_progress.html", lambda: {"job": _job("done")}),
}


def gallery(request: HttpRequest) -> HttpResponse:
    """All components; ``?part=`` answers the lazy ones, POST what saving cells and exporting would answer."""
    if not settings.DEBUG:
        raise Http404
    if request.method == "POST":
        return _answer(request)
    if request.GET.get("part") in PARTS:
        name, context = PARTS[request.GET["part"]]
        return render(request, name, context())
    return render(request, "components/gallery.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    order = tables.order_of(request, samples.UNIT_COLUMNS, default="name")
    build: dict[str, Any] = {"columns": samples.UNIT_COLUMNS, "request": request, "order": order}
    text_column, text_entry = samples.narrative()
    return {
        "crumbs": [("首页", "/"), ("数据填报", "#")],
        "state": {"label": "填报中", "tone": "primary", "icon": "pencil"},
        "table": tables.build(samples.unit_rows(), caption="各县（市、区）报送情况", **build),
        "empty_table": tables.build([], empty="本月没有待审核的月报", empty_hint="县（市、区）上报后会出现在这里。", **build),
        "page": Paginator(range(1853), 50).get_page(request.GET.get("page", 3)),
        "filter": SampleFilter(request.GET if request.GET else {"state": "late"}),
        "form": SampleForm(),
        "bound_form": SampleForm({"name": "", "phone": "138", "way": "election"}, auto_id="refused_%s"),
        "segments": [
            {"label": "按时", "count": 118, "tone": "success"},
            {"label": "迟报", "count": 9, "tone": "warning"},
            {"label": "退回", "count": 4, "tone": "danger"},
            {"label": "未报", "count": 20, "tone": "neutral"},
        ],
        "problems": [
            Problem("missing", "“本月进展情况”未填写。", "progress"),
            Problem("unusual", "“服务人次”比近 6 期平均数高出 3 倍以上。", "health_reached", "warning"),
        ],
        "tabs": [
            {"label": "待审核", "url": "#", "active": True, "badge": 12},
            {"label": "已通过", "url": "#", "active": False, "badge": 118},
            {"label": "未报", "url": "#", "active": False, "badge": 20},
            {"label": "全部", "url": "#", "active": False, "badge": None},
        ],
        "facts": [("单位", "太和县科学技术协会"), ("行政区划代码", "371122"), ("分管领导", "赵国强（副县长）"), ("联络电话", None)],
        "events": samples.events(),
        "charts": samples.charts(),
        "nodes": samples.tree_nodes(),
        "jobs": [_job("running"), _job("done"), _job("failed")],
        "grid": samples.typing_grid(),
        "sections": samples.own_sections(),
        "text_column": text_column,
        "text_entry": text_entry,
        "reminder": "【月报催报】截至11月21日18时，已报：柳河镇等 11 个；未报：北岭乡、河口镇。请于11月22日前报送。",
    }  # fmt: skip


def _job(state: str) -> dict[str, Any]:
    return {
        "label": "2026年11月工作情况通报（PDF）",
        "status_url": "?part=job",
        "state": "正在生成",
        "tone": {"done": "success", "failed": "danger"}.get(state, "primary"),
        "download_url": "?part=job",
        "size": 1_843_200,
        "percent": 62,
        "message": "正在排版第 3 页" if state == "running" else "附表数据不完整，请稍后重新生成",
        "is_done": state == "done",
        "is_failed": state == "failed",
    }


def _answer(request: HttpRequest) -> HttpResponse:
    if request.content_type != "application/json":
        return render(request, "components/export_progress.html", {"job": _job("running")})
    cells = json.loads(request.body)["cells"]
    return JsonResponse({"saved_at": clock.now().isoformat(), "cells": [_saved(cell) for cell in cells]})


def _saved(cell: dict[str, Any]) -> dict[str, Any]:
    """Figures over 9,999 are refused and over 999 ask for a line, so that both can be tried."""
    value = key_in(cell["value"])
    problems = []
    if value > 9999:
        problems = [{"level": "error", "code": "too_large", "message": "超过合理范围，请核对单位是否填错。"}]
    elif value > 999:
        problems = [
            {"level": "warning", "code": "unusual", "message": "比近 6 期平均数高出 3 倍以上，请核对。"}
        ]
    answer = {"report": cell["report"], "key": cell["key"], "problems": problems}
    return answer | {"revision": cell["revision"] + 1}
