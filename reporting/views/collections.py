"""填报任务: the province's collections as a list, and one of them made in steps with a preview before it starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden, Problem
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.permissions import EXPORT
from reporting.choices import Rhythm, SignOffDemand, Whom
from reporting.exporters.collections import COLLECTIONS_FILE
from reporting.forms.collections import BasicsForm, CollectionNarrowing, DatesForm, DaysForm, WhomForm
from reporting.forms.picking import ADD_ALL, UnitPicker, is_picking, page_asked, typed_whom
from reporting.models import Collection
from reporting.permissions import MANAGE_CYCLES
from reporting.selectors.collections import collections_of, narrowed, read_collection
from reporting.selectors.obligations import count_obliged
from reporting.selectors.picking import PAGE_SIZE as PICKED_AT_ONCE
from reporting.selectors.picking import lines_in, pickable, ticked, with_picked
from reporting.selectors.schedule import schedules_ahead
from reporting.services import collections as services
from reporting.tables.collections import COLLECTION_COLUMNS, OFFERED_COLUMNS, overview_of, schedule_table
from reporting.views.lookup import own_unit

PAGE_SIZE = 30
STEPS = [("basics", "一、任务"), ("whom", "二、谁来报"), ("days", "三、统计期和截止日"), ("", "四、核对启用")]


def _found(request: SignedInRequest, pk: int) -> Collection:
    return get_object_or_404(collections_of(own_unit(request)), pk=pk)


@requires(MANAGE_CYCLES)
@require_GET
def collections(request: SignedInRequest) -> HttpResponse:
    """Every collection with its state, its rhythm, who owes and when."""
    narrowing = CollectionNarrowing(request.GET)
    order = tables.order_of(request, COLLECTION_COLUMNS, default="-is_principal")
    rows = narrowed(collections_of(own_unit(request)), narrowing.criteria).order_by(order, "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": narrowing,
        "page": page,
        "table": tables.build(
            page.object_list,
            COLLECTION_COLUMNS,
            request=request,
            order=order,
            caption="填报任务",
            empty="没有填报任务",
            empty_hint="布置任务后，到期自动开放，各单位在“本月要做的事”里看到。",
        ),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('reporting:export_collections')}?{request.GET.urlencode()}",
    }
    return render(request, "reporting/collections/list.html", context)


@require_POST
@requires(MANAGE_CYCLES)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was narrowed."""
    return export_of_list(request, COLLECTIONS_FILE.kind)


@requires(MANAGE_CYCLES)
@require_http_methods(["GET", "POST"])
def new_collection(request: SignedInRequest) -> HttpResponse:
    """Step 1 of a new one: a draft that nobody below sees."""
    owner = own_unit(request)
    initial = {"rhythm": Rhythm.QUARTER, "sign_off": SignOffDemand.AS_SET, "first_period": clock.today()}
    form = BasicsForm(request.POST or None, owner=owner, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            made = services.create_collection(owner=owner, values=form.cleaned_data, by=request.user)
            messages.success(request, f"“{made}”已存为草稿，请选择谁来报。")
            return redirect("reporting:collection_whom", made.pk)
    return _step_page(request, form, None, "basics")


@requires(MANAGE_CYCLES)
@require_http_methods(["GET", "POST"])
def basics(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step 1 again."""
    collection = _found(request, pk)
    form = BasicsForm(request.POST or None, owner=collection.owner, initial=BasicsForm.initial_of(collection))

    def save() -> None:
        services.set_basics(collection=collection, values=form.cleaned_data, by=request.user)

    return _step(request, form, collection, "basics", save)


@requires(MANAGE_CYCLES)
@require_http_methods(["GET", "POST"])
def whom(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step 2: who owes."""
    collection = _found(request, pk)
    if request.method == "POST" and is_picking(request.POST):
        return _picking(request, collection)
    posted = None
    if request.method == "POST":
        posted = request.POST.copy()
        posted["units"] = _with_ticked(request, collection, posted.get("units", ""))
    form = WhomForm(posted, owner=collection.owner, initial=WhomForm.initial_of(collection))

    def save() -> None:
        values = dict(form.cleaned_data)
        text = values.pop("units") if values["whom"] == Whom.CHOSEN else ""
        units = services.units_named(owner=collection.owner, text=text, levels=values["levels"])
        services.set_whom(collection=collection, values=values, units=units, by=request.user)

    return _step(request, form, collection, "whom", save)


def _with_ticked(request: SignedInRequest, collection: Collection, text: str) -> str:
    """``text`` with the units whose boxes are ticked: whatever button was pressed, they are chosen."""
    units = list(ticked(collection.owner, request.POST.getlist("picked")))
    return with_picked(text, collection.owner, units) if units else text


def _picking(request: SignedInRequest, collection: Collection) -> HttpResponse:
    """Step 2 as it stands, unsaved, with a page of the units that were looked for; those ticked, or all that were
    found, added, and their levels with them."""
    owner = collection.owner
    picker = UnitPicker(request.POST, owner=owner)
    units = pickable(owner, picker.criteria)
    typed = typed_whom(request.POST)
    chosen = list(units if request.POST["act"] == ADD_ALL else ticked(owner, request.POST.getlist("picked")))
    if chosen:
        typed["units"] = with_picked(typed["units"], owner, chosen)
        typed["levels"] = sorted({*typed["levels"], *(str(unit.level) for unit in chosen)})
    page = Paginator(units, PICKED_AT_ONCE).get_page(page_asked(request.POST))
    offered = {
        "offered_page": page,
        "offered": tables.build(
            page.object_list,
            OFFERED_COLUMNS,
            caption="可选的单位",
            selects="picked",
            empty="没有这样的单位",
            empty_hint="请换个层级、市或名称再查找。",
        ),
        "chosen_count": len(lines_in(typed["units"])),
        "added_count": len(chosen),
    }
    form = WhomForm(owner=owner, initial=typed)
    return _step_page(request, form, collection, "whom", picker=picker, **offered)


@requires(MANAGE_CYCLES)
@require_http_methods(["GET", "POST"])
def days(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step 3: window and deadlines, as days of the month or, of a one-off, as dates."""
    collection = _found(request, pk)
    kind = DatesForm if collection.is_once else DaysForm
    form = kind(request.POST or None, initial=kind.initial_of(collection))

    def save() -> None:
        if isinstance(form, DatesForm):
            services.set_dates(
                collection=collection,
                values=form.values,
                lower_forward=form.cleaned_data["lower_forward"],
                by=request.user,
            )
        else:
            services.set_days(collection=collection, values=form.cleaned_data, by=request.user)

    return _step(request, form, collection, "days", save)


def _step(
    request: SignedInRequest, form: Any, collection: Collection, step: str, save: Callable[[], None]
) -> HttpResponse:
    """Save and go on: a draft to its next step, what runs back to its page."""
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            save()
            messages.success(
                request, "已保存。" if collection.is_draft else "已保存，自下一期起执行；已开放的期不变。"
            )
            names = [name for name, _label in STEPS]
            following = names[names.index(step) + 1] if collection.is_draft else ""
            return redirect(_address(collection, following))
    return _step_page(request, form, collection, step)


def _address(collection: Collection, step: str) -> str:
    name = f"reporting:collection_{step}" if step else "reporting:collection"
    return reverse(name, args=[collection.pk])


def _tabs(collection: Collection | None, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": _address(collection, step) if collection else "#",
            "active": step == current,
        }
        for step, label in STEPS
    ]


def _step_page(
    request: SignedInRequest, form: Any, collection: Collection | None, step: str, **more: Any
) -> HttpResponse:
    if step == "whom" and collection is not None:
        more.setdefault("picker", UnitPicker(request.POST or None, owner=collection.owner))
    context = {
        "form": form,
        "collection": collection,
        "title": collection.name if collection else "布置填报任务",
        "steps": _tabs(collection, step),
        "goes_on": collection is None or collection.is_draft,
        "back": reverse("reporting:collections"),
        "crumbs": [("填报任务", reverse("reporting:collections"))],
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "reporting/collections/step.html", context, status=status)


@requires(MANAGE_CYCLES)
@require_GET
def collection(request: SignedInRequest, pk: int) -> HttpResponse:
    """One collection: what it asks, who would owe today, every deadline of the next periods, its cycles."""
    return _page(request, _found(request, pk))


def _page(
    request: SignedInRequest, found: Collection, problems: Sequence[Problem] = (), status: int = 200
) -> HttpResponse:
    page = read_collection(found)
    is_dated = not found.is_once or hasattr(found, "dates")
    label, tone, icon = page.state.pill
    context = {
        "collection": found,
        "page": page,
        "state": {"label": label, "tone": tone, "icon": icon},
        "overview": overview_of(found),
        "obliged": count_obliged(found),
        "schedule": schedule_table(schedules_ahead(found) if is_dated else [], found),
        "steps": _tabs(found, "") if found.is_draft else [],
        "missing": services.start_problems(found) if not found.is_active else [],
        "problems": problems,
        "crumbs": [("填报任务", reverse("reporting:collections"))],
    }
    return render(request, "reporting/collections/page.html", context, status=status)


def _act(request: SignedInRequest, pk: int, act: Callable[[Collection], str]) -> HttpResponse:
    found = _found(request, pk)
    try:
        done = act(found)
    except Forbidden:
        raise
    except DomainError as refusal:
        return _page(request, found, refusal.problems, refusal.status)
    messages.success(request, done)
    return redirect("reporting:collections") if found.pk is None else redirect("reporting:collection", pk)


@require_POST
@requires(MANAGE_CYCLES)
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """启用."""

    def act(found: Collection) -> str:
        services.start_collection(collection=found, by=request.user)
        return "任务已启用，到开放日自动开放并通知各单位。"

    return _act(request, pk, act)


@require_POST
@requires(MANAGE_CYCLES)
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    """停用."""

    def act(found: Collection) -> str:
        services.pause_collection(collection=found, by=request.user)
        return "任务已停用，不再开放新的一期；已开放的照常办理。"

    return _act(request, pk, act)


@require_POST
@requires(MANAGE_CYCLES)
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """删除 a draft."""

    def act(found: Collection) -> str:
        services.discard_collection(collection=found, by=request.user)
        found.pk = None
        return "草稿已删除。"

    return _act(request, pk, act)
