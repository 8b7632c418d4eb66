"""The contact roster (联络表) of a unit and all below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from core.chunks import in_chunks
from core.cipher import decrypt, digest, mask
from orgs.choices import ANCESTOR_FIELD, Level, OfficerRole
from orgs.models import OrgUnit, UnitEdition, UnitOfficer
from orgs.permissions import EDIT_FACTS, VIEW_UNITS
from orgs.selectors.listing import key_of
from orgs.selectors.past import call_as_they_were
from orgs.selectors.rows import CHUNK

#: The order in which a roster names the people of one unit.
ROLE_ORDER = (
    OfficerRole.FIRST_RESPONSIBLE,
    OfficerRole.LEADER_IN_CHARGE,
    OfficerRole.GOVERNMENT_LEADER,
    OfficerRole.HEAD_OF_DEPARTMENT,
    OfficerRole.LIAISON,
)


def roster(user: Any, criteria: dict[str, Any]) -> Any:
    """Officers in place of open units in view; with ``on`` those of that day, by its tree. Criteria: ``unit`` (its subtree), ``q`` (name, post, unit, whole number),
    ``role``, ``level``, ``chair`` (chairs only), ``city``, ``county``, ``on``."""
    day = criteria.get("on")
    rows = UnitOfficer.objects.visible_to(user, VIEW_UNITS)
    rows = rows.current() if day is None else rows.on(day)
    units: Any = OrgUnit.objects.open() if day is None else UnitEdition.objects.on(day)
    rows = rows.filter(unit__in=_placed(units, criteria)).annotate(place=_place())
    if criteria.get("role"):
        rows = rows.filter(role=criteria["role"])
    if criteria.get("chair"):
        rows = rows.filter(is_chair=True)
    for word in (criteria.get("q") or "").split():
        rows = rows.filter(_answers_to(word))
    return rows.select_related("unit")


def _placed(units: Any, criteria: dict[str, Any]) -> Any:
    """The keys of those of ``units`` (or of the editions of a day) that lie where the criteria say."""
    key = key_of(units)
    if unit := criteria.get("unit"):
        within = unit if isinstance(unit, OrgUnit) else OrgUnit.objects.filter(pk=unit).first()
        if within is None:
            return units.none().values(key)
        units = units.filter(**{ANCESTOR_FIELD.get(Level(within.level), key): within.pk})
    for name in ("level", "city", "county"):
        if criteria.get(name):
            units = units.filter(**{name: criteria[name]})
    return units.order_by().values(key)


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


def roster_lines(rows: Any, user: Any, *, whole: bool, on: dt.date | None = None) -> Iterator[RosterLine]:
    """``rows`` in their order, their units called as on ``on``. With ``whole`` the numbers of the units whose facts
    ``user`` keeps stand in full."""
    reach = user.reach_of(EDIT_FACTS)
    for officers in in_chunks(rows, CHUNK):
        kept = {officer.pk for officer in officers if reach.covers(officer.unit)} if whole else set()
        if on is not None:
            call_as_they_were([officer.unit for officer in officers], on)
        yield from (_line(officer, is_kept=officer.pk in kept) for officer in officers)


def _line(officer: UnitOfficer, *, is_kept: bool) -> RosterLine:
    number = decrypt(officer.phone_cipher)
    is_whole = bool(is_kept and number)
    return RosterLine(
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
