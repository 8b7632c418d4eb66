"""Finding seats, terms and candidacies."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django import forms

from core import clock
from core.days import DayField
from core.keys import key_in
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import BodyKind, Field, Giver, Position
from sanzhang.models import (
    Appointment,
    Candidacy,
    CandidacyOutcome,
    CandidacyStep,
    KeyPerson,
    LeadershipBody,
)
from sanzhang.models.appointment import AppointmentQuerySet
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.board import SLOW_DAYS, TO_SEAT, step_choices
from sanzhang.selectors.terms import TermState, in_state

LEVELS = [(level.value, level.label) for level in Level]
#: The levels that have leadership bodies; the village has a working team.
BODY_LEVELS = LEVELS[:-1]


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
    chosen = key_in(bound.value())
    if chosen and chosen not in {unit.pk for unit in offered}:
        offered += list(OrgUnit.objects.visible_to(user, VIEW_PEOPLE).filter(pk=chosen))
    bound.field.widget.choices = [("", "全部"), *((unit.pk, unit.display_name) for unit in offered)]


class CandidacyFilter(filters.FilterSet):
    """The board and the list of candidacies."""

    q = filters.CharFilter(
        method="search",
        label="姓名、拼音或单位",
        widget=forms.TextInput(attrs={"placeholder": "如 王秀兰、wxl"}),
    )
    unit = UnitFilter(method="within")
    state = filters.ChoiceFilter(
        method="by_state",
        choices=[("open", "办理中"), *CandidacyOutcome.choices, ("all", "全部")],
        label="状态",
        empty_label=None,
    )
    step = filters.ChoiceFilter(
        method="by_step", choices=step_choices, label="当前环节", widget=forms.HiddenInput
    )
    waits_for = filters.ChoiceFilter(choices=Giver.choices, label="等待谁", empty_label="全部")
    field = filters.ChoiceFilter(
        field_name="person__occupation__field", choices=Field.choices, label="领域", empty_label="全部"
    )
    position = filters.ChoiceFilter(choices=Position.choices, label="拟任职务", empty_label="全部")
    slow = filters.ChoiceFilter(
        method="by_slowness", choices=[("yes", "超过30天未动")], label="进展", empty_label="全部"
    )
    passed = filters.ChoiceFilter(
        method="by_passed", choices=step_choices, label="经过环节", widget=forms.HiddenInput
    )
    procedure = filters.NumberFilter(field_name="procedure_id", label="程序版本", widget=forms.HiddenInput)

    class Meta:
        model = Candidacy
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(person__in=KeyPerson.objects.search(value))

    def within(self, rows: Any, name: str, value: OrgUnit) -> Any:
        return rows.within(value)

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "all":
            return rows
        return rows.open() if value == "open" else rows.filter(outcome=value)

    def by_step(self, rows: Any, name: str, value: str) -> Any:
        return rows.open().filter(due="" if value == TO_SEAT else value)

    def by_slowness(self, rows: Any, name: str, value: str) -> Any:
        return rows.open().filter(moved_on__lte=clock.today() - dt.timedelta(days=SLOW_DAYS))

    def by_passed(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=CandidacyStep.objects.filter(step=value).values("candidacy"))


class TermFilter(filters.FilterSet):
    """Bodies by how urgent their renewal is."""

    unit = UnitFilter(method="within")
    level = filters.ChoiceFilter(
        field_name="unit__level", choices=BODY_LEVELS, label="层级", empty_label="全部"
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
