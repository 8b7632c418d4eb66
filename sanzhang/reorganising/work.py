"""What a reorganisation does to work that is still open: meetings planned, and support that nobody has confirmed.

Both go on at the (main) successor. What was held or received stays where it happened.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from core import clock
from core.actor import Actor
from orgs.models import OrgUnit
from orgs.registry import Consequence, Dependent, Journal, Undoing, register_dependent
from orgs.rules.reorganising import Plan
from sanzhang.models import Meeting, Support

KEY = "open_work"


def _meetings(plan: Plan) -> list[Meeting]:
    """Planned by units that close, and neither held nor called off."""
    rows = Meeting.objects.standing().filter(unit__in=plan.closed, held_on__isnull=True)
    return list(rows.order_by("pk"))


def _supports(plan: Plan) -> list[Support]:
    """Given to units that close, not confirmed by them, and with somebody to confirm for them."""
    heirs = plan.main_heirs
    rows = Support.objects.standing().filter(receiver__in=heirs, confirmed_at__isnull=True).order_by("pk")
    return [row for row in rows if heirs[row.receiver_id or 0] != row.giver_id]


def consequences(plan: Plan) -> list[Consequence]:
    heirs = plan.main_heirs
    rows = []
    for unit_id, count in Counter(meeting.unit_id for meeting in _meetings(plan)).items():
        heir = heirs.get(unit_id)
        after = "取消" if heir is None else f"转由{plan.name_of(heir)}召开"
        rows.append(Consequence(unit_id, "计划召开的会议", f"{count:,} 次", after, count))
    waiting = Counter(row.receiver_id or 0 for row in _supports(plan))
    rows += [
        Consequence(
            unit_id, "待确认的支持", f"{count:,} 项", f"由{plan.name_of(heirs[unit_id])}确认收到", count
        )
        for unit_id, count in waiting.items()
    ]
    return rows


def carry(plan: Plan, by: Actor) -> Journal:
    heirs, meetings, supports = plan.main_heirs, _meetings(plan), _supports(plan)
    moved = [row for row in meetings if row.unit_id in heirs]
    dropped = [row for row in meetings if row.unit_id not in heirs]
    journal: Journal = {
        "meetings": [[row.pk, row.unit_id] for row in moved],
        "cancelled": [row.pk for row in dropped],
        "supports": [[row.pk, row.receiver_id] for row in supports],
    }
    for meeting in moved:
        meeting.unit_id = heirs[meeting.unit_id]
    Meeting.objects.bulk_update(moved, ["unit"], batch_size=500)
    Meeting.objects.filter(pk__in=journal["cancelled"]).update(cancelled_at=clock.now())
    for support in supports:
        support.receiver_id = heirs[support.receiver_id or 0]
    Support.objects.bulk_update(supports, ["receiver"], batch_size=500)
    return journal


def undo(journal: Journal, by: Actor) -> None:
    _put_back(Meeting, "unit", journal.get("meetings", ()))
    _put_back(Support, "receiver", journal.get("supports", ()))
    Meeting.objects.filter(pk__in=journal.get("cancelled", ())).update(cancelled_at=None)


def _put_back(model: Any, field: str, places: Any) -> None:
    former = dict(places)
    rows = list(model.objects.filter(pk__in=former))
    for row in rows:
        setattr(row, f"{field}_id", former[row.pk])
    model.objects.bulk_update(rows, [field], batch_size=500)


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Meetings held and support confirmed since, and what was planned since at a unit that would be gone."""
    moved = [pk for pk, _unit in journal.get("meetings", ())]
    held = Meeting.objects.filter(pk__in=moved, held_on__isnull=False)
    said = [f"{name}转来的会议此后已召开。" for name in OrgUnit.objects.names_of(held.values("unit"))]
    planned = Meeting.objects.filter(unit__in=undoing.opened).exclude(pk__in=moved)
    said += [f"{name}此后又登记了会议。" for name in OrgUnit.objects.names_of(planned.values("unit"))]
    waiting = [pk for pk, _unit in journal.get("supports", ())]
    received = Support.objects.filter(pk__in=waiting, confirmed_at__isnull=False)
    said += [
        f"{name}转来的支持此后已确认收到。" for name in OrgUnit.objects.names_of(received.values("receiver"))
    ]
    fresh = Support.objects.filter(receiver__in=undoing.opened).exclude(pk__in=waiting)
    return said + [f"{name}此后又登记了支持。" for name in OrgUnit.objects.names_of(fresh.values("receiver"))]


def register() -> None:
    """Called once at start."""
    register_dependent(
        Dependent(
            key=KEY,
            label="未办事项",
            consequences=consequences,
            carry=carry,
            undo=undo,
            blocks_undo=blocks_undo,
            order=25,
        )
    )
