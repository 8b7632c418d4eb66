"""A life of appointments and work on one line: seats, candidacies, changes of work, and what other rooms add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core import clock, formats
from sanzhang.models import Appointment, Candidacy, KeyPerson, OccupationSpell
from sanzhang.models.spell import SINCE_EVER


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One thing that happened to a person on a day; ``url`` leads to its record."""

    on: dt.date
    title: str
    note: str = ""
    tone: str = "neutral"
    symbol: str = "circle"
    url: str = ""


Source = Callable[[KeyPerson], Iterable[LifeEvent]]
_sources: list[Source] = []


def register_life_source(source: Source) -> None:
    """Let another noun (duty records, evaluations, societies led) put its events on the line."""
    if source not in _sources:
        _sources.append(source)


def life_line(person: KeyPerson, seats: Iterable[Appointment]) -> list[LifeEvent]:
    """Everything on record of ``person`` that has a day, newest first; ``seats`` as the page has read them already."""
    events = [event for seat in seats if seat.voided_at is None for event in _of_seat(seat)]
    events += [event for row in person.candidacies.select_related("unit") for event in _of_candidacy(row)]
    events += _of_work(work_of(person))
    for source in _sources:
        events += source(person)
    return sorted(events, key=lambda event: event.on, reverse=True)


def work_of(person: KeyPerson) -> list[OccupationSpell]:
    """What a person worked as, the present first."""
    return list(person.spells.filter(voided_at__isnull=True).select_related("occupation"))


def _of_seat(seat: Appointment) -> Iterable[LifeEvent]:
    words = f"{seat.unit.association}{seat.get_position_display()}"
    how = "存量补录" if seat.is_backfill else seat.get_way_in_display()
    note = "　".join(part for part in (seat.get_employment_display(), how) if part)
    yield LifeEvent(seat.valid_from, f"任{words}", note, "success", "person-check")
    if seat.valid_to is not None:
        note = f"{seat.get_end_reason_display()}{f'：{seat.end_note}' if seat.end_note else ''}"
        title = "将不再任" if seat.valid_to > clock.today() else "不再任"
        yield LifeEvent(seat.valid_to, f"{title}{words}", note, "neutral", "door-open")
    for filing in seat.filings.all():
        yield LifeEvent(
            filing.filed_on, f"向{filing.authority}备案", filing.number, "neutral", "journal-check"
        )


def _of_candidacy(row: Candidacy) -> Iterable[LifeEvent]:
    words = f"拟任{row.unit.association}{row.get_position_display()}"
    yield LifeEvent(row.opened_on, f"{words}，研判提名", "", "info", "signpost")
    if row.closed_on is not None and row.appointment_id is None:
        yield LifeEvent(
            row.closed_on, f"{words}：{row.get_outcome_display()}", row.reason, "warning", "slash-circle"
        )


def _of_work(spells: list[OccupationSpell]) -> Iterable[LifeEvent]:
    for spell in spells:
        if spell.valid_from != SINCE_EVER:
            words = f"{spell.employer or '工作单位未填'}{spell.post}"
            retired = "，已退休" if spell.is_retired else ""
            yield LifeEvent(
                spell.valid_from, f"工作变动：{words}{retired}", spell.occupation.name, "neutral", "tags"
            )


def span_of(spell: OccupationSpell) -> str:
    """2024年3月1日起 / 至 2024年3月1日 / both; nothing where neither end is known."""
    begun = "" if spell.valid_from == SINCE_EVER else formats.day(spell.valid_from)
    ended = formats.day(spell.valid_to) if spell.valid_to else ""
    if begun and ended:
        return f"{begun} 至 {ended}"
    return f"{begun}起" if begun else f"至 {ended}" if ended else ""
