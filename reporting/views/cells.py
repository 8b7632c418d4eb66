"""Cells that save by themselves: one address for the form and for the grid."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import Any

from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import Conflict, DomainError, Problem
from core.json_text import read_json
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Report
from reporting.permissions import FILL
from reporting.rollup import sums_below
from reporting.selectors.sheet import own_values
from reporting.services.filling import CellChange, SavedCell, SaveOutcome
from reporting.services.filling import save_cells as save

MOST = 200


@require_POST
@requires(FILL)
def save_cells(request: SignedInRequest) -> JsonResponse:
    """Save what was typed; the answer says of each cell what became of it (docs/frontend.md)."""
    try:
        changes = read_changes(request.body if request.content_type == "application/json" else b"")
        reports = list(
            Report.objects.visible_to(request.user, FILL).filter(
                pk__in={change.report_id for change in changes}
            )
        )
        if not reports:
            raise Http404
        outcome = save(reports=reports, changes=changes, by=request.user)
    except DomainError as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return json_answer({"problems": [problem_answer(problem) for problem in refusal.problems]}, status)
    status = 200 if outcome.saved or not outcome.refused else 422
    keys = {cell.key for cell in outcome.saved}
    return json_answer(answer(outcome, moved_sums(reports, keys) if keys else {}), status)


def json_answer(body: dict[str, Any], status: int) -> JsonResponse:
    """Chinese stays readable on the wire."""
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def read_changes(body: bytes) -> list[CellChange]:
    """The changes of a request; what is not of the agreed shape is refused as a whole."""
    try:
        rows = read_json(body)["cells"]
        changes = [
            CellChange(
                report_id=int(row["report"]),
                key=str(row["key"])[:60],
                value=str(row["value"] if row["value"] is not None else ""),
                revision=int(row.get("revision") or 0),
                explanation=None if row.get("explanation") is None else str(row["explanation"]),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DomainError.of("bad_request", "没有收到可保存的内容，请刷新页面后再试。") from None
    if not 0 < len(changes) <= MOST or any(not 0 < change.report_id < 2**63 for change in changes):
        raise DomainError.of("bad_request", f"一次最多保存 {MOST} 格，请刷新页面后再试。")
    return changes


def answer(outcome: SaveOutcome, sums: dict[str, float | None]) -> dict[str, Any]:
    """The agreed answer: saved and refused cells with their problems, conflicts, and the ``sums`` that moved."""
    cells = [_cell(cell) | {"saved": True} for cell in outcome.saved]
    cells += [_cell(cell) for cell in outcome.refused]
    conflicts = [{"report": row.report_id, **dataclasses.asdict(row)} for row in outcome.conflicts]
    for row in conflicts:
        del row["report_id"]
    return {
        "saved_at": outcome.saved_at.isoformat(),
        "cells": cells,
        "conflicts": conflicts,
        "sums": sums,
        "results": [
            {"report": row.report_id, "key": row.key, "value": _plain(row.value)} for row in outcome.results
        ],
    }


def _cell(cell: SavedCell) -> dict[str, Any]:
    return {
        "report": cell.report_id,
        "key": cell.key,
        "revision": cell.revision,
        "problems": [problem_answer(problem) for problem in cell.problems],
    }


def problem_answer(problem: Problem) -> dict[str, str]:
    return {"level": problem.level, "code": problem.code, "message": problem.message}


def moved_sums(reports: list[Report], keys: set[str]) -> dict[str, float | None]:
    """The sums shown beside the cells that moved: own and below of a county's form, of all below in the grid."""
    first = reports[0]
    if len(reports) == 1 and first.custodian_id == first.unit_id:
        return _own_and_below(first, keys)
    desk = OrgUnit.objects.get(pk=first.custodian_id)
    below = sums_below(first.cycle, unit_id=desk.pk, level=desk.level, keys=keys)
    return {key: _plain(below.get(key)) for key in keys}


def _own_and_below(report: Report, keys: set[str]) -> dict[str, float | None]:
    totals: dict[str, Any] = defaultdict(lambda: None, own_values(report, keys))
    if report.level < Level.TOWNSHIP:
        for key, value in sums_below(
            report.cycle, unit_id=report.unit_id, level=report.level, keys=keys
        ).items():
            totals[key] = (totals[key] or 0) + value
    return {key: _plain(totals[key]) for key in keys}


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)
