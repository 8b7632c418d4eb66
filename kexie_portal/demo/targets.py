"""What the province and its cities ask for by the year's end, set once the first month is known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounts.models import User
from core import clock
from kexie_portal.demo.accounts import desk_username
from kexie_portal.demo.world import World
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.selectors.targets import figures_now, shares, units_to_set
from reporting.services.targets import TargetChange, set_targets

RATES = {
    "coverage_rate_township": "98",
    "coverage_rate_village": "90",
    "county_coverage_rate": "100",
    "township_coverage_rate": "90",
}
#: A count over what the year so far holds in the first month.
GROWTH = {"key_people_total": Decimal("1.5"), "six_haves_units": Decimal("1.55")}
EVENTS = {"health_events": 320, "agri_reached": 10_000}
BASIS = "年度工作要点"


def hand_down(world: World, cycle: Cycle, at: dt.datetime) -> int:
    """The province asks its cities, each city its counties; how many targets that are."""
    day = dt.date(world.now.year, 12, 31)
    with clock.standing_at(at):
        return sum(
            _of_setter(place.pk, world.users[desk_username(place)], cycle, day)
            for place in (world.province, *world.at(Level.CITY))
        )


def _of_setter(pk: int, by: User, cycle: Cycle, day: dt.date) -> int:
    setter = OrgUnit.objects.get(pk=pk)
    units = units_to_set(setter)
    below = [unit.pk for unit in units if unit.pk != pk]
    counted = [*GROWTH, *EVENTS]
    values = figures_now(cycle, setter, [unit.pk for unit in units] + [pk], counted)
    changes = [TargetChange(unit.pk, key, Decimal(rate)) for unit in units for key, rate in RATES.items()]
    for key in counted:
        now = Decimal(int(values.get((pk, key)) or 0))
        counties = OrgUnit.objects.open().within(setter).filter(level=Level.COUNTY).count()
        whole = (now * GROWTH[key] if key in GROWTH else Decimal(EVENTS[key] * counties)).to_integral_value()
        parts = shares(whole, {one: values.get((one, key)) for one in below}, is_ratio=False)
        changes += [TargetChange(one, key, part) for one, part in parts.items()]
        if setter.parent_id is None:
            changes.append(TargetChange(pk, key, whole))
    return set_targets(setter=setter, due_on=day, changes=changes, basis=BASIS, by=by).added
