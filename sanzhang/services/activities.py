"""Recording what was done, mending and striking it out. A joint event is the host's, and counted once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from orgs.models import Affiliate, OrgUnit
from sanzhang.choices import PartRole
from sanzhang.models import Activity, ActivityCoHost, ActivityKind, ActivityPart, KeyPerson
from sanzhang.permissions import RECORD_WORK
from sanzhang.rules import duty as rules_duty
from sanzhang.rules import people as rules
from sanzhang.services.guards import changed, ensure, explained, hold, settle

GROUPS = ("youth", "residents", "farmers", "others")


@dataclasses.dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What is typed about an activity. ``people`` are keys of persons with how they took part."""

    kind: ActivityKind
    held_on: dt.date
    ended_on: dt.date | None = None
    title: str = ""
    place: str = ""
    youth: int = 0
    residents: int = 0
    farmers: int = 0
    others: int = 0
    adopted: int = 0
    is_volunteer: bool = False
    was_reported: bool = False
    note: str = ""
    people: Mapping[int, PartRole] = dataclasses.field(default_factory=dict)
    co_units: Collection[OrgUnit] = ()
    co_affiliates: Collection[Affiliate] = ()

    def tidied(self) -> ActivityFacts:
        return dataclasses.replace(
            self,
            ended_on=self.ended_on or self.held_on,
            title=" ".join(self.title.split()) or self.kind.name,
            place=" ".join(self.place.split()),
            note=self.note.strip(),
        )

    @property
    def reached(self) -> int:
        return sum(getattr(self, group) for group in GROUPS)


#: The facts as columns; who took part and who hosted along stand in rows of their own.
COLUMNS = tuple(
    field.name
    for field in dataclasses.fields(ActivityFacts)
    if field.name not in ("people", "co_units", "co_affiliates")
)


def record_activity(
    *,
    facts: ActivityFacts,
    unit: OrgUnit,
    by: Actor,
    explanation: str = "",
    key: uuid.UUID | None = None,
) -> Activity:
    """A new activity hosted by ``unit`` (Zhoukou 四(二)). The same ``key`` sent twice is one record.

    Raises:
        DomainError: every problem at once; a possible double passes with an ``explanation``.
    """
    ensure(by, RECORD_WORK, unit)
    facts = facts.tidied()
    with transaction.atomic():
        hold(unit)
        if key is not None and (known := Activity.objects.filter(registration_key=key).first()):
            return known
        warnings = settle([*_problems(facts, unit), *_double(facts, unit)], explanation)
        activity = Activity(
            unit=unit, registration_key=key, recorded_by=by.actor_label[:120], recorded_by_id=by.pk
        )
        _write(activity, facts)
        activity.save()
        _set_people(activity, facts.people)
        _set_co_hosts(activity, facts)
        record(
            kind="sanzhang.activity_recorded",
            by=by,
            summary=f"登记{facts.kind.name}“{activity.title}”",
            unit=unit,
            obj=activity,
            data={"held_on": str(activity.held_on), "reached": activity.reached}
            | explained(warnings, explanation),
        )
    return activity


def change_activity(
    *, activity: Activity, revision: int, facts: ActivityFacts, by: Actor, explanation: str = ""
) -> Activity:
    """New facts for an activity. It stays in the month in which it was recorded; what a report has counted stays.

    Raises:
        Conflict: somebody else changed it since ``revision`` was read, or struck it out.
    """
    facts = facts.tidied()
    with transaction.atomic():
        held = locked(activity)
        ensure(by, RECORD_WORK, held.unit)
        if held.revision != revision:
            raise Conflict.of(
                "changed_meanwhile", "这条记录刚被他人修改，请刷新后核对再保存；您填写的内容未保存。"
            )
        before = _readable(held)
        settle(_problems(facts, held.unit, was=held.kind_id), explanation)
        _write(held, facts)
        held.revision += 1
        held.save()
        _set_people(held, facts.people)
        _set_co_hosts(held, facts)
        record(
            kind="sanzhang.activity_changed",
            by=by,
            summary=f"修改活动“{held.title}”",
            unit=held.unit,
            obj=held,
            data={"changes": changed(before, _readable(held))},
        )
    return held


def void_activity(*, activity: Activity, reason: str, by: Actor) -> Activity:
    """Strike out what was entered by mistake; the row stays. Raises ``DomainError`` without a reason."""
    if not reason.strip():
        raise DomainError.of("reason_wanted", "请写明作废原因。", "reason")
    with transaction.atomic():
        held = locked(activity)
        ensure(by, RECORD_WORK, held.unit)
        held.voided_at, held.void_reason = clock.now(), reason.strip()[:200]
        held.revision += 1
        held.save()
        record(
            kind="sanzhang.activity_voided",
            by=by,
            summary=f"作废活动“{held.title}”",
            unit=held.unit,
            obj=held,
            data={"reason": held.void_reason},
        )
    return held


def locked(activity: Activity) -> Activity:
    """The row for the rest of the transaction; ``Conflict`` once it was struck out."""
    held = Activity.objects.select_for_update(of=("self",)).select_related("unit", "kind").get(pk=activity.pk)
    if held.voided_at is not None:
        raise Conflict.of("voided", "这条记录已作废，不能再改。")
    return held


def _problems(facts: ActivityFacts, unit: OrgUnit, *, was: int | None = None) -> list[Problem]:
    today = clock.today()
    ended_on = facts.ended_on or facts.held_on
    people = KeyPerson.objects.present().filter(pk__in=facts.people, unit__province=unit.province_id)
    return [
        *rules_duty.kind_is_in_use(facts.kind, was=was),
        *rules_duty.happened_in_time(facts.held_on, today, "held_on"),
        *rules_duty.happened_in_time(ended_on, today, "ended_on"),
        *rules_duty.lasts_sensibly(facts.held_on, ended_on),
        *rules_duty.unit_was_open(unit, facts.held_on, "unit"),
        *rules_duty.audience_is_stated(facts.kind, facts.reached),
        *rules_duty.adopted_is_stated(facts.kind, facts.adopted),
        *rules_duty.co_hosts_are_others(unit, facts.co_units),
        *rules_duty.people_are_known(facts.people, people.values_list("pk", flat=True)),
        *rules.holds_no_identity_number(title=facts.title, place=facts.place, note=facts.note),
    ]


def _double(facts: ActivityFacts, unit: OrgUnit) -> list[Problem]:
    same = Activity.objects.standing().filter(
        unit=unit, kind=facts.kind, held_on=facts.held_on, place=facts.place, title=facts.title
    )
    return rules_duty.is_not_entered_already(same.exists())


def _write(activity: Activity, facts: ActivityFacts) -> None:
    for column in COLUMNS:
        setattr(activity, column, getattr(facts, column))
    activity.reached = facts.reached


def _set_people(activity: Activity, people: Mapping[int, PartRole]) -> None:
    """Parts as asked: who is no longer named is taken back, who is new is recorded now."""
    standing = {part.person_id: part for part in activity.parts.filter(removed_at__isnull=True)}
    now = clock.now()
    gone = [part.pk for pk, part in standing.items() if people.get(pk) != part.role]
    activity.parts.filter(pk__in=gone).update(removed_at=now)
    ActivityPart.objects.bulk_create(
        ActivityPart(activity=activity, person_id=pk, role=role, recorded_at=now)
        for pk, role in people.items()
        if pk not in standing or standing[pk].role != role
    )


def _set_co_hosts(activity: Activity, facts: ActivityFacts) -> None:
    activity.co_hosts.all().delete()
    ActivityCoHost.objects.bulk_create(
        [
            *(ActivityCoHost(activity=activity, unit=unit) for unit in facts.co_units),
            *(ActivityCoHost(activity=activity, affiliate=affiliate) for affiliate in facts.co_affiliates),
        ]
    )


def _readable(activity: Activity) -> dict[str, Any]:
    facts = {column: getattr(activity, column) for column in COLUMNS if column != "kind"}
    days = {column: str(facts[column]) for column in ("held_on", "ended_on")}
    parts = activity.parts.filter(removed_at__isnull=True).values_list("person_id", "role")
    return facts | days | {"kind": activity.kind.name, "people": sorted(f"{pk}:{role}" for pk, role in parts)}
