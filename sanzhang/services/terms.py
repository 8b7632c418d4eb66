"""Terms of bodies: entering one, correcting it. Renewal is an act of its own (``sanzhang.services.renewals``)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError
from core.formats import day
from orgs.models import OrgUnit
from sanzhang.choices import BodyKind
from sanzhang.models import LeadershipBody, Term
from sanzhang.permissions import MANAGE_PEOPLE
from sanzhang.rules import people as rules
from sanzhang.services.guards import ensure, refused_in_words, settle
from sanzhang.services.quotas import Quota, write_quota

#: A term lasts five years unless set otherwise.
TERM_YEARS = 5


def lawful_end_of(starts_on: dt.date) -> dt.date:
    """The day by which a term that began on ``starts_on`` must be renewed."""
    day_of_month = 28 if (starts_on.month, starts_on.day) == (2, 29) else starts_on.day
    return starts_on.replace(year=starts_on.year + TERM_YEARS, day=day_of_month)


def open_term(
    *,
    unit: OrgUnit,
    kind: str,
    ordinal: int,
    starts_on: dt.date,
    by: Actor,
    lawful_end: dt.date | None = None,
    quota: Quota | None = None,
) -> Term:
    """Enter the present term of a body; seats already held since its start join it."""
    ensure(by, MANAGE_PEOPLE, unit)
    end = lawful_end or lawful_end_of(starts_on)
    if kind == BodyKind.TEAM:
        raise DomainError.of("team_has_no_term", "村级工作队伍没有届次。", "kind")
    settle(rules.term_is_possible(starts_on, end, clock.today()), "")
    with transaction.atomic():
        body, _created = LeadershipBody.objects.get_or_create(unit=unit, kind=kind)
        with refused_in_words():
            term = Term.objects.create(body=body, ordinal=ordinal, starts_on=starts_on, lawful_end=end)
        write_quota(term, quota or {})
        body.appointments.standing().filter(term=None, valid_from__gte=starts_on).update(term=term)
        record_term("sanzhang.term_opened", by, term, f"登记{body}第{ordinal}届，{day(starts_on)}起")
    return term


def correct_term(
    *,
    term: Term,
    ordinal: int,
    starts_on: dt.date,
    lawful_end: dt.date,
    reason: str,
    by: Actor,
) -> Term:
    """Put right what was typed of a term, saying why; the audit trail keeps the old values.

    The seats begun within the corrected days belong to it afterwards, those begun outside to none.
    """
    with transaction.atomic():
        held = Term.objects.select_for_update(of=("self",)).select_related("body__unit").get(pk=term.pk)
        ensure(by, MANAGE_PEOPLE, held.body.unit)
        if not reason.strip():
            raise DomainError.of("reason_missing", "请写明更正原因。", "reason")
        settle(rules.term_is_possible(starts_on, lawful_end, clock.today()), "")
        if held.ended_on is not None and starts_on >= held.ended_on:
            message = f"届期开始应早于该届实际换届日期（{day(held.ended_on)}）。"
            raise DomainError.of("term_after_its_end", message, "starts_on")
        before = {"ordinal": held.ordinal, "starts_on": held.starts_on, "lawful_end": held.lawful_end}
        held.ordinal, held.starts_on, held.lawful_end = ordinal, starts_on, lawful_end
        with refused_in_words():
            held.save(update_fields=["ordinal", "starts_on", "lawful_end"])
        _settle_seats(held)
        held.reminders.all().delete()
        record_term(
            "sanzhang.term_corrected",
            by,
            held,
            f"更正{held.body}届次：第{ordinal}届",
            {"before": before, "reason": reason.strip()},
        )
    return held


def _settle_seats(term: Term) -> None:
    """Which seats of the body belong to the term, by the day on which each began."""
    seats = term.body.appointments.standing()
    outside = seats.filter(term=term).exclude(valid_from__gte=term.starts_on)
    outside.update(term=None)
    inside = seats.filter(term=None, valid_from__gte=term.starts_on)
    if term.ended_on is not None:
        inside = inside.filter(valid_from__lt=term.ended_on)
    inside.update(term=term)


def record_term(
    kind: str, by: Actor, term: Term, summary: str, data: dict[str, object] | None = None
) -> None:
    """Write an act on a term down, with its days."""
    days = {"starts_on": term.starts_on, "lawful_end": term.lawful_end}
    record(kind=kind, by=by, summary=summary, unit=term.body.unit, obj=term, data=days | (data or {}))
