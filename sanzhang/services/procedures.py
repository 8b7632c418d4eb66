"""A province's procedure: drafted from a preset or from the version in force, checked, published as the next version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.locks import one_at_a_time
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import Giver
from sanzhang.models import FilingAuthority, Procedure, ProcedureStepRule
from sanzhang.permissions import EDIT_PROCEDURES
from sanzhang.procedures import (
    Authority,
    Plan,
    Step,
    plan_in_force,
    plan_of,
    preset_of,
    presets,
    procedure_in_force,
)
from sanzhang.rules.procedures import authorities_are_whole, steps_are_whole
from sanzhang.services.guards import ensure, settle


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """What is typed about a draft. A step without a ``key`` is new and gets one."""

    title: str
    source: str
    steps: Sequence[Step]
    authorities: Sequence[Authority]


def ensure_in_force(*, unit: OrgUnit, by: Actor) -> Procedure:
    """The version in force in ``unit``'s province; the first one is made of the preset when it is first needed."""
    found = procedure_in_force(unit)
    if found is not None:
        return found
    province = OrgUnit.objects.get(pk=unit.province_id or unit.pk)
    one_at_a_time(f"sanzhang.procedure:{province.pk}")
    found = procedure_in_force(unit)
    if found is not None:
        return found
    now = clock.now()
    made = _write(province, preset_of(province), by, published_at=now, published_by="系统预置")
    record(
        kind="sanzhang.procedure_published",
        by=by,
        unit=province,
        obj=made,
        summary=f"启用预置程序“{made.title}”",
        data={"version": made.version},
    )
    return made


def draft(*, owner: OrgUnit, by: Actor, preset: str = "") -> Procedure:
    """A draft of the next version: a copy of ``preset``, else of what is in force. One draft at a time."""
    ensure(by, EDIT_PROCEDURES, owner)
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "吸纳程序由省级制定。")
    if preset and preset not in presets():
        raise DomainError.of("preset_unknown", "没有这个预置程序，请重新选择。", "preset")
    with transaction.atomic():
        one_at_a_time(f"sanzhang.procedure:{owner.pk}")
        if Procedure.objects.drafts().filter(owner=owner).exists():
            raise Conflict.of("draft_exists", "已有一份草稿，请先启用或删除。")
        ensure_in_force(unit=owner, by=by)
        made = _write(owner, presets()[preset] if preset else plan_in_force(owner), by)
        record(
            kind="sanzhang.procedure_drafted",
            by=by,
            unit=owner,
            obj=made,
            summary=f"起草吸纳程序第{made.version}版",
            data={"preset": preset},
        )
    return made


def save_draft(*, procedure: Procedure, facts: ProcedureFacts, by: Actor) -> Procedure:
    """Write the draft anew. Raises ``DomainError`` with every problem; a published version is a ``Conflict``."""
    with transaction.atomic():
        held = _locked_draft(procedure, by)
        steps = _keyed(facts.steps)
        settle([*steps_are_whole(facts.title, steps), *authorities_are_whole(facts.authorities)], "")
        held.title, held.source = facts.title.strip(), facts.source.strip()
        held.save(update_fields=["title", "source"])
        held.rules.all().delete()
        held.authorities.all().delete()
        _write_rows(held, steps, facts.authorities)
        record(
            kind="sanzhang.procedure_saved",
            by=by,
            unit=held.owner,
            obj=held,
            summary=f"修改吸纳程序第{held.version}版草稿",
            data={"steps": [step.name for step in steps]},
        )
    return held


def publish(*, procedure: Procedure, by: Actor) -> Procedure:
    """The draft comes into force for candidacies opened from now on; running ones keep the version they began with."""
    with transaction.atomic():
        held = _locked_draft(procedure, by)
        plan = plan_of(held.pk)
        settle([*steps_are_whole(plan.title, plan.rules), *authorities_are_whole(plan.authorities)], "")
        now = clock.now()
        Procedure.objects.in_force().filter(owner=held.owner).update(retired_at=now)
        held.published_at, held.published_by = now, by.actor_label[:120]
        held.save(update_fields=["published_at", "published_by"])
        record(
            kind="sanzhang.procedure_published",
            by=by,
            unit=held.owner,
            obj=held,
            summary=f"启用吸纳程序第{held.version}版“{held.title}”",
            data={"version": held.version, "steps": [step.name for step in plan.rules]},
        )
    return held


def drop_draft(*, procedure: Procedure, by: Actor) -> None:
    """Throw a draft away; the version in force stays."""
    with transaction.atomic():
        held = _locked_draft(procedure, by)
        record(
            kind="sanzhang.procedure_dropped",
            by=by,
            unit=held.owner,
            obj=held,
            summary=f"删除吸纳程序第{held.version}版草稿",
        )
        held.delete()


def _locked_draft(procedure: Procedure, by: Actor) -> Procedure:
    held = Procedure.objects.select_for_update(of=("self",)).select_related("owner").get(pk=procedure.pk)
    ensure(by, EDIT_PROCEDURES, held.owner)
    if held.published_at is not None:
        raise Conflict.of("procedure_published", "已启用的版本不能修改，请另起草一版。")
    return held


def _write(owner: OrgUnit, plan: Plan, by: Actor, **published: object) -> Procedure:
    last = Procedure.objects.filter(owner=owner).aggregate(last=Max("version"))["last"] or 0
    made = Procedure.objects.create(
        owner=owner,
        version=last + 1,
        title=plan.title,
        source=plan.source,
        made_by=by.actor_label[:120],
        **published,
    )
    _write_rows(made, plan.rules, plan.authorities)
    return made


def _write_rows(procedure: Procedure, steps: Sequence[Step], authorities: Sequence[Authority]) -> None:
    ProcedureStepRule.objects.bulk_create(
        ProcedureStepRule(
            procedure=procedure,
            order=order,
            key=step.key,
            name=step.name.strip(),
            giver=step.giver,
            levels=list(step.levels),
            needs_number=step.needs_number,
            needs_file=step.needs_file,
        )
        for order, step in enumerate(steps, start=1)
    )
    FilingAuthority.objects.bulk_create(
        FilingAuthority(
            procedure=procedure, order=order, name=authority.name.strip(), levels=list(authority.levels)
        )
        for order, authority in enumerate(authorities, start=1)
    )


#: The key of a new step by who gives the word, where it is still free.
_KEYS = {Giver.OWN: "shortlist", Giver.MEETING: "decision"}


def _keyed(steps: Sequence[Step]) -> list[Step]:
    used = {step.key for step in steps if step.key}
    keyed = []
    for step in steps:
        key = step.key or _free_key(step.giver, used)
        used.add(key)
        keyed.append(Step(key, step.name, step.giver, step.levels, step.needs_number, step.needs_file))
    return keyed


def _free_key(giver: Giver, used: set[str]) -> str:
    wanted = _KEYS.get(giver, giver.value)
    numbers = (f"step{number}" for number in range(1, len(used) + 2))
    return wanted if wanted not in used else next(key for key in numbers if key not in used)
