"""Who leads an affiliate: beginning, end, and the end of all when the affiliate exits."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.models import AuditEvent
from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, Problem, check
from orgs.choices import Standing
from orgs.models import Affiliate, AffiliateState
from orgs.permissions import MANAGE_AFFILIATES
from orgs.rules.affiliates import day_is_possible, fact_follows
from orgs.services import dated
from sanzhang.choices import LeadingRole
from sanzhang.models import AffiliateLeader, KeyPerson
from sanzhang.services.guards import ensure


@transaction.atomic
def begin(
    *, affiliate: Affiliate, person: KeyPerson, role: str, since: dt.date, by: Actor, note: str = ""
) -> AffiliateLeader:
    """``person`` is ``role`` of ``affiliate`` from ``since`` (Zhoukou 四(三)2). Who manages the affiliate records it."""
    held = _locked(affiliate, by)
    check(
        [
            *_can_be_led(held),
            *_person_can_lead(held, person, role),
            *day_is_possible(
                since, today=clock.today(), field="since", label="起始日期", since=held.founded_on
            ),
        ]
    )
    post = AffiliateLeader.objects.create(
        affiliate=held,
        person=person,
        role=LeadingRole(role),
        note=note.strip(),
        valid_from=since,
        recorded_by=by.actor_label[:80],
    )
    record(
        kind="sanzhang.leading_begun",
        by=by,
        unit=held.unit,
        obj=post,
        summary=f"{person}任“{held}”{post.get_role_display()}",
        data={"affiliate": held.pk, "person": person.pk, "role": role, "since": since},
    )
    return post


@transaction.atomic
def finish(*, post: AffiliateLeader, on: dt.date, by: Actor) -> AffiliateLeader:
    """The post ends: ``on`` is the first day out of it; one that would not have lasted a day is voided."""
    held = _locked(post.affiliate, by)
    post = AffiliateLeader.objects.select_for_update(of=("self",)).select_related("person").get(pk=post.pk)
    if not post.is_open:
        raise Conflict.of("ended", "该任职已经结束，请刷新页面查看。")
    check(
        [
            *day_is_possible(on, today=clock.today(), field="on", label="离任日期"),
            *fact_follows(on, last=post.valid_from, field="on"),
        ]
    )
    dated.finish(post, on)
    record(
        kind="sanzhang.leading_ended",
        by=by,
        unit=held.unit,
        obj=post,
        summary=f"{post.person}不再任“{held}”{post.get_role_display()}",
        data={"affiliate": held.pk, "person": post.person_id, "on": on},
    )
    return post


def end_with_affiliate(event: AuditEvent) -> None:
    """An affiliate that exits is led by nobody from that day; heard of within the transaction of the exit."""
    on = event.data["on"]
    day = on if isinstance(on, dt.date) else dt.date.fromisoformat(on)
    posts = AffiliateLeader.objects.open_ended().filter(affiliate_id=int(event.object_id))
    for post in posts.select_for_update():
        dated.finish(post, max(day, post.valid_from))


def _locked(affiliate: Affiliate, by: Actor) -> Affiliate:
    held = Affiliate.objects.select_for_update(of=("self",)).select_related("unit").get(pk=affiliate.pk)
    ensure(by, MANAGE_AFFILIATES, held.unit)
    return held


def _can_be_led(affiliate: Affiliate) -> list[Problem]:
    stated = AffiliateState.objects.open_ended().filter(affiliate=affiliate).first()
    if stated is None or stated.state == Standing.EXITED:
        return [Problem("exited", f"“{affiliate}”已退出，不能登记牵头人。")]
    return []


def _person_can_lead(affiliate: Affiliate, person: KeyPerson, role: str) -> list[Problem]:
    found = []
    if not person.is_present:
        found.append(Problem("person_gone", "该人员记录已合并或作废，请重新选择。", "person"))
    if person.unit.province_id != affiliate.unit.province_id:
        found.append(Problem("other_province", "该人员不在本省，请重新选择。", "person"))
    present = AffiliateLeader.objects.open_ended().filter(affiliate=affiliate)
    if (own := present.filter(person=person).first()) is not None:
        found.append(
            Problem("double", f"{person}现任{own.get_role_display()}，变更职务请先结束原任职。", "person")
        )
    if role == LeadingRole.PRESIDENT:
        taken = present.filter(role=role).exclude(person=person).select_related("person").first()
        if taken is not None:
            found.append(Problem("taken", f"现任会长是{taken.person}，请先结束其任职。", "role"))
    return found
