"""The way in as data: which steps a programme demands, in which order, and with whom the result is filed."""

from __future__ import annotations

from dataclasses import dataclass

from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.models import CandidacyStep, Opinion, ProcedureStep


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step; ``levels`` are the levels of the body it is asked for at."""

    step: ProcedureStep
    levels: tuple[Level, ...] = tuple(Level)


@dataclass(frozen=True, slots=True)
class Authority:
    """With whom a seat is filed, for bodies of ``levels``."""

    name: str
    levels: tuple[Level, ...] = tuple(Level)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A programme's procedure: the steps before the seat, and the filing after it."""

    code: str
    title: str
    source: str
    rules: tuple[StepRule, ...]
    authorities: tuple[Authority, ...] = ()

    def steps(self, level: int) -> list[ProcedureStep]:
        """The steps for a body of ``level``, in their order."""
        return [rule.step for rule in self.rules if level in rule.levels]

    def filed_with(self, level: int) -> list[str]:
        """The authorities that a seat in a body of ``level`` is filed with."""
        return [authority.name for authority in self.authorities if level in authority.levels]


ZHOUKOU = Procedure(
    code="zhoukou",
    title="周口“3+1”试点程序",
    source="周口市科协提升基层科协组织力“3+1”试点工作实施方案 四(四)",
    rules=(
        StepRule(ProcedureStep.SHORTLIST),
        StepRule(ProcedureStep.SUPERIOR),
        StepRule(ProcedureStep.ORGANISATION),
        StepRule(ProcedureStep.DECISION),
    ),
)

SHANDONG = Procedure(
    code="shandong",
    title="山东“3+1”工作程序",
    source="山东省科协关于开展提升基层科协组织力“3+1”工作的通知 三.1",
    rules=(
        StepRule(ProcedureStep.SHORTLIST),
        StepRule(ProcedureStep.ORGANISATION),
        StepRule(ProcedureStep.PARTY_COMMITTEE, (Level.TOWNSHIP, Level.VILLAGE)),
        StepRule(ProcedureStep.DECISION),
    ),
    authorities=(
        Authority("县级党委组织部门"),
        Authority("乡镇党委（街道党工委）", (Level.TOWNSHIP, Level.VILLAGE)),
    ),
)

PROCEDURES = {procedure.code: procedure for procedure in (ZHOUKOU, SHANDONG)}

#: First two digits of the division code → the procedure in force there; elsewhere Shandong's.
OF_PROVINCE = {"41": ZHOUKOU, "37": SHANDONG}


def procedure_of(unit: OrgUnit) -> Procedure:
    """The procedure that new candidacies of ``unit`` follow."""
    return OF_PROVINCE.get(unit.division_code[:2], SHANDONG)


def next_step(code: str, level: int, taken: list[CandidacyStep]) -> ProcedureStep | None:
    """The first step not yet agreed to; ``None`` once all are, and the person may take the seat."""
    agreed = {row.step for row in taken if row.opinion == Opinion.AGREE}
    waiting = [step for step in PROCEDURES[code].steps(level) if step not in agreed]
    return waiting[0] if waiting else None
