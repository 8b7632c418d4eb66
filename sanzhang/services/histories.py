"""The dated history of what people worked as, kept beside the present facts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from core import clock
from core.actor import Actor
from core.copying import copy_rows
from sanzhang.models import KeyPerson, OccupationSpell
from sanzhang.models.spell import SINCE_EVER
from sanzhang.rules import people as rules
from sanzhang.services.guards import settle

#: The facts of a person that are dated.
DATED = ("occupation_id", "employer", "post", "is_front_line", "is_retired", "new_organisation")

#: Somebody whose facts changed, and the day they did; without one what stood there was wrong.
Turn = tuple[KeyPerson, dt.date | None]


def begin_spells() -> int:
    """The first spell of everybody who has none, after people were written in bulk; how many. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO sanzhang_occupationspell (person_id, valid_from, recorded_at, recorded_by, occupation_id,
                                                  employer, post, is_front_line, is_retired, new_organisation)
            SELECT id, %s, recorded_at, left(recorded_by, 80), occupation_id, employer, post, is_front_line,
                   is_retired, new_organisation
            FROM sanzhang_keyperson p
            WHERE NOT EXISTS (SELECT FROM sanzhang_occupationspell s WHERE s.person_id = p.id)
            """,
            [SINCE_EVER],
        )
        return cursor.rowcount


def begin(*, people: Sequence[KeyPerson], by: Actor) -> None:
    """The first spells of people just registered."""
    _copy([(person, SINCE_EVER) for person in people], by)


def carry_on(*, turns: Sequence[Turn], by: Actor) -> None:
    """Bring the histories in line with the people's present facts, in a few statements; the caller holds their locks.

    Where the day of the change is known, the open spell ends that day and the next begins; where it is not, the open
    spell was wrong: it is voided and replaced, so that what had been known before can still be told. Raises
    ``DomainError`` for a day that is not after the change before.
    """
    keys = [person.pk for person, _day in turns]
    spells = OccupationSpell.objects.select_for_update().open_ended().filter(person__in=keys)
    held = {spell.person_id: spell for spell in spells}
    begun: list[tuple[KeyPerson, dt.date]] = []
    wrong: list[int] = []
    ended: dict[dt.date, list[int]] = defaultdict(list)
    today = clock.today()
    for person, changed_on in turns:
        spell = held.get(person.pk)
        if spell is None:
            begun.append((person, SINCE_EVER))
        elif any(getattr(spell, name) != value for name, value in dated_facts(person).items()):
            begun.append((person, changed_on or spell.valid_from))
            if changed_on is None:
                wrong.append(spell.pk)
            else:
                settle(rules.change_follows(changed_on, spell.valid_from, today), "")
                ended[changed_on].append(spell.pk)
    now = clock.now()
    OccupationSpell.objects.filter(pk__in=wrong).update(voided_at=now)
    for day, spell_keys in ended.items():
        OccupationSpell.objects.filter(pk__in=spell_keys).update(valid_to=day, end_recorded_at=now)
    _copy(begun, by)


def _copy(begun: Sequence[tuple[KeyPerson, dt.date]], by: Actor) -> None:
    now, label = clock.now(), by.actor_label[:80]
    copy_rows(
        OccupationSpell,
        ("person_id", "valid_from", "recorded_at", "recorded_by", *DATED),
        ((person.pk, since, now, label, *dated_facts(person).values()) for person, since in begun),
    )


def dated_facts(person: KeyPerson) -> dict[str, Any]:
    """The facts of ``person`` that a spell repeats."""
    return {name: getattr(person, name) for name in DATED}
