"""Registry figures of any past day, by that day's tree or computed anew for the units of a later one.

Nothing here is added up from stored figures: two established townships that merged count as one, a person with a seat
in each is one head. What was recorded after the moment asked for does not count, so that an answer never moves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from core.dated import Moment, end_of_day
from core.windows import previous_month
from orgs.choices import ANCESTOR_FIELD, Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from orgs.selectors.lineage import Lineage, Place, is_same_tree, tree_stamp
from reporting.models import Cycle
from reporting.selectors.facts import (
    FactTable,
    closing_moment,
    day_shown,
    facts_for,
    facts_of,
    moment_shown,
    opening_moment,
)
from reporting.selectors.registry import (
    RATIOS,
    RATIOS_ABOVE_TOWNSHIPS,
    parameters,
    statement,
)
from reporting.selectors.registry_trees import carried_parameters

#: Facts that are shown with their change.
COMPARED = (
    *RATIOS,
    *RATIOS_ABOVE_TOWNSHIPS,
    *("six_haves_units", "units_expected_township", "key_people_total", "blank_spots"),
)
#: How long the facts of a month that is over are kept for another tree.
KEPT_SECONDS = 1800


def facts_as_of(
    at: Moment,
    *,
    within: OrgUnit,
    since: Moment,
    units: Collection[int] | None = None,
    keys: Iterable[str] | None = None,
    lineage: Lineage | None = None,
) -> FactTable:
    """The facts of ``within`` and all below it at a moment, changes counted since another; one statement.

    By the tree of that day, or for the units of ``lineage``'s day (read down to the villages).
    """
    table = FactTable(as_of=at.day, is_provisional=False)
    if within.level > Level.TOWNSHIP:
        return table
    values = parameters(at=at, before=since, cycle_before=None, within=within)
    if lineage is not None:
        values |= carried_parameters(lineage, at.day)
    sql = f"SELECT * FROM ({statement(within, is_carried=lineage is not None)}) facts"  # noqa: S608
    sql += " WHERE (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s))"
    sql += " AND (%(keys)s::text[] IS NULL OR key = ANY(%(keys)s))"
    values["units"] = None if units is None else list(units)
    values["keys"] = None if keys is None else list(keys)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for row in cursor.fetchall():
            table.put(*row)
    return table


def carried_facts(cycle: Cycle, unit: OrgUnit, day: dt.date) -> FactTable:
    """``unit``'s facts at the end of ``cycle``'s window (now, where that is to come), for the units of ``day``."""
    return carried_months([cycle], unit, day)[cycle.pk]


def carried_months(cycles: Sequence[Cycle], unit: OrgUnit, day: dt.date) -> dict[int, FactTable]:
    """The same for several cycles, by cycle: at most one statement a month.

    What was known at the end of a window hardly ever changes (heads that turn out to be one do), so months that are
    over are kept for a while, as long as the tree of ``day`` is the same.
    """
    stamp = f"{connection.settings_dict['NAME']}:{tree_stamp(day)}"
    keys = {cycle.pk: f"carried:{cycle.pk}:{unit.pk}:{stamp}" for cycle in cycles if cycle.facts_at}
    kept = cache.get_many(keys.values())
    found: dict[int, FactTable] = {}
    lineage: Lineage | None = None
    for cycle in cycles:
        table = kept.get(keys.get(cycle.pk, ""))
        if table is None:
            lineage = lineage or Lineage(day, deepest=Level.VILLAGE)
            table = _carried(cycle, unit, lineage)
        found[cycle.pk] = table
    cache.set_many({key: found[pk] for pk, key in keys.items() if key not in kept}, KEPT_SECONDS)
    return found


def _carried(cycle: Cycle, unit: OrgUnit, lineage: Lineage) -> FactTable:
    at = moment_shown(cycle)
    if cycle.facts_at and is_same_tree(unit, *sorted((at.day, lineage.day))):
        return facts_of(cycle, units=[unit.pk])
    table = facts_as_of(at, within=unit, since=opening_moment(cycle), units=[unit.pk], lineage=lineage)
    table.is_provisional = not cycle.facts_at
    return table


def window_before(cycle: Cycle, day: dt.date) -> Moment:
    """The end of the last window before ``day`` in ``cycle``'s collection; a month before, where there is none."""
    past = (
        Cycle.objects.filter(collection=cycle.collection_id, window_last__lt=day)
        .order_by("-window_last")
        .first()
    )
    if past is not None:
        return closing_moment(past)
    month = previous_month(day.replace(day=1))
    return end_of_day(month.replace(day=min(day.day, 28)))


@dataclass(slots=True)
class Reading:
    """The places shown in code order, their facts, and the facts that changes are counted from."""

    shown: dict[int, Place]
    facts: FactTable
    before: FactTable | None


def read_facts(
    cycle: Cycle,
    within: OrgUnit,
    level: Level | None,
    *,
    tree_of: dt.date | None = None,
    on: dt.date | None = None,
    keys: Collection[str] | None = None,
) -> Reading:
    """The facts of ``within`` and of its units of ``level`` (default: directly below), as of the cycle or of ``on``,
    by the tree of that day or carried to the units of ``tree_of``.

    Stored facts are read where they answer; everything else is computed for the day and the tree asked for. With
    ``keys`` those alone are read, and nothing to count changes from.
    """
    day = on or day_shown(cycle)
    tree_day = tree_of or day
    lineage = (
        None if is_same_tree(within, *sorted((day, tree_day))) else Lineage(tree_day, deepest=Level.VILLAGE)
    )
    shown = _shown(within, level, tree_day, lineage.places(day) if lineage else [])
    past = _cycle_before(cycle, on) if keys is None else None
    if on is None and lineage is None:
        if keys is not None and cycle.facts_at:
            return Reading(shown, facts_of(cycle, units=shown, keys=keys), None)
        before = facts_of(past, units=shown, keys=COMPARED) if past is not None else None
        return Reading(shown, facts_for(cycle, within=within, units=shown), before)
    at = end_of_day(on) if on is not None else moment_shown(cycle)
    since = window_before(cycle, day)
    facts = facts_as_of(at, within=within, since=since, units=shown, keys=keys, lineage=lineage)
    facts.is_provisional = on is None and not cycle.facts_at
    return Reading(shown, facts, _facts_before(past, within, shown, tree_of, lineage))


def _cycle_before(cycle: Cycle, on: dt.date | None) -> Cycle | None:
    """The last cycle with facts before ``cycle``, or before ``on``."""
    cycles = Cycle.objects.filter(collection=cycle.collection_id, facts_at__isnull=False)
    earlier = cycles.filter(window_last__lt=on) if on is not None else cycles.filter(period__lt=cycle.period)
    return earlier.order_by("-period").first()


def _facts_before(
    past: Cycle | None,
    within: OrgUnit,
    shown: Collection[int],
    tree_of: dt.date | None,
    lineage: Lineage | None,
) -> FactTable | None:
    """What changes are counted from; ``lineage`` is that of ``tree_of``, where it was read already. A month that is
    over is kept for a while, as in :func:`carried_months`."""
    if past is None:
        return None
    if tree_of is None or is_same_tree(within, *sorted((past.window_last, tree_of))):
        return facts_of(past, units=shown, keys=COMPARED)
    wanted = hashlib.blake2b(repr(sorted(shown)).encode(), digest_size=12).hexdigest()
    stamp = f"{connection.settings_dict['NAME']}:{tree_stamp(tree_of)}"
    key = f"carried-before:{past.pk}:{within.pk}:{wanted}:{stamp}"
    table: FactTable | None = cache.get(key)
    if table is None:
        table = facts_as_of(
            closing_moment(past),
            within=within,
            since=opening_moment(past),
            units=shown,
            keys=COMPARED,
            lineage=lineage or Lineage(tree_of, deepest=Level.VILLAGE),
        )
        cache.set(key, table, KEPT_SECONDS)
    return table


def _shown(within: OrgUnit, level: Level | None, day: dt.date, others: Iterable[Place]) -> dict[int, Place]:
    """``within`` and the units to show, in code order, of the tree of ``day``, with ``others`` that belong among
    them; villages have no facts."""
    wanted = Q(parent=within) if level is None else Q(level=level, **{_ancestor(within): within.pk})
    editions = UnitEdition.objects.on(day).filter(wanted | Q(unit=within), level__lte=Level.TOWNSHIP)
    places = [
        Place(pk, name, code, Level(rank), kind == UnitKind.ZONE, parent_id)
        for pk, name, code, rank, kind, parent_id in editions.values_list(
            "unit_id", "display_name", "division_code", "level", "kind", "parent_id"
        )
    ]
    places += [
        place
        for place in others
        if place.level <= Level.TOWNSHIP
        and (place.parent_id == within.pk if level is None else place.level == level)
    ]
    return {place.unit_id: place for place in sorted(places, key=lambda one: (one.code, one.unit_id))}


def _ancestor(within: OrgUnit) -> str:
    return ANCESTOR_FIELD.get(Level(within.level), "unit")
