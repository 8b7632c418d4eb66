"""Finding people: by who they are, and by the seats they hold on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import BodyKind, Category, Employment, Field, Position, WayIn
from sanzhang.forms.fields import DayField
from sanzhang.models import Appointment, Candidacy, KeyPerson, LeadershipBody, Occupation
from sanzhang.models.appointment import AppointmentQuerySet
from sanzhang.models.person import KeyPersonQuerySet
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.procedures import PROCEDURES
from sanzhang.selectors.terms import TermState, in_state

OFFICE = [("in", "在任"), ("out", "不在任"), ("all", "全部")]
LEVELS = [(level.value, level.label) for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)]
BACKFILL = [("yes", "存量补录"), ("no", "按程序吸纳")]


class DayFilter(filters.Filter):
    field_class = DayField


class UnitFilter(filters.ModelChoiceFilter):
    """Any unit in sight may be asked for; the list offers the one above and those right below."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="单位", empty_label="全部", queryset=_units_in_sight, **kwargs)


def _units_in_sight(request: Any) -> Any:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return OrgUnit.objects.none()
    return OrgUnit.objects.visible_to(user, VIEW_PEOPLE)


def offer_units(form: forms.Form, user: Any) -> None:
    """Keep the list of units short: those right below the desk, and the one chosen."""
    bound = form["unit"]
    below = OrgUnit.objects.visible_to(user, VIEW_PEOPLE).open().filter(parent=user.unit).in_code_order()
    offered = [user.unit, *below] if user.unit else list(below)
    chosen = str(bound.value() or "")
    if chosen.isdigit() and int(chosen) not in {unit.pk for unit in offered}:
        offered += list(OrgUnit.objects.visible_to(user, VIEW_PEOPLE).filter(pk=int(chosen)))
    bound.field.widget.choices = [("", "全部"), *((unit.pk, unit.display_name) for unit in offered)]


class PeopleFilter(filters.FilterSet):
    """The list of people. Conditions on seats must all hold of one and the same seat, held on the day asked for."""

    q = filters.CharFilter(
        method="search",
        label="姓名、拼音、单位或电话",
        widget=forms.TextInput(attrs={"placeholder": "如 王秀兰、wxl、完整电话"}),
    )
    unit = UnitFilter(method="within")
    occupation = filters.ModelChoiceFilter(
        queryset=Occupation.objects.all(), label="职业身份", empty_label="全部"
    )
    category = filters.ChoiceFilter(
        field_name="occupation__category", choices=Category.choices, label="类别", empty_label="全部"
    )
    field = filters.ChoiceFilter(
        field_name="occupation__field", choices=Field.choices, label="领域", empty_label="全部"
    )
    office = filters.ChoiceFilter(method="by_seat", choices=OFFICE, label="任职状态", empty_label=None)
    level = filters.ChoiceFilter(method="by_seat", choices=LEVELS, label="任职层级", empty_label="全部")
    body = filters.ChoiceFilter(
        method="by_seat", choices=BodyKind.choices, label="领导机构", empty_label="全部"
    )
    position = filters.ChoiceFilter(
        method="by_seat", choices=Position.choices, label="职务", empty_label="全部"
    )
    employment = filters.ChoiceFilter(
        method="by_seat", choices=Employment.choices, label="任职方式", empty_label="全部"
    )
    way_in = filters.ChoiceFilter(
        method="by_seat", choices=WayIn.choices, label="吸纳方式", empty_label="全部"
    )
    backfill = filters.ChoiceFilter(method="by_seat", choices=BACKFILL, label="存量补录", empty_label="全部")
    on = DayFilter(method="by_seat", label="在任日期")

    class Meta:
        model = KeyPerson
        fields: list[str] = []

    @property
    def day(self) -> dt.date:
        """The day whose seats count: the one asked for, else today."""
        return self.form.cleaned_data.get("on") or clock.today()

    def search(self, people: KeyPersonQuerySet, name: str, value: str) -> KeyPersonQuerySet:
        return people.search(value)

    def within(self, people: KeyPersonQuerySet, name: str, value: OrgUnit) -> KeyPersonQuerySet:
        return people.within(value)

    def by_seat(self, people: KeyPersonQuerySet, name: str, value: Any) -> KeyPersonQuerySet:
        """Conditions on the seat are gathered in :meth:`filter_queryset`."""
        return people

    def filter_queryset(self, queryset: KeyPersonQuerySet) -> KeyPersonQuerySet:
        people = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        held = self._seats_asked_for()
        narrowed = held is not None
        seats = Appointment.objects.on(self.day) if held is None else held
        if asked.get("unit") and asked.get("office") == "in":
            seats, narrowed = seats.within(asked["unit"]), True
        mine = Exists(seats.filter(person=OuterRef("pk")))
        if asked.get("office") == "in" or (narrowed and asked.get("office") != "out"):
            return people.filter(mine)
        return people.exclude(mine) if asked.get("office") == "out" else people

    def _seats_asked_for(self) -> AppointmentQuerySet | None:
        """The seats of the day that fulfil every condition; ``None`` where there is no condition."""
        asked = self.form.cleaned_data
        conditions = {
            path: asked[name]
            for name, path in (
                ("level", "unit__level"),
                ("body", "body__kind"),
                ("position", "position"),
                ("employment", "employment"),
                ("way_in", "way_in"),
            )
            if asked.get(name)
        }
        if asked.get("backfill"):
            conditions["is_backfill"] = asked["backfill"] == "yes"
        return Appointment.objects.on(self.day).filter(**conditions) if conditions else None


class CandidacyFilter(filters.FilterSet):
    """The board of open candidacies."""

    unit = UnitFilter(method="within")
    procedure = filters.ChoiceFilter(
        choices=[(code, procedure.title) for code, procedure in PROCEDURES.items()],
        label="程序",
        empty_label="全部",
    )
    position = filters.ChoiceFilter(choices=Position.choices, label="拟任职务", empty_label="全部")

    class Meta:
        model = Candidacy
        fields: list[str] = []

    def within(self, rows: Any, name: str, value: OrgUnit) -> Any:
        return rows.within(value)


class TermFilter(filters.FilterSet):
    """Bodies by how urgent their renewal is."""

    unit = UnitFilter(method="within")
    level = filters.ChoiceFilter(
        field_name="unit__level", choices=LEVELS[:2], label="层级", empty_label="全部"
    )
    kind = filters.ChoiceFilter(choices=BodyKind.choices[:4], label="领导机构", empty_label="全部")
    state = filters.ChoiceFilter(
        method="by_state",
        choices=[(state.code, state.label) for state in TermState],
        label="换届",
        empty_label="全部",
    )

    class Meta:
        model = LeadershipBody
        fields: list[str] = []

    def within(self, bodies: Any, name: str, value: OrgUnit) -> Any:
        return bodies.within(value)

    def by_state(self, bodies: Any, name: str, value: str) -> Any:
        return in_state(bodies, value, clock.today())


class AppointmentFilter(filters.FilterSet):
    """Seats, for integrators."""

    unit = UnitFilter(method="within")
    person = filters.NumberFilter(field_name="person_id", label="人员编号")
    position = filters.ChoiceFilter(choices=Position.choices, label="职务")
    level = filters.ChoiceFilter(field_name="unit__level", choices=LEVELS, label="任职层级")
    on = DayFilter(method="held_on", label="在任日期")

    class Meta:
        model = Appointment
        fields: list[str] = []

    def within(self, seats: AppointmentQuerySet, name: str, value: OrgUnit) -> AppointmentQuerySet:
        return seats.within(value)

    def held_on(self, seats: AppointmentQuerySet, name: str, value: dt.date) -> AppointmentQuerySet:
        return seats.on(value)
