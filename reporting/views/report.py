"""The read-only page of a report, of any of its versions, and a unit's reports over the cycles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from core import formats
from core.access import SignedInRequest, requires
from core.errors import DomainError, Problem
from files.models import Attachment
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import CycleState
from reporting.forms.filling import BurdenForm
from reporting.models import Report, ReportVersion
from reporting.permissions import FILL, REVIEW, VIEW_REPORTS
from reporting.rollup import basis_for, year_to_date
from reporting.selectors.below import rows_below, state_pill
from reporting.selectors.burden import cost_of
from reporting.selectors.deadline import due_day
from reporting.selectors.paper import Paper, typed_lines
from reporting.selectors.paths import cases_of, versions_of
from reporting.selectors.sheet import last_return, read_paper
from reporting.selectors.stays import stays_of
from reporting.services.attachments import SCAN
from reporting.services.excuses import may_excuse
from reporting.services.feedback import give_feedback
from reporting.views.fill import placed, shared_context
from reporting.views.lookup import RELATED, report_in_scope
from reporting.workflow import EDITABLE

UNIT_REPORTS_SHOWN = 36


@requires(VIEW_REPORTS)
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """A report as it stands, or one of its versions (``?v=2``)."""
    return render_report(request, report_in_scope(request, pk))


def render_report(
    request: SignedInRequest, report: Report, *, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    versions = versions_of(report)
    shown = _shown_version(request, report, versions)
    is_own_desk = request.user.unit.pk in (report.custodian_id, report.unit_id)
    is_hidden_draft = shown is None and not is_own_desk and report.state in EDITABLE
    paper = None if is_hidden_draft else _paper(report, shown)
    context: dict[str, Any] = {
        **shared_context(request, report),
        "paper": paper,
        "kept": typed_lines(paper) if paper and is_own_desk and not _may_be_typed(report) else [],
        "overview": overview_of(report),
        "versions": versions,
        "shown": shown,
        "is_latest": shown is None or (versions and shown.pk == versions[0].pk),
        "rows": rows_below(report.cycle, report.unit_id) if report.level < Level.TOWNSHIP else [],
        "cases": cases_of(report),
        "round": last_return(report),
        "stays": stays_of(report),
        "rounds": list(report.rounds.prefetch_related("remarks__indicator").order_by("-at", "-id")),
        "scans": list(Attachment.objects.of(report).filter(kind=SCAN)),
        "sign_offs": list(report.sign_offs.order_by("-at", "-id")),
        "may_review": request.user.can(REVIEW, report.reviewer) and report.reviewer_id != report.unit_id,
        "may_excuse": may_excuse(request.user, report),
        "problems": placed(report, problems),
    }
    return render(request, "reporting/report.html", context, status=status)


def _may_be_typed(report: Report) -> bool:
    return report.state in EDITABLE and not report.is_exempt


def overview_of(report: Report) -> list[tuple[str, Any]]:
    """The report in a few facts: whose it is, when it was due, when it came."""
    facts: list[tuple[str, Any]] = [
        (
            "统计期",
            f"{formats.short_day(report.cycle.window_first)}至{formats.short_day(report.cycle.window_last)}",
        ),
        ("截止", formats.day(due_day(report.deadline))),
        ("首次上报", formats.moment(report.first_submitted_at)),
        ("及时性", report.timeliness().label),
        ("审核单位", report.reviewer.association),
    ]
    if report.level == Level.TOWNSHIP:
        facts.append(("填报方式", report.get_entry_mode_display()))
    if report.told_by:
        facts.append(("电话报数", f"{report.told_by}，{formats.moment(report.told_at)}"))
    if report.is_nil:
        facts.append(("零报告", "是"))
    if report.deferred_to:
        facts.append(
            (
                "缓报至",
                f"{formats.day(due_day(report.deferred_to))}（{report.deferred_reason}，{report.deferred_by or '批准人未记'}）",
            )
        )
    if report.is_exempt:
        facts.append(("免报", f"{report.exempted_reason}（{report.exempted_by}）"))
    if report.is_belated:
        facts.append(("补报", "上级汇总上报之后补报"))
    return facts


def _paper(report: Report, shown: ReportVersion | None) -> Paper:
    totals = year_to_date(report.cycle, basis=basis_for(report.cycle), within=report.unit, alone=True)
    year = {key: cell.total for key, cell in totals.of_unit(report.unit_id).items()}
    return read_paper(report, version_id=shown.pk if shown else None, year=year, is_read=True)


def _shown_version(
    request: SignedInRequest, report: Report, versions: list[ReportVersion]
) -> ReportVersion | None:
    """The version asked for, else the last one handed in; ``None`` while nothing was, or at the desk that types."""
    asked = request.GET.get("v", "")
    if asked:
        found = [version for version in versions if str(version.number) == asked]
        if not found:
            raise Http404
        return found[0]
    if request.user.unit.pk == report.custodian_id and report.state not in ("submitted", "accepted"):
        return None
    return report.last_version


@requires(VIEW_REPORTS)
def mine(request: SignedInRequest) -> HttpResponse:
    """The unit's own report of the newest open cycle, the monthly one first; without one, its earlier reports."""
    unit = request.user.unit
    found = (
        Report.objects.filter(unit=unit, cycle__state=CycleState.OPEN)
        .select_related("custodian")
        .order_by("-cycle__collection__is_principal", "-cycle__period")
        .first()
    )
    if found is None:
        return redirect("reporting:unit", pk=unit.pk)
    may_fill = _may_be_typed(found) and request.user.can(FILL, found.custodian)
    return redirect("reporting:fill" if may_fill else "reporting:report", pk=found.pk)


@requires(VIEW_REPORTS)
def unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """One unit's reports, the newest cycle first."""
    found = get_object_or_404(OrgUnit.objects.visible_to(request.user, VIEW_REPORTS), pk=pk)
    reports = list(
        Report.objects.filter(unit=found)
        .select_related(*RELATED)
        .order_by("-cycle__period")[:UNIT_REPORTS_SHOWN]
    )
    rows = [{"report": row, "state": state_pill(row), "timeliness": row.timeliness()} for row in reports]
    below = OrgUnit.objects.open().filter(parent=found, level__lte=Level.TOWNSHIP).in_code_order()
    context = {
        "unit": found,
        "rows": rows,
        "below": below,
        "crumbs": [
            (above.display_name, reverse("reporting:unit", args=[above.pk]))
            for above in _above(request, found)
        ],
    }
    return render(request, "reporting/unit.html", context)


def _above(request: SignedInRequest, unit: OrgUnit) -> list[OrgUnit]:
    ids = [pk for pk in unit.ancestor_ids() if pk != unit.pk]
    units = OrgUnit.objects.visible_to(request.user, VIEW_REPORTS).filter(pk__in=ids)
    return list(units.order_by("level"))


@requires(VIEW_REPORTS)
def burden(request: SignedInRequest, pk: int) -> HttpResponse:
    """减负意见 on the form of a report."""
    found = report_in_scope(request, pk)
    form = BurdenForm(request.POST or None)
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        try:
            give_feedback(report=found, text=request.POST.get("text", ""), by=request.user)
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
        else:
            messages.success(request, "谢谢，您的意见已送省科协。")
            return redirect("reporting:report", pk=found.pk)
    context = {"report": found, "form": form, "problems": problems, "cost": cost_of(found)}
    return render(request, "reporting/burden.html", context, status=status)
