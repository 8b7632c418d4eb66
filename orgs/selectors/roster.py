"""The contact roster (联络表) of a unit and all below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from core.cipher import decrypt, digest, mask
from orgs.choices import OfficerRole
from orgs.models import OrgUnit, UnitOfficer
from orgs.permissions import EDIT_FACTS, VIEW_UNITS

#: The order in which a roster names the people of one unit.
ROLE_ORDER = (
    OfficerRole.FIRST_RESPONSIBLE,
    OfficerRole.LEADER_IN_CHARGE,
    OfficerRole.GOVERNMENT_LEADER,
    OfficerRole.HEAD_OF_DEPARTMENT,
    OfficerRole.LIAISON,
)


def roster(user: Any, criteria: dict[str, Any]) -> Any:
    """Officers in place of open units in view. Criteria: ``unit`` (its subtree), ``q`` (name, post, unit, whole number),
    ``role``, ``level``, ``chair`` (chairs only), ``city``, ``county``, ``on``."""
    rows = UnitOfficer.objects.visible_to(user, VIEW_UNITS)
    rows = rows.on(criteria["on"]) if criteria.get("on") else rows.current()
    rows = rows.filter(unit__closed_on__isnull=True).annotate(place=_place())
    if unit := criteria.get("unit"):
        within = unit if isinstance(unit, OrgUnit) else OrgUnit.objects.filter(pk=unit).first()
        rows = rows.within(within) if within is not None else rows.none()
    for name, path in (
        ("role", "role"),
        ("level", "unit__level"),
        ("city", "unit__city"),
        ("county", "unit__county"),
    ):
        if criteria.get(name):
            rows = rows.filter(**{path: criteria[name]})
    if criteria.get("chair"):
        rows = rows.filter(is_chair=True)
    for word in (criteria.get("q") or "").split():
        rows = rows.filter(_answers_to(word))
    return rows.select_related("unit")


def _answers_to(word: str) -> Q:
    found = (
        Q(name__contains=word)
        | Q(post__contains=word)
        | Q(unit__display_name__contains=word)
        | Q(unit__division_code__startswith=word)
        | Q(unit__initials__startswith=word.lower())
    )
    return found | Q(phone_digest=digest(word)) if word.isdigit() and len(word) >= 7 else found


def _place() -> Case:
    return Case(
        *(When(role=role, then=Value(place)) for place, role in enumerate(ROLE_ORDER)),
        default=Value(len(ROLE_ORDER)),
        output_field=IntegerField(),
    )


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person of the roster as it is written down. ``phone`` is whole or masked, as who asked may see it."""

    unit: str
    code: str
    level: str
    role: str
    name: str
    post: str
    is_chair: bool
    phone: str
    is_whole: bool


def roster_lines(rows: Any, user: Any, *, whole: bool) -> Iterator[RosterLine]:
    """``rows`` in their order. With ``whole`` the numbers of the units whose facts ``user`` keeps stand in full."""
    reach = user.reach_of(EDIT_FACTS)
    for officer in rows.iterator(chunk_size=2000):
        number = decrypt(officer.phone_cipher)
        is_whole = bool(whole and number and reach.covers(officer.unit))
        yield RosterLine(
            unit=officer.unit.association,
            code=officer.unit.division_code,
            level=officer.unit.get_level_display(),
            role=officer.get_role_display(),
            name=officer.name,
            post=officer.post,
            is_chair=officer.is_chair,
            phone=number if is_whole else mask(number),
            is_whole=is_whole,
        )
