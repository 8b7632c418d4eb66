"""备案: what was filed with whom (Shandong 三.1 二)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from sanzhang.models import Appointment, Filing, FilingBatch, Meeting
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.rules import people as rules
from sanzhang.services.appointments import locked_seat
from sanzhang.services.guards import ensure, named, refused_in_words, settle
from sanzhang.services.papers import keep_paper


def file(
    *, appointment: Appointment, authority: str, filed_on: dt.date, by: Actor, number: str = ""
) -> Filing:
    """The seat is filed with ``authority``; once with each."""
    ensure(by, MANAGE_PEOPLE, appointment.unit)
    with transaction.atomic():
        return _file(appointment, authority, number, filed_on, by, None)


def file_many(
    *,
    meeting: Meeting,
    seats: Sequence[Appointment],
    authority: str,
    filed_on: dt.date,
    by: Actor,
    number: str = "",
    upload: UploadedFile | None = None,
) -> FilingBatch:
    """Those who took their seats at ``meeting`` are filed by one letter: authority, number, day, paper. All, or none.

    Raises ``DomainError`` with the problems of every one refused, each with the person's name and, in ``meta``, the
    seat; nothing is done then. (Shandong 三.1 二)
    """
    ensure(by, MANAGE_PEOPLE, meeting.unit)
    if not seats:
        raise DomainError.of("nobody_chosen", "请先勾选要备案的人员。", "filed")
    with transaction.atomic():
        batch = FilingBatch.objects.create(
            meeting=meeting,
            authority=authority.strip(),
            number=number.strip(),
            filed_on=filed_on,
            recorded_by=by.actor_label[:120],
        )
        problems: list[Problem] = []
        for seat in sorted(seats, key=lambda seat: seat.pk):
            try:
                with transaction.atomic():
                    _file(seat, authority, number, filed_on, by, batch)
            except DomainError as error:
                problems += named(error, seat.person.name, appointment=seat.pk)
        if problems:
            raise DomainError(problems)
        if upload is not None:
            keep_paper(owner=batch, unit=meeting.unit, upload=upload, by=by)
        record(
            kind="sanzhang.filed_many",
            by=by,
            unit=meeting.unit,
            obj=batch,
            summary=f"{meeting}：{len(seats)}人已向{batch.authority}备案",
            data={"appointments": [seat.pk for seat in seats], "number": batch.number, "filed_on": filed_on},
        )
    return batch


def _file(
    appointment: Appointment,
    authority: str,
    number: str,
    filed_on: dt.date,
    by: Actor,
    batch: FilingBatch | None,
) -> Filing:
    held = locked_seat(appointment)
    if held.voided_at is not None:
        raise Conflict.of("seat_voided", "该任职已作废，不能备案。")
    if batch is not None and held.meeting_id != batch.meeting_id:
        raise DomainError.of("other_meeting", "不是由本次会议任职的，请在其人员页登记备案。", "filed")
    if not authority.strip():
        raise DomainError.of("authority_missing", "请填写备案机关。", "authority")
    settle(rules.filed_after_start(filed_on, held.valid_from, clock.today()), "")
    with refused_in_words():
        filing = Filing.objects.create(
            appointment=held,
            authority=authority.strip(),
            number=number.strip(),
            filed_on=filed_on,
            batch=batch,
            recorded_by=by.actor_label[:120],
        )
    record(
        kind="sanzhang.filed",
        by=by,
        summary=f"{held.person.name}任{held.unit.association}{held.get_position_display()}已向{filing.authority}备案",
        unit=held.unit,
        obj=filing,
        data={"appointment": held.pk, "number": filing.number, "filed_on": filed_on},
    )
    return filing
