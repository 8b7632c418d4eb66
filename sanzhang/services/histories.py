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


def begin(*, person: KeyPerson, by: Actor) -> OccupationSpell:
    """The first spell of somebody just registered."""
    return OccupationSpell.objects.create(
        person=person, valid_from=SINCE_EVER, recorded_by=by.actor_label[:80], **dated_facts(person)
    )


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


def begin_many(*, people: Sequence[KeyPerson], by: Actor) -> None:
    """The first spells of people just registered, by COPY."""
    _copy([(person, SINCE_EVER) for person in people], by)


def carry_on_many(*, turns: Sequence[Turn], by: Actor) -> None:
    """:func:`carry_on` for many people whose locks the caller holds, in a few statements; the same refusals."""
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


def carry_on(*, person: KeyPerson, by: Actor, changed_on: dt.date | None = None) -> OccupationSpell:
    """Bring the history in line with the person's present facts; the caller holds the person's lock.

    With ``changed_on`` the open spell ends that day and the next begins; without it the open spell was wrong: it is
    voided and replaced, so that what had been known before can still be told. Raises ``DomainError`` for a day that
    is not after the change before.
    """
    facts = dated_facts(person)
    held = OccupationSpell.objects.select_for_update().open_ended().filter(person=person).first()
    if held is None:
        return begin(person=person, by=by)
    if all(getattr(held, name) == value for name, value in facts.items()):
        return held
    now, since = clock.now(), held.valid_from
    if changed_on is None:
        held.voided_at = now
        held.save(update_fields=["voided_at"])
    else:
        settle(rules.change_follows(changed_on, held.valid_from, clock.today()), "")
        held.valid_to, held.end_recorded_at, since = changed_on, now, changed_on
        held.save(update_fields=["valid_to", "end_recorded_at"])
    return OccupationSpell.objects.create(
        person=person, valid_from=since, recorded_at=now, recorded_by=by.actor_label[:80], **facts
    )


def dated_facts(person: KeyPerson) -> dict[str, Any]:
    """The facts of ``person`` that a spell repeats."""
    return {name: getattr(person, name) for name in DATED}
