"""Where a clerk may enter people, and which positions and occupations there are at a place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from core.keys import key_in
from orgs.choices import Level
from orgs.models import OrgUnit, OrgUnitQuerySet
from sanzhang.choices import BODY_OF_POSITION, POSITIONS_AT, BodyKind, Position
from sanzhang.models import Occupation, OccupationSeat
from sanzhang.permissions import MANAGE_PEOPLE

#: More names in one question cost more than they spare.
NAMES_AT_ONCE = 5_000


def units_to_fill(user: Any) -> OrgUnitQuerySet:
    """The units above the village whose people ``user`` keeps, in the order of their codes."""
    reach = OrgUnit.objects.visible_to(user, MANAGE_PEOPLE).open()
    return reach.filter(level__lte=Level.TOWNSHIP).in_code_order()


def villages_to_fill(user: Any, township: OrgUnit | None) -> OrgUnitQuerySet:
    """The villages of one of those townships."""
    if township is None or township.level != Level.TOWNSHIP:
        return OrgUnit.objects.none()
    reach = OrgUnit.objects.visible_to(user, MANAGE_PEOPLE).open()
    return reach.filter(township=township, level=Level.VILLAGE).in_code_order()


def occupations_at(level: int | None) -> Any:
    """The occupations in use, of those only that may sit at ``level`` where it is known."""
    used = Occupation.objects.filter(is_active=True)
    return used if level is None else used.filter(seats__level=level)


def positions_at(level: int | None, occupation: Occupation | None) -> list[tuple[str, str]]:
    """The positions open to ``occupation`` at ``level``, each with the body it sits in, the highest first."""
    positions = list(POSITIONS_AT.get(Level(level), ())) if level else list(Position)
    if level and occupation is not None:
        seat = OccupationSeat.objects.filter(occupation=occupation, level=level).first()
        positions = [position for position in positions if seat is not None and position in seat.positions]
    return [
        (position.value, f"{position.label}（{BodyKind(BODY_OF_POSITION[position]).label}）")
        for position in reversed(positions)
    ]


def place_of(user: Any, unit_id: str | None) -> dict[str, Any]:
    """The form's initial place for a unit asked for by key; for a village also its township. Empty when unknown."""
    key = key_in(unit_id)
    if not key:
        only = list(units_to_fill(user)[:2])
        return {"unit": only[0].pk} if len(only) == 1 else {}
    unit = OrgUnit.objects.visible_to(user, MANAGE_PEOPLE).open().filter(pk=key).first()
    if unit is None:
        return {}
    if unit.level == Level.VILLAGE:
        return {"unit": unit.township_id, "village": unit.pk}
    return {"unit": unit.pk}


def units_of_sheet(user: Any) -> OrgUnitQuerySet:
    """Every unit whose people ``user`` may enter in a sheet, villages included, in the order of their codes."""
    return OrgUnit.objects.visible_to(user, MANAGE_PEOPLE).open().in_code_order()


def units_named(user: Any, names: Collection[str]) -> Iterator[OrgUnit]:
    """Those of them that ``names`` name in full; a name borne twice stands for the last."""
    units, wanted = units_of_sheet(user), list(names)
    for start in range(0, len(wanted), NAMES_AT_ONCE):
        yield from units.filter(display_name__in=wanted[start : start + NAMES_AT_ONCE])
