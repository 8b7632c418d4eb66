"""The “1” on record: what a superior gave, and the receiver's word that it arrived."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from orgs.models import OrgUnit
from sanzhang.choices import SupportKind
from sanzhang.models import KeyPerson, Support
from sanzhang.permissions import RECORD_WORK
from sanzhang.rules import duty as rules_duty
from sanzhang.rules import people as rules
from sanzhang.services.guards import changed, ensure, hold


@dataclasses.dataclass(frozen=True, slots=True)
class SupportFacts:
    """What is typed about a support. Without a ``receiver`` it was for all units below."""

    kind: str
    given_on: dt.date
    title: str
    receiver: OrgUnit | None = None
    amount: Decimal | None = None
    is_own: bool = True
    heads: int | None = None
    person: KeyPerson | None = None
    was_reported: bool = False
    note: str = ""

    def tidied(self) -> SupportFacts:
        return dataclasses.replace(self, title=" ".join(self.title.split()), note=self.note.strip())


COLUMNS = tuple(field.name for field in dataclasses.fields(SupportFacts))


def record_support(
    *, facts: SupportFacts, giver: OrgUnit, by: Actor, key: uuid.UUID | None = None
) -> Support:
    """A new support given by ``giver`` (Zhoukou 四(四)). The same ``key`` sent twice is one record."""
    ensure(by, RECORD_WORK, giver)
    facts = facts.tidied()
    with transaction.atomic():
        hold(giver)
        if key is not None and (known := Support.objects.filter(registration_key=key).first()):
            return known
        _demand(facts, giver)
        support = Support(giver=giver, registration_key=key, recorded_by=by.actor_label[:120])
        _write(support, facts)
        support.save()
        record(
            kind="sanzhang.support_recorded",
            by=by,
            summary=f"登记给予{support.receiver_name}的{support.get_kind_display()}“{support.title}”",
            unit=giver,
            obj=support,
        )
    return support


def change_support(*, support: Support, revision: int, facts: SupportFacts, by: Actor) -> Support:
    """New facts, unless somebody else changed the record, or the receiver has confirmed it (``Conflict``)."""
    facts = facts.tidied()
    with transaction.atomic():
        held = locked(support)
        ensure(by, RECORD_WORK, held.giver)
        if held.revision != revision:
            raise Conflict.of(
                "changed_meanwhile", "这条记录刚被他人修改，请刷新后核对再保存；您填写的内容未保存。"
            )
        if held.confirmed_at is not None:
            raise Conflict.of("confirmed", "对方已确认收到，不能再改；确有错误的请作废后重新登记。")
        _demand(facts, held.giver)
        before = _readable(held)
        _write(held, facts)
        held.revision += 1
        held.save()
        record(
            kind="sanzhang.support_changed",
            by=by,
            summary=f"修改支持记录“{held.title}”",
            unit=held.giver,
            obj=held,
            data={"changes": changed(before, _readable(held))},
        )
    return held


def confirm_receipt(*, support: Support, by: Actor) -> Support:
    """确认收到, by the receiver; once."""
    with transaction.atomic():
        held = locked(support)
        if held.receiver is None:
            raise Conflict.of("no_receiver", "没有指定受援单位，不需要确认。")
        ensure(by, RECORD_WORK, held.receiver)
        if getattr(by, "unit", None) == held.giver:
            raise Forbidden.for_action("代受援单位确认收到")
        if held.confirmed_at is not None:
            raise Conflict.of("confirmed", "已经确认过了。")
        held.confirmed_at, held.confirmed_by = clock.now(), by.actor_label[:120]
        held.save(update_fields=["confirmed_at", "confirmed_by"])
        record(
            kind="sanzhang.support_confirmed",
            by=by,
            summary=f"确认收到“{held.title}”",
            unit=held.receiver,
            obj=held,
        )
    return held


def void_support(*, support: Support, reason: str, by: Actor) -> Support:
    """Strike out what was entered by mistake; the row stays."""
    if not reason.strip():
        raise DomainError.of("reason_wanted", "请写明作废原因。", "reason")
    with transaction.atomic():
        held = locked(support)
        ensure(by, RECORD_WORK, held.giver)
        held.voided_at, held.void_reason = clock.now(), reason.strip()[:200]
        held.revision += 1
        held.save()
        record(
            kind="sanzhang.support_voided",
            by=by,
            summary=f"作废支持记录“{held.title}”",
            unit=held.giver,
            obj=held,
            data={"reason": held.void_reason},
        )
    return held


def locked(support: Support) -> Support:
    """The row for the rest of the transaction; ``Conflict`` once it was struck out."""
    held = (
        Support.objects.select_for_update(of=("self",))
        .select_related("giver", "receiver", "person")
        .get(pk=support.pk)
    )
    if held.voided_at is not None:
        raise Conflict.of("voided", "这条记录已作废，不能再改。")
    return held


def _demand(facts: SupportFacts, giver: OrgUnit) -> None:
    problems = [
        *([] if facts.title else [Problem("title_missing", "请填写内容。", "title")]),
        *([] if facts.kind in SupportKind else [Problem("kind_unknown", "请选择类别。", "kind")]),
        *rules_duty.happened_in_time(facts.given_on, clock.today(), "given_on"),
        *rules_duty.unit_was_open(giver, facts.given_on, "giver"),
        *rules_duty.receiver_stands_below(giver, facts.receiver),
        *rules_duty.support_is_measured(facts.kind, amount=facts.amount, heads=facts.heads),
        *rules.holds_no_identity_number(title=facts.title, note=facts.note),
    ]
    check(problems)


def _write(support: Support, facts: SupportFacts) -> None:
    for column in COLUMNS:
        setattr(support, column, getattr(facts, column))


def _readable(support: Support) -> dict[str, Any]:
    return {column: _text(getattr(support, column)) for column in COLUMNS}


def _text(value: Any) -> Any:
    return value if isinstance(value, bool) or value is None else str(value)
