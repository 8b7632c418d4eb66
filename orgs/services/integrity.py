"""Proving the tree on record, and putting right what can be put right without asking anybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from audit.services import record
from core import clock
from core.actor import SYSTEM, Actor
from core.errors import Conflict, DomainError, Forbidden
from core.jobs import enqueue
from orgs.choices import IntegrityState
from orgs.models import IntegrityFinding, IntegrityRun, OrgUnit, Succession, UnitEdition
from orgs.permissions import CHECK_TREE, REPAIR_TREE
from orgs.rules.integrity import label_of
from orgs.selectors import verification
from orgs.services.locking import lock_tree

TASK = "orgs.tasks.check_integrity"
_MODELS: dict[str, type[Model]] = {"unit": OrgUnit, "edition": UnitEdition, "succession": Succession}
_BATCH = 2000


@transaction.atomic
def request_run(*, unit: OrgUnit, by: Actor) -> IntegrityRun:
    """Have a worker prove the tree. While one run is under way it is the answer.

    Raises:
        Forbidden: ``by`` may not prove the tree from ``unit``.
    """
    if not by.can(CHECK_TREE, unit):
        raise Forbidden.for_action(CHECK_TREE.label)
    lock_tree()
    running = IntegrityRun.objects.filter(state=IntegrityState.RUNNING).order_by("-pk").first()
    if running is not None and (clock.now() - running.started_at).total_seconds() < 600:
        return running
    run = begin_run(by)
    enqueue(TASK, run.pk)
    return run


def begin_run(by: Actor) -> IntegrityRun:
    return IntegrityRun.objects.create(
        requested_by=by.actor_label[:120], steps=len(verification.STEPS), started_at=clock.now()
    )


def carry_out(run: IntegrityRun) -> IntegrityRun:
    """Prove the tree and keep every finding. A run that fails says so."""

    def told(step: int) -> None:
        IntegrityRun.objects.filter(pk=run.pk).update(step=step, step_label=verification.STEPS[step - 1])

    try:
        findings = verification.verify_tree(told)
    except Exception:
        IntegrityRun.objects.filter(pk=run.pk).update(state=IntegrityState.FAILED, finished_at=clock.now())
        raise
    return _finish(run, findings)


@transaction.atomic
def _finish(run: IntegrityRun, findings: list[verification.Finding]) -> IntegrityRun:
    IntegrityFinding.objects.bulk_create(
        (
            IntegrityFinding(
                run=run,
                code=finding.code,
                unit_id=finding.unit_id,
                message=finding.message[:500],
                repair=finding.repair,
            )
            for finding in findings
        ),
        batch_size=_BATCH,
    )
    run.refresh_from_db()
    run.state, run.finished_at = IntegrityState.DONE, clock.now()
    run.step = run.steps
    run.units = OrgUnit.objects.count()
    run.counts = dict(Counter(finding.code for finding in findings))
    run.save()
    record(
        kind="orgs.tree_verified",
        by=SYSTEM,
        obj=run,
        summary=f"核对组织树：{len(findings):,} 处有误" if findings else "核对组织树：无误",
        data={"findings": run.counts, "first": [finding.message for finding in findings[:20]]},
    )
    return run


@transaction.atomic
def repair(*, run: IntegrityRun, code: str, unit: OrgUnit, by: Actor) -> int:
    """Write what the findings of one kind say would be written; how many were put right.

    Raises:
        Forbidden: ``by`` may not repair the tree from ``unit``.
        Conflict: there is nothing to repair any more, or a row is no longer what it was when it was found.
    """
    if not by.can(REPAIR_TREE, unit):
        raise Forbidden.for_action(REPAIR_TREE.label)
    lock_tree()
    findings = list(run.findings.to_repair().filter(code=code).select_for_update())
    if not findings:
        raise Conflict.of("nothing", "这一类问题已经修复，或须由人工处理。请重新核对。")
    writes = [each for finding in findings for each in finding.repair]
    before = _apply(writes)
    now = clock.now()
    run.findings.filter(pk__in=[finding.pk for finding in findings]).update(
        repaired_at=now, repaired_by=by.actor_label[:120]
    )
    record(
        kind="orgs.tree_repaired",
        by=by,
        obj=run,
        summary=f"修复组织树“{label_of(code)}”{len(findings):,} 处",
        data={"code": code, "count": before, "written": writes[:200]},
    )
    return len(findings)


def _apply(writes: Iterable[dict[str, Any]]) -> int:
    grouped: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    added = []
    for each in writes:
        if each["pk"] is None:
            added.append(each)
        else:
            grouped[each["model"], tuple(each["values"])].append(each)
    for (model, columns), rows in grouped.items():
        _update(_MODELS[model], columns, rows)
    for each in added:
        _insert(each)
    return sum(len(rows) for rows in grouped.values()) + len(added)


def _update(model: type[Model], columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """The new values in one statement, only where the old ones still stand."""
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    casts = [_cast(types[column] or "text") for column in columns]
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{cast}[]" for cast in casts for _side in (0, 1))])
    names = ", ".join(["id", *(f"{side}_{column}" for column in columns for side in ("old", "new"))])
    sets = ", ".join(f'"{column}" = fresh.new_{column}' for column in columns)
    still = " AND ".join(f'stored."{column}" IS NOT DISTINCT FROM fresh.old_{column}' for column in columns)
    values = [[row["pk"] for row in rows]]
    values += [[row["values"][column][side] for row in rows] for column in columns for side in (0, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} AS stored SET {sets}"  # noqa: S608
            f" FROM unnest({arrays}) AS fresh({names}) WHERE stored.id = fresh.id AND {still}",
            values,
        )
        if cursor.rowcount != len(rows):
            raise Conflict.of(
                "changed_meanwhile", "自核对以来，有关单位已有变动，没有修复。请重新核对后再修复。"
            )


def _cast(kind: str) -> str:
    """The array type of a column's values."""
    return "text" if kind.startswith("varchar") else kind.split(" CHECK")[0]


def _insert(each: dict[str, Any]) -> None:
    if each["model"] != "edition":
        raise DomainError.of("no_repair", "这一类问题须由人工处理。")
    values = {name: new for name, (_old, new) in each["values"].items()}
    if UnitEdition.objects.filter(unit=values["unit_id"], valid_to=None).exists():
        raise Conflict.of("changed_meanwhile", "有关单位已有现行沿革记录，没有修复。请重新核对。")
    UnitEdition.objects.create(recorded_by="核对修复", **values)
