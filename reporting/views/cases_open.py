"""更正: opening a case from an accepted report, and the page of a case with its path."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from core.grids import Entry
from files.models import Attachment
from reporting.answers import written_answer
from reporting.choices import ValueKind
from reporting.forms.filling import CorrectionForm
from reporting.models import CorrectionCase, FormItem, Report
from reporting.permissions import CORRECT, VIEW_REPORTS
from reporting.selectors.cases import CaseAct, acts_on, case_lines
from reporting.selectors.layout import display_value, figures_of, layout_of, shape_of
from reporting.selectors.paper import AnswerLine
from reporting.selectors.paths import case_events
from reporting.selectors.sheet import column_of
from reporting.services.attachments import open_case_with_file
from reporting.services.corrections import withdraw_case
from reporting.views.lookup import report_in_scope


@requires(CORRECT)
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """提出更正 of an accepted report: change what is wrong, say why."""
    report = report_in_scope(request, pk)
    if not request.user.can(CORRECT, report.custodian):
        raise Forbidden.for_action("提出更正")
    layout = layout_of(report.cycle.form_version)
    items = [item for item in layout.owed_at(report.level) if item.indicator.value_kind != "file"]
    figures = figures_of(report.live_version_id)
    before = {
        key: figure.text if figure.value is None else display_value(figure.indicator, figure.value)
        for key, figure in figures.items()
    }
    written = {
        item.indicator.key: written_answer(before.get(item.indicator.key, ""), shape_of(item))
        for item in items
    }
    initial = {f"new-{item.indicator.key}": _to_type(item, before, written) for item in items}
    form = CorrectionForm(request.POST or None, request.FILES or None, items=items, initial=initial)
    problems: Sequence[Problem] = ()
    status = 200
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise DomainError(
                    [
                        Problem("invalid", f"{form.fields[key].label}：{error}", key)
                        for key, errors in form.errors.items()
                        for error in errors
                    ]
                )
            case = open_case_with_file(
                report=report,
                changes=form.changes(before),
                reason=form.cleaned_data["reason"],
                upload=form.cleaned_data["evidence"],
                by=request.user,
            )
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
        else:
            messages.success(request, "更正已提出，等待逐级确认。")
            return redirect("reporting:case", pk=case.pk)
    context = {
        "report": report,
        "form": form,
        "lines": [
            {
                "item": item,
                "before": written[item.indicator.key],
                "field": form[f"new-{item.indicator.key}"],
                "table": _table_line(report, item, str(form[f"new-{item.indicator.key}"].value() or "")),
            }
            for item in items
        ],
        "problems": problems,
        "crumbs": [(f"{report.cycle.title}", reverse("reporting:report", args=[report.pk]))],
    }
    return render(request, "reporting/correct.html", context, status=status)


def _to_type(item: FormItem, before: dict[str, str], written: dict[str, str]) -> str:
    """What stands in the field at first: several choices by name, everything else as it is kept."""
    key = item.indicator.key
    return written[key] if item.indicator.value_kind == ValueKind.CHOICES else before.get(key, "")


def _table_line(report: Report, item: FormItem, value: str) -> AnswerLine | None:
    """A table's rows to type over; ``None`` for other kinds."""
    if item.indicator.value_kind != ValueKind.TABLE:
        return None
    entry = Entry(report=report.pk, key=item.indicator.key, value=value)
    name = f"new-{item.indicator.key}"
    return AnswerLine(column_of(item), entry, shape_of(item), is_required=False, field_name=name)


def case_in_scope(request: SignedInRequest, pk: int) -> CorrectionCase:
    """The case of a report that the person may see."""
    seen = Report.objects.visible_to(request.user, VIEW_REPORTS).values("pk")
    return get_object_or_404(
        CorrectionCase.objects.select_related(
            "report", "report__cycle", "report__unit", "report__custodian", "base_version", "new_version"
        )
        .prefetch_related("steps__unit")
        .filter(report__in=seen),
        pk=pk,
    )


@requires(VIEW_REPORTS)
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """A case: old and new values, the reason, and how far it is on its path."""
    return render_case(request, case_in_scope(request, pk))


def render_case(
    request: SignedInRequest, case: CorrectionCase, *, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    acts = acts_on(case, request.user)
    context = {
        "case": case,
        "report": case.report,
        "items": case_lines(case),
        "events": case_events(case),
        "evidence": Attachment.objects.filter(pk=case.evidence_id).first() if case.evidence_id else None,
        "waiting": case.waiting,
        "may_confirm": CaseAct.CONFIRM in acts,
        "may_withdraw": CaseAct.WITHDRAW in acts,
        "problems": problems,
        "note": request.POST.get("note", ""),
        "crumbs": [
            (f"{case.report.cycle.title}", reverse("reporting:report", args=[case.report_id])),
        ],
    }
    return render(request, "reporting/case.html", context, status=status)


@require_POST
@requires(CORRECT)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """撤回更正, while nobody has confirmed it."""
    found = case_in_scope(request, pk)
    try:
        withdraw_case(case=found, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_case(
            request, case_in_scope(request, pk), problems=refusal.problems, status=refusal.status
        )
    messages.success(request, "更正已撤回。")
    return redirect("reporting:report", pk=found.report_id)
