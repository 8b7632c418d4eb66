"""One address that typing pages ask every few seconds: who else is here, and what did they write."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from core import clock
from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from core.json_text import read_json
from reporting.models import Report
from reporting.permissions import FILL
from reporting.presence import MOST_CONTESTED, Contested, Look, look_in
from reporting.views.cells import json_answer


@require_POST
@requires(FILL)
def presence(request: SignedInRequest) -> HttpResponse:
    """Where I am, and where the others are."""
    try:
        pk, look = _read(request.body if request.content_type == "application/json" else b"")
    except DomainError as refusal:
        return json_answer({"problems": [{"message": refusal.problems[0].message}]}, 422)
    rows = Report.objects.visible_to(request.user, FILL).select_related("custodian")
    report = get_object_or_404(rows, pk=pk)
    if not request.user.can(FILL, report.custodian):
        raise Forbidden.for_action("填报")
    now = clock.now()
    company = look_in(report=report, user=request.user, look=look)
    return json_answer({"now": now.isoformat(), **dataclasses.asdict(company)}, 200)


def _read(body: bytes) -> tuple[int, Look]:
    try:
        said = read_json(body)
        pk = int(said["report"])
        look = Look(
            tab=str(said.get("tab", ""))[:20],
            place=str(said.get("place", ""))[:40],
            cell=str(said.get("cell", ""))[:80],
            contested=tuple(_contested(row) for row in said.get("contested", [])[:MOST_CONTESTED]),
            since=_moment(str(said.get("since", ""))),
            is_leaving=bool(said.get("leaving")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DomainError.of("bad_request", "没有收到可识别的内容，请刷新页面后再试。") from None
    if not 0 < pk < 2**63:
        raise DomainError.of("bad_request", "没有这份报表，请刷新页面后再试。")
    return pk, look


def _contested(row: dict[str, Any]) -> Contested:
    return Contested(int(row["report"]), str(row["key"])[:60], str(row["value"])[:2000])


def _moment(text: str) -> dt.datetime | None:
    """An instant that this server gave; anything older than a day is no news."""
    if not text:
        return None
    moment = dt.datetime.fromisoformat(text)
    oldest = clock.now() - dt.timedelta(days=1)
    return max(moment, oldest) if moment.tzinfo else None
