"""What the pages of composition and coverage may be asked: which unit, which day, which bodies, whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django import forms

from core import clock
from core.dated import Moment, end_of_day
from core.keys import key_in
from orgs.choices import Level
from orgs.filters.days import DayForm
from orgs.models import Cohort, OrgUnit, OrgUnitQuerySet
from orgs.selectors.cohorts import known_cohorts
from sanzhang.choices import (
    LEADERSHIP_KINDS,
    Category,
    Employment,
    Field,
    Measure,
    Position,
    Unknown,
    Verdict,
)
from sanzhang.models import Occupation
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.coverage import SeatQuery
from sanzhang.selectors.seated import COMPOSED_LEVELS, SEATED_LEVELS

ALL = ("", "全部")
#: The bodies that the programme fills, as the address of a page names them.
PROGRAMME = "programme"
PROGRAMME_LABEL = "县级和乡镇级"
KINDS = [(kind.value, kind.label) for kind in LEADERSHIP_KINDS]
POSITIONS = [(one.value, one.label) for one in reversed(Position) if one != Position.TEAM_MEMBER]
YES = "yes"


class BodyScopeForm(DayForm):
    """Abstract: a unit in sight, a day, and the level of the bodies. What is wrong is told by the field and left out."""

    unit = forms.CharField(required=False, widget=forms.HiddenInput)
    level = forms.ChoiceField(label="机构层级", required=False)
    #: What counts where no level is asked for, and what the page calls it.
    every_level: tuple[Level, ...] = COMPOSED_LEVELS
    every_level_label = "各级"

    def __init__(self, data: Mapping[str, Any] | None, *, unit: OrgUnit) -> None:
        super().__init__(data)
        self.of_unit = unit
        if unit.level >= Level.TOWNSHIP:
            del self.fields["level"]
            return
        groups = [("", self.every_level_label)]
        if self.every_level != SEATED_LEVELS:
            groups.append((PROGRAMME, PROGRAMME_LABEL))
        levels = [(level.value, level.label) for level in self.every_level if level >= unit.level]
        cast(forms.ChoiceField, self.fields["level"]).choices = [*groups, *levels]

    @property
    def asked(self) -> dict[str, Any]:
        """The conditions that could be read."""
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return self.cleaned_data

    @property
    def at(self) -> Moment:
        return end_of_day(self.day or clock.today())

    @property
    def levels(self) -> tuple[Level, ...]:
        level = self.asked.get("level")
        if level == PROGRAMME:
            return SEATED_LEVELS
        return (Level(int(level)),) if level else self.every_level

    def kept(self, **changed: Any) -> dict[str, str]:
        """The conditions of the address as they go along with every link of the page; ``None`` leaves one out."""
        known = {name: self.data.get(name) for name in self.fields if name not in self.errors}
        found = known | {"unit": self.of_unit.pk} | changed
        return {name: str(value) for name, value in found.items() if value not in (None, "")}


class CompositionForm(BodyScopeForm):
    """The composition of one kind of body, or of all put together."""

    body = forms.ChoiceField(
        label="领导机构", required=False, choices=[("", "各机构合计（一人计一次）"), *KINDS]
    )
    field_order: tuple[str, ...] = ("body", "level", "on")

    @property
    def kind(self) -> str:
        return self.asked.get("body") or ""


class BodiesForm(CompositionForm):
    """Body by body, against the ratios."""

    body = forms.ChoiceField(label="领导机构", required=False, choices=[ALL, *KINDS])
    q = forms.CharField(label="单位名称或代码", required=False, max_length=60)
    measure = forms.ChoiceField(label="要求", required=False, choices=[ALL, *Measure.choices])
    verdict = forms.ChoiceField(
        label="是否达到", required=False, choices=[ALL, *Verdict.choices, ("none", "没有要求")]
    )
    field_order: tuple[str, ...] = ("q", "body", "level", "measure", "verdict", "on")


class SeatForm(BodyScopeForm):
    """Whom is counted: position, way of serving, field, category and occupation of one and the same seat."""

    position = forms.ChoiceField(label="职务", required=False, choices=[ALL, *POSITIONS])
    employment = forms.ChoiceField(label="任职方式", required=False, choices=[ALL, *Employment.choices])
    field = forms.ChoiceField(label="领域", required=False, choices=[ALL, *Field.choices])
    category = forms.ChoiceField(
        label="类别",
        required=False,
        choices=[ALL, *(choice for choice in Category.choices if choice[0] != Category.VILLAGE)],
    )
    occupation = forms.ModelChoiceField(
        label="职业身份", required=False, queryset=Occupation.objects.all(), empty_label="全部"
    )

    @property
    def seats(self) -> SeatQuery:
        return SeatQuery.of(self.asked)


class CoverageForm(SeatForm):
    """Coverage, of all units or of those in a cohort."""

    every_level = SEATED_LEVELS
    every_level_label = PROGRAMME_LABEL

    cohort = forms.ModelChoiceField(
        label="单位集", required=False, queryset=Cohort.objects.none(), empty_label="全部单位"
    )
    field_order: tuple[str, ...] = (
        "level",
        "position",
        "field",
        "occupation",
        "category",
        "employment",
        "cohort",
        "on",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, unit: OrgUnit, user: Any) -> None:
        super().__init__(data, unit=unit)
        cast(forms.ModelChoiceField, self.fields["cohort"]).queryset = known_cohorts(user).open()

    @property
    def cohort_asked(self) -> Cohort | None:
        return self.asked.get("cohort")


class CoverUnitsForm(CoverageForm):
    """Unit by unit: covered or blank, with or without all three fields."""

    q = forms.CharField(label="单位名称或代码", required=False, max_length=60)
    state = forms.ChoiceField(
        label="覆盖情况",
        required=False,
        choices=[
            ALL,
            ("blank", "未覆盖"),
            ("covered", "已覆盖"),
            ("three", "三个领域齐全"),
            ("partial", "缺领域"),
        ],
    )
    field_order: tuple[str, ...] = ("q", "state", *CoverageForm.field_order)


class HeadsForm(SeatForm):
    """The people behind a number."""

    body = forms.ChoiceField(label="领导机构", required=False, choices=[ALL, *KINDS])
    counted = forms.ChoiceField(
        label="构成", required=False, choices=[ALL, *Measure.choices, *Unknown.choices]
    )
    own = forms.ChoiceField(label="范围", required=False, choices=[("", "含下级"), (YES, "仅本级")])
    field_order: tuple[str, ...] = (
        "body",
        "counted",
        "own",
        "level",
        "position",
        "field",
        "occupation",
        "on",
    )

    @property
    def measure(self) -> Measure | Unknown | None:
        value = self.asked.get("counted")
        if not value:
            return None
        return Measure(value) if value in Measure.values else Unknown(value)


def unit_asked_for(user: Any, raw: str) -> OrgUnit | None:
    """The unit of the address among those in sight, the desk's own where none is named; villages have no bodies."""
    units: OrgUnitQuerySet = OrgUnit.objects.visible_to(user, VIEW_PEOPLE).filter(level__lte=Level.TOWNSHIP)
    if not raw:
        return units.filter(pk=user.unit.pk).first() if user.unit else None
    return units.filter(pk=key_in(raw)).first()


def day_words(day: dt.date) -> str:
    """截至2026年11月22日."""
    return f"截至{day.year}年{day.month}月{day.day}日"
