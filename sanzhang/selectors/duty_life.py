"""A person's work, evaluations and exemplars: the block of the personal page, and events on the life line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core import clock
from orgs.choices import Level
from sanzhang.models import ActivityPart, Evaluation, Exemplar, KeyPerson, Support
from sanzhang.selectors.activities import activities_in_sight, work_of
from sanzhang.selectors.duty import DutyRow, duty_of
from sanzhang.selectors.life import LifeEvent

SHOWN = 10


@dataclass(slots=True)
class PersonDuty:
    """This year against the standard, the last activities (with those in the reader's sight), grades, exemplars."""

    year: int
    row: DutyRow | None
    parts: list[tuple[ActivityPart, bool]] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    exemplars: list[Exemplar] = field(default_factory=list)


def duty_of_person(user: Any, person: KeyPerson) -> PersonDuty:
    """Six queries, whatever was done."""
    parts = work_of(person, SHOWN)
    seen = set(
        activities_in_sight(user)
        .filter(pk__in=[part.activity_id for part in parts])
        .values_list("pk", flat=True)
    )
    year = clock.today().year
    return PersonDuty(
        year=year,
        row=duty_of(person, year),
        parts=[(part, part.activity_id in seen) for part in parts],
        evaluations=list(person.evaluations.select_related("unit").order_by("-year")),
        exemplars=list(person.exemplars.filter(withdrawn_at__isnull=True).order_by("-year", "level")),
    )


def work_events(person: KeyPerson) -> Iterable[LifeEvent]:
    """Evaluations, exemplars and what somebody was recommended for; single activities stand in their own list."""
    for given in person.evaluations.all():
        yield LifeEvent(
            clock.local_day(given.given_at),
            f"{given.year}年度评价：{given.get_grade_display()}",
            given.remark,
            "success" if given.grade in ("excellent", "competent") else "warning",
            "clipboard-check",
        )
    for exemplar in person.exemplars.filter(withdrawn_at__isnull=True):
        yield LifeEvent(
            clock.local_day(exemplar.chosen_at),
            f"推荐为典型，现为{Level(exemplar.level).label}典型",
            exemplar.title,
            "success",
            "award",
            exemplar.get_absolute_url(),
        )
    for support in Support.objects.standing().filter(person=person):
        yield LifeEvent(support.given_on, support.get_kind_display(), support.title, "info", "cash-coin")
