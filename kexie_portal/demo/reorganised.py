"""A merger months ago, a change today, one that waits for its day and one drafted, so that past trees, the list of
reorganisations and a life line have something to show."""

from __future__ import annotations

import datetime as dt

from core import clock
from core.actor import SYSTEM
from core.windows import next_month
from kexie_portal.demo.world import World
from orgs.choices import ActKind, Level, ReorganisationState
from orgs.models import OrgUnit, Reorganisation
from orgs.rules.reorganising import Line
from orgs.services import reorganising

#: How many months before the present one two townships were merged.
MERGED_BEFORE = 5
#: A county with fewer townships is not thinned out.
TOWNSHIPS_NEEDED = 9


def merge_in_the_past(world: World, after: dt.datetime) -> str:
    """Two townships beside the county that visitors try become one on the first of the month after ``after``; what was
    done, empty where no county is large enough."""
    shown = world.by_code(world.showcase_county)
    sisters = [
        place
        for place in world.at(Level.COUNTY)
        if place.city == shown.city and place.kind == "regular" and place.pk != shown.pk
    ]
    county = max(sisters, key=lambda place: len(world.townships_of(place)), default=None)
    townships = world.townships_of(county) if county is not None else []
    if county is None or len(townships) < TOWNSHIPS_NEEDED:
        return ""
    stays, gone = [place for place in townships if place.is_expected][-2:]
    day = next_month(clock.local_day(after))
    title = f"{county.name}{gone.name}并入{stays.name}"
    with clock.standing_at(clock.at(day, dt.time(9, 30))):
        province = OrgUnit.objects.get(pk=world.province.pk)
        held = _draft(province, title, Line(ActKind.MERGE, unit_id=gone.pk, into_id=stays.pk))
        seen = reorganising.preview(held).digest
        reorganising.apply(reorganisation=held, seen=seen, by=SYSTEM)
    world.below[county.pk].remove(gone)
    return title


def reorganise(world: World) -> int:
    """A community renamed today, two townships of another county that are to be merged, and two that will be on the first
    of next month; how many there are."""
    province = OrgUnit.objects.get(pk=world.province.pk)
    counties = OrgUnit.objects.open().filter(province=province, level=Level.COUNTY, kind="regular")
    first, second = counties.exclude(division_code=world.showcase_county).order_by("-division_code")[:2]
    community = OrgUnit.objects.open().filter(county=first, level=Level.VILLAGE).order_by("division_code")[0]
    gone, stays = OrgUnit.objects.open().filter(county=second, level=Level.TOWNSHIP, kind="regular")[:2]
    renamed = _draft(
        province,
        f"{community.name}更名",
        Line(ActKind.RENAME, unit_id=community.pk, name=f"新{community.name}"),
    )
    seen = reorganising.preview(renamed).digest
    reorganising.apply(reorganisation=renamed, seen=seen, by=SYSTEM)
    _draft(
        province,
        f"{second.name}{gone.name}并入{stays.name}",
        Line(ActKind.MERGE, unit_id=gone.pk, into_id=stays.pk),
    )
    later, into = OrgUnit.objects.open().filter(county=first, level=Level.TOWNSHIP, kind="regular")[:2]
    planned = _draft(
        province,
        f"{first.name}{later.name}并入{into.name}",
        Line(ActKind.MERGE, unit_id=later.pk, into_id=into.pk),
        on=next_month(clock.today()),
    )
    reorganising.schedule(reorganisation=planned, by=SYSTEM)
    return Reorganisation.objects.exclude(state=ReorganisationState.DISCARDED).count()


def _draft(province: OrgUnit, title: str, line: Line, *, on: dt.date | None = None) -> Reorganisation:
    held = reorganising.draft(unit=province, title=title, by=SYSTEM)
    held = reorganising.set_basis(
        reorganisation=held,
        title=title,
        document=f"鲁政字〔{clock.today().year}〕31号（演示）",
        effective_on=on or clock.today(),
        by=SYSTEM,
    )
    return reorganising.set_lines(reorganisation=held, lines=[line], by=SYSTEM)
