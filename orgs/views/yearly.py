"""The yearly code update: comparisons, their review, one difference, and the drafts made of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import tables
from core.access import SignedInRequest, requires
from core.listing import listing
from core.refusals import refusals_shown
from files.models import Attachment
from orgs.choices import ChangeKind
from orgs.forms.yearly import ChangesForm, CompareForm, DecisionForm, DraftForm
from orgs.importing.divisions import read_uploaded
from orgs.models import DivisionChange, DivisionUpdate
from orgs.permissions import DRAFT_REORGANISATION, REORGANISE
from orgs.selectors import yearly as selectors
from orgs.services import reorganising
from orgs.services import yearly as services
from orgs.tables.yearly import CHANGE_COLUMNS, UPDATE_COLUMNS, decision_of

PAGE_SIZE = 50
#: Drafts whose consequences one page works out; with more each is carried out by itself.
MOST_TOGETHER = 20


def _update(request: SignedInRequest, pk: int) -> DivisionUpdate:
    """The comparison, if it is in sight (else 404)."""
    return get_object_or_404(selectors.visible_updates(request.user), pk=pk)


def _crumbs(update: DivisionUpdate | None = None) -> list[tuple[str, str]]:
    found = [
        ("区划调整", reverse("orgs:reorganisations")),
        ("年度区划更新", reverse("orgs:division_updates")),
    ]
    return [*found, (str(update), update.get_absolute_url())] if update is not None else found[:1]


@requires(DRAFT_REORGANISATION)
@require_GET
def division_updates(request: SignedInRequest) -> HttpResponse:
    """Every comparison in sight."""
    order = tables.order_of(request, UPDATE_COLUMNS, default="-compared_at")
    rows = selectors.listed_updates(request.user).order_by(order, "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = tables.build(
        page.object_list,
        UPDATE_COLUMNS,
        request=request,
        order=order,
        caption="年度区划更新",
        empty="还没有比对过",
        empty_hint="国家统计局每年公布新的统计用区划代码；上传新一年的区划文件即可与组织树比对。",
    )
    return render(request, "orgs/yearly/list.html", {"table": table, "page": page, "crumbs": _crumbs()})


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def new_division_update(request: SignedInRequest) -> HttpResponse:
    """Upload a list and compare it."""
    form = CompareForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with refusals_shown(form):
            update = services.compare_divisions(
                rows=read_uploaded(upload, upload.name),
                year=form.cleaned_data["year"],
                file_name=upload.name,
                upload=upload,
                by=request.user,
            )
            return redirect(update)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "orgs/yearly/new.html", context, status=422 if form.errors else 200)


@requires(DRAFT_REORGANISATION)
@require_GET
def division_update(request: SignedInRequest, pk: int) -> HttpResponse:
    """The review: what differs, what is proposed, what is decided."""
    update = _update(request, pk)
    form = ChangesForm(request.GET, counties=selectors.counties_of(update))
    rows = selectors.changes_of(update)
    rows = selectors.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()
    shown = listing(request, "", CHANGE_COLUMNS, default="division_code")
    page = shown.page(rows.order_by(shown.order, "division_code", "pk"))
    counts = selectors.review_counts(update)
    address = update.get_absolute_url()
    context = {
        "update": update,
        "crumbs": _crumbs(update)[:2],
        "filter": form,
        "page": page,
        "counts": counts,
        "ready": counts["total"]
        - counts["undecided"]
        - counts["ignored"]
        - counts["drafted"]
        - counts["applied"],
        "kinds": [
            {
                "label": kind.label,
                "count": update.counts.get(kind.value, 0),
                "url": f"{address}?kind={kind.value}",
            }
            for kind in ChangeKind
        ],
        "listing": shown,
        "export_url": f"{reverse('files:start', args=['orgs.division_changes'])}?"
        + urlencode({**request.GET.dict(), "update": update.pk}),
        "table": shown.table(
            page.object_list,
            caption="与组织树的差异",
            empty="没有符合条件的差异" if counts["total"] else "与组织树一致，没有差异",
        ),
        "files": Attachment.objects.of(update),
        "reorganisations": selectors.reorganisations_of(update),
        "accept_url": reverse("orgs:accept_division_changes", args=[update.pk]),
        "discard_url": reverse("orgs:discard_division_update", args=[update.pk]),
    }
    return render(request, "orgs/yearly/review.html", context)


@requires(DRAFT_REORGANISATION)
@require_POST
def accept_division_changes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take all sure ones for what is proposed."""
    update = _update(request, pk)
    count = services.accept_sure(update=update, by=request.user)
    messages.success(request, f"已采纳 {count:,} 处把握大的建议。")
    return redirect(update)


@requires(DRAFT_REORGANISATION)
@require_POST
def discard_division_update(request: SignedInRequest, pk: int) -> HttpResponse:
    update = _update(request, pk)
    services.discard_update(update=update, by=request.user)
    messages.success(request, f"已作废“{update}”。")
    return redirect("orgs:division_updates")


def _change(request: SignedInRequest, pk: int, change_pk: int) -> tuple[DivisionUpdate, DivisionChange]:
    update = _update(request, pk)
    return update, get_object_or_404(selectors.changes_of(update), pk=change_pk)


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def division_change(request: SignedInRequest, pk: int, change_pk: int) -> HttpResponse:
    """One difference with its evidence: decide what it is."""
    update, change = _change(request, pk, change_pk)
    said = change.decision or change.proposal.get("decision", "")
    form = DecisionForm(request.POST or None, change=change, initial={"decision": said})
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.decide(
                update=update,
                change=change,
                decision=form.cleaned_data["decision"],
                targets=form.chosen(),
                by=request.user,
            )
            return _next(update, change)
    context = {
        "update": update,
        "change": change,
        "state": dict(zip(("label", "tone"), decision_of(change), strict=True)),
        "form": form,
        "facts": _facts(change),
        "crumbs": _crumbs(update),
        "search_url": reverse("orgs:division_targets", args=[update.pk, change.pk]),
        "reset_url": reverse("orgs:reset_division_change", args=[update.pk, change.pk]),
    }
    return render(request, "orgs/yearly/change.html", context, status=422 if form.errors else 200)


def _next(update: DivisionUpdate, change: DivisionChange) -> HttpResponse:
    """On to the next one that is undecided, else back to the review."""
    following = update.changes.undecided().filter(is_sure=False).in_code_order().first()
    if following is None:
        return redirect(update)
    return redirect("orgs:division_change", update.pk, following.pk)


def _facts(change: DivisionChange) -> list[tuple[str, Any]]:
    rows = [
        ("差异", change.get_kind_display()),
        ("层级", change.get_level_display()),
        ("组织树现在", f"{change.unit_label}（{change.old_code}）" if change.unit_label else "没有"),
    ]
    if change.kind == ChangeKind.GONE:
        rows.append(("新区划表", "没有"))
    else:
        rows.append(("新区划表", f"{change.name}（{change.division_code}）"))
        rows.append(
            ("新的上级", f"{change.parent_label}（{change.parent_code}）" if change.parent_code else "")
        )
    if change.decided_by:
        rows.append(("决定人", change.decided_by))
    return [row for row in rows if row[1]]


@requires(DRAFT_REORGANISATION)
@require_GET
def division_targets(request: SignedInRequest, pk: int, change_pk: int) -> HttpResponse:
    """What answers to the words typed, after what is ticked already."""
    update, change = _change(request, pk, change_pk)
    text = request.GET.get("q_targets", "").strip()[:60]
    chosen = request.GET.getlist("targets")[:50]
    offered = [
        {"key": key, "label": label, "is_chosen": True}
        for key, label in selectors.named_targets(update, chosen)
    ]
    if text:
        offered += [
            {"key": key, "label": label, "is_chosen": False}
            for key, label in selectors.possible_targets(update, change, text)
            if key not in chosen
        ]
    return render(request, "orgs/yearly/targets.html", {"offered": offered, "text": text})


@requires(DRAFT_REORGANISATION)
@require_POST
def reset_division_change(request: SignedInRequest, pk: int, change_pk: int) -> HttpResponse:
    update, change = _change(request, pk, change_pk)
    services.reset(update=update, change=change, by=request.user)
    return redirect("orgs:division_change", update.pk, change.pk)


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def draft_division_update(request: SignedInRequest, pk: int) -> HttpResponse:
    """文号, the day and the file; then the drafts."""
    update = _update(request, pk)
    form = DraftForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            services.draft_reorganisations(
                update=update,
                document=form.cleaned_data["document"],
                effective_on=form.cleaned_data["effective_on"],
                by_county=bool(form.cleaned_data["by_county"]),
                upload=form.cleaned_data["file"],
                by=request.user,
            )
            return redirect("orgs:apply_division_update", update.pk)
    context = {
        "update": update,
        "form": form,
        "counts": selectors.review_counts(update),
        "crumbs": _crumbs(update),
    }
    return render(request, "orgs/yearly/draft.html", context, status=422 if form.errors else 200)


@requires(DRAFT_REORGANISATION)
@require_http_methods(["GET", "POST"])
def apply_division_update(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the drafts would do, and carrying all of them out."""
    update = _update(request, pk)
    drafts = [each for each in selectors.reorganisations_of(update) if each.is_draft]
    if request.method == "POST":
        seen = {draft.pk: request.POST.get(f"seen_{draft.pk}", "") for draft in drafts}
        done = services.apply_drafts(update=update, seen=seen, by=request.user)
        messages.success(request, f"{len(done):,} 项区划调整已生效。")
        return redirect(update)
    previews = [{"draft": draft, "found": reorganising.preview(draft)} for draft in drafts[:MOST_TOGETHER]]
    context = {
        "update": update,
        "previews": previews,
        "rest": drafts[MOST_TOGETHER:],
        "is_sound": not any(each["found"].problems for each in previews),  # type: ignore[attr-defined]
        "may_apply": request.user.can(REORGANISE, update.unit),
        "crumbs": _crumbs(update),
        "apply_url": reverse("orgs:apply_division_update", args=[update.pk]),
    }
    return render(request, "orgs/yearly/apply.html", context)
