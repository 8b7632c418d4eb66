"""行文模板: a unit's own words for a paper's passages, version after version."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from orgs.models import OrgUnit
from reporting.choices import PaperKind
from reporting.models import PaperTemplate
from reporting.permissions import WRITE_PAPERS
from reporting.rules.papers import template_is_plain


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The passages of a paper by key with their shipped text, and the names that may stand in braces."""

    passages: dict[str, str]
    names: Collection[str]


_vocabularies: dict[str, Vocabulary] = {}


def register_vocabulary(paper: PaperKind, vocabulary: Vocabulary) -> None:
    """The papers say at start which passages they have."""
    _vocabularies[paper] = vocabulary


@transaction.atomic
def save_template(
    *, owner: OrgUnit, paper: PaperKind, key: str, text: str, by: Actor, over: int | None = None
) -> PaperTemplate:
    """Keep ``text`` as the next version of the passage. ``over`` is the version it was written over.

    Raises:
        DomainError: the text is no template, or there is no such passage.
        Conflict: somebody else has written a version since.
    """
    held = _held(owner, paper, key, by, over)
    check(template_is_plain(text, _vocabularies[paper].names))
    return _add(owner, paper, key, held, text.strip(), by, "修改行文模板")


@transaction.atomic
def reset_template(*, owner: OrgUnit, paper: PaperKind, key: str, by: Actor) -> PaperTemplate:
    """Back to the shipped text; the versions before stay on record."""
    held = _held(owner, paper, key, by, None)
    if held is None or held.is_shipped:
        raise Conflict(Problem("shipped_already", "现在用的就是默认文字。"))
    return _add(owner, paper, key, held, "", by, "恢复默认行文模板")


def _held(owner: OrgUnit, paper: PaperKind, key: str, by: Actor, over: int | None) -> PaperTemplate | None:
    if not by.can(WRITE_PAPERS, owner):
        raise Forbidden.for_action(WRITE_PAPERS.label)
    if key not in _vocabularies[paper].passages:
        raise DomainError.of("no_passage", "没有这个段落，请刷新页面后再试。")
    OrgUnit.objects.select_for_update(no_key=True).get(pk=owner.pk)
    versions = PaperTemplate.objects.filter(owner=owner, paper=paper, key=key)
    held = versions.order_by("-number").first()
    if over is not None and over != (held.number if held else 0):
        raise Conflict(Problem("changed_since", "这个模板刚被别人改过，请刷新页面后再改。", "text"))
    return held


def _add(
    owner: OrgUnit,
    paper: PaperKind,
    key: str,
    held: PaperTemplate | None,
    text: str,
    by: Actor,
    what: str,
) -> PaperTemplate:
    row = PaperTemplate.objects.create(
        owner=owner,
        paper=paper,
        key=key,
        number=(held.number if held else 0) + 1,
        text=text,
        by=by.actor_label,
    )
    record(
        kind="paper.template",
        by=by,
        unit=owner,
        obj=row,
        summary=f"{what}：{PaperKind(paper).label}“{key}”第{row.number}版",
        data={"key": key, "old": held.text if held else "", "new": text},
    )
    return row
