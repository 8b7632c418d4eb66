"""The rows of a reorganisation: units and editions in bulk, intervals in one pass, and the journal to put all back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from string import Template
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from core import clock
from core.actor import Actor
from core.copying import copy_rows, new_keys, set_columns
from core.errors import Conflict
from orgs.models import OrgUnit, Reorganisation, ReorganisationAct, Succession, UnitEdition
from orgs.rules.names import search_keys
from orgs.rules.reorganising import Plan, Standing
from orgs.services import bulk

_UNIT_COLUMNS = (
    "parent_id",
    "name",
    "display_name",
    "division_code",
    "level",
    "kind",
    "closed_on",
    "pinyin",
    "pinyin_joined",
    "initials",
)
#: Places in a row that begins with the primary key.
_CODE = _UNIT_COLUMNS.index("division_code") + 1
_CLOSED_ON = _UNIT_COLUMNS.index("closed_on") + 1
_OPENING_COLUMNS = (
    *("id", "parent_id", "name", "display_name", "division_code", "level", "kind", "is_expected"),
    *("expected_confirmed", "opened_on", "lft", "rght", "depth", "tree_id"),
    *("pinyin", "pinyin_joined", "initials"),
)
_KEPT = (
    *("name", "display_name", "division_code", "level", "kind", "is_expected", "parent_id"),
    *("province_id", "city_id", "county_id", "township_id"),
)

_EDITIONS = Template("""
    INSERT INTO orgs_unitedition
        (unit_id, valid_from, recorded_at, recorded_by, cause, basis, reorganisation_id, $kept)
    SELECT unit.id, %s, %s, %s, fresh.cause, %s, %s, $kept
    FROM orgs_orgunit AS unit JOIN unnest(%s::bigint[], %s::text[]) AS fresh(id, cause) USING (id)
    RETURNING id
""").substitute(kept=", ".join(_KEPT))


def write_plan(plan: Plan, reorganisation: Reorganisation, by: Actor) -> tuple[Plan, dict[str, Any]]:
    """Write the plan in one pass. Returns it with the keys of the units set up, and the journal of the tree."""
    opened = plan.opened
    plan = plan.rekeyed(dict(zip(opened, new_keys(OrgUnit, len(opened)), strict=True)))
    changed, closed = plan.changed, plan.closed
    moved_closed = [
        pk
        for pk, unit in plan.before.items()
        if not unit.is_open and unit.parent_id != plan.after[pk].parent_id
    ]
    stored = _stored([*changed, *closed, *moved_closed])
    write_units([_row_of(plan.after[pk], stored[pk]) for pk in stored])
    _open_units([plan.after[pk] for pk in plan.opened])
    bulk.rebuild_intervals()
    ended = _end_editions([*changed, *closed], plan.on)
    written = _write_editions(plan, [*changed, *plan.opened], reorganisation, by)
    links = _write_successions(plan, reorganisation)
    _name_opened_units(plan, reorganisation)
    journal = {
        "units": [[pk, *row] for pk, row in stored.items()],
        "opened": plan.opened,
        "closed": closed,
        "changed": changed,
        "ended": ended,
        "written": written,
        "successions": links,
        "heirs": sorted(plan.main_heirs.items()),
    }
    return plan, journal


def _stored(keys: Sequence[int]) -> dict[int, list[Any]]:
    rows = OrgUnit.objects.filter(pk__in=keys).order_by("pk").values_list("pk", *_UNIT_COLUMNS)
    return {pk: list(row) for pk, *row in rows}


def _row_of(unit: Standing, stored: list[Any]) -> list[Any]:
    """A unit's new columns; the search keys are worked out anew only with a new name."""
    old = dict(zip(_UNIT_COLUMNS, stored, strict=True))
    keys = (old["pinyin"], old["pinyin_joined"], old["initials"])
    if unit.name != old["name"]:
        keys = search_keys(unit.name)
    return [
        unit.pk,
        unit.parent_id,
        unit.name,
        unit.display_name,
        unit.code,
        unit.level,
        str(unit.kind),
        unit.closed_on,
        *keys,
    ]


def write_units(rows: Sequence[Sequence[Any]]) -> None:
    """Set the columns of many units in one statement; each row is a primary key and ``_UNIT_COLUMNS``.

    The codes of open units are unique at every moment: those that change are first taken out of the way, so that two
    units may exchange theirs.
    """
    if not rows:
        return
    keys, codes = [row[0] for row in rows], [row[_CODE] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_orgunit AS unit SET closed_on = unit.opened_on"
            " FROM unnest(%s::bigint[], %s::text[]) AS fresh(id, division_code)"
            " WHERE unit.id = fresh.id AND unit.division_code <> fresh.division_code AND unit.closed_on IS NULL",
            [keys, codes],
        )
        closing = [row for row in rows if row[_CLOSED_ON] is not None]
        cursor.execute(
            "UPDATE orgs_orgunit SET closed_on = opened_on WHERE closed_on IS NULL AND id = ANY(%s)",
            [[row[0] for row in closing]],
        )
    set_columns(OrgUnit, _UNIT_COLUMNS, rows)


def _open_units(units: Sequence[Standing]) -> None:
    copy_rows(
        OrgUnit,
        _OPENING_COLUMNS,
        [
            (
                *(unit.pk, unit.parent_id, unit.name, unit.display_name, unit.code, unit.level),
                *(str(unit.kind), unit.is_expected, unit.is_expected, unit.opened_on, 0, 1, 0, 0),
                *search_keys(unit.name),
            )
            for unit in units
        ],
    )


def _end_editions(unit_ids: Sequence[int], on: dt.date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_unitedition SET valid_to = %s WHERE valid_to IS NULL AND unit_id = ANY(%s) RETURNING id",
            [on, list(unit_ids)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _write_editions(
    plan: Plan, unit_ids: Sequence[int], reorganisation: Reorganisation, by: Actor
) -> list[int]:
    """The present state of the units as editions from the effective day, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _EDITIONS,
            [
                plan.on,
                clock.now(),
                by.actor_label[:120],
                basis_of(reorganisation),
                reorganisation.pk,
                list(unit_ids),
                [str(plan.causes[pk].value) for pk in unit_ids],
            ],
        )
        return [pk for (pk,) in cursor.fetchall()]


def basis_of(reorganisation: Reorganisation) -> str:
    """文号 and title, as editions and links carry them."""
    return "".join(part for part in (reorganisation.document, reorganisation.title) if part)[:200]


def _write_successions(plan: Plan, reorganisation: Reorganisation) -> list[int]:
    links = Succession.objects.bulk_create(
        Succession(
            predecessor_id=predecessor,
            successor_id=heir.pk,
            on=plan.on,
            cause=heir.cause,
            basis=basis_of(reorganisation),
            is_main=heir.is_main,
            reorganisation=reorganisation,
        )
        for predecessor, heirs in plan.heirs.items()
        for heir in heirs
    )
    return [link.pk for link in links]


def _name_opened_units(plan: Plan, reorganisation: Reorganisation) -> None:
    """The lines that set units up point to them from now on."""
    keys = iter(plan.opened)
    acts = list(
        ReorganisationAct.objects.filter(reorganisation=reorganisation, kind="open").order_by("order")
    )
    for act in acts:
        act.unit_id = next(keys)
    ReorganisationAct.objects.bulk_update(acts, ["unit"])


def unwrite(journal: dict[str, Any]) -> None:
    """Put the tree back as the journal has it; the units set up are gone afterwards."""
    Succession.objects.filter(pk__in=journal["successions"]).delete()
    UnitEdition.objects.filter(pk__in=journal["written"]).delete()
    ReorganisationAct.objects.filter(unit__in=journal["opened"]).update(unit=None)
    opened = OrgUnit.objects.filter(pk__in=journal["opened"])
    opened.update(closed_on=F("opened_on"))
    write_units([_dated(row) for row in journal["units"]])
    _erase(journal["opened"])
    UnitEdition.objects.filter(pk__in=journal["ended"]).update(valid_to=None)
    bulk.rebuild_intervals()
    _demand_that_nothing_hangs_on_them()


def _erase(unit_ids: Sequence[int]) -> None:
    """Take out units that hang on each other and on themselves; what else refers to them is found out at the end."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM orgs_orgunit WHERE id = ANY(%s)", [list(unit_ids)])


def _demand_that_nothing_hangs_on_them() -> None:
    """Ask the database now, not at the commit, whether any row still refers to a unit that is gone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise Conflict.of(
            "in_use", "新设单位名下已有登记的数据，不能撤回。请先处理这些数据，或另行办理新的调整。"
        ) from error


def _dated(row: list[Any]) -> list[Any]:
    """A journal's row with its day read back from JSON."""
    day = row[_CLOSED_ON]
    return [*row[:_CLOSED_ON], dt.date.fromisoformat(day) if day else None, *row[_CLOSED_ON + 1 :]]
