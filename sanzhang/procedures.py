"""The way in as plain data: what a version of a procedure demands, the presets that ship, and which step comes next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import Giver
from sanzhang.models import Appointment, CandidacyStep, Opinion, Procedure
from sanzhang.models.procedure import every_level

PRESETS_FILE = Path(__file__).resolve().parent / "data" / "procedures.json"
#: The preset of provinces that no preset names.
FALLBACK = "shandong"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who gives the word, at which levels of the body, and whether number and file are demanded."""

    key: str
    name: str
    giver: Giver
    levels: tuple[int, ...]
    needs_number: bool = False
    needs_file: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """With whom a seat is filed, for bodies of ``levels``."""

    name: str
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A procedure ready to be asked: the steps before the seat, and the filing after it."""

    title: str
    source: str
    rules: tuple[Step, ...]
    authorities: tuple[Authority, ...] = ()
    code: str = ""
    provinces: tuple[str, ...] = ()

    def steps(self, level: int) -> list[Step]:
        """The steps for a body of ``level``, in their order. City and province, of which no programme speaks, take the
        county's; nobody stands above the province.
        """
        place = max(level, Level.COUNTY)
        return [
            rule
            for rule in self.rules
            if place in rule.levels and not (level == Level.PROVINCE and rule.giver == Giver.SUPERIOR)
        ]

    def filed_with(self, level: int) -> list[str]:
        """The authorities that a seat in a body of ``level`` is filed with; none is prescribed above the county."""
        return [authority.name for authority in self.authorities if level in authority.levels]

    def unfiled(self, seat: Appointment) -> list[str]:
        """The authorities that were not told of ``seat`` yet; its filings as the caller has read them."""
        told = {filing.authority for filing in seat.filings.all()}
        return [name for name in self.filed_with(seat.unit.level) if name not in told]

    def name_of(self, key: str) -> str:
        """How a step is called; its key where the version does not know it."""
        return next((rule.name for rule in self.rules if rule.key == key), key)

    def next_step(self, level: int, taken: Iterable[CandidacyStep]) -> Step | None:
        """The first step not yet agreed to; ``None`` once all are, and the person may take the seat."""
        agreed = {row.step for row in taken if row.opinion == Opinion.AGREE}
        return next((rule for rule in self.steps(level) if rule.key not in agreed), None)


@cache
def presets() -> dict[str, Plan]:
    """The procedures that ship, by code: Zhoukou's (四(四)四) and Shandong's (三.1 二)."""
    found = json.loads(PRESETS_FILE.read_text(encoding="utf-8"))
    return {entry["code"]: _preset(entry) for entry in found}


def _preset(entry: dict) -> Plan:
    everywhere = tuple(every_level())
    return Plan(
        title=entry["title"],
        source=entry["source"],
        rules=tuple(
            Step(rule["key"], rule["name"], Giver(rule["giver"]), tuple(rule.get("levels", everywhere)))
            for rule in entry["steps"]
        ),
        authorities=tuple(
            Authority(found["name"], tuple(found.get("levels", everywhere))) for found in entry["authorities"]
        ),
        code=entry["code"],
        provinces=tuple(entry["provinces"]),
    )


def preset_of(unit: OrgUnit) -> Plan:
    """The preset for ``unit``'s province, by the first two digits of its code."""
    mine = [plan for plan in presets().values() if unit.division_code[:2] in plan.provinces]
    return mine[0] if mine else presets()[FALLBACK]


def plans_of(procedures: Iterable[int]) -> dict[int, Plan]:
    """The plans of versions by their keys. Three queries."""
    rows = Procedure.objects.filter(pk__in=set(procedures)).prefetch_related("rules", "authorities")
    return {row.pk: _plan(row) for row in rows}


def plan_of(procedure: int) -> Plan:
    """The plan of one version."""
    return plans_of([procedure])[procedure]


def _plan(row: Procedure) -> Plan:
    return Plan(
        title=row.title,
        source=row.source,
        rules=tuple(
            Step(
                rule.key, rule.name, Giver(rule.giver), tuple(rule.levels), rule.needs_number, rule.needs_file
            )
            for rule in row.rules.all()
        ),
        authorities=tuple(Authority(found.name, tuple(found.levels)) for found in row.authorities.all()),
    )


def procedure_in_force(unit: OrgUnit) -> Procedure | None:
    """The version that new candidacies of ``unit`` follow; none until the province's first."""
    return Procedure.objects.in_force().filter(owner=unit.province_id).first()


def plans_in_force(units: Sequence[OrgUnit]) -> dict[int, Plan]:
    """By province, what is in force there: its own version, else the preset that will become the first."""
    provinces = {unit.province_id: unit for unit in units if unit.province_id is not None}
    rows = dict(Procedure.objects.in_force().filter(owner__in=list(provinces)).values_list("owner_id", "pk"))
    plans = plans_of(rows.values()) if rows else {}
    return {
        province: plans[rows[province]] if province in rows else preset_of(unit)
        for province, unit in provinces.items()
    }


def plan_in_force(unit: OrgUnit) -> Plan:
    """What applies to ``unit`` today."""
    return plans_in_force([unit])[unit.province_id or unit.pk]
