"""Chasing renewals up the tree: the unit and its superior are reminded once at each stage (rule 3: 按时换届)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.urls import reverse

from accounts.roles import Role
from accounts.selectors import people_at_many
from audit.services import record
from core.actor import Actor
from core.formats import day
from notices.services import tell
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.models import RenewalReminder, Term
from sanzhang.selectors.terms import SOON_DAYS

#: Stages by days left, the latest last: a year, half a year, a quarter ahead, due, then overdue a quarter, a half, a year.
STAGES = (
    ("year", SOON_DAYS, "12个月内应换届"),
    ("half", 182, "6个月内应换届"),
    ("quarter", 91, "3个月内应换届"),
    ("due", 0, "已到期，逾期未换届"),
    ("late_quarter", -91, "逾期3个月未换届"),
    ("late_half", -182, "逾期6个月未换届"),
    ("late_year", -365, "逾期一年未换届"),
)
NAMED = 5


def stage_of(days_left: int) -> tuple[str, str] | None:
    """The latest stage reached with so many days left: its code and words."""
    reached = [(code, words) for code, days, words in STAGES if days_left <= days]
    return reached[-1] if reached else None


def remind_of_renewals(*, today: dt.date, by: Actor) -> int:
    """Remind the desks of every term at a stage not yet reminded of; how many terms. Running twice changes nothing."""
    horizon = today + dt.timedelta(days=STAGES[0][1])
    terms = (
        Term.objects.filter(
            ended_on__isnull=True,
            lawful_end__lte=horizon,
            body__kind__in=LEADERSHIP_KINDS,
            body__unit__closed_on__isnull=True,
        )
        .select_related("body__unit__parent")
        .order_by("lawful_end", "body__unit__division_code", "body__kind")
    )
    with transaction.atomic():
        known = set(RenewalReminder.objects.values_list("term_id", "stage"))
        due = [(term, stage) for term in terms if (stage := stage_of((term.lawful_end - today).days))]
        fresh = [(term, code, words) for term, (code, words) in due if (term.pk, code) not in known]
        RenewalReminder.objects.bulk_create(
            [RenewalReminder(term=term, stage=code) for term, code, _words in fresh], ignore_conflicts=True
        )
        _tell_desks(fresh, today)
        if fresh:
            record(
                kind="sanzhang.renewals_chased",
                by=by,
                summary=f"提醒换届{len(fresh)}个领导机构",
                data={"terms": [term.pk for term, _code, _words in fresh]},
            )
    return len(fresh)


def _tell_desks(fresh: list[tuple[Term, str, str]], today: dt.date) -> None:
    """One message a desk, whatever the number of bodies: the unit's own, and the superior's about those below."""
    lines: dict[int, list[str]] = defaultdict(list)
    desks: dict[int, OrgUnit] = {}
    for term, _code, words in fresh:
        unit = term.body.unit
        line = f"{unit.association}{term.body.get_kind_display()}第{term.ordinal}届：{day(term.lawful_end)}到期，{words}"
        for desk in (unit, unit.parent):
            if desk is not None and desk.level <= Level.TOWNSHIP:
                desks[desk.pk] = desk
                lines[desk.pk].append(line)
    for pk, unit in desks.items():
        found = lines[pk]
        more = f"\n等{len(found)}个领导机构。" if len(found) > NAMED else ""
        tell(
            users=people_at_many([pk], [Role.REPORTER, Role.REVIEWER, Role.LEADER]),
            key=f"renewal:{today:%Y%m%d}:{pk}",
            kind="reminder.renewal",
            title=f"换届提醒：{len(found)}个领导机构",
            body="\n".join(found[:NAMED]) + more,
            link=f"{reverse('sanzhang:terms')}?unit={unit.pk}",
            mail=False,
        )
