"""Where every candidacy stands, for whom it waits and how long; how long each step takes on average."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.db.models import Case, CharField, Count, F, Q, Value, When, Window
from django.db.models.functions import Coalesce, Lag, RowNumber

from core import clock
from orgs.models import OrgUnit
from sanzhang.choices import Giver
from sanzhang.models import Candidacy, CandidacyStep
from sanzhang.models.candidacy import CandidacyOutcome, CandidacyQuerySet
from sanzhang.procedures import Plan, plans_of

#: A candidacy that has not moved for so many days is marked.
SLOW_DAYS = 30
#: The step of those that are through and have only the seat left to take.
TO_SEAT, TO_SEAT_LABEL = "seat", "办理任职"
CARDS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidacy with where it stands; of a closed one the stage is its outcome."""

    candidacy: Candidacy
    stage: str
    since: dt.date
    days: int

    def __str__(self) -> str:
        return self.candidacy.person.name

    @property
    def is_deferred(self) -> bool:
        return self.candidacy.is_put_off and self.candidacy.closed_on is None

    @property
    def waits_for(self) -> str:
        """Who is waited for, the superior by its name."""
        row = self.candidacy
        if row.closed_on is not None:
            return ""
        if row.waits_for == Giver.SUPERIOR and row.unit.parent is not None:
            return row.unit.parent.association
        return row.get_waits_for_display()

    @property
    def is_slow(self) -> bool:
        return self.candidacy.closed_on is None and self.days >= SLOW_DAYS


def waiting(candidacy: Candidacy, plan: Plan, today: dt.date) -> Waiting:
    """Where one candidacy stands: open, since its last step; closed, how long it took in all."""
    if candidacy.closed_on is not None:
        days = (candidacy.closed_on - candidacy.opened_on).days
        return Waiting(candidacy, candidacy.get_outcome_display(), candidacy.closed_on, days)
    since = candidacy.moved_on or candidacy.opened_on
    stage = plan.name_of(candidacy.due) if candidacy.due else TO_SEAT_LABEL
    return Waiting(candidacy, stage, since, (today - since).days)


def shown(candidacies: Iterable[Candidacy]) -> list[Waiting]:
    """The rows of one page with where they stand. Three queries, whatever their number."""
    rows = list(candidacies)
    plans = plans_of({row.procedure_id for row in rows}) if rows else {}
    today = clock.today()
    return [waiting(row, plans[row.procedure_id], today) for row in rows]


def with_people(candidacies: CandidacyQuerySet) -> CandidacyQuerySet:
    """Candidacies with all that their rows show, in the same statement."""
    return candidacies.select_related("person__occupation", "unit__parent", "body")


def longest_waiting(candidacies: CandidacyQuerySet) -> CandidacyQuerySet:
    """Ordered by how long they have waited."""
    return candidacies.order_by(Coalesce("moved_on", "opened_on"), "pk")


@dataclass(slots=True)
class Stage:
    """One column of the board: the step, how many stand there, the first of them."""

    key: str
    label: str
    count: int
    slow: int
    cards: list[Waiting]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def stage_key() -> Case:
    """The step an open candidacy stands at; ``seat`` when only the seat is left."""
    return Case(When(due="", then=Value(TO_SEAT)), default=F("due"), output_field=CharField())


def stages_of(candidacies: CandidacyQuerySet) -> list[Stage]:
    """The columns of the board in the order of the steps, each with its longest waiting cards."""
    open_ones = candidacies.open()
    slow_since = clock.today() - dt.timedelta(days=SLOW_DAYS)
    counts = {
        row["stage"]: row
        for row in open_ones.order_by()
        .annotate(stage=stage_key())
        .values("stage")
        .annotate(count=Count("pk"), slow=Count("pk", filter=Q(moved_on__lte=slow_since)))
    }
    ranked = open_ones.annotate(
        stage=stage_key(),
        place=Window(
            RowNumber(), partition_by=stage_key(), order_by=[Coalesce("moved_on", "opened_on"), "pk"]
        ),
    ).filter(place__lte=CARDS_SHOWN)
    cards: dict[str, list[Waiting]] = {}
    for row in shown(longest_waiting(with_people(ranked))):
        cards.setdefault(row.candidacy.due or TO_SEAT, []).append(row)
    labels = _labels(open_ones)
    order = sorted(counts, key=lambda key: labels.get(key, (99, key)))
    return [
        Stage(key, labels[key][1], counts[key]["count"], counts[key]["slow"], cards.get(key, []))
        for key in order
    ]


def step_choices() -> list[tuple[str, str]]:
    """Every step that a candidacy may wait at, with its name."""
    labels = _labels(Candidacy.objects.all())
    return [(key, name) for key, (_place, name) in sorted(labels.items(), key=lambda entry: entry[1])]


def _labels(candidacies: CandidacyQuerySet) -> dict[str, tuple[int, str]]:
    """The place and name of every step in the versions that ``candidacies`` follow; the newest version names it."""
    versions = sorted(candidacies.order_by().values_list("procedure_id", flat=True).distinct())
    labels = {
        rule.key: (place, rule.name)
        for plan in plans_of(versions).values()
        for place, rule in enumerate(plan.rules)
    }
    return labels | {TO_SEAT: (90, TO_SEAT_LABEL)}


@dataclass(frozen=True, slots=True)
class StepSpeed:
    """How long one step takes on average: days from the step before to the word."""

    key: str
    label: str
    count: int
    average: float
    longest: int


def speeds_of(candidacies: CandidacyQuerySet) -> list[StepSpeed]:
    """Average days a step, over every step decided in ``candidacies``. People already in post have no candidacy."""
    labels = _labels(candidacies)
    gaps = (
        CandidacyStep.objects.filter(candidacy__in=candidacies.order_by().values("pk"))
        .annotate(
            before=Window(Lag("on"), partition_by=F("candidacy_id"), order_by=[F("on"), F("id")]),
        )
        .values_list("step", "on", "before", "opinion")
    )
    days: dict[str, list[int]] = {}
    for step, on, before, opinion in gaps.iterator(chunk_size=5000):
        if before is not None and opinion != "defer":
            days.setdefault(step, []).append((on - before).days)
    return [
        StepSpeed(key, labels.get(key, (99, key))[1], len(found), sum(found) / len(found), max(found))
        for key, found in sorted(days.items(), key=lambda item: labels.get(item[0], (99, item[0])))
    ]


def outcomes_of(candidacies: CandidacyQuerySet) -> list[tuple[str, str, int]]:
    """How many are under way, and how many ended how: code, words, number."""
    counted = dict(
        candidacies.order_by()
        .values_list("outcome")
        .annotate(count=Count("pk"))
        .values_list("outcome", "count")
    )
    rows = [("open", "办理中", counted.get("", 0))]
    return rows + [
        (outcome.value, outcome.label, counted.get(outcome.value, 0)) for outcome in CandidacyOutcome
    ]


#: How long a count may stand if a concurrent act slipped past its removal, in seconds.
COUNT_KEPT = 60


def _count_key(unit_id: int | None) -> str:
    return f"opinions:{unit_id}"


def opinions_waiting(unit: OrgUnit) -> int:
    """How many candidacies wait for the opinion of ``unit``, for the side bar: remembered until one comes or goes."""
    found = cache.get_or_set(_count_key(unit.pk), lambda: awaiting_opinion_of(unit).count(), COUNT_KEPT)
    return int(found or 0)


def forget_opinions_waiting(unit: OrgUnit) -> None:
    """Count anew at the superior of ``unit`` once the present transaction is committed."""
    transaction.on_commit(lambda: cache.delete(_count_key(unit.parent_id)))


def awaiting_opinion_of(unit: OrgUnit) -> CandidacyQuerySet:
    """Open candidacies of the units right below ``unit`` that wait for its opinion."""
    return Candidacy.objects.waiting_for(Giver.SUPERIOR).filter(unit__parent=unit)
