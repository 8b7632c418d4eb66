"""Meetings held against the number that the province expects, unit by unit and year by year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.urls import reverse

from orgs.models import OrgUnit, OrgUnitQuerySet
from sanzhang.choices import MeetingKind
from sanzhang.models import Meeting, MeetingNorm

#: Units that owe meetings are those with an association expected; the years that can be asked for go back so far.
YEARS_BACK = 5


class NormState(Enum):
    """How a unit stands to the number: its code, what the page says, the tone of the pill."""

    BEHIND = ("behind", "落后", "danger")
    GOING = ("going", "进行中", "info")
    MET = ("met", "已达到", "success")

    def __init__(self, code: str, label: str, tone: str) -> None:
        self.code, self.label, self.tone = code, label, tone


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit and one kind of meeting: held and wanted in the years counted, and how many should be held by now."""

    unit: OrgUnit
    norm: MeetingNorm
    year: int
    held: int
    due: int

    @property
    def short(self) -> int:
        return max(self.norm.times - self.held, 0)

    @property
    def state(self) -> NormState:
        if not self.short:
            return NormState.MET
        return NormState.BEHIND if self.held < self.due else NormState.GOING

    @property
    def since(self) -> dt.date:
        return dt.date(self.year - self.norm.years + 1, 1, 1)

    @property
    def words(self) -> str:
        """已开1次，应开2次，还差1次."""
        span = "" if self.norm.years == 1 else f"近{self.norm.years}年"
        told = f"{span}已开{self.held}次，要求{self.norm.times}次"
        if not self.short:
            return told
        late = f"，到现在应已开{self.due}次" if self.held < self.due < self.norm.times else ""
        return f"{told}{late}，还差{self.short}次"

    @property
    def address(self) -> str:
        """The meetings that were counted."""
        until = dt.date(self.year, 12, 31)
        return (
            f"{reverse('sanzhang:meetings')}?unit={self.unit.pk}&level={self.unit.level}&kind={self.norm.kind}"
            f"&state=held&since={self.since}&until={until}"
        )

    def __str__(self) -> str:
        return f"{self.unit.display_name}{self.norm.get_kind_display()}"


@dataclass(frozen=True, slots=True)
class YearlyRow:
    """One unit with its standing for each kind that its level knows."""

    unit: OrgUnit
    by_kind: dict[str, Standing]

    @property
    def state(self) -> NormState:
        """The worst of them."""
        states = {standing.state for standing in self.by_kind.values()}
        return next(state for state in NormState if state in states)

    @property
    def short(self) -> int:
        return sum(standing.short for standing in self.by_kind.values())

    def __str__(self) -> str:
        return self.unit.display_name


def norms_for(province: int | None) -> list[MeetingNorm]:
    """The table of a province. One query."""
    return list(MeetingNorm.objects.filter(owner=province))


def due_by(norm: MeetingNorm, year: int, today: dt.date) -> int:
    """How many should be held by ``today``: pro rata of the months gone by, all of them once the year has ended."""
    if year < today.year:
        return norm.times
    if year > today.year:
        return 0
    gone = (norm.years - 1) * 12 + today.month - 1
    return norm.times * gone // (norm.years * 12)


def yearly_rows(
    units: OrgUnitQuerySet, norms: Sequence[MeetingNorm], year: int, today: dt.date
) -> list[YearlyRow]:
    """Every unit of ``units`` whose level has a norm, in the order of their codes. Two queries."""
    by_level: dict[int, list[MeetingNorm]] = {}
    for norm in norms:
        by_level.setdefault(norm.level, []).append(norm)
    owing = list(
        units.open().filter(level__in=list(by_level), is_expected=True).in_code_order() if by_level else []
    )
    held = _held(owing, norms, year)
    due = {norm.pk: due_by(norm, year, today) for norm in norms}
    return [
        YearlyRow(
            unit,
            {
                norm.kind: Standing(unit, norm, year, _sum(held, unit.pk, norm, year), due[norm.pk])
                for norm in by_level[unit.level]
            },
        )
        for unit in owing
    ]


def _held(units: list[OrgUnit], norms: Sequence[MeetingNorm], year: int) -> Counter[tuple[int, str, int]]:
    if not units:
        return Counter()
    first = year - max(norm.years for norm in norms) + 1
    rows = (
        Meeting.objects.held()
        .filter(
            unit__in=[unit.pk for unit in units],
            held_on__range=(dt.date(first, 1, 1), dt.date(year, 12, 31)),
        )
        .order_by()
        .annotate(year=ExtractYear("held_on"))
        .values_list("unit", "kind", "year")
        .annotate(count=Count("pk"))
    )
    return Counter({(unit, kind, held_in): count for unit, kind, held_in, count in rows})


def _sum(held: Counter[tuple[int, str, int]], unit: int, norm: MeetingNorm, year: int) -> int:
    return sum(held[unit, norm.kind, one] for one in range(year - norm.years + 1, year + 1))


@dataclass(frozen=True, slots=True)
class KindSummary:
    """One kind of meeting over many units: held and wanted, and how many units stand how."""

    kind: MeetingKind
    held: int
    wanted: int
    behind: int
    units: int


def summary_of(rows: Iterable[YearlyRow]) -> list[KindSummary]:
    """Per kind that somebody owes; what a unit held beyond its number does not make up for another."""
    found = []
    standings = [standing for row in rows for standing in row.by_kind.values()]
    for kind in MeetingKind:
        mine = [standing for standing in standings if standing.norm.kind == kind]
        if mine:
            found.append(
                KindSummary(
                    kind,
                    sum(min(one.held, one.norm.times) for one in mine),
                    sum(one.norm.times for one in mine),
                    sum(one.state is NormState.BEHIND for one in mine),
                    len(mine),
                )
            )
    return found
