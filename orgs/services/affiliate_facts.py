"""The dated facts of an affiliate: where it stands, its members, with whom it works; and its exit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, check
from orgs.choices import DetailPart, PartnerKind, Standing
from orgs.models import (
    Affiliate,
    AffiliateMembers,
    AffiliatePartner,
    AffiliateState,
    MemberCount,
    OrgUnit,
)
from orgs.rules import affiliates as rules
from orgs.services.affiliates import locked, present_state
from orgs.services.dated import finish


@transaction.atomic
def set_state(
    *,
    affiliate: Affiliate,
    state: str,
    since: dt.date,
    by: Actor,
    reason: str = "",
    basis: str = "",
    revision: int | None = None,
) -> AffiliateState:
    """Where the affiliate stands from ``since``: normal, model or dormant; its end is :func:`exit_affiliate`.

    An affiliate that had exited is taken up again by a state with its reason.
    """
    if state == Standing.EXITED:
        raise DomainError.of("use_exit", "退出请用“办理退出”。", "state")
    held = locked(affiliate, by, revision=revision)
    return _succeed_state(held, state, since, reason, basis, by)


@transaction.atomic
def exit_affiliate(
    *,
    affiliate: Affiliate,
    on: dt.date,
    reason: str,
    by: Actor,
    basis: str = "",
    revision: int | None = None,
) -> AffiliateState:
    """The affiliate exists no longer from ``on`` (Jilin 二(二)3): its work with partners ends, as does who leads it,
    for which higher floors hear of ``orgs.affiliate_exited`` within the transaction."""
    held = locked(affiliate, by, revision=revision)
    fact = _succeed_state(held, Standing.EXITED, on, reason, basis, by)
    for partner in AffiliatePartner.objects.open_ended().filter(affiliate=held):
        finish(partner, max(on, partner.valid_from))
    record(
        kind="orgs.affiliate_exited",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held.unit}：{held.kind}“{held}”退出",
        data={"on": on, "reason": reason.strip(), "basis": basis.strip()},
    )
    return fact


def _succeed_state(
    held: Affiliate, state: str, since: dt.date, reason: str, basis: str, by: Actor
) -> AffiliateState:
    present = AffiliateState.objects.open_ended().filter(affiliate=held).first()
    was = present.state if present else Standing.EXITED
    check(
        [
            *rules.state_changes(state, present=was),
            *rules.state_says_why(state, reason, present=was),
            *rules.day_is_possible(
                since,
                today=clock.today(),
                field="on" if state == Standing.EXITED else "since",
                label="日期",
                since=held.founded_on,
            ),
            *rules.fact_follows(
                since,
                last=_last_day(AffiliateState.objects.filter(affiliate=held)),
                field="on" if state == Standing.EXITED else "since",
            ),
        ]
    )
    if present is not None:
        finish(present, since)
    fact = AffiliateState.objects.create(
        affiliate=held,
        state=Standing(state),
        reason=reason.strip(),
        basis=basis.strip(),
        valid_from=since,
        recorded_by=by.actor_label[:80],
    )
    _touch(held)
    record(
        kind="orgs.affiliate_state_set",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held.unit}：“{held}”的状态由{Standing(was).label}变更为{fact.get_state_display()}",
        data={"state": [was, state], "since": since, "reason": reason.strip(), "basis": basis.strip()},
    )
    return fact


@transaction.atomic
def set_members(
    *,
    affiliate: Affiliate,
    as_of: dt.date,
    personal: int,
    by: Actor,
    group: int = 0,
    by_occupation: Mapping[str, int] | None = None,
    revision: int | None = None,
) -> AffiliateMembers:
    """How many members there are as of ``as_of``: personal, group, and personal ones by occupation (Zhoukou 四(三)5)."""
    held = locked(affiliate, by, revision=revision)
    split = {label.strip(): count for label, count in (by_occupation or {}).items() if label.strip()}
    check(
        [
            *rules.has_not_exited(present_state(held)),
            *rules.parts_fit(held.kind, {DetailPart.MEMBERS: "personal"}),
            *rules.members_are_counts(personal, group, split),
            *rules.day_is_possible(
                as_of, today=clock.today(), field="as_of", label="统计日期", since=held.founded_on
            ),
            *rules.fact_follows(
                as_of, last=_last_day(AffiliateMembers.objects.filter(affiliate=held)), field="as_of"
            ),
        ]
    )
    present = AffiliateMembers.objects.open_ended().filter(affiliate=held).first()
    if present is not None:
        finish(present, as_of)
    fact = AffiliateMembers.objects.create(
        affiliate=held, personal=personal, group=group, valid_from=as_of, recorded_by=by.actor_label[:80]
    )
    MemberCount.objects.bulk_create(
        MemberCount(members=fact, occupation_label=label, count=count) for label, count in split.items()
    )
    _touch(held)
    record(
        kind="orgs.affiliate_members_set",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held.unit}：“{held}”个人会员 {personal:,} 人，团体会员 {group:,} 个",
        data={
            "as_of": as_of,
            "after": {"personal": personal, "group": group, "by_occupation": split},
            "before": {"personal": present.personal, "group": present.group} if present else None,
        },
    )
    return fact


@transaction.atomic
def add_unit_partners(
    *, affiliate: Affiliate, units: Sequence[OrgUnit], since: dt.date, by: Actor, note: str = ""
) -> list[AffiliatePartner]:
    """The affiliate works with each of ``units`` (townships, villages) from ``since``; those it does already are left."""
    held = locked(affiliate, by)
    present = set(
        AffiliatePartner.objects.open_ended()
        .filter(affiliate=held, kind=PartnerKind.UNIT)
        .values_list("partner_unit_id", flat=True)
    )
    fresh = [unit for unit in {unit.pk: unit for unit in units}.values() if unit.pk not in present]
    found = [problem for unit in fresh for problem in rules.partner_unit_is_one(unit, held.unit)]
    found += _partner_problems(held, since)
    check(found)
    if not fresh:
        raise DomainError.of("none", "请选择尚未对接的乡镇（街道）、村（社区）。", "units")
    return [_add_partner(held, since, note, by, kind=PartnerKind.UNIT, partner_unit=unit) for unit in fresh]


@transaction.atomic
def add_named_partner(
    *, affiliate: Affiliate, kind: str, name: str, since: dt.date, by: Actor, note: str = ""
) -> AffiliatePartner:
    """The affiliate works with an enterprise, a university, a school or a centre, from ``since``."""
    held = locked(affiliate, by)
    name = "".join(name.split())
    found = _partner_problems(held, since)
    if kind == PartnerKind.UNIT:
        raise DomainError.of("bad_kind", "乡镇（街道）、村（社区）请从单位中选择。", "kind")
    present = AffiliatePartner.objects.open_ended().filter(affiliate=held, kind=kind, name=name)
    found += rules.partner_has_a_name(name, known=bool(name) and present.exists())
    check(found)
    return _add_partner(held, since, note, by, kind=PartnerKind(kind), name=name)


@transaction.atomic
def end_partner(*, partner: AffiliatePartner, on: dt.date, by: Actor) -> AffiliatePartner:
    """They work together no longer from ``on``."""
    held = locked(partner.affiliate, by)
    partner = AffiliatePartner.objects.select_related("partner_unit").get(pk=partner.pk, affiliate=held)
    if not partner.is_open:
        raise DomainError.of("ended", "该对接关系已经结束。")
    check(
        [
            *rules.day_is_possible(on, today=clock.today(), field="on", label="结束日期"),
            *rules.fact_follows(on, last=partner.valid_from, field="on"),
        ]
    )
    finish(partner, on)
    record(
        kind="orgs.affiliate_partner_ended",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held.unit}：“{held}”与{partner.label}结束对接",
        data={"partner": partner.pk, "on": on},
    )
    return partner


def _partner_problems(held: Affiliate, since: dt.date) -> list[Any]:
    return [
        *rules.has_not_exited(present_state(held)),
        *rules.day_is_possible(
            since, today=clock.today(), field="since", label="起始日期", since=held.founded_on
        ),
    ]


def _add_partner(held: Affiliate, since: dt.date, note: str, by: Actor, **key: Any) -> AffiliatePartner:
    partner = AffiliatePartner.objects.create(
        affiliate=held, valid_from=since, note=note.strip(), recorded_by=by.actor_label[:80], **key
    )
    record(
        kind="orgs.affiliate_partner_added",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held.unit}：“{held}”对接{partner.label}",
        data={"partner": partner.pk, "kind": str(partner.kind), "since": since},
    )
    return partner


def _last_day(history: Any) -> dt.date | None:
    return history.filter(voided_at=None).aggregate(day=Max(Greatest("valid_from", "valid_to")))["day"]


def _touch(affiliate: Affiliate) -> None:
    affiliate.revision += 1
    affiliate.save(update_fields=["revision", "updated_at"])
