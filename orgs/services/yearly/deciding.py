"""What each difference is taken for: the sure ones together, the others one by one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem, check
from core.keys import key_in, keys_in
from orgs.choices import DECISIONS_OF, ChangeKind, Decision, ReorganisationState
from orgs.models import DivisionChange, DivisionUpdate, OrgUnit
from orgs.services.yearly.comparing import hold

#: Differences that a reorganisation carries, drafted or done, are no longer decided on.
_BOUND = (ReorganisationState.DRAFT, ReorganisationState.SCHEDULED, ReorganisationState.APPLIED)
IS_BOUND = Q(reorganisation__state__in=_BOUND)


@transaction.atomic
def accept_sure(*, update: DivisionUpdate, by: Actor, only: Q | None = None) -> int:
    """Take every sure difference that is still undecided for what is proposed; how many were."""
    held = hold(update, by)
    rows = held.changes.undecided().sure().filter(only or Q())
    accepted = list(rows.select_for_update(of=("self",)))
    now = clock.now()
    for row in accepted:
        row.decision, row.targets = row.proposal["decision"], row.proposal["targets"]
        row.decided_by, row.decided_at = by.actor_label[:120], now
    fields = ["decision", "targets", "decided_by", "decided_at"]
    DivisionChange.objects.bulk_update(accepted, fields, batch_size=2000)
    record(
        kind="orgs.divisions_accepted",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held}：采纳 {len(accepted):,} 处把握大的差异",
        data={"accepted": len(accepted)},
    )
    return len(accepted)


@transaction.atomic
def decide(
    *, update: DivisionUpdate, change: DivisionChange, decision: str, targets: Sequence[str], by: Actor
) -> DivisionChange:
    """Take one difference for ``decision``. Where two are said to be the same unit, both are decided.

    Raises:
        DomainError: a decision that its kind does not allow; targets missing, too many or of another sort.
        Conflict: a reorganisation carries it already.
    """
    held = hold(update, by)
    row = _hold_row(held, change)
    targets = list(dict.fromkeys(targets))
    check(_demands(held, row, decision, targets))
    _release_partner(row)
    _write(row, decision, targets, by)
    if decision == Decision.SAME and targets:
        _join(held, row, targets[0], by)
    record(
        kind="orgs.division_decided",
        by=by,
        unit=held.unit,
        obj=row,
        summary=f"{held}：{row} 定为“{Decision(decision).label}”",
        data={"decision": decision, "targets": targets},
    )
    return row


@transaction.atomic
def reset(*, update: DivisionUpdate, change: DivisionChange, by: Actor) -> DivisionChange:
    """Back to undecided, with the row it was joined to."""
    held = hold(update, by)
    row = _hold_row(held, change)
    _release_partner(row)
    _clear(row)
    record(kind="orgs.division_reset", by=by, unit=held.unit, obj=row, summary=f"{held}：{row} 取消决定")
    return row


def _hold_row(update: DivisionUpdate, change: DivisionChange) -> DivisionChange:
    row = update.changes.select_for_update(of=("self",)).get(pk=change.pk)
    if DivisionChange.objects.filter(IS_BOUND, pk=row.pk).exists():
        raise Conflict.of("bound", "这处差异已列入区划调整；如要改变，请先作废或撤回那项调整。")
    return row


def _demands(update: DivisionUpdate, row: DivisionChange, decision: str, targets: list[str]) -> list[Problem]:
    if decision not in DECISIONS_OF[row.kind]:
        return [Problem("bad_decision", "请选择一种处理方式。", "decision")]
    wanted = _how_many(row, Decision(decision))
    if not wanted[0] <= len(targets) <= wanted[1]:
        return [Problem("targets", _COUNT_WORDS.get(decision, "这种处理方式不选择承接单位。"), "targets")]
    if decision == Decision.SAME and row.kind in (ChangeKind.GONE, ChangeKind.ADDED):
        return _counterpart_demands(update, row, targets[0])
    return _target_demands(update, row, targets)


_COUNT_WORDS: dict[str, str] = {
    Decision.MERGE: "请选择一个承接单位。",
    Decision.SPLIT: "请选择承接单位：分设至少两个，第一个为主要承接单位；新增区划由某单位分出的，选择该单位。",
    Decision.SAME: "请选择一个对应的区划。",
}


def _how_many(row: DivisionChange, decision: Decision) -> tuple[int, int]:
    if decision == Decision.MERGE:
        return 1, 1
    if decision == Decision.SPLIT:
        return (1, 1) if row.kind == ChangeKind.ADDED else (2, 20)
    if decision == Decision.SAME and row.kind in (ChangeKind.GONE, ChangeKind.ADDED):
        return 1, 1
    return 0, 0


def _counterpart_demands(update: DivisionUpdate, row: DivisionChange, target: str) -> list[Problem]:
    partner = partner_of(update, row, target)
    if partner is None:
        word = "新增" if row.kind == ChangeKind.GONE else "消失"
        return [Problem("no_partner", f"只能与本次比对中{word}的区划认定为同一单位。", "targets")]
    if DivisionChange.objects.filter(IS_BOUND, pk=partner.pk).exists():
        return [Problem("partner_bound", f"{partner.name}已列入区划调整，不能再认定。", "targets")]
    if partner.decision == Decision.SAME and row.pk not in _partner_keys(update, partner):
        return [Problem("partner_taken", f"{partner.name}已认定为另一单位，请先取消那项决定。", "targets")]
    return []


def _partner_keys(update: DivisionUpdate, row: DivisionChange) -> list[int]:
    found = [partner_of(update, row, target) for target in row.targets]
    return [each.pk for each in found if each is not None]


def partner_of(update: DivisionUpdate, row: DivisionChange, target: str) -> DivisionChange | None:
    """The added row of a gone one, or the gone row of an added one."""
    key = key_in(target[1:])
    if row.kind == ChangeKind.GONE and target.startswith("c") and key:
        return update.changes.filter(kind=ChangeKind.ADDED, pk=key).first()
    if row.kind == ChangeKind.ADDED and target.startswith("u") and key:
        return update.changes.filter(kind=ChangeKind.GONE, unit_id=key).first()
    return None


def _target_demands(update: DivisionUpdate, row: DivisionChange, targets: list[str]) -> list[Problem]:
    units = keys_in(target[1:] for target in targets if target[:1] == "u")
    rows = keys_in(target[1:] for target in targets if target[:1] == "c")
    known = OrgUnit.objects.open().within(update.unit).filter(pk__in=units, level=row.level)
    known = known.exclude(pk=row.unit_id or 0)
    listed = update.changes.filter(kind=ChangeKind.ADDED, pk__in=rows, level=row.level)
    if known.count() + listed.count() == len(targets):
        return []
    return [Problem("bad_target", "承接单位应为本次范围内同一层级的其他单位，请重新选择。", "targets")]


def _join(update: DivisionUpdate, row: DivisionChange, target: str, by: Actor) -> None:
    partner = partner_of(update, row, target)
    if partner is not None:
        back = f"c{row.pk}" if row.kind == ChangeKind.ADDED else f"u{row.unit_id}"
        _write(partner, Decision.SAME, [back], by)


def _release_partner(row: DivisionChange) -> None:
    """Who was joined to the row by its old decision is undecided again."""
    if row.decision != Decision.SAME:
        return
    for target in row.targets:
        partner = partner_of(row.update, row, target)
        if partner is not None and partner.decision == Decision.SAME:
            _clear(partner)


def _write(row: DivisionChange, decision: str, targets: list[str], by: Actor) -> None:
    row.decision, row.targets = decision, targets
    row.decided_by, row.decided_at = by.actor_label[:120], clock.now()
    row.save(update_fields=["decision", "targets", "decided_by", "decided_at"])


def _clear(row: DivisionChange) -> None:
    row.decision, row.targets, row.decided_by, row.decided_at = "", [], "", None
    row.save(update_fields=["decision", "targets", "decided_by", "decided_at"])


def require_rows(rows: Sequence[DivisionChange]) -> None:
    """Raise unless there is something to draft."""
    if not rows:
        raise DomainError.of("nothing", "没有已决定、尚未列入调整的差异。请先采纳或逐项决定。")
