"""The superior association's word on a candidacy, given in the portal by its own reviewer (Zhoukou 四(四)二)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from sanzhang.choices import Giver
from sanzhang.models import Candidacy, KeyPerson, Opinion
from sanzhang.permissions import GIVE_OPINION
from sanzhang.procedures import Plan, plan_of
from sanzhang.services.candidacies import StepFacts, locked_open, take
from sanzhang.services.guards import ensure, named


def give_opinion(
    *,
    candidacy: Candidacy,
    on: dt.date,
    opinion: str,
    by: Actor,
    number: str = "",
    note: str = "",
    other: KeyPerson | None = None,
    upload: UploadedFile | None = None,
) -> Candidacy:
    """The superior agrees, disagrees, defers or proposes another; only where it is the superior that is waited for."""
    with transaction.atomic():
        held = locked_open(candidacy)
        plan = plan_of(held.procedure_id)
        step = _due_of_superior(held, plan, by)
        take(held, plan, step, StepFacts(on, opinion, number, note, other, upload), by)
    return held


def agree_to_many(
    *, candidacies: Sequence[Candidacy], on: dt.date, by: Actor, number: str = "", note: str = ""
) -> int:
    """One agreement for all of them, with one number; each that is refused is named, and then nothing is done."""
    if not candidacies:
        raise DomainError.of("nobody_chosen", "请先勾选人选。", "chosen")
    problems: list[Problem] = []
    with transaction.atomic():
        for candidacy in sorted(candidacies, key=lambda row: row.pk):
            try:
                give_opinion(
                    candidacy=candidacy, on=on, opinion=Opinion.AGREE, by=by, number=number, note=note
                )
            except DomainError as error:
                problems += named(error, candidacy.person.name, candidacy=candidacy.pk)
        if problems:
            raise DomainError(problems)
    return len(candidacies)


def _due_of_superior(held: Candidacy, plan: Plan, by: Actor) -> str:
    due = plan.next_step(held.unit.level, list(held.steps.all()))
    ensure(by, GIVE_OPINION, held.unit.parent)
    if due is None or due.giver != Giver.SUPERIOR:
        raise Conflict.of("not_with_the_superior", "该程序现在不在等待上级科协意见，请刷新页面查看。")
    return due.key
