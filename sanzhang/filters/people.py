"""Finding people: by who they are, and by the seats they hold on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from core import clock
from orgs.models import OrgUnit
from sanzhang.choices import (
    BodyKind,
    Category,
    Discipline,
    Education,
    Employment,
    Field,
    NewOrganisation,
    Position,
    Sex,
    WayIn,
)
from sanzhang.filters.seats import LEVELS, DayFilter, UnitFilter
from sanzhang.models import Appointment, KeyPerson, Occupation
from sanzhang.models.appointment import AppointmentQuerySet
from sanzhang.models.person import KeyPersonQuerySet
from sanzhang.rules.composition import born_after

OFFICE = [
    ("in", "在任"),
    ("left", "曾任，现不在任"),
    ("never", "从未任职"),
    ("out", "不在任"),
    ("all", "全部"),
]
BACKFILL = [("yes", "存量补录"), ("no", "按程序吸纳")]
YES_NO = [("yes", "是"), ("no", "否")]
AGES = [("young", "45岁及以下"), ("older", "45岁以上"), ("unknown", "出生年月未填")]
NEW_ORGANISATIONS = [("any", "全部新组织"), *NewOrganisation.choices, ("none", "不属于")]
PHONE = [("missing", "未登记电话"), ("known", "已登记电话")]
#: Conditions on the seat, and the column that each is about.
SEAT_CONDITIONS = (
    ("level", "unit__level"),
    ("body", "body__kind"),
    ("position", "position"),
    ("employment", "employment"),
    ("way_in", "way_in"),
)


def _yes_no(label: str, column: str) -> filters.ChoiceFilter:
    def by_flag(people: KeyPersonQuerySet, name: str, value: str) -> KeyPersonQuerySet:
        return people.filter(**{column: value == "yes"})

    return filters.ChoiceFilter(choices=YES_NO, label=label, empty_label="全部", method=by_flag)


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
    age = filters.ChoiceFilter(method="by_seat", choices=AGES, label="年龄", empty_label="全部")
    sex = filters.ChoiceFilter(choices=Sex.choices, label="性别", empty_label="全部")
    education = filters.ChoiceFilter(choices=Education.choices, label="学历", empty_label="全部")
    discipline = filters.ChoiceFilter(
        field_name="disciplines",
        lookup_expr="contains",
        choices=Discipline.choices,
        label="学科",
        empty_label="全部",
        method="by_discipline",
    )
    front_line = _yes_no("一线科技工作者", "is_front_line")
    retired = _yes_no("已退休", "is_retired")
    party = _yes_no("中共党员", "is_party_member")
    new_organisation = filters.ChoiceFilter(
        method="by_new_organisation",
        choices=NEW_ORGANISATIONS,
        label="新经济、新社会组织",
        empty_label="全部",
    )
    phone = filters.ChoiceFilter(method="by_phone", choices=PHONE, label="电话", empty_label="全部")

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
        """Conditions that hang on the day are gathered in :meth:`filter_queryset`."""
        return people

    def by_discipline(self, people: KeyPersonQuerySet, name: str, value: str) -> KeyPersonQuerySet:
        return people.filter(disciplines__contains=[value])

    def by_new_organisation(self, people: KeyPersonQuerySet, name: str, value: str) -> KeyPersonQuerySet:
        if value == "any":
            return people.exclude(new_organisation="")
        return people.filter(new_organisation="" if value == "none" else value)

    def by_phone(self, people: KeyPersonQuerySet, name: str, value: str) -> KeyPersonQuerySet:
        return people.filter(phone_digest="") if value == "missing" else people.exclude(phone_digest="")

    def filter_queryset(self, queryset: KeyPersonQuerySet) -> KeyPersonQuerySet:
        people = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if asked.get("age"):
            people = people.filter(_AGED[asked["age"]](self.day))
        return self._in_office(people, asked.get("office") or "")

    def _in_office(self, people: KeyPersonQuerySet, office: str) -> KeyPersonQuerySet:
        held = self._seats_asked_for()
        narrowed = held is not None
        seats = Appointment.objects.on(self.day) if held is None else held
        unit = self.form.cleaned_data.get("unit")
        if unit and office == "in":
            seats, narrowed = seats.within(unit), True
        mine = Exists(seats.filter(person=OuterRef("pk")))
        ever = Exists(Appointment.objects.standing().filter(person=OuterRef("pk")))
        if office == "in" or (narrowed and office in ("", "all")):
            return people.filter(mine)
        if office == "never":
            return people.exclude(ever)
        if office == "left":
            people = people.filter(ever)
        return people.exclude(mine) if office in ("left", "out") else people

    def _seats_asked_for(self) -> AppointmentQuerySet | None:
        """The seats of the day that fulfil every condition; ``None`` where there is no condition."""
        asked = self.form.cleaned_data
        conditions = {path: asked[name] for name, path in SEAT_CONDITIONS if asked.get(name)}
        if asked.get("backfill"):
            conditions["is_backfill"] = asked["backfill"] == "yes"
        return Appointment.objects.on(self.day).filter(**conditions) if conditions else None


_AGED: dict[str, Callable[[dt.date], Q]] = {
    "young": lambda day: Q(birth_month__gt=born_after(day)),
    "older": lambda day: Q(birth_month__lte=born_after(day)),
    "unknown": lambda day: Q(birth_month__isnull=True),
}
