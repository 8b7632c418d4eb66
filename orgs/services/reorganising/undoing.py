"""The way back, while nothing has been built on a reorganisation."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from core.formats import day
from orgs.choices import ReorganisationState
from orgs.models import OrgUnit, Reorganisation, Succession, UnitEdition
from orgs.permissions import REORGANISE
from orgs.registry import Undoing, every_dependent
from orgs.services.locking import lock_tree
from orgs.services.reorganising.drafting import demand, hold
from orgs.services.reorganising.writing import unwrite

#: How many names of one sort are told.
_NAMED = 5


def blocks(reorganisation: Reorganisation) -> list[str]:
    """What has been built on it since, in words; empty while it may still be taken back."""
    undoing = _undoing(reorganisation)
    carried = reorganisation.journal.get("dependents", {})
    found = [*_tree_blocks(reorganisation, undoing)]
    for dependent in every_dependent():
        found += dependent.blocks_undo(undoing, carried.get(dependent.key, {}))
    return found


def _undoing(reorganisation: Reorganisation) -> Undoing:
    tree = reorganisation.journal.get("tree", {})
    return Undoing(
        reorganisation=reorganisation,
        closed=list(tree.get("closed", ())),
        opened=list(tree.get("opened", ())),
        changed=list(tree.get("changed", ())),
        heirs=dict(tree.get("heirs", ())),
    )


def _tree_blocks(reorganisation: Reorganisation, undoing: Undoing) -> Iterator[str]:
    tree = reorganisation.journal.get("tree", {})
    later = (
        UnitEdition.objects.filter(unit__in=undoing.touched, recorded_at__gte=reorganisation.applied_at)
        .exclude(pk__in=tree.get("written", ()))
        .order_by("unit_id", "-valid_from")
        .select_related("unit")
    )
    if names := sorted({str(edition.unit) for edition in later}):
        yield f"此后又有变更：{_shown(names)}。"
    heirs = {*undoing.heirs.values(), *undoing.opened}
    links = Succession.objects.filter(predecessor__in=heirs).exclude(reorganisation=reorganisation)
    links = links.filter(recorded_at__gte=reorganisation.applied_at).select_related("predecessor")
    if names := sorted({str(link.predecessor) for link in links}):
        yield f"承接单位此后又被撤并：{_shown(names)}。"
    below = OrgUnit.objects.filter(
        Q(parent__in=undoing.opened) | Q(parent__in=undoing.changed) | Q(parent__in=heirs),
        editions__recorded_at__gte=reorganisation.applied_at,
    )
    below = below.exclude(pk__in=undoing.touched).distinct()
    if names := [str(unit) for unit in below[: _NAMED + 1]]:
        yield f"此后在有关单位之下设立或改隶了单位：{_shown(names)}。"


def _shown(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等 {len(names):,} 个单位" if len(names) > _NAMED else "")


@transaction.atomic
def undo(*, reorganisation: Reorganisation, reason: str, by: Actor) -> Reorganisation:
    """Put every row back as it was before.

    Raises:
        DomainError: no reason.
        Conflict: something depends on it; each obstacle is named.
    """
    lock_tree()
    held = hold(reorganisation, ReorganisationState.APPLIED)
    demand(by, REORGANISE, held.unit)
    if not reason.strip():
        raise DomainError.of("no_reason", "请写明撤回原因。", "reason")
    if obstacles := blocks(held):
        raise Conflict(Problem("depended_on", obstacle) for obstacle in obstacles)
    for dependent in reversed(every_dependent()):
        dependent.undo(held.journal.get("dependents", {}).get(dependent.key, {}), by)
    unwrite(held.journal["tree"])
    held.state = ReorganisationState.UNDONE
    held.undone_at, held.undone_by = clock.now(), by.actor_label[:120]
    held.undone_reason = reason.strip()[:200]
    held.revision += 1
    held.save()
    record(
        kind="orgs.reorganisation_undone",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"撤回区划调整“{held.title}”（{held.document}，{day(held.effective_on)}生效）：{held.undone_reason}",
        data={"reason": held.undone_reason, "summary": held.journal.get("summary", {})},
    )
    return held
