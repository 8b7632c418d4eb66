"""The part of the tree that a reorganisation concerns: the units acted on, everything below, everything above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import OuterRef, Q, Subquery

from orgs.choices import ActKind, Level
from orgs.models import OrgUnit, Reorganisation, ReorganisationAct, UnitEdition
from orgs.rules.reorganising import Line, Standing

_FIELDS = (
    *("pk", "parent_id", "name", "display_name", "division_code", "level", "kind", "is_expected"),
    *("opened_on", "closed_on"),
)
_ABOVE = ("province_id", "city_id", "county_id", "township_id")


def lines_of(reorganisation: Reorganisation) -> list[Line]:
    """The lines as they were written down."""
    acts = list(ReorganisationAct.objects.filter(reorganisation=reorganisation).order_by("order"))
    places = {act.pk: place for place, act in enumerate(acts)}
    return [
        Line(
            kind=act.kind,
            unit_id=act.unit_id if act.kind != ActKind.OPEN else None,
            into_id=act.into_id,
            parent_id=act.parent_id,
            opens=places[act.opens_id] if act.opens_id is not None else None,
            name=act.name,
            division_code=act.division_code,
            is_main=act.is_main,
        )
        for act in acts
    ]


def units_named(lines: Iterable[Line]) -> set[int]:
    """Every unit that the lines name, as subject, successor or parent."""
    named = {pk for line in lines for pk in (line.unit_id, line.into_id, line.parent_id)}
    return {pk for pk in named if pk is not None}


def read_land(lines: Sequence[Line]) -> dict[int, Standing]:
    """Every unit concerned, as it stands; three queries whatever the number of lines."""
    named = units_named(lines)
    acted = {line.unit_id for line in lines if line.unit_id is not None}
    rows = OrgUnit.objects.filter(pk__in=named).values_list("pk", "level", *_ABOVE)
    above = {pk for row in rows for pk in row[2:] if pk is not None}
    below = Q(pk__in=named | above)
    for pk, level, *_lineage in rows:
        if pk in acted and level != Level.VILLAGE:
            below |= Q(**{_ABOVE[level - 1]: pk})
    return standings(below)


def standings(which: Q) -> dict[int, Standing]:
    """The units of ``which`` with the first day of their present editions; one query."""
    since = UnitEdition.objects.filter(unit=OuterRef("pk"), valid_to=None).values("valid_from")[:1]
    units = OrgUnit.objects.filter(which).order_by().annotate(since=Subquery(since))
    found = units.values_list(*_FIELDS, "since")
    return {row[0]: Standing(*row) for row in found.iterator(chunk_size=5000)}


def county_names(units: Iterable[Standing]) -> dict[str, set[int]]:
    """Open counties by name, of the provinces that ``units`` lie in: a name that occurs twice is shown with its city."""
    provinces = [unit.pk for unit in units if unit.level == Level.PROVINCE]
    found: dict[str, set[int]] = {}
    counties = OrgUnit.objects.open().filter(level=Level.COUNTY, province__in=provinces).order_by()
    for name, pk in counties.values_list("name", "pk"):
        found.setdefault(name, set()).add(pk)
    return found


def codes_held_elsewhere(codes: Iterable[str], known: Iterable[int]) -> dict[str, str]:
    """Open units outside of ``known`` that have one of ``codes``, by code."""
    units = OrgUnit.objects.open().filter(division_code__in=set(codes)).exclude(pk__in=set(known)).order_by()
    return dict(units.values_list("division_code", "display_name"))


def lowest_common(unit_ids: Iterable[int]) -> int | None:
    """The lowest unit that holds all of ``unit_ids``; the unit itself where there is but one."""
    rows = OrgUnit.objects.filter(pk__in=set(unit_ids)).values_list("pk", *_ABOVE)
    lineages = []
    for pk, *above in rows:
        chain = [each for each in above if each is not None]
        lineages.append(chain if pk in chain else [*chain, pk])
    common: int | None = None
    for level in zip(*lineages, strict=False):
        if len(set(level)) > 1:
            break
        common = level[0]
    return common
