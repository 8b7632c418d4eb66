"""职数: how many seats a term has, and what happens when somebody more is to take one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import Count

from audit.services import record
from core.actor import Actor
from core.errors import DomainError, Problem
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import BODY_OF_POSITION, Employment, OverQuota, Position
from sanzhang.models import Appointment, PositionQuota, QuotaPolicy, Term
from sanzhang.permissions import EDIT_PROCEDURES, MANAGE_PEOPLE
from sanzhang.services.guards import ensure, settle

#: Seats by position and employment; ``None`` or absence: no number was set.
Quota = Mapping[tuple[str, str], int | None]


def set_quota(*, term: Term, quota: Quota, by: Actor) -> Term:
    """Write the quota of a term anew."""
    with transaction.atomic():
        held = Term.objects.select_for_update(of=("self",)).select_related("body__unit").get(pk=term.pk)
        ensure(by, MANAGE_PEOPLE, held.body.unit)
        before = {(row.position, row.employment): row.seats for row in held.quotas.all()}
        write_quota(held, quota)
        record(
            kind="sanzhang.quota_set",
            by=by,
            unit=held.body.unit,
            obj=held,
            summary=f"核定{held}职数",
            data={"before": _words(before), "after": _words(quota)},
        )
    return held


def write_quota(term: Term, quota: Quota) -> None:
    """Replace the rows. Raises ``DomainError`` for a position that does not sit in the body."""
    settle(_problems(term, quota), "")
    term.quotas.all().delete()
    PositionQuota.objects.bulk_create(
        PositionQuota(term=term, position=position, employment=employment, seats=seats)
        for (position, employment), seats in quota.items()
        if seats is not None
    )


def _problems(term: Term, quota: Quota) -> list[Problem]:
    wrong = [
        position
        for position, _employment in quota
        if BODY_OF_POSITION.get(Position(position)) != term.body.kind
    ]
    return [
        Problem("position_not_in_body", f"{term.body.get_kind_display()}没有“{Position(position).label}”。")
        for position in dict.fromkeys(wrong)
    ]


def _words(quota: Quota) -> dict[str, int]:
    return {
        place_words(position, employment): seats
        for (position, employment), seats in quota.items()
        if seats is not None
    }


def place_words(position: str, employment: str) -> str:
    """副主席（兼职）."""
    return f"{Position(position).label}（{Employment(employment).label}）"


def heads_by_place(bodies: Collection[int]) -> dict[tuple[int, str, str], int]:
    """How many sit in ``bodies``, by body, position and employment, of whichever term: those a quota is held against."""
    seats = Appointment.objects.open_ended().filter(body__in=bodies).order_by()
    counted = seats.values_list("body", "position", "employment").annotate(heads=Count("pk"))
    return {(body, position, employment): heads for body, position, employment, heads in counted}


def problems_of_seat(*, term: Term | None, position: str, employment: str) -> list[Problem]:
    """Whether one seat more of ``term`` is within its quota. Locks the term, so that two do not take the last seat."""
    if term is None or not term.quotas.filter(position=position, employment=employment).exists():
        return []
    held = Term.objects.select_for_update(of=("self",)).select_related("body__unit").get(pk=term.pk)
    seats = held.quotas.get(position=position, employment=employment).seats
    count = heads_by_place([held.body_id]).get((held.body_id, position, employment), 0)
    if count < seats:
        return []
    mode = over_quota_of(held.body.unit)
    message = f"{held}{place_words(position, employment)}核定{seats}名，已任{count}名，再任即超职数。"
    hint = "请先核定职数，或先办理他人离任。" if mode == OverQuota.REFUSE else "确需任职的，请写明说明。"
    return [
        Problem(
            "over_quota",
            message + hint,
            "position",
            level="error" if mode == OverQuota.REFUSE else "warning",
        )
    ]


def over_quota_of(unit: OrgUnit) -> str:
    """What the province has set for seats past the quota; a warning where it has set nothing."""
    found = QuotaPolicy.objects.filter(owner=unit.province_id).values_list("over_quota", flat=True).first()
    return found or OverQuota.WARN


def set_policy(*, owner: OrgUnit, over_quota: str, by: Actor) -> QuotaPolicy:
    """超职数: warned or refused, for the whole province from now on."""
    ensure(by, EDIT_PROCEDURES, owner)
    if owner.level != Level.PROVINCE or over_quota not in OverQuota.values:
        raise DomainError.of("bad_policy", "请选择超职数时的处理方式。", "over_quota")
    with transaction.atomic():
        policy, _made = QuotaPolicy.objects.update_or_create(owner=owner, defaults={"over_quota": over_quota})
        record(
            kind="sanzhang.quota_policy",
            by=by,
            unit=owner,
            obj=policy,
            summary=f"超职数：{policy.get_over_quota_display()}",
        )
    return policy
