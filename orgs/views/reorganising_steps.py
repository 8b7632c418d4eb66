"""The wizard of a reorganisation: its lines, its basis, what becomes of the dependents, the preview, and doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.errors import Forbidden
from core.keys import keys_in
from core.refusals import refusals_shown
from files.models import Attachment
from orgs.choices import ActKind
from orgs.forms.reorganising import LINE_FORMS, BasisForm, ChoicesForm, HomesForm
from orgs.forms.reorganising_fields import LineForm
from orgs.forms.reorganising_split import SplitForm
from orgs.models import OrgUnit, Reorganisation
from orgs.permissions import DRAFT_REORGANISATION, REORGANISE
from orgs.registry import every_dependent
from orgs.selectors import reorganisations as selectors
from orgs.selectors.homes import homes_wanted
from orgs.selectors.land import lines_of
from orgs.services import reorganising as services
from orgs.tables.reorganising import CONSEQUENCE_COLUMNS, target_words, unit_words
from orgs.views.reorganising import crumbs, in_sight

STEPS = (
    ("lines", "1 调整事项", "orgs:reorganisation_lines"),
    ("basis", "2 依据和生效日期", "orgs:reorganisation_basis"),
    ("choices", "3 后续安排", "orgs:reorganisation_choices"),
    ("preview", "4 预览和办理", "orgs:reorganisation_preview"),
)
#: Pages that belong to the first step.
_STEP_OF = {"line": "lines", "homes": "lines"}
PAGE_SIZE = 100
FOUND_AT_ONCE = 30


def _draft_in_sight(request: SignedInRequest, pk: int) -> Reorganisation:
    """The draft, if it is in sight (else 404) and may be changed (else 403)."""
    held = in_sight(request, pk)
    if not request.user.can(DRAFT_REORGANISATION, held.unit):
        raise Forbidden.for_action(DRAFT_REORGANISATION.label)
    return held


def _page(request: SignedInRequest, held: Reorganisation, step: str, **context: Any) -> HttpResponse:
    steps = [
        {"label": label, "url": reverse(name, args=[held.pk]), "active": key == _STEP_OF.get(step, step)}
        for key, label, name in STEPS
    ]
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    context |= {"held": held, "steps": steps, "crumbs": crumbs()}
    return render(request, f"orgs/reorganise/{step}.html", context, status=status)


def _nameable(request: SignedInRequest) -> Any:
    return OrgUnit.objects.visible_to(request.user, DRAFT_REORGANISATION).open()


@requires(DRAFT_REORGANISATION)
@require_GET
def lines(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step one: the lines so far, what they still lack, and the kinds that may be added."""
    held = _draft_in_sight(request, pk)
    found = services.preview(held) if held.is_draft else None
    rows = [
        {
            "place": act.order,
            "kind": act.get_kind_display(),
            "unit": unit_words(act),
            "target": target_words(act),
            "name": act.name if act.kind != ActKind.OPEN else "",
            "code": act.division_code,
            "is_main": act.is_main,
        }
        for act in selectors.acts_of(held)
    ]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lacking = [problem for problem in found.problems if problem.meta.get("is_plan")] if found and rows else []
    return _page(
        request,
        held,
        "lines",
        rows=page,
        page=page,
        kinds=[
            (kind.label, reverse("orgs:add_reorganisation_line", args=[held.pk, kind]))
            for kind in map(ActKind, LINE_FORMS)
        ],
        problems=lacking,
        has_homeless=any(problem.code == "homeless" for problem in lacking),
    )


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def add_line(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """One more act, by the form of its kind."""
    held = _draft_in_sight(request, pk)
    if kind not in LINE_FORMS:
        raise Http404
    present = lines_of(held)
    opening = [(place, line) for place, line in enumerate(present) if line.kind == ActKind.OPEN]
    form = LINE_FORMS[kind](request.POST or None, units=_nameable(request), opening=opening)
    if isinstance(form, SplitForm) and form.wants_more:
        return _with_one_row_more(request, held, form)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.add_lines(reorganisation=held, lines=form.lines(len(present)), by=request.user)
            messages.success(request, f"已添加“{ActKind(kind).label}”。")
            return redirect("orgs:reorganisation_lines", held.pk)
    return _line_page(request, held, form)


def _with_one_row_more(request: SignedInRequest, held: Reorganisation, form: SplitForm) -> HttpResponse:
    """The page as it was typed, with an empty row for another successor; to htmx the rows alone."""
    form.full_clean()
    form.errors.clear()
    if request.htmx:
        return render(request, "orgs/reorganise/successors.html", {"form": form})
    return _line_page(request, held, form)


def _line_page(request: SignedInRequest, held: Reorganisation, form: LineForm) -> HttpResponse:
    return _page(
        request,
        held,
        "line",
        form=form,
        parts=_parts(form),
        has_successors=isinstance(form, SplitForm),
        title=form.kind.label,
        search_url=reverse("orgs:reorganisation_units"),
    )


def _parts(form: LineForm) -> list[dict[str, Any]]:
    """The fields in order, pickers with the units chosen so far; the rows of successors stand by themselves."""
    rows = set(form.row_fields)
    return [
        {
            "field": form[name],
            "picker": getattr(field, "is_picker", False),
            "is_single": getattr(field, "is_single", False),
            "chosen": form.chosen(name) if getattr(field, "is_picker", False) else [],
        }
        for name, field in form.fields.items()
        if name not in rows
    ]


@requires(DRAFT_REORGANISATION)
@require_GET
def units(request: SignedInRequest) -> HttpResponse:
    """Units that answer to what was typed into a picker, after those chosen already."""
    name = request.GET.get("field", "")[:20]
    text = request.GET.get(f"q_{name}", "").strip()[:60]
    keys = keys_in(request.GET.getlist(name))
    allowed = _nameable(request)
    chosen = list(allowed.filter(pk__in=keys).in_code_order()) if keys else []
    found = list(allowed.search(text).exclude(pk__in=keys).order_by("level", "division_code")[:FOUND_AT_ONCE])
    context = {
        "name": name,
        "chosen": chosen,
        "found": found if text else [],
        "text": text,
        "is_single": request.GET.get("single") == "1",
    }
    return render(request, "orgs/reorganise/picked.html", context)


@requires(DRAFT_REORGANISATION)
@require_POST
def remove_line(request: SignedInRequest, pk: int, place: int) -> HttpResponse:
    """Take one line out, with those that rest on it."""
    held = _draft_in_sight(request, pk)
    services.remove_line(reorganisation=held, place=place, by=request.user)
    messages.success(request, "已删去该事项。")
    return redirect("orgs:reorganisation_lines", held.pk)


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def homes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where the units below those closed or divided go."""
    held = _draft_in_sight(request, pk)
    wanted = homes_wanted(services.plan_of(held))
    form = HomesForm(request.POST or None, children=wanted.children, targets=wanted.targets)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.add_lines(reorganisation=held, lines=form.lines(wanted.present), by=request.user)
            return redirect("orgs:reorganisation_lines", held.pk)
    return _page(request, held, "homes", form=form)


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def basis(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step two: 文号, the day, the file."""
    held = _draft_in_sight(request, pk)
    initial = {name: getattr(held, name) for name in ("title", "document", "effective_on", "basis_note")}
    form = BasisForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in initial}
        with refusals_shown(form):
            services.set_basis(reorganisation=held, upload=form.upload, by=request.user, **data)
            return redirect("orgs:reorganisation_choices", held.pk)
    return _page(request, held, "basis", form=form, files=Attachment.objects.of(held))


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def choices(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step three: what becomes of seats, accounts and affiliates."""
    held = _draft_in_sight(request, pk)
    asked = [dependent for dependent in every_dependent() if dependent.choices]
    form = ChoicesForm(request.POST or None, dependents=asked, initial=held.dispositions)
    if request.method == "POST" and form.is_valid():
        services.dispose(reorganisation=held, choices=form.cleaned_data, by=request.user)
        return redirect("orgs:reorganisation_preview", held.pk)
    settled = [dependent.label for dependent in every_dependent() if not dependent.choices]
    return _page(request, held, "choices", form=form, settled=settled)


@requires(DRAFT_REORGANISATION)
@require_GET
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step four: every consequence, by unit, and the button that does it."""
    held = _draft_in_sight(request, pk)
    found = services.preview(held)
    chosen = request.GET.get("kind", "")
    text = request.GET.get("q", "").strip()[:60]
    rows = [
        {
            "unit": found.plan.former_name_of(row.unit_id),
            "group": group.label,
            "label": row.label,
            "before": row.before,
            "after": row.after,
        }
        for group in found.groups
        if chosen in ("", group.key)
        for row in group.rows
    ]
    rows = [row for row in rows if not text or any(text in str(value) for value in row.values())]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    is_future = any(problem.code == "future" for problem in found.problems)
    errors = [problem for problem in found.problems if problem.code != "future"]
    return _page(
        request,
        held,
        "preview",
        found=found,
        problems=errors,
        page=page,
        table=tables.build(page.object_list, CONSEQUENCE_COLUMNS, caption="办理后的变化", empty="没有变化"),
        kinds=_kinds(found, chosen),
        kind=chosen,
        text=text,
        may_apply=request.user.can(REORGANISE, held.unit),
        can_apply=held.is_draft and not found.problems,
        can_schedule=held.is_draft and is_future and not errors,
        export_url=f"{reverse('files:start', args=['orgs.reorganisation'])}?reorganisation={held.pk}",
        apply_url=reverse("orgs:apply_reorganisation", args=[held.pk]),
        schedule_url=reverse("orgs:schedule_reorganisation", args=[held.pk]),
    )


def _kinds(found: services.Consequences, chosen: str) -> list[dict[str, Any]]:
    total = sum(group.count for group in found.groups)
    return [
        {"key": "", "label": "全部", "count": total, "active": chosen == ""},
        *(
            {"key": group.key, "label": group.label, "count": group.count, "active": chosen == group.key}
            for group in found.groups
        ),
    ]


@requires(REORGANISE)
@require_POST
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Do what the preview told."""
    held = in_sight(request, pk)
    services.apply(reorganisation=held, seen=request.POST.get("seen", ""), by=request.user)
    messages.success(request, f"“{held.title}”已生效。")
    return redirect(held)


@requires(REORGANISE)
@require_POST
def schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have it done by itself on its day."""
    held = in_sight(request, pk)
    services.schedule(reorganisation=held, by=request.user)
    messages.success(request, f"已排定“{held.title}”，到日自动生效。")
    return redirect(held)
