"""Writing a reorganisation down: its title and basis, its lines, what becomes of the dependents; and giving it up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from core.formats import day
from core.permissions import Permission
from files.services import attach
from orgs.choices import ActKind, ReorganisationState
from orgs.models import OrgUnit, Reorganisation, ReorganisationAct
from orgs.permissions import DRAFT_REORGANISATION, REORGANISE
from orgs.registry import every_dependent
from orgs.rules.divisions import LEVEL_OF_DIGITS
from orgs.rules.reorganising import Line
from orgs.rules.reorganising.demands import UNFINISHED
from orgs.rules.tree import name_is_a_name
from orgs.selectors.land import lines_of, lowest_common, units_named
from orgs.services.reorganising.previewing import plan_of, plan_problems, problems_of

#: The kind of the files that hold the document.
BASIS_FILE = "basis"
#: More lines than any document has, and than a page can show.
MOST_LINES = 2000


def demand(by: Actor, permission: Permission, unit: OrgUnit) -> None:
    """Raise :class:`Forbidden` unless ``permission`` reaches the unit that holds all that is touched."""
    if not by.can(permission, unit):
        raise Forbidden(
            Problem(
                "forbidden",
                f"本次调整涉及{unit}范围，您没有该范围“{permission.label}”的权限，请由上级单位管理员办理。",
            )
        )


def hold(
    reorganisation: Reorganisation, *states: ReorganisationState, revision: int | None = None
) -> Reorganisation:
    """The row, held until the end of the transaction, if it is in one of ``states``."""
    rows = Reorganisation.objects.select_for_update(of=("self",)).select_related("unit")
    held = rows.get(pk=reorganisation.pk)
    if held.state not in states:
        raise Conflict.of(
            "out_of_order", f"这项调整{held.get_state_display()}，不能再办理此事项。请刷新页面查看。"
        )
    if revision is not None and held.revision != revision:
        raise Conflict.of("changed_meanwhile", "就在刚才，这项调整已被他人修改，请刷新页面后再办理。")
    return held


@transaction.atomic
def draft(*, unit: OrgUnit, title: str, by: Actor) -> Reorganisation:
    """Begin a reorganisation somewhere within ``unit``."""
    demand(by, DRAFT_REORGANISATION, unit)
    title = title.strip()
    if not title:
        raise DomainError.of("no_title", "请填写事项名称。", "title")
    reorganisation = Reorganisation.objects.create(
        unit=unit, title=title, created_by=by.actor_label[:120], created_by_id=by.pk
    )
    _record("drafted", reorganisation, f"起草区划调整“{title}”", by)
    return reorganisation


@transaction.atomic
def set_basis(
    *,
    reorganisation: Reorganisation,
    title: str,
    document: str,
    effective_on: dt.date | None,
    basis_note: str = "",
    upload: UploadedFile | None = None,
    by: Actor,
) -> Reorganisation:
    """Title, 文号, effective day, what else the document says, and the document itself."""
    held = hold(reorganisation, ReorganisationState.DRAFT)
    demand(by, DRAFT_REORGANISATION, held.unit)
    check([Problem("no_title", "请填写事项名称。", "title")] if not title.strip() else [])
    held.title, held.document, held.basis_note = title.strip(), document.strip(), basis_note.strip()
    held.effective_on = effective_on
    held.revision += 1
    held.save()
    if upload is not None:
        attach(owner=held, unit=held.unit, upload=upload, kind=BASIS_FILE, by=by)
    _record("basis_set", held, f"填写区划调整“{held.title}”的依据", by, document=held.document)
    return held


@transaction.atomic
def add_lines(*, reorganisation: Reorganisation, lines: Sequence[Line], by: Actor) -> Reorganisation:
    """More lines; their ``opens`` count from the first of them. Raises with what is wrong with them, by field."""
    held = hold(reorganisation, ReorganisationState.DRAFT)
    present = lines_of(held)
    return _set_lines(held, [*present, *shifted(lines, len(present))], by, fresh_from=len(present))


def shifted(lines: Sequence[Line], by: int) -> list[Line]:
    """The same lines further down a list."""
    return [
        Line(**{**_fields(line), "opens": line.opens + by if line.opens is not None else None})
        for line in lines
    ]


def _fields(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__slots__}


@transaction.atomic
def set_lines(*, reorganisation: Reorganisation, lines: Sequence[Line], by: Actor) -> Reorganisation:
    """All lines anew. Raises with what is wrong with them; what a draft may still lack passes."""
    held = hold(reorganisation, ReorganisationState.DRAFT)
    return _set_lines(held, list(lines), by, fresh_from=0)


@transaction.atomic
def remove_line(*, reorganisation: Reorganisation, place: int, by: Actor) -> Reorganisation:
    """Take one line out, with those that rest on what it sets up."""
    held = hold(reorganisation, ReorganisationState.DRAFT)
    lines = lines_of(held)
    if not 0 <= place < len(lines):
        raise Conflict.of("no_line", "这一项刚刚已被删去，请刷新页面查看。")
    gone = {place} | {number for number, line in enumerate(lines) if line.opens == place}
    kept = [number for number in range(len(lines)) if number not in gone]
    places = {number: fresh for fresh, number in enumerate(kept)}
    remaining = []
    for number in kept:
        fields = _fields(lines[number])
        fields["opens"] = places.get(fields["opens"]) if fields["opens"] is not None else None
        remaining.append(Line(**fields))
    return _set_lines(held, remaining, by, fresh_from=len(remaining))


def _set_lines(held: Reorganisation, lines: list[Line], by: Actor, *, fresh_from: int) -> Reorganisation:
    if len(lines) > MOST_LINES:
        raise DomainError.of("too_many", f"一项调整最多 {MOST_LINES:,} 个事项，请分次办理。")
    named = units_named(lines)
    common = lowest_common(named)
    unit = OrgUnit.objects.get(pk=common) if common is not None else held.unit
    demand(by, DRAFT_REORGANISATION, unit)
    for line in lines[fresh_from:]:
        if line.kind == ActKind.OPEN:
            check(name_is_a_name(line.name))
    found = plan_problems(plan_of(held, lines))
    check(
        problem
        for problem in found
        if problem.code not in UNFINISHED
        and (problem.meta.get("line") is None or problem.meta["line"] >= fresh_from)
    )
    held.unit = unit
    held.revision += 1
    held.save(update_fields=["unit", "revision"])
    _write_acts(held, lines)
    _record("lines_set", held, f"区划调整“{held.title}”登记 {len(lines):,} 个事项", by, lines=len(lines))
    return held


def _write_acts(held: Reorganisation, lines: Sequence[Line]) -> None:
    ReorganisationAct.objects.filter(reorganisation=held).delete()
    labels = dict(OrgUnit.objects.filter(pk__in=units_named(lines)).values_list("pk", "display_name"))
    acts = ReorganisationAct.objects.bulk_create(
        ReorganisationAct(
            reorganisation=held,
            order=place,
            kind=line.kind,
            unit_id=line.unit_id,
            into_id=line.into_id,
            parent_id=line.parent_id,
            name=line.name.strip(),
            division_code=line.division_code,
            level=LEVEL_OF_DIGITS.get(len(line.division_code)),
            is_main=line.is_main,
            unit_label=labels.get(line.unit_id or 0, ""),
        )
        for place, line in enumerate(lines)
    )
    linked = []
    for act, line in zip(acts, lines, strict=True):
        if line.opens is not None:
            act.opens = acts[line.opens]
            linked.append(act)
    ReorganisationAct.objects.bulk_update(linked, ["opens"])


@transaction.atomic
def dispose(*, reorganisation: Reorganisation, choices: Mapping[str, str], by: Actor) -> Reorganisation:
    """What becomes of each dependent's rows, where there is a choice."""
    held = hold(reorganisation, ReorganisationState.DRAFT)
    demand(by, DRAFT_REORGANISATION, held.unit)
    offered = {
        dependent.key: [choice.value for choice in dependent.choices] for dependent in every_dependent()
    }
    check(
        Problem("bad_choice", "请选择一种处理方式。", key)
        for key, value in choices.items()
        if value not in offered.get(key, ())
    )
    held.dispositions = dict(choices)
    held.revision += 1
    held.save(update_fields=["dispositions", "revision"])
    _record("disposed", held, f"区划调整“{held.title}”选定后续安排", by, choices=dict(choices))
    return held


@transaction.atomic
def schedule(*, reorganisation: Reorganisation, by: Actor, revision: int | None = None) -> Reorganisation:
    """Have it carried out by itself on its day, which is still to come."""
    held = hold(reorganisation, ReorganisationState.DRAFT, revision=revision)
    demand(by, REORGANISE, held.unit)
    problems = problems_of(plan_of(held), held)
    check(problem for problem in problems if problem.code != "future")
    if held.effective_on is None or held.effective_on <= clock.today():
        raise DomainError.of("not_future", "生效日期已到，请直接办理生效。", "effective_on")
    held.state = ReorganisationState.SCHEDULED
    held.obstacle = ""
    held.revision += 1
    held.save(update_fields=["state", "obstacle", "revision"])
    _record("scheduled", held, f"排定区划调整“{held.title}”于{day(held.effective_on)}生效", by)
    return held


@transaction.atomic
def unschedule(*, reorganisation: Reorganisation, by: Actor) -> Reorganisation:
    """Back to the draft."""
    held = hold(reorganisation, ReorganisationState.SCHEDULED)
    demand(by, REORGANISE, held.unit)
    held.state = ReorganisationState.DRAFT
    held.revision += 1
    held.save(update_fields=["state", "revision"])
    _record("unscheduled", held, f"取消排定的区划调整“{held.title}”", by)
    return held


@transaction.atomic
def discard(*, reorganisation: Reorganisation, by: Actor) -> Reorganisation:
    """Give a draft up; it stays on record."""
    held = hold(reorganisation, ReorganisationState.DRAFT)
    demand(by, DRAFT_REORGANISATION, held.unit)
    held.state = ReorganisationState.DISCARDED
    held.revision += 1
    held.save(update_fields=["state", "revision"])
    _record("discarded", held, f"作废区划调整“{held.title}”", by)
    return held


def _record(act: str, reorganisation: Reorganisation, summary: str, by: Actor, **data: Any) -> None:
    record(
        kind=f"orgs.reorganisation_{act}",
        by=by,
        unit=reorganisation.unit,
        obj=reorganisation,
        summary=summary,
        data=data,
    )
