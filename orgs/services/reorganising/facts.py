"""What becomes of the dated facts of units: they end with a closed unit, and its successor takes them over.

A successor is established if any of its predecessors was, and joins the cohorts of all of them. Officers, six haves, four
lacks and resources pass to a successor that is newly set up from its first predecessor; one that stood before keeps its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from core.actor import Actor
from orgs.choices import EstablishmentState
from orgs.models import (
    CohortMember,
    Establishment,
    Expectation,
    FourLacks,
    OrgUnit,
    SixHaves,
    UnitOfficer,
    UnitResources,
)
from orgs.registry import Consequence, Dependent, Journal, Undoing
from orgs.rules.reorganising import Plan
from orgs.services.reorganising.dated import copy_of, end_rows, erase_rows, reopen_rows, write_rows

_TAKEN_OVER: tuple[Any, ...] = (UnitOfficer, SixHaves, FourLacks, UnitResources)
_ENDING: tuple[Any, ...] = (Establishment, Expectation, *_TAKEN_OVER, CohortMember)


def givers(plan: Plan) -> dict[int, int]:
    """Each successor newly set up, with the predecessor whose facts it takes over: the first it is the main one of."""
    found: dict[int, int] = {}
    opened = set(plan.opened)
    for predecessor, heir in plan.main_heirs.items():
        if heir in opened:
            found.setdefault(heir, predecessor)
    return found


def _established(unit_ids: Any) -> set[int]:
    rows = Establishment.objects.open_ended().filter(unit__in=unit_ids, state=EstablishmentState.ESTABLISHED)
    return set(rows.values_list("unit_id", flat=True))


def newly_established(plan: Plan) -> dict[int, int]:
    """Successors that are established from the day on, because of the predecessor named beside them."""
    heirs = plan.main_heirs
    stands = _established([*heirs, *(pk for pk in heirs.values() if pk > 0)])
    found: dict[int, int] = {}
    for predecessor, heir in heirs.items():
        if predecessor in stands and heir not in stands:
            found.setdefault(heir, predecessor)
    return found


def joining(plan: Plan) -> dict[int, set[int]]:
    """Cohorts that each successor joins, being the heir of a member."""
    memberships = CohortMember.objects.open_ended()
    predecessors = memberships.filter(unit__in=plan.heirs).values_list("unit_id", "cohort_id")
    heirs = {heir.pk for heirs in plan.heirs.values() for heir in heirs}
    present = set(memberships.filter(unit__in=heirs).values_list("unit_id", "cohort_id"))
    found: dict[int, set[int]] = defaultdict(set)
    for unit_id, cohort_id in predecessors:
        for heir in plan.heirs[unit_id]:
            if (heir.pk, cohort_id) not in present:
                found[heir.pk].add(cohort_id)
    return found


def consequences(plan: Plan) -> list[Consequence]:
    rows = []
    for model in _ENDING:
        label = str(model._meta.verbose_name)
        counts: dict[int, int] = defaultdict(int)
        for unit_id in (
            model.objects.open_ended().filter(unit__in=plan.closed).values_list("unit_id", flat=True)
        ):
            counts[unit_id] += 1
        rows += [
            Consequence(unit_id, label, f"{count:,} 项现行登记", _fate(plan, model, unit_id), count)
            for unit_id, count in counts.items()
        ]
    for heir, predecessor in newly_established(plan).items():
        after = f"已建（承接{plan.former_name_of(predecessor)}）"
        rows.append(Consequence(heir, "建立情况", "未建或筹建", after))
    rows += [
        Consequence(heir, "单位集", "", f"加入 {len(cohorts):,} 个单位集", len(cohorts))
        for heir, cohorts in joining(plan).items()
    ]
    return rows


def _fate(plan: Plan, model: Any, unit_id: int) -> str:
    takers = {giver: heir for heir, giver in givers(plan).items()}
    if model in _TAKEN_OVER and unit_id in takers:
        return f"随单位终止，由{plan.name_of(takers[unit_id])}承接"
    return "随单位终止"


def carry(plan: Plan, by: Actor) -> Journal:
    journal: Journal = {"ended": {}, "written": {}}
    fresh = {model: list(_copies(model, plan, by)) for model in _TAKEN_OVER}
    fresh[CohortMember] = [
        CohortMember(unit_id=heir, cohort_id=cohort, valid_from=plan.on, recorded_by=by.actor_label[:80])
        for heir, cohorts in joining(plan).items()
        for cohort in sorted(cohorts)
    ]
    established = newly_established(plan)
    for model in _ENDING:
        rows = model.objects.open_ended().filter(unit__in=plan.closed)
        journal["ended"][model.__name__] = end_rows(rows, plan.on)
    present = Establishment.objects.open_ended().filter(unit__in=established)
    starts = dict(present.values_list("unit_id", "valid_from"))
    journal["ended"]["Establishment"] += end_rows(present, plan.on)
    fresh[Establishment] = [
        Establishment(
            unit_id=heir,
            state=EstablishmentState.ESTABLISHED,
            basis=plan.document[:200],
            valid_from=max(plan.on, starts.get(heir, plan.on)),
            recorded_by=by.actor_label[:80],
        )
        for heir in established
    ]
    for model, rows in fresh.items():
        journal["written"][model.__name__] = write_rows(rows)
    return journal


def _copies(model: Any, plan: Plan, by: Actor) -> Iterator[Any]:
    takers = {giver: heir for heir, giver in givers(plan).items()}
    for row in model.objects.open_ended().filter(unit__in=takers).order_by("pk"):
        yield copy_of(row, plan.on, by, unit_id=takers[row.unit_id])


_BY_NAME = {model.__name__: model for model in _ENDING}


def undo(journal: Journal, by: Actor) -> None:
    for name, keys in journal.get("written", {}).items():
        erase_rows(_BY_NAME[name], keys)
    for name, keys in journal.get("ended", {}).items():
        reopen_rows(_BY_NAME[name], keys)


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Facts recorded of a successor since."""
    heirs = {*undoing.opened, *undoing.heirs.values()}
    said = []
    for model in _ENDING:
        rows = model.objects.filter(unit__in=heirs, recorded_at__gte=undoing.reorganisation.applied_at)
        later = rows.exclude(pk__in=journal.get("written", {}).get(model.__name__, ()))
        names = OrgUnit.objects.names_of(later.values("unit"))
        said += [f"{name}此后又登记了{model._meta.verbose_name}。" for name in names]
    return said


FACTS = Dependent(
    key="facts",
    label="单位情况",
    consequences=consequences,
    carry=carry,
    undo=undo,
    blocks_undo=blocks_undo,
    order=10,
)
