"""Units with all that lists and sheets show of them, a few queries for any number of units at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.chunks import in_chunks, streamed
from orgs.choices import EstablishmentState, OfficerRole
from orgs.models import (
    CohortMember,
    Establishment,
    FourLacks,
    OrgUnit,
    OrgUnitQuerySet,
    SixHaves,
    UnitEdition,
    UnitOfficer,
)
from orgs.models.edition import EditionQuerySet

CHUNK = 2_000
_AS_IT_WAS = ("unit_id", "division_code", "name", "display_name", "level", "kind", "is_expected")
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
    as_of: dt.date | None = None

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


#: Facts that only some lists show.
SELDOM = frozenset({"lacks", "cohorts"})


def filled(
    units: Sequence[Any], on: dt.date | None = None, *, seldom: frozenset[str] = SELDOM
) -> Sequence[Any]:
    """``units`` (in the order given) with their facts of ``on`` (today), in three queries, and one for each of ``seldom``.

    Sets ``as_of`` (the day asked for), ``stated`` (the establishment on record or ``None``), ``state``, ``officers_now`` by role, ``haves_now`` and
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
    haves = _items(SixHaves, ids, day)
    lacks = _items(FourLacks, ids, day) if "lacks" in seldom else {}
    cohorts = _cohorts(ids, day) if "cohorts" in seldom else {}
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
        unit.as_of = on
    return units


def rows_of(units: OrgUnitQuerySet) -> Iterator[UnitRow]:
    """``units`` in their order, without their facts."""
    for values in streamed(units.values_list(*_KEPT, *_DATED, *_PLACED, *_NAMED), CHUNK):
        yield UnitRow(*values)


def rows_on(editions: EditionQuerySet, day: dt.date) -> Iterator[UnitRow]:
    """The units of ``editions``, which are of ``day``, in their order as they were called, coded and placed then,
    without their facts."""
    found = editions.values_list(*_AS_IT_WAS, "unit__opened_on", *_PLACED)
    for values in in_chunks(found, CHUNK):
        names = _names_on({pk for row in values for pk in row[-3:] if pk is not None}, day)
        for *kept, opened_on, province, city, county, township in values:
            above = [names.get(pk) for pk in (city, county, township)]
            yield UnitRow(*[*kept, True, opened_on, None, province, city, county, township, *above])


def _names_on(ids: set[int], day: dt.date) -> dict[int, str]:
    return dict(UnitEdition.objects.on(day).filter(unit__in=ids).order_by().values_list("unit_id", "name"))


def in_order(
    ids: Sequence[int], on: dt.date | None = None, *, seldom: frozenset[str] = SELDOM
) -> list[UnitRow]:
    """The units of ``ids`` in that order, filled; as they were on ``on`` where a day is asked for."""
    found = (
        rows_of(OrgUnit.objects.filter(pk__in=ids).order_by())
        if on is None
        else rows_on(UnitEdition.objects.on(on).filter(unit__in=ids).order_by(), on)
    )
    rows = {row.pk: row for row in found}
    return list(filled([rows[pk] for pk in ids if pk in rows], on, seldom=seldom))


def every_row(rows: Any, on: dt.date | None = None) -> Iterator[UnitRow]:
    """All of ``rows`` (units, or with ``on`` the editions of that day) filled, in chunks, so that a province is never
    held whole."""
    for chunk in in_chunks(rows_of(rows) if on is None else rows_on(rows, on), CHUNK):
        yield from filled(chunk, on)


def _items(model: Any, ids: list[int], day: dt.date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for unit_id, item in model.objects.on(day).filter(unit__in=ids).values_list("unit_id", "item"):
        found[unit_id].add(item)
    return found


def _cohorts(ids: list[int], day: dt.date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    members = CohortMember.objects.on(day).filter(unit__in=ids)
    for unit_id, name in members.order_by("cohort__name").values_list("unit_id", "cohort__name"):
        found[unit_id].append(name)
    return found
