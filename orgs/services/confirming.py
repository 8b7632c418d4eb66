"""The yearly word on 六有四缺: “无变化” in one act, checked or sent back by the level above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from audit.services import record, record_many
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, check
from orgs.choices import ConfirmationState
from orgs.models import OrgUnit, YearlyConfirmation
from orgs.permissions import CHECK_FACTS, EDIT_FACTS
from orgs.rules import confirmations as rules
from orgs.rules import facts as fact_rules
from orgs.selectors.confirmations import snapshots_of


@transaction.atomic
def confirm_unchanged(
    *, units: Sequence[OrgUnit], year: int, by: Actor, reply: str = ""
) -> list[YearlyConfirmation]:
    """What is on record of ``units`` holds for ``year`` (Zhoukou 四(三)一, 一次填报、年度确认): all or none.

    Raises:
        Forbidden: the facts of one of them are not the actor's to keep.
        DomainError: none chosen, a closed unit, a year not open, nothing new to say, or no answer to what was sent back.
    """
    held = list(OrgUnit.objects.select_for_update().filter(pk__in=[unit.pk for unit in units]).order_by("pk"))
    if not held:
        raise DomainError.of("none", "请至少选择一个单位。", "units")
    if not all(by.can(EDIT_FACTS, unit) for unit in held):
        raise Forbidden.for_action(EDIT_FACTS.label)
    present = {
        row.unit_id: row
        for row in YearlyConfirmation.objects.select_for_update(of=("self",))
        .filter(unit__in=held, year=year)
        .select_related("unit")
    }
    snapshots = snapshots_of([unit.pk for unit in held])
    check(
        [
            *rules.year_is_open(year, this_year=clock.today().year),
            *(problem for unit in held for problem in fact_rules.unit_is_open(unit)),
            *(
                problem
                for unit in held
                for problem in rules.says_something_new(unit, present.get(unit.pk), snapshots[unit.pk], reply)
            ),
        ]
    )
    rows = [
        _confirmed(present.get(unit.pk) or YearlyConfirmation(unit=unit, year=year, revision=0), by, reply)
        for unit in held
    ]
    for row in rows:
        row.snapshot = snapshots[row.unit_id]
    YearlyConfirmation.objects.bulk_create([row for row in rows if row.pk is None], batch_size=500)
    YearlyConfirmation.objects.bulk_update(
        list(present.values()),
        [
            *("state", "snapshot", "reply", "confirmed_by", "confirmed_by_id", "confirmed_at"),
            *("checked_by", "checked_at", "remark", "item_remarks", "revision"),
        ],
        batch_size=500,
    )
    _record_many("orgs.items_confirmed", rows, by, "确认", {"reply": reply})
    return rows


def _confirmed(row: YearlyConfirmation, by: Actor, reply: str) -> YearlyConfirmation:
    row.state = ConfirmationState.CONFIRMED
    row.reply = reply.strip()
    row.confirmed_by, row.confirmed_by_id, row.confirmed_at = by.actor_label[:120], by.pk, clock.now()
    row.checked_by, row.checked_at, row.remark, row.item_remarks = "", None, "", {}
    row.revision += 1
    return row


@transaction.atomic
def check_confirmations(
    *, confirmations: Sequence[YearlyConfirmation], by: Actor, remark: str = ""
) -> list[YearlyConfirmation]:
    """The level above has looked and agrees: all or none.

    Raises:
        Forbidden: the unit above one of them is not in the actor's charge.
        DomainError: none chosen, one that does not wait, or one that the actor confirmed.
    """
    rows = _held([row.pk for row in confirmations], by)
    if not rows:
        raise DomainError.of("none", "请至少选择一个单位。", "units")
    check(problem for row in rows for problem in _demands_of_checking(row, by))
    for row in rows:
        _checked(row, ConfirmationState.CHECKED, by, remark)
    YearlyConfirmation.objects.bulk_update(
        rows, ["state", "checked_by", "checked_at", "remark", "revision"], batch_size=500
    )
    _record_many("orgs.confirmation_checked", rows, by, "核查通过", {"remark": remark.strip()})
    return rows


@transaction.atomic
def send_back(
    *,
    confirmation: YearlyConfirmation,
    by: Actor,
    remark: str = "",
    item_remarks: Mapping[str, str] | None = None,
    revision: int | None = None,
) -> YearlyConfirmation:
    """The level above has found something: back to the unit with remarks, as a whole and item by item.

    ``item_remarks`` are keyed ``haves.premises``, ``lacks.posts``. The desk that keeps the facts is told.

    Raises:
        Forbidden: as for checking. Conflict: it was confirmed anew since ``revision``.
        DomainError: it does not wait, or no remark was written.
    """
    rows = _held([confirmation.pk], by)
    row = rows[0]
    if revision is not None and revision != row.revision:
        raise Conflict.of("moved_on", "该单位刚刚重新确认过，请刷新页面后再办理。")
    said = {key: words.strip() for key, words in (item_remarks or {}).items() if words.strip()}
    check([*_demands_of_checking(row, by), *rules.returning_says_why(remark, said)])
    _checked(row, ConfirmationState.RETURNED, by, remark)
    row.item_remarks = said
    row.save(update_fields=["state", "checked_by", "checked_at", "remark", "item_remarks", "revision"])
    record(
        kind="orgs.confirmation_returned",
        by=by,
        unit=row.unit,
        obj=row,
        summary=f"退回{row}",
        data={"remark": row.remark, "items": said},
    )
    return row


def _held(keys: Sequence[int], by: Actor) -> list[YearlyConfirmation]:
    """The rows, held, if every unit's superior is in the actor's charge."""
    rows = list(
        YearlyConfirmation.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("unit", "unit__parent")
        .order_by("pk")
    )
    if not all(may_check(row.unit, by) for row in rows):
        raise Forbidden.for_action(CHECK_FACTS.label)
    return rows


def may_check(unit: OrgUnit, by: Actor) -> bool:
    """Whether the unit's superior lies within what ``by`` checks: nobody checks their own unit."""
    return unit.parent is not None and by.can(CHECK_FACTS, unit.parent)


def _demands_of_checking(row: YearlyConfirmation, by: Actor) -> list[Any]:
    return [*rules.waits_for_checking(row), *rules.is_checked_by_another(row, by.pk)]


def _checked(row: YearlyConfirmation, state: ConfirmationState, by: Actor, remark: str) -> None:
    row.state, row.remark, row.item_remarks = state, remark.strip(), {}
    row.checked_by, row.checked_at = by.actor_label[:120], clock.now()
    row.revision += 1


def _record_many(
    kind: str, rows: Sequence[YearlyConfirmation], by: Actor, verb: str, data: dict[str, Any]
) -> None:
    record_many(
        kind=kind,
        by=by,
        rows=[
            {
                "unit_id": row.unit_id,
                "unit_label": str(row.unit)[:200],
                "object_label": row._meta.label_lower,
                "object_id": str(row.pk),
                "summary": f"{verb}{row}"[:500],
                "data": {"year": row.year, "revision": row.revision, **data},
            }
            for row in rows
        ],
    )
