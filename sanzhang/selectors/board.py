"""Where every open candidacy stands, for whom it waits and how long."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from core import clock
from sanzhang.models import Candidacy, CandidacyStep, Opinion, ProcedureStep
from sanzhang.models.candidacy import CandidacyQuerySet
from sanzhang.procedures import next_step

#: Who is waited for at each step, as the board says it.
WAITS_FOR = {
    ProcedureStep.SHORTLIST: "本单位",
    ProcedureStep.EMPLOYER: "所在单位",
    ProcedureStep.SUPERIOR: "上级科协",
    ProcedureStep.ORGANISATION: "党委组织部门",
    ProcedureStep.PARTY_COMMITTEE: "乡镇党委（街道党工委）",
    ProcedureStep.DECISION: "代表大会或委员会",
}
#: A candidacy that has not moved for so many days is marked.
SLOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open candidacy with the step that is due; ``due`` is ``None`` when only the seat itself is left to take."""

    candidacy: Candidacy
    due: ProcedureStep | None
    since: dt.date
    days: int
    is_deferred: bool

    @property
    def stage(self) -> str:
        return self.due.label if self.due else "办理任职"

    @property
    def waits_for(self) -> str:
        return WAITS_FOR[self.due] if self.due else "本单位"

    @property
    def is_slow(self) -> bool:
        return self.days >= SLOW_DAYS


def waiting(candidacy: Candidacy, steps: list[CandidacyStep], today: dt.date) -> Waiting:
    """Where one candidacy stands; ``steps`` in the order they were taken."""
    due = next_step(candidacy.procedure, candidacy.unit.level, steps)
    since = steps[-1].on if steps else candidacy.opened_on
    deferred = bool(steps) and steps[-1].opinion == Opinion.DEFER
    return Waiting(candidacy, due, since, (today - since).days, deferred)


def waiting_candidacies(candidacies: CandidacyQuerySet) -> list[Waiting]:
    """The open ones of ``candidacies``, longest waiting first. Two queries."""
    today = clock.today()
    rows = candidacies.open().select_related("person__occupation", "unit", "body").prefetch_related("steps")
    board = [waiting(row, list(row.steps.all()), today) for row in rows]
    return sorted(board, key=lambda row: (-row.days, row.candidacy.pk))


def stages_of(rows: list[Waiting]) -> list[tuple[str, int]]:
    """How many candidacies wait at each stage, in the order of the steps; the seat itself comes last."""
    counts = Counter(row.stage for row in rows)
    order = [*(step.label for step in ProcedureStep), "办理任职"]
    return [(stage, counts[stage]) for stage in order if counts[stage]]
