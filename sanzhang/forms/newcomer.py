"""Rows of the renewal for people elected without a candidacy: who, into which position, how each will serve."""

from __future__ import annotations

from typing import Any

from django import forms

from core.days import DayField
from core.keys import keys_in
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import BODY_OF_POSITION, POSITIONS_AT, BodyKind, Employment, Position
from sanzhang.models import KeyPerson
from sanzhang.services.renewals import ElectedDirectly


def positions_in(kind: str, unit: OrgUnit) -> list[Position]:
    """The positions of one body at the level of ``unit``, the highest first."""
    known = POSITIONS_AT.get(Level(unit.level), ())
    return [position for position in reversed(known) if BODY_OF_POSITION[position] == kind]


class NewcomerRow(forms.Form):
    """One person, ticked or only found; the names of its fields carry body and person."""

    employment = forms.ChoiceField(choices=Employment.choices, initial=Employment.PART_TIME)
    until = DayField(required=False)

    def __init__(
        self, data: Any = None, *, kind: str, person: KeyPerson, unit: OrgUnit, is_ticked: bool = True
    ) -> None:
        super().__init__(data, prefix=f"new_{kind}_{person.pk}")
        self.kind, self.person, self.is_ticked = kind, person, is_ticked
        choices = [(position.value, position.label) for position in positions_in(kind, unit)]
        self.fields["position"] = forms.ChoiceField(choices=choices)
        labels = {"position": "职务", "employment": "任职方式", "until": "挂职截止日期"}
        for name, label in labels.items():
            self.fields[name].label = f"{person.name}的{label}"

    def elected(self) -> ElectedDirectly:
        """What was typed, for the service."""
        data = self.cleaned_data
        until = data["until"] if data["employment"] == Employment.SECONDED else None
        return ElectedDirectly(self.person, data["position"], data["employment"], until)


def ticked_rows(data: Any, kind: BodyKind, unit: OrgUnit, people: Any) -> list[NewcomerRow]:
    """The rows that were sent for one body; who is not among ``people`` is left out. One query."""
    if not data:
        return []
    keys = keys_in(data.getlist(f"new_{kind.value}"))
    if not keys:
        return []
    found = people.filter(pk__in=keys).select_related("occupation", "unit")
    return [NewcomerRow(data, kind=kind.value, person=person, unit=unit) for person in found]
