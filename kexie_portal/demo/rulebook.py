"""The province's procedure in two versions: the one that ships, and its own that asks two opinions more."""

from __future__ import annotations

import dataclasses
import datetime as dt

from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.world import World
from orgs.models import OrgUnit
from sanzhang.choices import Giver
from sanzhang.models.procedure import every_level
from sanzhang.procedures import Plan, Step, preset_of
from sanzhang.services import procedures
from sanzhang.services.procedures import ProcedureFacts

#: How long ago the second version came into force.
SECOND_SINCE = dt.timedelta(days=70)


@dataclasses.dataclass(slots=True)
class Rules:
    """One version: what it demands, since when, and its key once it is written."""

    plan: Plan
    since: dt.date
    pk: int = 0


class Rulebook:
    """Which version a candidacy follows, by the day it was opened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.owner = OrgUnit.objects.get(pk=world.province.pk)
        first = preset_of(self.owner)
        self.first = Rules(first, clock.local_day(world.began_at))
        self.second = Rules(_with_opinions(first), world.today - SECOND_SINCE)

    def of(self, opened_on: dt.date) -> Rules:
        return self.second if opened_on >= self.second.since else self.first

    def write(self) -> None:
        """Both versions, by the same services as a province uses."""
        with clock.standing_at(clock.at(self.first.since, dt.time(10, 0))):
            self.first.pk = procedures.ensure_in_force(unit=self.owner, by=SYSTEM).pk
        with clock.standing_at(clock.at(self.second.since, dt.time(9, 30))):
            draft = procedures.draft(owner=self.owner, by=SYSTEM)
            plan = self.second.plan
            facts = ProcedureFacts(plan.title, plan.source, plan.rules, plan.authorities)
            procedures.save_draft(procedure=draft, facts=facts, by=SYSTEM)
            self.second.pk = procedures.publish(procedure=draft, by=SYSTEM).pk


def _with_opinions(plan: Plan) -> Plan:
    """The employer and the superior are asked too, right after the shortlist."""
    everywhere = tuple(every_level())
    asked = [
        Step("employer", "所在单位意见", Giver.EMPLOYER, everywhere),
        Step("superior", "上级科协意见", Giver.SUPERIOR, everywhere),
    ]
    known = {rule.key for rule in plan.rules}
    added = [step for step in asked if step.key not in known]
    return dataclasses.replace(plan, rules=(plan.rules[0], *added, *plan.rules[1:]))
