"""Units with their facts: lists, search, the unit page, blank spots. Query counts never grow with the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core import clock
from orgs.choices import (
    ANCESTOR_FIELD,
    EstablishmentState,
    Level,
    OfficerRole,
    UnitKind,
)
from orgs.models import (
    Establishment,
    FourLacks,
    OrgUnit,
    OrgUnitQuerySet,
    SixHaves,
    Succession,
    UnitEdition,
    UnitOfficer,
)
from orgs.permissions import CONFIRM_EXPECTED, VIEW_UNITS


def visible_units(user: Any) -> OrgUnitQuerySet:
    """The units that ``user`` may look at, closed ones included."""
    return OrgUnit.objects.visible_to(user, VIEW_UNITS)


def top_units(user: Any) -> list[OrgUnit]:
    """Where the tree begins for ``user``: the highest units in reach, each once."""
    reach = user.reach_of(VIEW_UNITS)
    units = {unit.pk: unit for unit in (*reach.subtrees, *reach.own)}
    tops = [
        unit for unit in units.values() if not any(pk in units for pk in unit.ancestor_ids() if pk != unit.pk)
    ]
    return sorted(tops, key=lambda unit: unit.division_code)


def with_facts(units: OrgUnitQuerySet, on: dt.date | None = None) -> OrgUnitQuerySet:
    """``units`` with their facts of ``on`` (today): ``state``, ``haves``, ``leader``, ``liaison``."""
    day = on or clock.today()

    def officer(role: str) -> Subquery:
        return Subquery(UnitOfficer.objects.on(day).filter(unit=OuterRef("pk"), role=role).values("name")[:1])

    haves = SixHaves.objects.on(day).filter(unit=OuterRef("pk")).order_by().values("unit")
    return units.annotate(
        state=_state(day),
        haves=Coalesce(Subquery(haves.annotate(count=Count("pk")).values("count")), Value(0)),
        leader=Coalesce(officer(OfficerRole.LEADER_IN_CHARGE), Value("")),
        liaison=Coalesce(officer(OfficerRole.LIAISON), Value("")),
    )


def _state(day: dt.date) -> Coalesce:
    stated = Establishment.objects.on(day).filter(unit=OuterRef("pk")).order_by("-valid_from", "-pk")
    return Coalesce(Subquery(stated.values("state")[:1]), Value(EstablishmentState.ABSENT.value))


def children_of(unit: OrgUnit) -> OrgUnitQuerySet:
    """The open units directly below, with their facts, in code order."""
    return with_facts(OrgUnit.objects.open().filter(parent=unit)).in_code_order()


def found_units(user: Any, text: str, limit: int = 50) -> list[OrgUnit]:
    """The first units in reach that answer to ``text``: higher levels first, then by code."""
    units = with_facts(visible_units(user).open().search(text)).order_by("level", "division_code")
    return list(units[:limit])


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many units of one level lie below a unit, and how they stand."""

    level: Level
    units: int
    expected: int
    established: int

    @property
    def blank(self) -> int:
        return self.expected - self.established

    @property
    def rate(self) -> float | None:
        return self.established / self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """All that the unit page shows of one unit on one day."""

    unit: OrgUnit
    establishment: Establishment | None
    officers: dict[str, UnitOfficer]
    haves: dict[str, SixHaves]
    lacks: dict[str, FourLacks]
    editions: list[UnitEdition]
    origins: list[Succession]
    successions: list[Succession]
    below: list[LevelCount]

    @property
    def state(self) -> str:
        return self.establishment.state if self.establishment else EstablishmentState.ABSENT

    @property
    def is_blank_spot(self) -> bool:
        is_open = self.unit.closed_on is None
        return is_open and self.unit.is_expected and self.state != EstablishmentState.ESTABLISHED


def unit_facts(
    unit: OrgUnit,
    on: dt.date | None = None,
    *,
    below: list[LevelCount] | None = None,
    with_life: bool = True,
) -> UnitFacts:
    """The facts of ``unit`` on ``on`` (today), in six queries; ``below`` where the units below are counted
    otherwise than by today's tree. Without its life (editions and successions) in four."""
    day = on or clock.today()
    successions = Succession.objects.filter(Q(predecessor=unit) | Q(successor=unit)).select_related(
        "predecessor", "successor", "reorganisation"
    )
    linked = list(successions.order_by("on")) if with_life else []
    editions = UnitEdition.objects.filter(unit=unit).select_related("parent", "reorganisation")
    items = items_on(unit, day)
    return UnitFacts(
        unit=unit,
        establishment=Establishment.objects.on(day).filter(unit=unit).order_by("-valid_from", "-pk").first(),
        officers={officer.role: officer for officer in UnitOfficer.objects.on(day).filter(unit=unit)},
        haves=items["haves"],
        lacks=items["lacks"],
        editions=list(editions.order_by("-valid_from", "-pk")) if with_life else [],
        origins=[link for link in linked if link.successor_id == unit.pk],
        successions=[link for link in linked if link.predecessor_id == unit.pk],
        below=level_counts(unit, day) if below is None else below,
    )


def items_on(unit: OrgUnit, day: dt.date) -> dict[str, dict[str, Any]]:
    """What ``unit`` had and lacked on ``day``: ``haves`` and ``lacks``, each item → row; one query for both."""
    models: dict[str, Any] = {"haves": SixHaves, "lacks": FourLacks}
    names = [field.attname for field in SixHaves._meta.concrete_fields]
    first, second = (
        model.objects.on(day).filter(unit=unit).order_by().annotate(kind=Value(kind)).values("kind", *names)
        for kind, model in models.items()
    )
    found: dict[str, dict[str, Any]] = {kind: {} for kind in models}
    for row in first.union(second, all=True):
        kind = row.pop("kind")
        found[kind][row["item"]] = models[kind](**row)
    return found


def level_counts(unit: OrgUnit, on: dt.date | None = None) -> list[LevelCount]:
    """Units below ``unit`` by level: how many, expected, established; one query."""
    stands = Establishment.objects.on(on or clock.today()).filter(
        unit=OuterRef("pk"), state=EstablishmentState.ESTABLISHED
    )
    rows = OrgUnit.objects.open().within(unit).filter(level__gt=unit.level)
    return _counted_by_level(rows, stands)


def level_counts_on(unit: OrgUnit, day: dt.date) -> list[LevelCount]:
    """The same by the tree of ``day``; one query."""
    stands = Establishment.objects.on(day).filter(unit=OuterRef("unit"), state=EstablishmentState.ESTABLISHED)
    column = ANCESTOR_FIELD.get(Level(unit.level), "unit")
    rows = UnitEdition.objects.on(day).filter(level__gt=unit.level, **{column: unit.pk})
    return _counted_by_level(rows, stands)


def _counted_by_level(rows: QuerySet[Any], stands: QuerySet[Establishment]) -> list[LevelCount]:
    counted = (
        rows.order_by()
        .values("level")
        .annotate(
            units=Count("pk"),
            expected=Count("pk", filter=Q(is_expected=True)),
            established=Count("pk", filter=Q(Exists(stands), is_expected=True)),
        )
        .order_by("level")
    )
    return [LevelCount(**row | {"level": Level(row["level"])}) for row in counted]


@dataclass(frozen=True, slots=True)
class BlankSpot:
    """An expected division without an established association, and what is on record about it."""

    unit_id: int
    name: str
    division_code: str
    level: Level
    kind: UnitKind
    state: EstablishmentState
    reason: str
    planned_on: dt.date | None
    responsible: str


def blank_spots(
    within: OrgUnit,
    on: dt.date | None = None,
    *,
    levels: Iterable[Level] = tuple(Level),
    known_at: dt.datetime | None = None,
) -> list[BlankSpot]:
    """The blank spots of ``within`` on ``on`` by name, by the tree and facts of that day, with ``known_at`` by what had
    been recorded before that instant; two queries."""
    day = on or clock.today()
    column = {
        Level.PROVINCE: "province",
        Level.CITY: "city",
        Level.COUNTY: "county",
        Level.TOWNSHIP: "township",
    }
    scope = Q(**{column.get(Level(within.level), "unit"): within.pk})
    facts = (
        Establishment.objects.on(day) if known_at is None else Establishment.objects.as_known(day, known_at)
    )
    stands = facts.filter(unit=OuterRef("unit"), state=EstablishmentState.ESTABLISHED)
    editions = (
        UnitEdition.objects.on(day)
        .filter(scope, ~Exists(stands), is_expected=True, level__in=[level.value for level in levels])
        .order_by("division_code")
    )
    rows = list(editions.values_list("unit_id", "display_name", "division_code", "level", "kind").iterator())
    said = _said_of([row[0] for row in rows], facts)
    return [
        BlankSpot(
            unit_id=unit_id,
            name=name,
            division_code=code,
            level=Level(level),
            kind=UnitKind(kind),
            state=EstablishmentState(said[unit_id].state) if unit_id in said else EstablishmentState.ABSENT,
            reason=said[unit_id].reason if unit_id in said else "",
            planned_on=said[unit_id].planned_on if unit_id in said else None,
            responsible=said[unit_id].responsible if unit_id in said else "",
        )
        for unit_id, name, code, level, kind in rows
    ]


def _said_of(unit_ids: Sequence[int], facts: Any) -> dict[int, Establishment]:
    return {fact.unit_id: fact for fact in facts.filter(unit__in=unit_ids).order_by("valid_from", "pk")}


def proposed_unexpected(user: Any) -> QuerySet[OrgUnit]:
    """Units that the import proposed as not expected and nobody has confirmed, in the reach of ``user``."""
    units = OrgUnit.objects.visible_to(user, CONFIRM_EXPECTED).open()
    return (
        with_facts(units.filter(is_expected=False, expected_confirmed=False))
        .select_related("city", "county")
        .order_by("level", "division_code")
    )
