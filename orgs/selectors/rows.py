"""Units with all that lists and sheets show of them, a few queries for any number of units at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import clock
from orgs.choices import EstablishmentState, OfficerRole
from orgs.models import (
    CohortMember,
    Establishment,
    FourLacks,
    OrgUnit,
    OrgUnitQuerySet,
    SixHaves,
    UnitOfficer,
)

CHUNK = 2_000
_KEPT = ("pk", "division_code", "name", "display_name", "level", "kind", "is_expected", "expected_confirmed")
_DATED = ("opened_on", "closed_on")
_PLACED = ("province_id", "city_id", "county_id", "township_id")
_NAMED = ("city__name", "county__name", "township__name")


@dataclass(slots=True)
class UnitRow:
    """One unit as lists and sheets show it; a model of the tree costs ten times as much to make.

    What follows ``township_name`` is set by :func:`filled`.
    """

    pk: int
    division_code: str
    name: str
    display_name: str
    level: int
    kind: str
    is_expected: bool
    expected_confirmed: bool
    opened_on: dt.date
    closed_on: dt.date | None
    province_id: int | None
    city_id: int | None
    county_id: int | None
    township_id: int | None
    city_name: str | None
    county_name: str | None
    township_name: str | None
    stated: Establishment | None = None
    state: str = EstablishmentState.ABSENT.value
    officers_now: dict[str, UnitOfficer] = field(default_factory=dict)
    haves_now: set[str] = field(default_factory=set)
    lacks_now: set[str] = field(default_factory=set)
    haves: int = 0
    leader: str = ""
    liaison: str = ""
    cohort_names: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.display_name

    def ancestor_ids(self) -> list[int]:
        """Primary keys of the units above and of the unit itself, from the top."""
        columns = (self.province_id, self.city_id, self.county_id, self.township_id)
        ids = [pk for pk in columns if pk is not None]
        return ids if self.pk in ids else [*ids, self.pk]

    def is_within(self, unit: OrgUnit) -> bool:
        """Whether this unit is ``unit`` or lies below it."""
        return unit.pk in self.ancestor_ids()

    def above(self, level: str) -> str:
        """The name of the unit above at ``level``; nothing for the unit itself."""
        return "" if getattr(self, f"{level}_id") == self.pk else getattr(self, f"{level}_name") or ""


def filled(units: Sequence[Any], on: dt.date | None = None) -> Sequence[Any]:
    """``units`` (in the order given) with their facts of ``on`` (today), in five queries.

    Sets ``stated`` (the establishment on record or ``None``), ``state``, ``officers_now`` by role, ``haves_now`` and
    ``lacks_now`` (sets of items), ``cohort_names``; and, as :func:`orgs.selectors.units.with_facts`, ``haves``,
    ``leader`` and ``liaison``.
    """
    day = on or clock.today()
    ids = [unit.pk for unit in units]
    stated = {
        fact.unit_id: fact
        for fact in Establishment.objects.on(day).filter(unit__in=ids).order_by("valid_from", "pk")
    }
    officers: dict[int, dict[str, UnitOfficer]] = defaultdict(dict)
    for officer in UnitOfficer.objects.on(day).filter(unit__in=ids).order_by("valid_from", "pk"):
        officers[officer.unit_id][officer.role] = officer
    haves, lacks = _items(SixHaves, ids, day), _items(FourLacks, ids, day)
    cohorts = _cohorts(ids, day)
    for unit in units:
        own = officers.get(unit.pk, {})
        unit.stated = stated.get(unit.pk)
        unit.state = unit.stated.state if unit.stated else EstablishmentState.ABSENT.value
        unit.officers_now = own
        unit.haves_now, unit.lacks_now = haves.get(unit.pk, set()), lacks.get(unit.pk, set())
        unit.haves = len(unit.haves_now)
        unit.leader = own[OfficerRole.LEADER_IN_CHARGE].name if OfficerRole.LEADER_IN_CHARGE in own else ""
        unit.liaison = own[OfficerRole.LIAISON].name if OfficerRole.LIAISON in own else ""
        unit.cohort_names = cohorts.get(unit.pk, [])
    return units


def rows_of(units: OrgUnitQuerySet) -> Iterator[UnitRow]:
    """``units`` in their order, without their facts."""
    for values in units.values_list(*_KEPT, *_DATED, *_PLACED, *_NAMED).iterator(chunk_size=CHUNK):
        yield UnitRow(*values)


def in_order(ids: Sequence[int]) -> list[UnitRow]:
    """The units of ``ids`` in that order, filled."""
    rows = {row.pk: row for row in rows_of(OrgUnit.objects.filter(pk__in=ids).order_by())}
    return list(filled([rows[pk] for pk in ids if pk in rows]))


def every_row(units: OrgUnitQuerySet, on: dt.date | None = None) -> Iterator[UnitRow]:
    """All of ``units`` filled, in chunks, so that a province is never held whole."""
    chunk: list[UnitRow] = []
    for row in rows_of(units):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from filled(chunk, on)
            chunk = []
    yield from filled(chunk, on)


def _items(model: Any, ids: list[int], day: dt.date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for unit_id, item in model.objects.on(day).filter(unit__in=ids).values_list("unit_id", "item"):
        found[unit_id].add(item)
    return found


def _cohorts(ids: list[int], day: dt.date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    members = CohortMember.objects.on(day).filter(unit__in=ids, cohort__closed_on__isnull=True)
    for unit_id, name in members.order_by("cohort__name").values_list("unit_id", "cohort__name"):
        found[unit_id].append(name)
    return found
