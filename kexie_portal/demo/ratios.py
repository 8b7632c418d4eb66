"""The ratios of composition that the demo's province asks of its bodies."""

from __future__ import annotations

from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.world import World
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import BodyKind, Bound, Measure
from sanzhang.services.composition import TargetFacts, set_target

BASIS = "省科协关于优化领导机构构成的要求（演示）"
RATIOS = [
    (Level.PROVINCE, BodyKind.CONGRESS, Measure.FRONT_LINE, Bound.AT_LEAST, 70),
    (Level.PROVINCE, BodyKind.STANDING, Measure.FRONT_LINE, Bound.AT_LEAST, 50),
    (Level.CITY, BodyKind.CONGRESS, Measure.FRONT_LINE, Bound.AT_LEAST, 70),
    (Level.CITY, BodyKind.COMMITTEE, Measure.YOUNG, Bound.AT_LEAST, 25),
    (Level.COUNTY, BodyKind.CONGRESS, Measure.FRONT_LINE, Bound.AT_LEAST, 70),
    (Level.COUNTY, BodyKind.COMMITTEE, Measure.FRONT_LINE, Bound.AT_LEAST, 70),
    (Level.COUNTY, BodyKind.COMMITTEE, Measure.YOUNG, Bound.AT_LEAST, 30),
    (Level.COUNTY, BodyKind.STANDING, Measure.FRONT_LINE, Bound.AT_LEAST, 60),
    (Level.COUNTY, BodyKind.STANDING, Measure.RETIRED, Bound.AT_MOST, 10),
    (Level.TOWNSHIP, BodyKind.COMMITTEE, Measure.FRONT_LINE, Bound.AT_LEAST, 75),
    (Level.TOWNSHIP, BodyKind.LEADERSHIP, Measure.CORE, Bound.AT_LEAST, 50),
]


def set_ratios(world: World) -> int:
    """Set them from the first of the demo's months; how many."""
    owner = OrgUnit.objects.get(pk=world.province.pk)
    for level, kind, measure, bound, percent in RATIOS:
        facts = TargetFacts(kind, level, measure, bound, percent, clock.today().replace(day=1), BASIS)
        set_target(owner=owner, facts=facts, by=SYSTEM)
    return len(RATIOS)
