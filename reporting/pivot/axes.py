"""What stands in rows and what in columns: each line a unit, a period, an indicator and a measure, in the order asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from reporting.models import Indicator
from reporting.pivot.measuring import MEASURES
from reporting.pivot.periods import Period
from reporting.pivot.places import Place
from reporting.pivot.question import Axis, Measure, Question

#: The sum over the periods shown.
ALL_PERIODS = "all"
DIMENSIONS = (Axis.UNIT, Axis.PERIOD, Axis.INDICATOR)


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column: its members by axis, its labels from the outside in. ``period`` may be :data:`ALL_PERIODS`."""

    labels: tuple[str, ...]
    place: Place | None = None
    period: Period | str | None = None
    indicator: Indicator | None = None
    measure: Measure | None = None
    is_total: bool = False


@dataclass(slots=True)
class Members:
    """What each axis holds, totals among them."""

    places: Sequence[Place]
    periods: Sequence[Period | str]
    indicators: Sequence[Indicator]
    measures: Sequence[Measure]
    sections: dict[int, str]

    def of(self, axis: Axis) -> Sequence[Any]:
        return {Axis.UNIT: self.places, Axis.PERIOD: self.periods, Axis.INDICATOR: self.indicators}[axis]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Axes in rows and in columns, without those of a single member, which ``alone`` tells."""

    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    alone: tuple[Axis, ...]
    with_sections: bool


def placed(question: Question) -> set[Axis]:
    """The axes that the question puts anywhere; a section stands for its indicators."""
    asked = {*question.rows, *question.columns}
    return {Axis.INDICATOR if one == Axis.SECTION else one for one in asked}


def arrange(question: Question, members: Members) -> Arrangement:
    """Indicators that are several go to the columns where the question does not say."""
    rows = _without_sections(question.rows)
    columns = tuple(one for one in _without_sections(question.columns) if one not in rows)
    if Axis.INDICATOR not in (*rows, *columns) and len(members.indicators) > 1:
        columns = (*columns, Axis.INDICATOR)
    alone = tuple(one for one in DIMENSIONS if one not in (*rows, *columns))
    return Arrangement(rows, columns, alone, Axis.SECTION in (*question.rows, *question.columns))


def _without_sections(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    named = [Axis.INDICATOR if one == Axis.SECTION else one for one in axes]
    return tuple(dict.fromkeys(named))


def lines(axes: Sequence[Axis], members: Members, arrangement: Arrangement, *, measured: bool) -> list[Line]:
    """Every combination of the members of ``axes``, innermost fastest; ``measured`` appends the measures where several."""
    pools: list[Sequence[Any]] = [members.of(axis) for axis in axes]
    inner = members.measures if measured and len(members.measures) > 1 else [None]
    found = []
    for *chosen, measure in product(*pools, inner):
        values: dict[str, Any] = {"measure": measure}
        labels: list[str] = []
        is_total = False
        for axis, member in zip(axes, chosen, strict=True):
            name, words, total = _read(axis, member, members, arrangement)
            values[name] = member
            labels += words
            is_total = is_total or total
        if measure is not None:
            labels.append(MEASURES[measure])
        found.append(Line(tuple(labels), is_total=is_total, **values))
    return found


def heads(axes: Sequence[Axis], arrangement: Arrangement, *, has_parents: bool) -> list[str]:
    """What the labels of rows are headed."""
    words: list[str] = []
    for axis in axes:
        if axis == Axis.INDICATOR and arrangement.with_sections:
            words.append("分节")
        if axis == Axis.UNIT and has_parents:
            words.append("上级")
        words.append({Axis.UNIT: "单位", Axis.PERIOD: "时期", Axis.INDICATOR: "指标"}[axis])
    return words


def _read(axis: Axis, member: Any, members: Members, arrangement: Arrangement) -> tuple[str, list[str], bool]:
    if axis == Axis.UNIT:
        parents = [member.parent_name] if any(one.parent_name for one in members.places) else []
        name = f"{member.name}（全部）" if member.is_whole and len(members.places) > 1 else member.name
        return "place", [*parents, name], member.is_total
    if axis == Axis.PERIOD:
        is_all = member == ALL_PERIODS
        return "period", ["合计" if is_all else member.label], is_all
    section = [members.sections.get(member.pk, "其他")] if arrangement.with_sections else []
    return "indicator", [*section, member.name], False
