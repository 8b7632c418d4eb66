"""What happened to a report, for its timeline and its list of versions."""

from __future__ import annotations

from typing import Any

from reporting.models import CorrectionCase, Report, ReportStep, ReportVersion
from reporting.workflow import ACTIONS

_TONES = {
    "submit": ("info", "send"),
    "accept": ("success", "check-circle-fill"),
    "return": ("danger", "arrow-return-left"),
    "return_accepted": ("danger", "arrow-return-left"),
    "withdraw": ("neutral", "reply"),
    "sign": ("success", "pen"),
    "refuse_to_sign": ("warning", "pen"),
    "upload_scan": ("success", "upload"),
    "ask_sign_off": ("info", "pen"),
    "reopen": ("neutral", "pencil"),
}


def events_of(report: Report) -> list[dict[str, Any]]:
    """流转记录, newest first."""
    return [_event(step) for step in ReportStep.objects.filter(report=report).order_by("-at", "-id")]


def _event(step: ReportStep) -> dict[str, Any]:
    return event_words(step.action) | {"at": step.at, "who": step.by, "note": step.note}


def event_words(code: str) -> dict[str, str]:
    """What an action is called, with its tone and symbol."""
    tone, symbol = _TONES.get(code, ("neutral", "circle"))
    action = ACTIONS.get(code)
    return {"title": action.label if action else code, "tone": tone, "symbol": symbol}


def versions_of(report: Report) -> list[ReportVersion]:
    """Frozen versions, newest first."""
    return list(ReportVersion.objects.filter(report=report).order_by("-number"))


def cases_of(report: Report) -> list[CorrectionCase]:
    return list(CorrectionCase.objects.filter(report=report).order_by("-opened_at"))


def case_events(case: CorrectionCase) -> list[dict[str, Any]]:
    """The way of a case: opened, then each superior on the path, in order."""
    opened = {
        "at": case.opened_at,
        "title": f"提出{case.get_kind_display()}",
        "who": case.opened_by,
        "note": case.reason,
        "tone": "info",
        "symbol": "pencil-square",
    }
    return [opened, *(_case_step(step) for step in case.steps.select_related("unit").order_by("order"))]


def _case_step(step: Any) -> dict[str, Any]:
    words = {
        None: ("等待确认", "neutral", "hourglass-split"),
        True: ("已确认", "success", "check-circle-fill"),
        False: ("不同意", "danger", "x-octagon"),
    }
    label, tone, symbol = words[step.confirmed]
    return {
        "at": step.at,
        "title": f"{step.unit.association}：{label}",
        "who": step.by,
        "note": step.note,
        "tone": tone,
        "symbol": symbol,
    }
