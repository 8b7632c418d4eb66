"""Many people at once, as a sheet brings them: every rule asked of every row in a constant number of queries, then all
rows written or none."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import transaction

from audit.services import record, record_many
from core import clock
from core.actor import Actor
from core.copying import copy_rows, new_keys, set_columns
from core.errors import DomainError, Problem
from core.formats import day
from sanzhang.choices import Employment
from sanzhang.models import Appointment, KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.rules import people as rules
from sanzhang.services import histories
from sanzhang.services.bulk_ground import PersonRow, Place, places_made, problems_of_rows
from sanzhang.services.guards import changed, ensure, refused_in_words
from sanzhang.services.people import COLUMNS, HIDDEN, readable, write_facts

Progress = Callable[[int, int, str], None]
PERSON_COLUMNS = (
    *("id", "unit_id", "name", "pinyin", "initials", "stroke_key", "sex", "birth_month"),
    *("education", "title"),
    *("is_party_member", "employer", "post", "occupation_id", "is_front_line", "is_retired", "retired_on"),
    *("new_organisation", "disciplines", "phone_cipher", "phone_digest", "phone_mask"),
    *("recorded_at", "recorded_by", "updated_at", "revision"),
)
SEAT_COLUMNS = (
    *("id", "person_id", "body_id", "unit_id", "term_id", "position", "employment", "secondment_ends_on"),
    *("way_in", "basis", "is_backfill", "end_reason", "end_note", "valid_from", "recorded_at", "recorded_by"),
)
#: Columns that a change of facts may touch.
CHANGED_COLUMNS = (
    *("occupation_id" if column == "occupation" else column for column in COLUMNS),
    *("pinyin", "initials", "stroke_key", "phone_cipher", "phone_digest", "phone_mask"),
    *("revision", "updated_at"),
)
#: Warnings about the person; all others are about the seat.
DOUBLES = ("double", "double_line")
BATCH = 2_000


def write_rows(
    *,
    rows: Sequence[PersonRow],
    by: Actor,
    progress: Progress | None = None,
    found: Sequence[list[Problem]] | None = None,
) -> tuple[int, int]:
    """Write every row: new people, changed facts, first seats. How many were added and how many changed.

    ``found`` is what :func:`problems_of_rows` has said of these very rows in this very transaction, where it was asked.
    Raises ``DomainError`` with the problems of every row, each naming its line, and writes nothing then.
    """
    with transaction.atomic():
        _refuse(rows, problems_of_rows(rows, by) if found is None else found)
        for unit in {row.unit.pk: row.unit for row in rows}.values():
            ensure(by, MANAGE_PEOPLE, unit)
        new = [row for row in rows if row.person is None]
        changed = [row for row in rows if row.person is not None and row.changes_facts]
        report = progress or _unreported
        with refused_in_words():
            _register(new, by, report)
            _update(changed, by, report)
            _appoint([row for row in rows if row.seat is not None], by, report)
        record(
            kind="sanzhang.imported",
            by=by,
            summary=f"从表格导入人员：新增{len(new)}人，修改{len(rows) - len(new)}人",
            unit=getattr(by, "unit", None),
            data={"added": len(new), "changed": len(rows) - len(new)},
        )
    return len(new), len(rows) - len(new)


def _refuse(rows: Sequence[PersonRow], found: Sequence[list[Problem]]) -> None:
    for row, of_row in zip(rows, found, strict=True):
        row.warnings = tuple(problem.code for problem in of_row)
    problems = [
        dataclasses.replace(problem, message=f"第{row.number}行：{problem.message}")
        for row, of_row in zip(rows, found, strict=True)
        for problem in standing(of_row, row.explanation)
    ]
    if problems:
        raise DomainError(problems)


def standing(problems: Iterable[Problem], explanation: str) -> list[Problem]:
    """The problems that an explanation does not settle."""
    return [problem for problem in problems if problem.is_error or not explanation.strip()]


def _unreported(done: int, total: int, step: str) -> None:
    """Progress that nobody asked for."""


def _counted(rows: Sequence[PersonRow], report: Progress, step: str) -> Iterator[PersonRow]:
    for done, row in enumerate(rows):
        if done % BATCH == 0:
            report(done, len(rows), step)
        yield row


def _register(rows: Sequence[PersonRow], by: Actor, report: Progress) -> None:
    """New people with their first spell, by COPY."""
    now, label = clock.now(), by.actor_label[:120]
    keys = iter(new_keys(KeyPerson, len(rows)))
    rows_counted = _counted(rows, report, "正在登记新增人员")
    copy_rows(KeyPerson, PERSON_COLUMNS, (_registered(row, next(keys), now, label) for row in rows_counted))
    histories.begin(people=[_held(row) for row in rows], by=by)
    _trace("sanzhang.registered", "登记{occupation}{name}", _counted(rows, report, "正在记录登记"), by)


def _registered(row: PersonRow, pk: int, now: dt.datetime, label: str) -> tuple[Any, ...]:
    """The line of a new person, who from here on is the row's."""
    person = KeyPerson(pk=pk, unit_id=row.unit.pk, recorded_at=now, recorded_by=label, updated_at=now)
    write_facts(person, row.facts)
    row.person, row.is_new = person, True
    return _values(person, PERSON_COLUMNS)


def _values(person: KeyPerson, columns: Sequence[str]) -> tuple[Any, ...]:
    held = person.__dict__
    return tuple(held[column] for column in columns)


def _update(rows: Sequence[PersonRow], by: Actor, report: Progress) -> None:
    """New facts of people on record, in batches; an event names what was changed."""
    now = clock.now()
    turned: list[histories.Turn] = []
    changes: dict[int, dict[str, Any]] = {}
    for row in _counted(rows, report, "正在修改人员信息"):
        person = _held(row)
        dated, before = histories.dated_facts(person), readable(person)
        write_facts(person, row.facts)
        person.revision += 1
        person.updated_at = now
        changes[person.pk] = {"changes": changed(before, readable(person), hidden=HIDDEN)}
        if histories.dated_facts(person) != dated:
            turned.append((person, row.changed_on))
    for start in range(0, len(rows), BATCH):
        _write_changed([_held(row) for row in rows[start : start + BATCH]])
    histories.carry_on(turns=turned, by=by)
    _trace("sanzhang.updated", "修改{name}的信息", rows, by, changes)


def _write_changed(people: Sequence[KeyPerson]) -> None:
    """The columns that a change may touch, for all of ``people`` in one statement."""
    set_columns(KeyPerson, CHANGED_COLUMNS, (_values(person, ("id", *CHANGED_COLUMNS)) for person in people))


def _appoint(rows: Sequence[PersonRow], by: Actor, report: Progress) -> None:
    """First seats, by COPY."""
    places = places_made(rows)
    keys = new_keys(Appointment, len(rows))
    counted = zip(_counted(rows, report, "正在登记任职"), keys, strict=True)
    copy_rows(Appointment, SEAT_COLUMNS, _seat_values(counted, places, by))
    _trace_seats(zip(_counted(rows, report, "正在记录任职"), keys, strict=True), by)


def _seat_values(
    rows: Iterable[tuple[PersonRow, int]], places: dict[tuple[int, str], Place], by: Actor
) -> Iterator[tuple[Any, ...]]:
    now, label = clock.now(), by.actor_label[:80]
    for row, key in rows:
        seat, place = row.seat, places[row.unit.pk, row.body_kind]
        assert seat is not None
        term = rules.term_of(place.terms, seat.valid_from)
        yield (
            *(key, _held(row).pk, place.body_id, row.unit.pk, term.pk if term else None),
            *(seat.position, seat.employment),
            seat.secondment_ends_on if seat.employment == Employment.SECONDED else None,
            *(seat.way_in, seat.basis.strip(), seat.is_backfill, "", "", seat.valid_from, now, label),
        )


def _trace(
    kind: str,
    words: str,
    rows: Iterable[PersonRow],
    by: Actor,
    more: Mapping[int, dict[str, Any]] = MappingProxyType({}),
) -> None:
    """One event for each person, as if entered one by one."""
    record_many(
        kind=kind,
        by=by,
        rows=(
            {
                "unit_id": row.unit.pk,
                "unit_label": str(row.unit)[:200],
                "object_label": "sanzhang.keyperson",
                "object_id": str(_held(row).pk),
                "summary": words.format(name=row.facts.name, occupation=row.facts.occupation.name)[:500],
                "data": more.get(_held(row).pk, {}) | _explained(row, of_seat=False),
            }
            for row in rows
        ),
    )


def _trace_seats(rows: Iterable[tuple[PersonRow, int]], by: Actor) -> None:
    """One event for each seat, as if taken one by one."""
    record_many(
        kind="sanzhang.appointed",
        by=by,
        rows=(
            {
                "unit_id": row.unit.pk,
                "unit_label": str(row.unit)[:200],
                "object_label": "sanzhang.appointment",
                "object_id": str(key),
                "summary": f"{row.facts.name}任{row.seat_words}，自{day(row.seat.valid_from)}"[:500],
                "data": {
                    "person": _held(row).pk,
                    "way_in": row.seat.way_in,
                    "is_backfill": row.seat.is_backfill,
                }
                | _explained(row, of_seat=True),
            }
            for row, key in rows
            if row.seat is not None
        ),
    )


def _explained(row: PersonRow, *, of_seat: bool) -> dict[str, Any]:
    """That it came by a sheet, and the warnings that were passed with why, as when typed."""
    codes = [code for code in row.warnings if (code not in DOUBLES) is of_seat]
    explained = {"warnings": codes, "explanation": row.explanation.strip()} if codes else {}
    return {"imported": True} | explained


def _held(row: PersonRow) -> KeyPerson:
    assert row.person is not None
    return row.person
