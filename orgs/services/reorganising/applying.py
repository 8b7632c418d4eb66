"""Carrying a reorganisation out: one transaction under the tree's lock, all lines at once, every dependent along."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from audit.services import record, record_many
from core import clock
from core.actor import SYSTEM, Actor
from core.errors import Conflict, DomainError, check
from core.formats import day
from orgs.choices import ActKind, ReorganisationState
from orgs.models import Reorganisation, ReorganisationAct
from orgs.permissions import REORGANISE
from orgs.registry import every_dependent
from orgs.rules.reorganising import Plan
from orgs.services.locking import lock_tree
from orgs.services.reorganising.drafting import demand, hold
from orgs.services.reorganising.previewing import Consequences, preview, summary_of
from orgs.services.reorganising.writing import write_plan


@transaction.atomic
def apply(*, reorganisation: Reorganisation, seen: str, by: Actor) -> Reorganisation:
    """Do what the preview with the digest ``seen`` told; the tree, the lives of the units and all that hangs on them.

    Raises:
        DomainError: what stands against it, by field.
        Conflict: what would follow is no longer what was seen.
    """
    lock_tree()
    held = hold(reorganisation, ReorganisationState.DRAFT)
    demand(by, REORGANISE, held.unit)
    found = preview(held)
    check(found.problems)
    if found.digest != seen:
        raise Conflict.of(
            "changed_meanwhile",
            "自您查看预览以来，有关数据已经变动，后果与您看到的不同。请重新查看预览后再办理。",
        )
    return _carry_out(held, found, by)


@transaction.atomic
def apply_scheduled(*, reorganisation: Reorganisation) -> Reorganisation:
    """Do on its day what was scheduled; the consequences are those of that day."""
    lock_tree()
    held = hold(reorganisation, ReorganisationState.SCHEDULED)
    found = preview(held)
    check(found.problems)
    return _carry_out(held, found, SYSTEM)


def apply_due(*, on: dt.date | None = None) -> tuple[int, int]:
    """Carry out everything scheduled up to ``on`` (today), each in its own transaction; how many were, how many could
    not be. Who could not stays scheduled, with the reason on record."""
    done = failed = 0
    due = Reorganisation.objects.due(on or clock.today()).order_by("effective_on", "pk")
    for reorganisation in due:
        try:
            apply_scheduled(reorganisation=reorganisation)
            done += 1
        except Conflict:
            continue
        except DomainError as error:
            _tell_obstacle(reorganisation, error)
            failed += 1
    return done, failed


@transaction.atomic
def _tell_obstacle(reorganisation: Reorganisation, error: DomainError) -> None:
    """Keep why it could not be done; told once for each reason."""
    held = Reorganisation.objects.select_for_update(of=("self",)).get(pk=reorganisation.pk)
    reason = str(error)[:500]
    if held.obstacle == reason:
        return
    held.obstacle = reason
    held.save(update_fields=["obstacle"])
    record(
        kind="orgs.reorganisation_failed",
        by=SYSTEM,
        unit=held.unit,
        obj=held,
        summary=f"区划调整“{held.title}”到日未能生效：{reason}",
        data={"problems": [problem.message for problem in error.problems]},
    )


def _carry_out(held: Reorganisation, found: Consequences, by: Actor) -> Reorganisation:
    plan, journal = write_plan(found.plan, held, by)
    carried: dict[str, Any] = {}
    for dependent in every_dependent():
        carried[dependent.key] = dependent.carry(plan, by)
    _demand_integrity()
    held.state = ReorganisationState.APPLIED
    held.applied_at, held.applied_by = clock.now(), by.actor_label[:120]
    held.obstacle = ""
    held.revision += 1
    held.journal = {"tree": journal, "dependents": carried, "summary": summary_of(found)}
    held.save()
    _record(held, plan, found, by)
    return held


def _demand_integrity() -> None:
    """Every reference holds now, not only at the commit, where nobody could say what is wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _record(held: Reorganisation, plan: Plan, found: Consequences, by: Actor) -> None:
    acts = ReorganisationAct.objects.filter(reorganisation=held).order_by("order")
    record_many(
        kind="orgs.unit_reorganised",
        by=by,
        rows=[
            {
                "unit_id": act.unit_id,
                "unit_label": plan.name_of(act.unit_id)[:200],
                "object_label": "orgs.orgunit",
                "object_id": str(act.unit_id),
                "summary": f"{ActKind(act.kind).label}：{act.unit_label or act.name}"[:500],
                "data": {"reorganisation": held.pk, "document": held.document, "on": plan.on},
            }
            for act in acts
        ],
    )
    record(
        kind="orgs.reorganised",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"区划调整“{held.title}”（{held.document}）自{day(plan.on)}生效：撤销 {len(plan.closed):,} 个、"
        f"设立 {len(plan.opened):,} 个、变更 {len(plan.changed):,} 个单位",
        data={
            "on": plan.on,
            "closed": plan.closed[:500],
            "opened": plan.opened[:500],
            "heirs": sorted(plan.main_heirs.items())[:500],
            "summary": summary_of(found),
            "warnings": [problem.message for problem in found.problems],
        },
    )
