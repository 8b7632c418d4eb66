"""Who on record may be the person being typed: in reach with a way to the record, elsewhere by name and unit alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from core.actor import Actor
from core.cipher import digest
from sanzhang.models import KeyPerson, PersonMerge
from sanzhang.permissions import VIEW_PEOPLE

#: More candidates than this say nothing to the clerk.
MOST_DOUBLES = 5
#: Shorter digits are no number yet.
SHORTEST_PHONE = 7
#: How many rows are looked at for some that may be shown.
LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Namesake:
    """Somebody of a unit out of reach who has the same name and either the employer or the telephone of who is typed."""

    name: str
    unit_name: str


def doubles_of(
    *, name: str, employer: str, phone: str | None, by: Actor, leave_out: KeyPerson | None = None
) -> list[KeyPerson]:
    """Records in ``by``'s scope with the same name and employer, or with the same telephone."""
    same = Q()
    if name and employer:
        same |= Q(name=name, employer=employer)
    if phone and len(phone) >= SHORTEST_PHONE:
        same |= Q(phone_digest=digest(phone))
    if not same:
        return []
    found = KeyPerson.objects.present().filter(same).select_related("unit", "occupation")
    if leave_out is not None:
        found = found.exclude(pk=leave_out.pk)
    return [person for person in found[:LOOKED_AT] if by.can(VIEW_PEOPLE, person.unit)][:MOST_DOUBLES]


def namesakes_elsewhere(*, name: str, employer: str, phone: str | None, by: Actor) -> list[Namesake]:
    """The likely same head on record out of ``by``'s reach.

    The name must be the same in any case: a telephone number alone never tells whose it is, nor a name and a unit
    whether the number typed is right where the employer fits already.
    """
    same = Q(pk__in=[])
    if employer:
        same |= Q(employer=employer)
    if phone and len(phone) >= SHORTEST_PHONE:
        same |= Q(phone_digest=digest(phone))
    if not name:
        return []
    found = KeyPerson.objects.present().filter(same, name=name).select_related("unit").order_by("pk")
    return [
        Namesake(person.name, person.unit.display_name)
        for person in found[:LOOKED_AT]
        if not by.can(VIEW_PEOPLE, person.unit)
    ][:MOST_DOUBLES]


def merges_into(person: KeyPerson) -> list[PersonMerge]:
    """The merges into ``person`` that stand, newest first."""
    return list(
        PersonMerge.objects.standing().filter(kept=person).select_related("gone__unit", "unit_before")
    )
