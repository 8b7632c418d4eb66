"""A document carried out and one drafted, so that the list of reorganisations and a life line have something to show."""

from __future__ import annotations

from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.world import World
from orgs.choices import ActKind, Level, ReorganisationState
from orgs.models import OrgUnit, Reorganisation
from orgs.rules.reorganising import Line
from orgs.services import reorganising


def reorganise(world: World) -> int:
    """A community renamed today, and two townships of another county that are to be merged; how many there are."""
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
    return Reorganisation.objects.exclude(state=ReorganisationState.DISCARDED).count()


def _draft(province: OrgUnit, title: str, line: Line) -> Reorganisation:
    held = reorganising.draft(unit=province, title=title, by=SYSTEM)
    held = reorganising.set_basis(
        reorganisation=held,
        title=title,
        document=f"鲁政字〔{clock.today().year}〕31号（演示）",
        effective_on=clock.today(),
        by=SYSTEM,
    )
    return reorganising.set_lines(reorganisation=held, lines=[line], by=SYSTEM)
