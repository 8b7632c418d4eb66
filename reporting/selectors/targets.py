"""Targets in force, and the figures that they are weighed against."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet, Sum

from core import clock
from orgs.choices import ANCESTOR_FIELD
from orgs.models import OrgUnit
from reporting.choices import TYPED_FIGURES, Time, ValueKind
from reporting.models import TARGETED_LEVELS, Cycle, CycleFact, Indicator, Target
from reporting.rollup import basis_for, year_to_date
from reporting.selectors.facts import facts_for
from reporting.selectors.paces import Goal, Number, Progress

Key = tuple[int, str]
Goals = dict[Key, Goal]

#: What the page of targets offers at first; any other figure may be added.
MAIN_KEYS = (
    "coverage_rate_township",
    "coverage_rate_village",
    "county_coverage_rate",
    "township_coverage_rate",
    "six_haves_units",
    "key_people_total",
    "health_events",
    "agri_reached",
)


def targetable() -> QuerySet[Indicator]:
    """Figures that a target may be set for."""
    numeric = [*TYPED_FIGURES, ValueKind.RATIO]
    return (
        Indicator.objects.filter(may_have_target=True, value_kind__in=numeric)
        .exclude(time=Time.NONE)
        .order_by("pk")
    )


def units_to_set(setter: OrgUnit) -> list[OrgUnit]:
    """Whom ``setter`` gives targets: those directly below, the province also itself."""
    below = OrgUnit.objects.open().filter(parent=setter, level__in=TARGETED_LEVELS).in_code_order()
    return [*([setter] if setter.parent_id is None else []), *below]


def goals_for(cycle: Cycle, units: Iterable[int]) -> Goals:
    """The target of each unit and figure that ``cycle`` is weighed against, in two queries.

    Of several days the first that is not over, else the last; of a sum over a year that of the cycle's year. A locked
    cycle keeps the targets that were known when it was locked. A unit without a target of its own in a ratio has that
    of the nearest unit above.
    """
    lines = {
        unit.pk: unit.ancestor_ids()
        for unit in OrgUnit.objects.filter(pk__in=set(units), level__in=TARGETED_LEVELS).only(
            *ANCESTOR_FIELD.values()
        )
    }
    everyone = {pk for line in lines.values() for pk in line}
    asked = (
        Target.objects.as_known(cycle.locked_at or clock.now())
        .filter(unit__in=everyone | set(lines))
        .select_related("indicator", "set_by")
        .only(*_GOAL_FIELDS)
        .order_by("due_on", "pk")
    )
    chosen: Goals = {}
    for target in asked:
        if target.indicator.is_flow and target.due_on.year != cycle.period.year:
            continue
        known = chosen.get((target.unit_id, target.indicator.key))
        if known is None or known.due_on < cycle.window_last:
            chosen[target.unit_id, target.indicator.key] = _goal(target)
    return _with_inherited(chosen, lines)


#: What :func:`_goal` and the choice among targets read.
_GOAL_FIELDS = (
    *("unit_id", "due_on", "value", "begins_on", "baseline", "basis", "set_by__name"),
    *("indicator__key", "indicator__name", "indicator__unit_label", "indicator__value_kind"),
    "indicator__time",
)


def _goal(target: Target) -> Goal:
    indicator = target.indicator
    return Goal(
        target_id=target.pk,
        unit_id=target.unit_id,
        key=indicator.key,
        name=indicator.name,
        unit_label=indicator.unit_label,
        is_ratio=indicator.value_kind == ValueKind.RATIO,
        is_flow=indicator.is_flow,
        due_on=target.due_on,
        value=target.value,
        begins_on=target.begins_on,
        baseline=target.baseline,
        set_by=target.set_by.name,
        basis=target.basis,
    )


def _with_inherited(own: Goals, lines: Mapping[int, Collection[int]]) -> Goals:
    found = {key: goal for key, goal in own.items() if key[0] in lines}
    by_unit: dict[int, list[Goal]] = defaultdict(list)
    for goal in own.values():
        by_unit[goal.unit_id].append(goal)
    for unit_id, line in lines.items():
        for above in reversed([pk for pk in line if pk != unit_id]):
            for goal in by_unit.get(above, ()):
                if goal.is_ratio and (unit_id, goal.key) not in found:
                    found[unit_id, goal.key] = replace(goal, is_inherited=True)
    return found


def progress(cycle: Cycle, units: Iterable[int], values: Mapping[Key, Number | None]) -> dict[Key, Progress]:
    """Every target of ``units`` in ``cycle`` beside its figure, by unit and indicator key, in two queries.

    ``values`` holds the figures: percentages as 0–100, sums over a year as the year so far. What is missing there has
    no figure (“—”).
    """
    day = day_weighed(cycle)
    return {
        (unit_id, key): Progress(unit_id, goal, values.get((unit_id, key)), day)
        for (unit_id, key), goal in goals_for(cycle, units).items()
    }


def target_values(cycle: Cycle, unit_id: int) -> dict[str, Decimal | Fraction]:
    """The targets of one unit by indicator key, as papers and tables write figures: ratios as fractions of 1."""
    return {
        key: Fraction(goal.value) / 100 if goal.is_ratio else goal.value
        for (_unit, key), goal in goals_for(cycle, [unit_id]).items()
    }


def day_weighed(cycle: Cycle) -> dt.date:
    """The day that a cycle's figures stand for."""
    return min(cycle.window_last, clock.today())


def figures_now(
    cycle: Cycle, within: OrgUnit, units: Collection[int], keys: Collection[str]
) -> dict[Key, Number | None]:
    """The figures of ``units`` inside ``within`` that targets are weighed against, in a constant number of queries."""
    indicators = list(Indicator.objects.filter(key__in=set(keys)))
    found: dict[Key, Number | None] = {}
    registry = [one for one in indicators if not one.is_reported]
    if registry:
        facts = facts_for(cycle, within=within, units=units)
        past = _registry_flows(cycle, units, [one.key for one in registry if one.is_flow])
        for unit_id in units:
            for one in registry:
                fact = facts.fact(unit_id, one.key)
                value: Number | None = fact.value if fact else None
                if one.is_flow:
                    value = past.get((unit_id, one.key), Decimal(0)) + (fact.numerator if fact else 0)
                elif fact and fact.denominator:
                    value = Fraction(fact.numerator * 100, fact.denominator)
                found[unit_id, one.key] = value
    typed = [one.key for one in indicators if one.is_reported]
    if typed:
        year = year_to_date(cycle, basis=basis_for(cycle), within=within, alone=set(units) == {within.pk})
        found |= {(unit_id, key): year.total(unit_id, key) for unit_id in units for key in typed}
    return found


def _registry_flows(cycle: Cycle, units: Collection[int], keys: list[str]) -> dict[Key, Decimal]:
    """The registry's sums over the year up to the cycle before."""
    if not keys:
        return {}
    past = Cycle.objects.of_year_until(cycle).exclude(pk=cycle.pk)
    rows = CycleFact.objects.filter(cycle__in=past, unit__in=units, indicator__key__in=keys)
    sums = rows.values_list("unit_id", "indicator__key").annotate(sum=Sum("numerator"))
    return {(unit_id, key): Decimal(total) for unit_id, key, total in sums}


def unit_progress(cycle: Cycle, within: OrgUnit, units: Collection[int]) -> dict[Key, Progress]:
    """:func:`progress` with the figures read as well."""
    goals = goals_for(cycle, units)
    values = figures_now(cycle, within, units, {key for _unit, key in goals}) if goals else {}
    day = day_weighed(cycle)
    return {place: Progress(place[0], goal, values.get(place), day) for place, goal in goals.items()}


def due_days(units: Iterable[int]) -> list[dt.date]:
    """The days that targets in force are due on, soonest first."""
    current = Target.objects.current().filter(unit__in=list(units))
    return list(current.order_by("due_on").values_list("due_on", flat=True).distinct())


def current_targets(units: Iterable[int], due_on: dt.date) -> dict[Key, Target]:
    """The targets in force that are due on one day."""
    rows = Target.objects.current().filter(unit__in=list(units), due_on=due_on).select_related("indicator")
    return {(row.unit_id, row.indicator.key): row for row in rows}


def history(unit: OrgUnit) -> QuerySet[Target]:
    """Every target that ``unit`` was ever given, the latest word first."""
    rows = Target.objects.filter(unit=unit).select_related("indicator", "set_by")
    return rows.order_by("-set_at", "indicator", "due_on", "-pk")


def latest_cycle(province_id: int | None) -> Cycle | None:
    """The newest cycle of the province's principal collection: the figures that a new path starts from."""
    opened = Cycle.objects.principal().filter(collection__owner=province_id, opened_at__lte=clock.now())
    return opened.select_related("collection").first()


def shares(
    total: Decimal, weights: Mapping[int, Number | None], *, is_ratio: bool, places: int = 0
) -> dict[int, Decimal]:
    """``total`` handed down: a ratio to each alike, a count in the proportion of ``weights`` (evenly where all are
    zero), whole numbers that add up to it exactly."""
    if is_ratio:
        return dict.fromkeys(weights, total)
    if not weights:
        return {}
    step = Fraction(1, 10**places)
    known = {pk: Fraction(weight or 0) for pk, weight in weights.items()}
    whole = sum(known.values())
    if not whole:
        known, whole = dict.fromkeys(known, Fraction(1)), Fraction(len(known))
    exact = {pk: Fraction(total) * weight / whole / step for pk, weight in known.items()}
    given = {pk: int(part) for pk, part in exact.items()}
    missing = int(Fraction(total) / step) - sum(given.values())
    for pk in sorted(exact, key=lambda pk: (given[pk] - exact[pk], pk))[:missing]:
        given[pk] += 1
    return {pk: Decimal(count) * Decimal(step.numerator) / step.denominator for pk, count in given.items()}
