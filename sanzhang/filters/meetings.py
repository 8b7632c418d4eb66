"""Finding meetings."""

from __future__ import annotations

from typing import Any

import django_filters as filters

from core import clock
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS, MeetingKind
from sanzhang.filters.seats import BODY_LEVELS, DayFilter, UnitFilter
from sanzhang.models import Meeting, Term
from sanzhang.selectors.calendar import MeetingState, in_state


class MeetingFilter(filters.FilterSet):
    """The list and the month of meetings."""

    unit = UnitFilter(method="within")
    level = filters.ChoiceFilter(
        field_name="unit__level", choices=BODY_LEVELS, label="层级", empty_label="全部"
    )
    kind = filters.ChoiceFilter(choices=MeetingKind.choices, label="会议", empty_label="全部")
    state = filters.ChoiceFilter(
        method="by_state",
        choices=[(state.code, state.label) for state in MeetingState],
        label="状态",
        empty_label="全部",
    )
    since = DayFilter(method="from_day", label="日期自")
    until = DayFilter(method="to_day", label="日期至")

    class Meta:
        model = Meeting
        fields: list[str] = []

    def within(self, meetings: Any, name: str, value: OrgUnit) -> Any:
        return meetings.within(value)

    def by_state(self, meetings: Any, name: str, value: str) -> Any:
        return in_state(meetings, value, clock.today())

    def from_day(self, meetings: Any, name: str, value: Any) -> Any:
        return meetings.with_day().filter(day__gte=value)

    def to_day(self, meetings: Any, name: str, value: Any) -> Any:
        return meetings.with_day().filter(day__lte=value)


class TermApiFilter(filters.FilterSet):
    """Terms, for integrators."""

    unit = UnitFilter(method="within")
    kind = filters.ChoiceFilter(
        field_name="body__kind",
        choices=[(kind.value, kind.label) for kind in LEADERSHIP_KINDS],
        label="领导机构",
    )
    present = filters.BooleanFilter(field_name="ended_on", lookup_expr="isnull", label="现任届次")
    due_before = DayFilter(field_name="lawful_end", lookup_expr="lte", label="应换届日期不晚于")

    class Meta:
        model = Term
        fields: list[str] = []

    def within(self, terms: Any, name: str, value: OrgUnit) -> Any:
        return terms.within(value)
