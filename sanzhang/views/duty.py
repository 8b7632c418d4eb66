"""The year against the duty standard, the standard itself, the kinds of activity, the yearly evaluation."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, tables
from core.access import SignedInRequest, requires
from core.keys import year_in
from core.refusals import refusals_shown
from files.answers import export_of_list
from files.permissions import EXPORT
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import Grade, Position
from sanzhang.exporters.duty import DUTY_FILE, duty_asked_for
from sanzhang.forms.activity_kind import KindForm
from sanzhang.forms.evaluation import GradesForm
from sanzhang.forms.standard import StandardForm
from sanzhang.models import ActivityKind, CampaignDay, DutyStandard, Evaluation, KeyPerson
from sanzhang.permissions import EVALUATE, SET_STANDARD, VIEW_PEOPLE
from sanzhang.rules.duty import quota_of
from sanzhang.selectors.duty import (
    STATES,
    DutyQuery,
    duty_counts,
    duty_rows,
    lines_by_seat,
    standard_of,
)
from sanzhang.services import activity_kinds, evaluations, standards
from sanzhang.tables.duty import CAMPAIGN_DAYS, KINDS, duty_columns
from sanzhang.views.rows import typed

PAGE_SIZE = 50
GRADES_SHOWN = 40


class _Counted:
    """A list that is counted and fetched page by page in one statement each."""

    def __init__(self, asked: DutyQuery, total: int) -> None:
        self.asked, self.total = asked, total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[Any]:
        return duty_rows(self.asked, limit=part.stop - part.start, offset=part.start)


@require_GET
@requires(VIEW_PEOPLE)
def duty_list(request: SignedInRequest) -> HttpResponse:
    """Each head's year against the standard; nobody is ranked."""
    asked = duty_asked_for(request.user, request.GET)
    columns = duty_columns(asked.year)
    order = tables.order_of(request, columns, default="unit")
    asked = dataclasses.replace(asked, sort=order)
    all_states = duty_counts(dataclasses.replace(asked, state=""))
    total = all_states[asked.state] if asked.state in all_states else sum(all_states.values())
    counted: Any = _Counted(asked, total)
    page = Paginator(counted, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        page.object_list,
        columns,
        request=request,
        order=order,
        caption="履职情况对照",
        empty="没有符合条件的人员",
        empty_hint="这里列出在领导机构任职的“三长”，一人按最高职务列一次。",
    )
    query = request.GET.urlencode()
    standard = standard_of(asked.within.province_id or asked.within.pk, asked.year)
    context = {
        "asked": asked,
        "table": table,
        "page": page,
        "cards": [(*STATES[state], heads, _with(request, met=state)) for state, heads in all_states.items()],
        "standard": standard,
        "choices": _choices(request, asked),
        "chips": _chips(request, asked),
        "may_evaluate": request.user.can_anywhere(EVALUATE),
        "may_set": request.user.can_anywhere(SET_STANDARD),
        "may_export": request.user.can_anywhere(EXPORT),
        "export_url": f"{reverse('duty:export_list')}{f'?{query}' if query else ''}",
    }
    return render(request, "sanzhang/duty/list.html", context)


def _with(request: SignedInRequest, **changed: str) -> str:
    query = {key: value for key, value in request.GET.items() if key not in ("page", *changed)}
    return f"?{urlencode(query | changed)}"


def _choices(request: SignedInRequest, asked: DutyQuery) -> list[dict[str, Any]]:
    """The selects of the filter, each with what is chosen."""
    below = OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE).open()
    below = below.filter(parent=asked.within.pk, level__lte=Level.TOWNSHIP).in_code_order()
    above = OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE).filter(pk__in=asked.within.ancestor_ids())
    units = [*above.order_by("level"), *below]
    year = clock.today().year
    return [
        {
            "name": "unit",
            "label": "单位",
            "value": str(asked.within.pk),
            "options": [(str(unit.pk), unit.display_name) for unit in units],
        },
        {
            "name": "year",
            "label": "年度",
            "value": str(asked.year),
            "options": [(str(one), f"{one}年") for one in (year, year - 1, year - 2)],
        },
        {
            "name": "met",
            "label": "履职情况",
            "value": asked.state,
            "options": [("", "全部"), *((state, words[0]) for state, words in STATES.items())],
        },
        {
            "name": "position",
            "label": "职务",
            "value": asked.position,
            "options": [("", "全部"), *Position.choices[:5]],
        },
        {
            "name": "grade",
            "label": "年度评价",
            "value": asked.grade,
            "options": [("", "全部"), ("none", "未评价"), *Grade.choices],
        },
    ]


def _chips(request: SignedInRequest, asked: DutyQuery) -> list[tuple[str, str]]:
    """The conditions set, each with the address without it."""
    named = {
        "q": asked.q,
        "met": STATES[asked.state][0] if asked.state in STATES else "",
        "position": Position(asked.position).label if asked.position in Position else "",
        "grade": Grade(asked.grade).label if asked.grade in Grade else "",
    }
    return [(label, _with(request, **{name: ""})) for name, label in named.items() if label]


@require_POST
@requires(VIEW_PEOPLE)
def export(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, as it was filtered and sorted."""
    return export_of_list(request, DUTY_FILE.kind, sort=request.GET.get("sort", ""))


@require_http_methods(["GET", "POST"])
@requires(VIEW_PEOPLE)
def standard(request: SignedInRequest) -> HttpResponse:
    """The standard of a year for all to read; the province edits it."""
    year = year_in(request.GET.get("year")) or clock.today().year
    unit = request.user.unit
    owner = OrgUnit.objects.get(pk=unit.province_id or unit.pk)
    own = DutyStandard.objects.filter(owner=owner, year=year).first()
    in_force = standard_of(owner.pk, year)
    may_set = request.user.can(SET_STANDARD, owner) and year >= clock.today().year
    form = StandardForm(
        typed(request),
        lines=lines_by_seat(in_force),
        initial={
            "excellent_percent": in_force.excellent_percent if in_force else evaluations.DEFAULT_PERCENT,
            "note": in_force.note if in_force else "",
            "revision": own.revision if own else 0,
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            standards.save_standard(
                owner=owner,
                year=year,
                lines=form.lines(),
                excellent_percent=form.cleaned_data["excellent_percent"],
                note=form.cleaned_data["note"],
                revision=form.cleaned_data["revision"],
                by=request.user,
            )
            messages.success(request, f"已保存{year}年履职规范。")
            return redirect(f"{reverse('duty:standard')}?year={year}")
    this_year = clock.today().year
    context = {
        "form": form,
        "year": year,
        "own": own,
        "in_force": in_force,
        "may_set": may_set,
        "years": [
            {"label": f"{one}年", "url": f"?year={one}", "active": one == year}
            for one in (this_year + 1, this_year, this_year - 1, this_year - 2)
        ],
        "crumbs": [("履职情况对照", reverse("duty:list"))],
    }
    return render(request, "sanzhang/duty/standard.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(EVALUATE)
def grades(request: SignedInRequest) -> HttpResponse:
    """年度评价 of the people of one's unit and below, a page at a time, all or none."""
    asked = duty_asked_for(request.user, request.GET)
    if "year" not in request.GET and clock.today().month < 10:
        asked = dataclasses.replace(asked, year=clock.today().year - 1)
    counts = duty_counts(asked)
    counted: Any = _Counted(asked, sum(counts.values()))
    page = Paginator(counted, GRADES_SHOWN).get_page(request.GET.get("page"))
    rows = [row for row in page.object_list if request.user.can(EVALUATE, row.unit)]
    keys = [row.person_id for row in rows]
    given = Evaluation.objects.filter(person__in=keys, year=asked.year)
    form = GradesForm(typed(request), rows=rows, remarks=dict(given.values_list("person_id", "remark")))
    if request.method == "POST" and form.is_valid():
        people = KeyPerson.objects.select_related("unit").in_bulk(keys)
        with refusals_shown(form):
            done = evaluations.evaluate(judgements=form.judgements(people), year=asked.year, by=request.user)
            messages.success(request, f"已保存{len(done)}人的年度评价。")
            return redirect(f"{reverse('duty:grades')}?{request.GET.urlencode()}")
    context = {
        "form": form,
        "page": page,
        "asked": asked,
        "quota": _quota(asked),
        "choices": [choice for choice in _choices(request, asked) if choice["name"] != "met"],
        "crumbs": [("履职情况对照", reverse("duty:list"))],
    }
    return render(request, "sanzhang/duty/grades.html", context, status=422 if form.is_bound else 200)


def _quota(asked: DutyQuery) -> dict[str, int] | None:
    """How many of the county may be 优秀, and how many are; above the counties there is no one number."""
    if asked.within.level < Level.COUNTY:
        return None
    county = asked.within.county or asked.within
    whole = DutyQuery(within=county, year=asked.year)
    percent = evaluations.percent_of(county, asked.year)
    heads = sum(duty_counts(whole).values())
    used = sum(duty_counts(dataclasses.replace(whole, grade=Grade.EXCELLENT)).values())
    return {"heads": heads, "percent": percent, "most": quota_of(heads, percent), "used": used}


@require_GET
@requires(SET_STANDARD)
def kinds(request: SignedInRequest) -> HttpResponse:
    """The list of activity kinds."""
    rows = ActivityKind.objects.annotate(activities_count=Count("activities")).order_by("order", "id")
    table = tables.build(list(rows), KINDS, request=request, caption="活动类别", empty="还没有活动类别")
    days = tables.build(
        list(CampaignDay.objects.select_related("kind")),
        CAMPAIGN_DAYS,
        request=request,
        caption="主题宣传日",
        empty="还没有主题宣传日",
        empty_hint="新增后，临近的主题日会提示在履职登记页。",
    )
    context: dict[str, Any] = {
        "table": table,
        "days": days,
        "crumbs": [("履职记录", reverse("duty:activities"))],
    }
    return render(request, "sanzhang/duty/kinds.html", context)


@require_http_methods(["GET", "POST"])
@requires(SET_STANDARD)
def edit_kind(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """A new kind, or one that stands."""
    kind = get_object_or_404(ActivityKind, pk=pk) if pk is not None else None
    names = ("name", "counts_as", "duty", "asks_adopted", "order", "is_active")
    form = KindForm(typed(request), initial={name: getattr(kind, name) for name in names} if kind else None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            activity_kinds.save_kind(kind=kind, by=request.user, **form.cleaned_data)
            messages.success(request, "已保存。")
            return redirect("duty:kinds")
    context = {"form": form, "kind": kind, "crumbs": [("活动类别", reverse("duty:kinds"))]}
    return render(request, "sanzhang/duty/kind.html", context, status=422 if form.is_bound else 200)
