"""What a reorganisation does to accounts: postings at a closed unit end, and begin at its successor."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Posting
from accounts.roles import Role
from core import clock
from core.actor import Actor
from core.formats import day
from orgs.models import OrgUnit
from orgs.registry import Choice, Consequence, Dependent, Journal, Undoing, register_dependent
from orgs.rules.reorganising import Plan

KEY = "accounts"
CARRY, END = "carry", "end"


def _ending(plan: Plan) -> list[Posting]:
    """Postings at closed units that reach into today or later."""
    rows = Posting.objects.reaching(clock.today()).filter(unit__in=plan.closed)
    return list(rows.select_related("user").order_by("pk"))


def _passing(plan: Plan, postings: list[Posting]) -> list[tuple[Posting, int]]:
    """Postings that begin anew at the successor, with it: none that the person holds there already, none twice."""
    if plan.choice(KEY, CARRY) != CARRY:
        return []
    heirs = plan.main_heirs
    there = Posting.objects.reaching(clock.today()).filter(unit__in=heirs.values())
    known = set(there.values_list("user_id", "role", "unit_id"))
    found = []
    for posting in postings:
        heir = heirs.get(posting.unit_id)
        if heir is not None and (posting.user_id, posting.role, heir) not in known:
            known.add((posting.user_id, posting.role, heir))
            found.append((posting, heir))
    return found


def consequences(plan: Plan) -> list[Consequence]:
    postings = _ending(plan)
    passing = {posting.pk: heir for posting, heir in _passing(plan, postings)}
    heirs = plan.main_heirs
    return [
        Consequence(
            posting.unit_id,
            "账号",
            f"{posting.user.name}（{posting.user.username}）{Role(posting.role).label}",
            _fate(plan, posting, passing, heirs),
        )
        for posting in postings
    ]


def _fate(plan: Plan, posting: Posting, passing: dict[int, int], heirs: dict[int, int]) -> str:
    if posting.pk in passing:
        return f"授权终止，转任{plan.name_of(passing[posting.pk])}{Role(posting.role).label}"
    if posting.unit_id in heirs and plan.choice(KEY, CARRY) == CARRY:
        return f"授权终止，在{plan.name_of(heirs[posting.unit_id])}已有同样授权"
    return "授权终止"


def carry(plan: Plan, by: Actor) -> Journal:
    """Who signs in today does so for the successor: what ended before begins there today, whatever the effective day."""
    today = clock.today()
    postings = _ending(plan)
    passing = _passing(plan, postings)
    journal: Journal = {
        "ended": [[row.pk, row.ends_on.isoformat() if row.ends_on else None] for row in postings]
    }
    fresh = [
        Posting(
            user_id=posting.user_id,
            role=posting.role,
            unit_id=heir,
            starts_on=max(today, posting.starts_on),
            ends_on=posting.ends_on,
            granted_by=by.actor_label[:120],
        )
        for posting, heir in passing
    ]
    for posting in postings:
        posting.ends_on = max(posting.starts_on, today - dt.timedelta(days=1))
    Posting.objects.bulk_update(postings, ["ends_on"], batch_size=500)
    journal["begun"] = [row.pk for row in Posting.objects.bulk_create(fresh, batch_size=500)]
    return journal


def undo(journal: Journal, by: Actor) -> None:
    Posting.objects.filter(pk__in=journal.get("begun", ())).delete()
    ends: dict[int, Any] = dict(journal.get("ended", ()))
    rows = list(Posting.objects.filter(pk__in=ends))
    for row in rows:
        row.ends_on = dt.date.fromisoformat(ends[row.pk]) if ends[row.pk] else None
    Posting.objects.bulk_update(rows, ["ends_on"], batch_size=500)


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Accounts opened since at a unit that would be gone."""
    later = Posting.objects.filter(unit__in=undoing.opened).exclude(pk__in=journal.get("begun", ()))
    names = OrgUnit.objects.names_of(later.values("unit"))
    on = day(clock.local_day(undoing.reorganisation.applied_at))
    return [f"{name}在{on}之后又开通或授权了账号。" for name in names]


def register() -> None:
    """Called once at start."""
    register_dependent(
        Dependent(
            key=KEY,
            label="账号",
            consequences=consequences,
            carry=carry,
            undo=undo,
            blocks_undo=blocks_undo,
            choices=(
                Choice(CARRY, "转到承接单位", "原单位授权即日终止，同一角色在（主要）承接单位开始"),
                Choice(END, "只终止", "原单位授权即日终止，承接单位另行授权"),
            ),
            order=30,
        )
    )
