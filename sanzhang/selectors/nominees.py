"""Who could be named, for a seat or instead of somebody: the people on record in the same county."""

from __future__ import annotations

from typing import Any

from core.permissions import Permission
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit
from sanzhang.models import Candidacy, KeyPerson
from sanzhang.models.person import KeyPersonQuerySet
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE

#: So many are offered at a time; who is not among them types more of the name.
MOST_FOUND = 8


def people_around(unit: OrgUnit, user: Any, permission: Permission) -> KeyPersonQuerySet:
    """People in ``user``'s reach in the county of ``unit``, or below it; of a city or province, its own and below."""
    county = getattr(unit, f"{ANCESTOR_FIELD[Level.COUNTY]}_id") or unit.pk
    place = OrgUnit.objects.get(pk=county)
    return KeyPerson.objects.present().visible_to(user, permission).within(place).order_by("pinyin", "id")


def nominees_near(candidacy: Candidacy, user: Any) -> KeyPersonQuerySet:
    """People in ``user``'s sight in the county of the candidacy's unit, or below it, but for the one considered."""
    return people_around(candidacy.unit, user, VIEW_PEOPLE).exclude(pk=candidacy.person_id)


def electable(unit: OrgUnit, user: Any) -> KeyPersonQuerySet:
    """People whose records ``user`` keeps and who could be elected into a body of ``unit``."""
    return people_around(unit, user, MANAGE_PEOPLE)


def found_by_name(people: KeyPersonQuerySet, text: str) -> list[KeyPerson]:
    """The first of ``people`` by name, pinyin, initials or employer; nobody before two characters. One query."""
    text = text.strip()
    if len(text) < 2:
        return []
    return list(people.search(text).select_related("unit", "occupation")[:MOST_FOUND])
