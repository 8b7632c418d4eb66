"""The list of occupations: the shipped default, and what a province makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction

from audit.services import record
from core.access import ensure_anywhere
from core.actor import Actor
from core.errors import Conflict, Problem, check
from orgs.choices import Level
from sanzhang.models import KeyPerson, Occupation, OccupationSeat, OccupationSpell
from sanzhang.permissions import EDIT_OCCUPATIONS
from sanzhang.rules import people as rules

#: Between two neighbours, so that one may be put between them by number.
STEP = 10
DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "occupations.json"


def load_defaults(*, by: Actor) -> int:
    """Create the default occupations that are missing by name, and say how many; those present stay as they are."""
    rows = json.loads(DEFAULTS.read_text(encoding="utf-8"))
    with transaction.atomic():
        present = set(Occupation.objects.values_list("name", flat=True))
        missing = [row for row in rows if row["name"] not in present]
        made = Occupation.objects.bulk_create(
            Occupation(name=row["name"], category=row["category"], field=row["field"], order=row["order"])
            for row in missing
        )
        OccupationSeat.objects.bulk_create(
            OccupationSeat(occupation=occupation, level=Level[level.upper()], positions=positions)
            for occupation, row in zip(made, missing, strict=True)
            for level, positions in row["seats"].items()
        )
        if made:
            record(kind="sanzhang.occupations_loaded", by=by, summary=f"载入默认职业身份{len(made)}项")
    return len(made)


def save(
    *,
    name: str,
    category: str,
    field: str,
    seats: Mapping[int, Sequence[str]],
    by: Actor,
    occupation: Occupation | None = None,
    order: int = 100,
    is_active: bool = True,
) -> Occupation:
    """Write one occupation with its positions by level; seats already held are not touched by a narrower rule."""
    ensure_anywhere(by, EDIT_OCCUPATIONS)
    taken = {level: list(positions) for level, positions in seats.items() if positions}
    check(_problems(name.strip(), taken, occupation))
    with transaction.atomic():
        held = (
            Occupation()
            if occupation is None
            else Occupation.objects.select_for_update().get(pk=occupation.pk)
        )
        held.name, held.category, held.field = name.strip(), category, field
        held.order, held.is_active = order, is_active
        held.save()
        OccupationSeat.objects.filter(occupation=held).delete()
        OccupationSeat.objects.bulk_create(
            OccupationSeat(occupation=held, level=level, positions=positions)
            for level, positions in taken.items()
        )
        record(
            kind="sanzhang.occupation_saved",
            by=by,
            summary=f"{'修改' if occupation else '新增'}职业身份“{held.name}”",
            obj=held,
            data={"category": category, "field": field, "is_active": is_active, "seats": taken},
        )
    return held


def _problems(name: str, seats: dict[int, list[str]], occupation: Occupation | None) -> list[Problem]:
    problems = [] if name else [Problem("name_missing", "请填写职业身份名称。", "name")]
    same = Occupation.objects.filter(name=name)
    if occupation is not None:
        same = same.exclude(pk=occupation.pk)
    if name and same.exists():
        problems.append(Problem("name_taken", f"“{name}”已在列表中。", "name"))
    if not seats:
        problems.append(Problem("no_seats", "请至少勾选一个层级的可任职务。", "seats"))
    for level, positions in seats.items():
        for position in positions:
            problems += rules.level_has_position(level, position)
    return problems


def delete(*, occupation: Occupation, by: Actor) -> None:
    """Take an occupation that nobody has or ever had off the list for good; one in use can only be switched off."""
    ensure_anywhere(by, EDIT_OCCUPATIONS)
    with transaction.atomic():
        held = Occupation.objects.select_for_update().get(pk=occupation.pk)
        heads = KeyPerson.objects.filter(occupation=held).count()
        if heads or OccupationSpell.objects.filter(occupation=held).exists():
            message = f"“{held.name}”已有{heads}人登记或曾经登记，不能删除；不再使用的请停用。"
            raise Conflict.of("occupation_used", message)
        record(kind="sanzhang.occupation_deleted", by=by, summary=f"删除职业身份“{held.name}”", obj=held)
        held.delete()


def move(*, occupation: Occupation, up: bool, by: Actor) -> None:
    """One place up or down in the list; the whole list is numbered anew."""
    ensure_anywhere(by, EDIT_OCCUPATIONS)
    with transaction.atomic():
        rows = list(Occupation.objects.select_for_update().order_by("order", "id"))
        place = next(place for place, row in enumerate(rows) if row.pk == occupation.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, start=1):
            row.order = number * STEP
        Occupation.objects.bulk_update(rows, ["order"])
        record(
            kind="sanzhang.occupation_moved",
            by=by,
            summary=f"{'上移' if up else '下移'}职业身份“{occupation.name}”",
            obj=occupation,
        )
