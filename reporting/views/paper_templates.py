"""行文模板: the words of the passages of bulletin and year-end summary, with a preview in this month's figures."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.access import SignedInRequest, requires
from core.errors import Problem
from core.refusals import refusals_shown
from orgs.models import OrgUnit
from reporting.choices import PaperKind
from reporting.forms.papers import TemplateForm
from reporting.papers.bulletin.passages import OPENING, Passage
from reporting.papers.bulletin.template_text import with_values
from reporting.papers.wordings import WORDINGS, Wordings
from reporting.permissions import WRITE_PAPERS
from reporting.rules.papers import template_is_plain
from reporting.selectors.paper_texts import own_templates, templates_for, versions_of
from reporting.services.paper_templates import reset_template, save_template
from reporting.views.looking import Look, with_principal_look
from reporting.views.lookup import own_unit

VALUES_KEPT = 300


def _wordings(request: SignedInRequest) -> Wordings:
    """Those of ``?paper=``, of the bulletin without it; papers without templates are absent (404)."""
    asked = request.GET.get("paper", PaperKind.BULLETIN)
    found = next((each for kind, each in WORDINGS.items() if kind == asked), None)
    if found is None:
        raise Http404
    return found


def _address(name: str, wordings: Wordings, *args: Any) -> str:
    return f"{reverse(name, args=args)}?paper={wordings.paper.value}"


def _crumbs(wordings: Wordings) -> list[tuple[str, str]]:
    return [
        ("报表与通报", reverse("reporting:papers")),
        (f"{wordings.label}行文模板", _address("reporting:templates", wordings)),
    ]


@requires(WRITE_PAPERS)
@require_GET
def templates(request: SignedInRequest) -> HttpResponse:
    """Every passage with the words that count for one's own unit."""
    unit, wordings = own_unit(request), _wordings(request)
    own, counted = own_templates(unit, wordings.paper), templates_for(unit, wordings.paper)
    sections = [
        (head or OPENING, [_row(wordings, passage, own, counted) for passage in held])
        for head, held in groupby(wordings.passages, key=lambda passage: passage.section)
    ]
    context = {
        "unit": unit,
        "wordings": wordings,
        "sections": sections,
        "papers": [
            {
                "label": each.label,
                "url": _address("reporting:templates", each),
                "active": each is wordings,
                "badge": None,
            }
            for each in WORDINGS.values()
        ],
        "crumbs": _crumbs(wordings)[:1],
    }
    return render(request, "reporting/papers/templates.html", context)


def _row(
    wordings: Wordings, passage: Passage, own: dict[str, Any], counted: dict[str, str]
) -> dict[str, Any]:
    return {
        "passage": passage,
        "text": counted.get(passage.key) or passage.text,
        "own": own.get(passage.key),
        "origin": _origin(passage, own, counted),
        "url": _address("reporting:template", wordings, passage.key),
    }


def _origin(passage: Passage, own: dict[str, Any], counted: dict[str, str]) -> str:
    held = own.get(passage.key)
    if held is not None and held.text:
        return f"本单位第{held.number}版"
    return "上级设定" if passage.key in counted else "默认"


@requires(WRITE_PAPERS)
@with_principal_look
def template(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """Edit one passage."""
    wordings, unit = _wordings(request), own_unit(request)
    passage, paper = _passage(wordings, key), wordings.paper
    counted = templates_for(unit, paper).get(key) or passage.text
    held = own_templates(unit, paper).get(key)
    form = TemplateForm(request.POST or None, initial={"text": counted, "over": held.number if held else 0})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_shown(form):
            save_template(
                owner=unit, paper=paper, key=key, text=data["text"], over=data["over"], by=request.user
            )
            messages.success(request, f"“{passage.label}”的模板已保存，下次起草或重新取数时使用。")
            return redirect(_address("reporting:templates", wordings))
    text = form["text"].value() or ""
    values = _values(look, unit, wordings)
    context = {
        "passage": passage,
        "form": form,
        "look": look,
        "held": held,
        "versions": versions_of(unit, paper, key)[:20],
        "groups": wordings.grouped(values),
        "preview": _preview(wordings, passage, text, values),
        "preview_url": look.address("reporting:template_preview", key, paper=paper.value),
        "reset_url": _address("reporting:template_reset", wordings, key),
        "list_url": _address("reporting:templates", wordings),
        "crumbs": _crumbs(wordings),
    }
    return render(request, "reporting/papers/template.html", context, status=422 if form.errors else 200)


@requires(WRITE_PAPERS)
@require_POST
@with_principal_look
def template_preview(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """The words as typed so far, in this month's figures; nothing is kept."""
    wordings = _wordings(request)
    values = _values(look, own_unit(request), wordings)
    found = _preview(wordings, _passage(wordings, key), request.POST.get("text", "")[:4000], values)
    return render(request, "reporting/papers/template_preview.html", {"preview": found})


@requires(WRITE_PAPERS)
@require_POST
def template_reset(request: SignedInRequest, key: str) -> HttpResponse:
    """恢复默认."""
    wordings = _wordings(request)
    passage = _passage(wordings, key)
    reset_template(owner=own_unit(request), paper=wordings.paper, key=key, by=request.user)
    messages.success(request, f"“{passage.label}”已恢复默认文字。")
    return redirect(_address("reporting:template", wordings, key))


def _passage(wordings: Wordings, key: str) -> Passage:
    found = wordings.passage(key)
    if found is None:
        raise Http404
    return found


def _values(look: Look, unit: OrgUnit, wordings: Wordings) -> dict[str, str]:
    """What each name in braces reads in the month in view; kept a few minutes, a preview needs no fresher."""
    kept = f"paper-words:{wordings.paper.value}:{look.cycle.pk}:{unit.pk}"
    values: dict[str, str] | None = cache.get(kept)
    if values is None:
        values = wordings.read(look.cycle, unit)
        cache.set(kept, values, VALUES_KEPT)
    return values


def _preview(wordings: Wordings, passage: Passage, text: str, values: dict[str, str]) -> dict[str, Any]:
    problems: list[Problem] = list(template_is_plain(text, wordings.known))
    return {
        "problems": problems,
        "lead": passage.lead,
        "text": "" if problems else with_values(text, values),
    }
