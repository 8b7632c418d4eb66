"""One candidacy's page as data: the line of steps with their papers, the seat and its filing, and the forms open now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from core import clock, formats
from core.access import SignedInRequest
from sanzhang.choices import Giver
from sanzhang.forms import AppointForm, OpinionForm, StepForm, WithdrawForm
from sanzhang.models import Candidacy, CandidacyStep, Opinion
from sanzhang.permissions import GIVE_OPINION, MANAGE_PEOPLE
from sanzhang.procedures import Plan, plan_of
from sanzhang.selectors.board import waiting
from sanzhang.selectors.nominees import nominees_near
from sanzhang.selectors.papers import papers_of

TONES = {
    Opinion.AGREE.value: ("success", "check-circle-fill"),
    Opinion.DISAGREE.value: ("danger", "exclamation-octagon"),
    Opinion.DEFER.value: ("warning", "pause"),
    Opinion.PROPOSE.value: ("warning", "arrow-left-right"),
}


@dataclass(slots=True)
class LinePart:
    """One point of the line: taken or still to come."""

    label: str
    words: str = ""
    tone: str = "neutral"
    symbol: str = "circle"
    meta: str = ""
    note: str = ""
    papers: list[Any] = field(default_factory=list)
    meeting: Any = None


def candidacy_page(request: SignedInRequest, found: Candidacy, **bound: Any) -> dict[str, Any]:
    """What the page shows to the reader; ``bound`` are forms that were sent and refused."""
    steps = list(found.steps.select_related("meeting"))
    plan = plan_of(found.procedure_id)
    row = waiting(found, plan, clock.today())
    forms = _forms(request.user, found, plan) if found.closed_on is None else {}
    sent = {name: form for name, form in bound.items() if name in forms}
    return {
        "candidacy": found,
        "procedure": found.procedure,
        "line": [*_line(found, plan, steps), *_after(found, plan)],
        "waiting": row,
        "replacement": getattr(found, "replaced_by", None),
        "crumbs": [("吸纳程序", reverse("sanzhang:candidacies"))],
        **forms,
        **sent,
    }


def _forms(user: Any, found: Candidacy, plan: Plan) -> dict[str, Any]:
    """The forms open to ``user``: the clerk's step, the superior's word, the seat, the withdrawal."""
    rule = next((rule for rule in plan.rules if rule.key == found.due), None)
    people = nominees_near(found, user)
    forms: dict[str, Any] = {}
    if user.can(MANAGE_PEOPLE, found.unit):
        forms["withdraw_form"] = WithdrawForm(auto_id="withdraw_%s")
        if not found.due:
            forms["appoint_form"] = AppointForm(candidacy=found)
        elif found.waits_for != Giver.SUPERIOR:
            initial = {"step": found.due, "on": clock.today(), "opinion": "agree"}
            forms["step_form"] = StepForm(initial=initial, people=people, rule=rule)
    if found.waits_for == Giver.SUPERIOR and user.can(GIVE_OPINION, found.unit.parent):
        forms["opinion_form"] = OpinionForm(people=people, rule=rule, auto_id="opinion_%s")
    return forms


def _line(found: Candidacy, plan: Plan, steps: list[CandidacyStep]) -> list[LinePart]:
    papers = papers_of(steps)
    by_step: dict[str, list[CandidacyStep]] = {}
    for step in steps:
        by_step.setdefault(step.step, []).append(step)
    line: list[LinePart] = []
    for rule in plan.steps(found.unit.level):
        taken = by_step.get(rule.key, [])
        line += [_taken(rule.name, step, papers.get(step.pk, [])) for step in taken]
        if not taken or taken[-1].opinion == Opinion.DEFER:
            act = "决定" if rule.giver == Giver.MEETING else "出具"
            line.append(LinePart(rule.name, meta="待再次研究" if taken else f"由{rule.giver.label}{act}"))
    return line


def _taken(name: str, step: CandidacyStep, papers: list[Any]) -> LinePart:
    tone, symbol = TONES[step.opinion]
    meta = "　".join(part for part in (formats.day(step.on), step.number, f"{step.recorded_by} 登记") if part)
    return LinePart(
        name, step.get_opinion_display(), tone, symbol, meta, step.note, papers, meeting=step.meeting
    )


def _after(found: Candidacy, plan: Plan) -> list[LinePart]:
    """在任, 备案 and 离任 as far as they have come."""
    seat = found.appointment
    if seat is None:
        return [LinePart("在任")] if found.closed_on is None else []
    line = [_point("在任", formats.day(seat.valid_from) + "起")]
    filed = {filing.authority: filing for filing in seat.filings.all()}
    for authority in plan.filed_with(found.unit.level):
        filing = filed.pop(authority, None)
        label = f"向{authority}备案"
        words = f"{formats.day(filing.filed_on)}　{filing.number}" if filing else ""
        line.append(_point(label, words) if filing else LinePart(label, meta="待备案"))
    line += [_point(f"向{name}备案", formats.day(filing.filed_on)) for name, filing in filed.items()]
    if seat.voided_at is not None:
        line.append(LinePart("任职已作废", tone="danger", symbol="slash-circle"))
    elif seat.valid_to is not None:
        words = f"{formats.day(seat.valid_to)}　{seat.get_end_reason_display()}"
        line.append(LinePart("离任", tone="neutral", symbol="door-open", meta=words))
    return line


def _point(label: str, meta: str) -> LinePart:
    return LinePart(label, tone="success", symbol="check-circle-fill", meta=meta)
