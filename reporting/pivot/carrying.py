"""A question by today's tree: the rows of what is in that tree no more, and registry facts counted anew for its units.

What merged is added up at its successor, what was divided is one row and not apportioned. Registry facts are not added
up from stored ones: months whose tree is not today's are counted anew, and kept for a while.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.cache import cache
from django.db import connection

from core import clock
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.lineage import Lineage, Place, last_change, tree_stamp
from reporting.choices import Time
from reporting.models import Cycle, Indicator
from reporting.pivot.adding import MOST_RECOUNTED
from reporting.pivot.periods import Period
from reporting.pivot.reading import Reading
from reporting.selectors.carried import KEPT_SECONDS, facts_as_of
from reporting.selectors.facts import moment_shown, opening_moment

#: Where the ancestors of a standing begin, by the number of their level.
BEFORE_LEVELS = 2


def todays_lineage() -> Lineage:
    """What earlier units have come to by today, down to the villages."""
    return Lineage(clock.today(), deepest=Level.VILLAGE)


def past_places(root: OrgUnit, spread: str, cycles: Iterable[Cycle], lineage: Lineage) -> list[Place]:
    """Groups and ended units of any of ``cycles`` that have come to ``root`` and belong among the units of ``spread``.

    A group whose heirs share nothing at the level asked for stands among that level's units, so that sums are whole.
    """
    found: dict[int, Place] = {}
    for cycle in cycles:
        opened = (clock.local_day(cycle.opened_at), cycle.opened_at)
        for since in (opened, (moment_shown(cycle).day, None)):
            standings = {one.unit_id: one for one in lineage.standings(*since).values()}
            for place in lineage.places(*since):
                above = standings[place.unit_id]
                if above[BEFORE_LEVELS + root.level] == root.pk and _belongs(place, above, root, spread):
                    found[place.unit_id] = place
    return list(found.values())


def _belongs(place: Place, above: Sequence[Any], root: OrgUnit, spread: str) -> bool:
    if place.level > Level.TOWNSHIP or place.level <= root.level:
        return False
    if spread == "below":
        return place.parent_id == root.pk
    level = int(spread)
    return place.level == level or (place.level > level and above[BEFORE_LEVELS + level] is None)


def months_needed(periods: Iterable[Period], registry: Iterable[Indicator]) -> list[Cycle]:
    """The cycles whose facts ``registry`` is told from: all for flows, the last of each period for states."""
    registry = list(registry)
    if not registry:
        return []
    has_flows = any(one.time == Time.SUM for one in registry)
    found = {
        cycle.pk: cycle
        for period in periods
        for cycle in (period.cycles if has_flows else period.cycles[-1:])
        if cycle.facts_at
    }
    return sorted(found.values(), key=lambda one: (one.period, one.pk))


def months_to_recount(root: OrgUnit, cycles: Sequence[Cycle], lineage: Lineage) -> list[Cycle]:
    """Those of ``cycles`` whose stored facts are of another tree than today's; two queries."""
    changed = last_change(root, lineage.day) if cycles else lineage.day
    return [cycle for cycle in cycles if moment_shown(cycle).day < changed]


def recount(
    reading: Reading,
    root: OrgUnit,
    units: Sequence[int],
    indicators: Iterable[Indicator],
    cycles: Sequence[Cycle],
    lineage: Lineage,
) -> None:
    """Put the facts of ``cycles`` for ``units`` of today into ``reading``; the newest months where they are too many."""
    ids = {one.key: one.pk for one in indicators if not one.is_reported}
    if not (ids and cycles):
        return
    reading.unread = {cycle.pk for cycle in cycles[:-MOST_RECOUNTED]}
    wanted = cycles[-MOST_RECOUNTED:]
    stamp = _stamp(root, units, ids, lineage)
    kept = cache.get_many([f"{stamp}:{cycle.pk}" for cycle in wanted])
    made: dict[str, list[tuple[Any, ...]]] = {}
    names = {pk: _identity(pk, lineage) for pk in units}
    pks = {name: pk for pk, name in names.items()}
    for cycle in wanted:
        key = f"{stamp}:{cycle.pk}"
        rows = kept.get(key)
        if rows is None:
            rows = made[key] = [
                (names[pk], *fact) for pk, *fact in _counted(cycle, root, units, list(ids), lineage)
            ]
        reading.put(
            (ids[fact_key], pks[name], [cycle.pk], [above], [below]) for name, fact_key, above, below in rows
        )
    cache.set_many(made, KEPT_SECONDS)


def _counted(
    cycle: Cycle, root: OrgUnit, units: Sequence[int], keys: list[str], lineage: Lineage
) -> list[tuple[int, str, int, int | None]]:
    at, since = moment_shown(cycle), opening_moment(cycle)
    table = facts_as_of(at, within=root, since=since, units=units, keys=keys, lineage=lineage)
    return [(pk, key, one.numerator, one.denominator) for pk in table for key, one in table.of(pk).items()]


def _identity(pk: int, lineage: Lineage) -> tuple[int, ...]:
    """A unit by its key, a group by its level and heirs, since its own key is of one reading."""
    group = lineage.groups.get(pk)
    return (pk,) if group is None else (group.level, *sorted(group.heirs))


def _stamp(root: OrgUnit, units: Iterable[int], keys: Iterable[str], lineage: Lineage) -> str:
    asked = (sorted(_identity(pk, lineage) for pk in units), sorted(keys))
    wanted = hashlib.blake2b(repr(asked).encode(), digest_size=12).hexdigest()
    return f"asked:{connection.settings_dict['NAME']}:{root.pk}:{wanted}:{tree_stamp(lineage.day)}"
