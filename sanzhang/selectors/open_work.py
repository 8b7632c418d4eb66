"""The open work of a desk in the registry, told before somebody hands it over (交接)."""

from __future__ import annotations

from accounts.models import Posting
from accounts.registry import Work
from accounts.roles import Reach, reach_of
from core import clock, formats
from core.permissions import Permission
from orgs.models import OrgUnit
from orgs.models.unit import OrgUnitQuerySet
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.models import Candidacy, LeadershipBody, Meeting, Support
from sanzhang.models.candidacy import CandidacyQuerySet
from sanzhang.permissions import GIVE_OPINION, MANAGE_PEOPLE, RECORD_WORK
from sanzhang.selectors.board import awaiting_opinion_of, shown, with_people
from sanzhang.selectors.terms import count_by_state, with_present_term


def open_work_of_posting(posting: Posting) -> list[Work]:
    """Such as “王秀兰（农技站站长）拟任历下区科协副主席”, “组织部门意见，等待党委组织部门”: what the next person at this
    desk will find there, and below as far as this desk does it itself. A constant number of queries."""
    manages, records = _units(posting, MANAGE_PEOPLE), _units(posting, RECORD_WORK)
    found = _on_the_way(Candidacy.objects.open().filter(unit__in=manages))
    if reach_of(posting.role, posting.unit.level, GIVE_OPINION.code):
        found += [
            Work(work.subject, "待本单位出具意见") for work in _on_the_way(awaiting_opinion_of(posting.unit))
        ]
    return found + _meetings(manages) + _renewals(manages) + _receipts(records)


def _units(posting: Posting, permission: Permission) -> OrgUnitQuerySet:
    """Where this posting may do what ``permission`` lets."""
    reach = reach_of(posting.role, posting.unit.level, permission.code)
    if reach is None:
        return OrgUnit.objects.none()
    return (
        OrgUnit.objects.within(posting.unit)
        if reach == Reach.SUBTREE
        else OrgUnit.objects.filter(pk=posting.unit_id)
    )


def _on_the_way(candidacies: CandidacyQuerySet) -> list[Work]:
    rows = shown(with_people(candidacies).order_by("unit__division_code", "opened_on", "pk"))
    return [
        Work(
            f"{row}（{row.candidacy.person.occupation.name}）拟任"
            f"{row.candidacy.unit.association}{row.candidacy.get_position_display()}",
            f"{row.stage}{'（暂缓）' if row.is_deferred else ''}，等待{row.waits_for}",
        )
        for row in rows
    ]


def _meetings(units: OrgUnitQuerySet) -> list[Work]:
    rows = Meeting.objects.standing().filter(unit__in=units, held_on__isnull=True)
    return [
        Work(f"{formats.day(meeting.planned_on)}计划召开的{meeting}", "待登记召开情况")
        for meeting in rows.select_related("unit").order_by("planned_on", "pk")
    ]


def _renewals(units: OrgUnitQuerySet) -> list[Work]:
    bodies = LeadershipBody.objects.filter(
        unit__in=units, kind__in=LEADERSHIP_KINDS, unit__closed_on__isnull=True
    )
    counts = count_by_state(with_present_term(bodies), clock.today())
    said = {"逾期未换届": counts["overdue"], "12个月内应换届": counts["soon"]}
    words = "，".join(f"{label}{count:,}个" for label, count in said.items() if count)
    return [Work("领导机构换届", words)] if words else []


def _receipts(units: OrgUnitQuerySet) -> list[Work]:
    rows = Support.objects.standing().filter(receiver__in=units, confirmed_at__isnull=True)
    return [
        Work(
            f"{support.giver.association}{formats.day(support.given_on)}给予{support.receiver_name}的"
            f"“{support.title}”",
            "待确认收到",
        )
        for support in rows.select_related("giver", "receiver").order_by("given_on", "pk")
    ]
