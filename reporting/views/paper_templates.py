"""行文模板: the words of the bulletin's passages, with a preview in this month's figures."""

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
from core.errors import DomainError, Problem
from orgs.models import OrgUnit
from reporting.choices_papers import PaperKind
from reporting.forms_papers import TemplateForm
from reporting.papers.book import book_of
from reporting.papers.bulletin.passages import BY_KEY, PASSAGES, Passage
from reporting.papers.bulletin.template_text import values_of, with_values
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.permissions import WRITE_PAPERS
from reporting.rules_papers import template_is_plain
from reporting.selectors.paper_texts import own_templates, templates_for, versions_of
from reporting.services.paper_templates import reset_template, save_template
from reporting.views.looking import Look, with_principal_look
from reporting.views.lookup import own_unit

BULLETIN = PaperKind.BULLETIN
VALUES_KEPT = 300


def _crumbs() -> list[tuple[str, str]]:
    return [("报表与通报", reverse("reporting:papers")), ("行文模板", reverse("reporting:templates"))]


@requires(WRITE_PAPERS)
@require_GET
def templates(request: SignedInRequest) -> HttpResponse:
    """Every passage with the words that count for one's own unit."""
    unit = own_unit(request)
    own, counted = own_templates(unit, BULLETIN), templates_for(unit, BULLETIN)
    sections = [
        (head, [_row(passage, own, counted) for passage in held])
        for head, held in groupby(PASSAGES, key=lambda passage: passage.section)
    ]
    context = {"unit": unit, "sections": sections, "crumbs": _crumbs()[:1]}
    return render(request, "reporting/papers/templates.html", context)


def _row(passage: Passage, own: dict[str, Any], counted: dict[str, str]) -> dict[str, Any]:
    return {
        "passage": passage,
        "text": counted.get(passage.key) or passage.text,
        "own": own.get(passage.key),
        "origin": _origin(passage, own, counted),
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
    passage, unit = _passage(key), own_unit(request)
    counted = templates_for(unit, BULLETIN).get(key) or passage.text
    held = own_templates(unit, BULLETIN).get(key)
    form = TemplateForm(request.POST or None, initial={"text": counted, "over": held.number if held else 0})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            save_template(
                owner=unit, paper=BULLETIN, key=key, text=data["text"], over=data["over"], by=request.user
            )
        except DomainError as refusal:
            status = refusal.status
            for problem in refusal.problems:
                form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        else:
            messages.success(request, f"“{passage.label}”的模板已保存，下次起草或重新取数时使用。")
            return redirect("reporting:templates")
    text = form["text"].value() or ""
    values = _values(look, unit)
    context = {
        "passage": passage,
        "form": form,
        "look": look,
        "held": held,
        "versions": versions_of(unit, BULLETIN, key)[:20],
        "groups": _groups(values),
        "preview": _preview(passage, text, values),
        "preview_url": look.address("reporting:template_preview", key),
        "crumbs": _crumbs(),
    }
    return render(request, "reporting/papers/template.html", context, status=status)


@requires(WRITE_PAPERS)
@require_POST
@with_principal_look
def template_preview(request: SignedInRequest, look: Look, key: str) -> HttpResponse:
    """The words as typed so far, in this month's figures; nothing is kept."""
    values = _values(look, own_unit(request))
    found = _preview(_passage(key), request.POST.get("text", "")[:4000], values)
    return render(request, "reporting/papers/template_preview.html", {"preview": found})


@requires(WRITE_PAPERS)
@require_POST
def template_reset(request: SignedInRequest, key: str) -> HttpResponse:
    """恢复默认."""
    passage = _passage(key)
    reset_template(owner=own_unit(request), paper=BULLETIN, key=key, by=request.user)
    messages.success(request, f"“{passage.label}”已恢复默认文字。")
    return redirect("reporting:template", key=key)


def _passage(key: str) -> Passage:
    if key not in BY_KEY:
        raise Http404
    return BY_KEY[key]


def _values(look: Look, unit: OrgUnit) -> dict[str, str]:
    """What each name in braces reads in the month in view; kept a few minutes, a preview needs no fresher."""
    kept = f"paper-words:{look.cycle.pk}:{unit.pk}"
    values: dict[str, str] | None = cache.get(kept)
    if values is None:
        values = values_of(book_of(look.cycle, unit))
        cache.set(kept, values, VALUES_KEPT)
    return values


def _preview(passage: Passage, text: str, values: dict[str, str]) -> dict[str, Any]:
    problems: list[Problem] = list(template_is_plain(text, PLACEHOLDERS.keys()))
    return {
        "problems": problems,
        "lead": passage.lead,
        "text": "" if problems else with_values(text, values),
    }


def _groups(values: dict[str, str]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    rows = [(one.group, one.name, one.meaning, values[one.name]) for one in PLACEHOLDERS.values()]
    return [
        (group, [(name, meaning, value) for _group, name, meaning, value in held])
        for group, held in groupby(rows, key=lambda row: row[0])
    ]
