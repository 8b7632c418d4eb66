"""备案: what was filed with whom (Shandong 三.1 二)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError
from sanzhang import rules
from sanzhang.models import Appointment, Filing
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.services.guards import ensure, refused_in_words, settle


def file(
    *, appointment: Appointment, authority: str, filed_on: dt.date, by: Actor, number: str = ""
) -> Filing:
    """The seat is filed with ``authority``; once with each."""
    ensure(by, MANAGE_PEOPLE, appointment.unit)
    with transaction.atomic():
        seat = Appointment.objects.select_for_update(of=("self",)).select_related("unit", "person")
        held = seat.get(pk=appointment.pk)
        if held.voided_at is not None:
            raise Conflict.of("seat_voided", "该任职已作废，不能备案。")
        if not authority.strip():
            raise DomainError.of("authority_missing", "请填写备案机关。", "authority")
        settle(rules.filed_after_start(filed_on, held.valid_from, clock.today()), "")
        with refused_in_words():
            filing = Filing.objects.create(
                appointment=held,
                authority=authority.strip(),
                number=number.strip(),
                filed_on=filed_on,
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
