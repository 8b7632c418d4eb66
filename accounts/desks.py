"""The desks a person may sit at: one per unit, with all the roles held there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.roles import Role
from orgs.models import OrgUnit


@dataclass(frozen=True, slots=True)
class Desk:
    """``pk`` is that of a posting at the unit; choosing it chooses the desk."""

    pk: int
    unit: OrgUnit
    role_label: str


def desks_of(user: Any) -> list[Desk]:
    """Desks of today, the highest unit first."""
    by_unit: dict[int, list[Any]] = {}
    for posting in user.postings_now:
        by_unit.setdefault(posting.unit_id, []).append(posting)
    return [
        Desk(held[0].pk, held[0].unit, "、".join(str(Role(posting.role).label) for posting in held))
        for held in by_unit.values()
    ]


def desk_in_use(user: Any) -> Desk | None:
    """The desk of the posting in use; ``None`` without a posting of today."""
    return next((desk for desk in desks_of(user) if user.unit and desk.unit.pk == user.unit.pk), None)
