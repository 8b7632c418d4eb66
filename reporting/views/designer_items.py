"""Items and rules of a draft: added, changed, moved, taken off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import SignedInRequest, requires
from core.errors import DomainError, Forbidden
from core.keys import key_in
from core.refusals import refusals_shown
from reporting.expressions import read, say
from reporting.forms.design import (
    ColumnFormSet,
    ItemForm,
    RuleForm,
    columns_initial,
    columns_of,
    initial_of,
)
from reporting.models import FormItem, FormVersion, Section
from reporting.permissions import DESIGN_FORMS
from reporting.rules.forms import vocabulary
from reporting.selectors.designing import indicators_to_take, items_of, registry_names
from reporting.services import designing, designing_items, designing_rules
from reporting.views.designer_versions import crumbs_of, render_version, version_in_sight
from reporting.views.register import owner_of

TAKEN_AT_ONCE = 30


def _draft(request: SignedInRequest, pk: int) -> FormVersion:
    found = version_in_sight(request, pk)
    if not found.is_draft:
        raise Http404
    return found


def _item(request: SignedInRequest, pk: int) -> FormItem:
    rows = FormItem.objects.select_related("indicator", "section", "version__form__owner")
    found = rows.filter(version__form__owner=owner_of(request), version__published_at__isnull=True)
    return get_object_or_404(found, pk=pk)


def _crumbs(version: FormVersion) -> list[tuple[str, str]]:
    here = (f"第{version.number}版草稿", reverse("reporting:form_version", args=[version.pk]))
    return [*crumbs_of(version), here]


def _said(text: str, names: dict[str, str]) -> str:
    """A kept expression as its field shows it: names in square brackets, to be typed over."""
    return say(read(text), names).replace("「", "[").replace("」", "]") if text else ""


def _names(version: FormVersion) -> dict[str, str]:
    return designing_rules.names_of(vocabulary(items_of(version), registry_names()))


@requires(DESIGN_FORMS)
def new_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """添加填报项: a new indicator and how it is asked."""
    version = _draft(request, pk)
    form = ItemForm(
        request.POST or None,
        version=version,
        initial={"section": key_in(request.GET.get("section")) or version.sections.first()},
    )
    columns = ColumnFormSet(request.POST or None, prefix="columns")
    if request.method == "POST" and form.is_valid() and columns.is_valid():
        meaning = form.meaning()
        with refusals_shown(form):
            if meaning is not None:
                designing_items.add_item(
                    version=version, meaning=meaning, facts=form.facts(columns_of(columns)), by=request.user
                )
            return _done(request, version, form.cleaned_data["section"], "已添加填报项。")
    return _item_page(request, version, form, columns)


@requires(DESIGN_FORMS)
def item(request: SignedInRequest, pk: int) -> HttpResponse:
    """修改填报项."""
    row = _item(request, pk)
    names = _names(row.version)
    form = ItemForm(
        request.POST or None,
        version=row.version,
        is_open=designing.is_own(row),
        initial=initial_of(row, _said(row.formula, names)),
    )
    columns = ColumnFormSet(request.POST or None, prefix="columns", initial=columns_initial(row))
    if request.method == "POST" and form.is_valid() and columns.is_valid():
        with refusals_shown(form):
            designing_items.change_item(
                item=row, meaning=form.meaning(), facts=form.facts(columns_of(columns)), by=request.user
            )
            return _done(request, row.version, form.cleaned_data["section"], "已保存。")
    return _item_page(request, row.version, form, columns, row)


def _done(request: SignedInRequest, version: FormVersion, section: Section, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(f"{reverse('reporting:form_version', args=[version.pk])}#section-{section.pk}")


def _item_page(
    request: SignedInRequest,
    version: FormVersion,
    form: ItemForm,
    columns: Any,
    row: FormItem | None = None,
) -> HttpResponse:
    context = {
        "version": version,
        "form": form,
        "columns": columns,
        "item": row,
        "kind": row.indicator.value_kind if row and not form.is_open else "",
        "is_computed": bool(row and row.indicator.is_computed),
        "names": sorted(_names(version).items()),
        "crumbs": _crumbs(version),
    }
    status = 422 if form.errors or (columns.is_bound and not columns.is_valid()) else 200
    return render(request, "reporting/design/item.html", context, status=status)


@require_POST
@requires(DESIGN_FORMS)
def act_on_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """上移, 下移, 删除."""
    row = _item(request, pk)
    act = request.POST.get("act", "")
    try:
        if act in ("up", "down"):
            designing.move_item(item=row, up=act == "up", by=request.user)
        elif act == "remove":
            designing_items.remove_item(item=row, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_version(request, row.version, status=refusal.status, problems=refusal.problems)
    anchor = f"item-{pk}" if act in ("up", "down") else f"section-{row.section_id}"
    return redirect(f"{reverse('reporting:form_version', args=[row.version_id])}#{anchor}")


@requires(DESIGN_FORMS)
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    """选用已有指标: what other forms ask already, and what the registry computes."""
    version = _draft(request, pk)
    words = request.GET.get("q", "").strip()
    found = indicators_to_take(version, words)
    problems: Any = ()
    status = 200
    if request.method == "POST":
        sections = version.sections.all()
        chosen = get_object_or_404(found, pk=key_in(request.POST.get("indicator")))
        section = get_object_or_404(sections, pk=key_in(request.POST.get("section")))
        try:
            designing_items.take_indicator(
                version=version, indicator=chosen, section=section, by=request.user
            )
        except Forbidden:
            raise
        except DomainError as refusal:
            problems, status = refusal.problems, refusal.status
        else:
            messages.success(request, f"已加入“{chosen}”。")
            return redirect(request.get_full_path())
    context = {
        "version": version,
        "page": Paginator(found, TAKEN_AT_ONCE).get_page(request.GET.get("page")),
        "query": words,
        "sections": version.sections.all(),
        "section": request.GET.get("section", ""),
        "problems": problems,
        "crumbs": _crumbs(version),
    }
    return render(request, "reporting/design/take.html", context, status=status)


@requires(DESIGN_FORMS)
def new_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    """添加核对关系."""
    version = _draft(request, pk)
    form = RuleForm(request.POST or None, names=_fields(version))
    return _rule_page(request, version, form, None)


@requires(DESIGN_FORMS)
def rule(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """修改核对关系."""
    version = _draft(request, pk)
    if not 1 <= number <= len(version.rules):
        raise Http404
    kept = version.rules[number - 1]
    initial = {
        "demand": _said(kept["demand"], _names(version)),
        "field": kept["field"],
        "message": kept["message"],
        "blocks": "no" if kept["level"] == "warning" else "yes",
    }
    form = RuleForm(request.POST or None, names=_fields(version), initial=initial)
    return _rule_page(request, version, form, number)


def _fields(version: FormVersion) -> dict[str, str]:
    return {one.indicator.key: one.indicator.name for one in items_of(version) if one.indicator.is_reported}


def _rule_page(
    request: SignedInRequest, version: FormVersion, form: RuleForm, number: int | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            if number is None:
                designing_rules.add_rule(version=version, facts=form.facts(), by=request.user)
            else:
                designing_rules.change_rule(
                    version=version, number=number, facts=form.facts(), by=request.user
                )
            messages.success(request, "核对关系已保存。")
            return redirect(f"{reverse('reporting:form_version', args=[version.pk])}#rules")
    context = {
        "version": version,
        "form": form,
        "number": number,
        "names": sorted(_names(version).items(), key=lambda pair: pair[1]),
        "crumbs": _crumbs(version),
    }
    return render(request, "reporting/design/rule.html", context, status=422 if form.errors else 200)


@require_POST
@requires(DESIGN_FORMS)
def remove_rule(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """删除核对关系."""
    version = _draft(request, pk)
    try:
        designing_rules.remove_rule(version=version, number=number, by=request.user)
    except Forbidden:
        raise
    except DomainError as refusal:
        return render_version(request, version, status=refusal.status, problems=refusal.problems)
    return redirect(f"{reverse('reporting:form_version', args=[pk])}#rules")
