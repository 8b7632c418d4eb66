"""Activities and supports for tests, by the services that the pages call."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.actor import SYSTEM
from orgs.models import OrgUnit
from sanzhang.choices import PartRole
from sanzhang.models import Activity, ActivityKind, KeyPerson, Support
from sanzhang.services.activities import ActivityFacts, record_activity
from sanzhang.services.activity_kinds import load_defaults
from sanzhang.services.supports import SupportFacts, record_support


def kind(name: str = "义诊") -> ActivityKind:
    """A shipped kind; loads the list where it is not there."""
    if not ActivityKind.objects.exists():
        load_defaults(by=SYSTEM)
    return ActivityKind.objects.get(name=name)


def activity(
    unit: OrgUnit, *people: KeyPerson, of: str = "义诊", on: dt.date, by: Any = SYSTEM, **facts: Any
) -> Activity:
    """An activity of ``unit`` that ``people`` led; recorded now."""
    facts = {"residents": 40, "explanation": "另一场"} | facts
    explanation = facts.pop("explanation")
    return record_activity(
        facts=ActivityFacts(
            kind=kind(of), held_on=on, people={one.pk: PartRole.LED for one in people}, **facts
        ),
        unit=unit,
        by=by,
        explanation=explanation,
    )


def support(giver: OrgUnit, *, of: str = "project", on: dt.date, by: Any = SYSTEM, **facts: Any) -> Support:
    """Something that ``giver`` gave; recorded now."""
    facts = {"title": "科普惠农项目"} | facts
    return record_support(facts=SupportFacts(kind=of, given_on=on, **facts), giver=giver, by=by)
