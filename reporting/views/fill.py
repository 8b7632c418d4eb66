"""The form of one report: own figures, registry figures, words, files, and the way up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.access import SignedInRequest, requires
from core.errors import Forbidden, Problem
from orgs.choices import Level
from reporting.forms.filling import AttachForm, ScanForm
from reporting.importing.offline import REPORT as OFFLINE_REPORT
from reporting.models import Report
from reporting.paragraphs import raised_in
from reporting.permissions import FILL
from reporting.selectors.below import rows_below, state_pill
from reporting.selectors.deadline import deadline_words, due_day
from reporting.selectors.paper import Paper
from reporting.selectors.paths import events_of
from reporting.selectors.sheet import collected_texts, last_return, read_paper
from reporting.selectors.situation import my_actions, situation_of
from reporting.views.lookup import report_in_scope
from reporting.views.offline import offline_links
from reporting.workflow import EDITABLE


@requires(FILL)
def fill(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page on which a report is typed; once it is out of hand, its read-only page."""
    report = report_in_scope(request, pk)
    if not request.user.can(FILL, report.custodian):
        raise Forbidden.for_action("填报")
    if report.state not in EDITABLE or report.is_exempt:
        return redirect("reporting:report", pk=report.pk)
    return render_fill(request, report)


@requires(FILL)
def to_do(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is still missing, asked for after each save."""
    report = report_in_scope(request, pk)
    if not request.user.can(FILL, report.custodian):
        raise Forbidden.for_action("填报")
    return render(request, "reporting/fill/to_do.html", fill_context(request, report, has_facts=False))


def render_fill(
    request: SignedInRequest,
    report: Report,
    *,
    problems: Sequence[Problem] = (),
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The form with what stands in the way; a refused form comes back bound in ``forms``."""
    return render(
        request, "reporting/fill/page.html", fill_context(request, report, problems) | forms, status=status
    )


def fill_context(
    request: SignedInRequest, report: Report, problems: Sequence[Problem] = (), *, has_facts: bool = True
) -> dict[str, Any]:
    paper = read_paper(report, has_facts=has_facts)
    collected = collected_texts(report) if report.level < Level.COUNTY else {}
    for text in paper.text_lines:
        text.collected = collected.get(text.entry.key, [])
    for heap in paper.file_lines:
        heap.form = AttachForm(initial={"kind": heap.key}, auto_id=f"{heap.key}_%s")
    rows = rows_below(report.cycle, report.unit_id, layout=paper.layout) if paper.has_below else []
    return {
        **shared_context(request, report),
        **offline_links(request, OFFLINE_REPORT, report=report.pk),
        "paper": paper,
        "raised": _raised(paper),
        "heard": sum(len(found) for found in collected.values()),
        "save_scope": f"report-{report.pk}",
        "rows": rows,
        "in_count": sum(1 for row in rows if row.is_in),
        "missing": [row for row in rows if not row.is_in],
        "partial": [row for row in rows if row.is_partial],
        "round": last_return(report),
        "problems": placed(report, problems),
        "to_do": placed(report, paper.to_do),
    }


def _raised(paper: Paper) -> list[tuple[str, list[str]]]:
    """What the narratives will raise once they count: 问题 and 建议 with their entries."""
    found = raised_in((line.raises, line.entry.value or "") for line in paper.text_lines)
    return [(str(kind.label), entries) for kind, entries in found.items()]


def shared_context(request: SignedInRequest, report: Report) -> dict[str, Any]:
    """What the form and the read-only page both show: state, deadline, actions, what happened."""
    situation = situation_of(report)
    actions = my_actions(request.user, report, situation)
    return {
        "report": report,
        "cycle": report.cycle,
        "state": state_pill(report),
        "due_day": due_day(report.due_now),
        "left": deadline_words(report.due_now),
        "situation": situation,
        "actions": actions,
        "codes": {action.code for action in actions},
        "events": events_of(report),
        "scan_form": ScanForm(),
        "is_on_behalf": report.custodian_id != report.unit_id,
        "crumbs": [("本月要做的事", reverse("reporting:desk"))],
    }


def placed(report: Report, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Each problem with the place on a page where it is mended."""
    return [{"problem": problem, "url": _place(report, problem)} for problem in problems]


def _place(report: Report, problem: Problem) -> str:
    other = problem.meta.get("report")
    if other:
        grid = reverse("reporting:grid", args=[report.cycle_id])
        return f"{grid}#entry-{other}-{problem.field}" if problem.field else grid
    return f"#entry-{report.pk}-{problem.field}" if problem.field else ""
