"""主题宣传日: the list of days that suggest an activity, as a province makes it (Yinzhou 二(三))."""

from __future__ import annotations

import calendar

from django.db import transaction

from audit.services import record
from core.access import ensure_anywhere
from core.actor import Actor
from core.errors import Problem
from sanzhang.models import ActivityKind, CampaignDay
from sanzhang.permissions import SET_STANDARD
from sanzhang.services.guards import settle

#: A leap year, so that 29 February may be a campaign day.
ANY_LEAP_YEAR = 2024


def save_day(
    *,
    name: str,
    month: int,
    day: int,
    days: int,
    kind: ActivityKind,
    is_active: bool,
    by: Actor,
    campaign: CampaignDay | None = None,
) -> CampaignDay:
    """Write one campaign day. Raises ``DomainError`` for a name that is taken or a day that the calendar does not have."""
    ensure_anywhere(by, SET_STANDARD)
    name = name.strip()
    with transaction.atomic():
        held = (
            CampaignDay() if campaign is None else CampaignDay.objects.select_for_update().get(pk=campaign.pk)
        )
        taken = CampaignDay.objects.filter(name=name).exclude(pk=held.pk).exists()
        settle([*_named(name, taken), *_exists(month, day, days), *_kind_in_use(kind, held)], "")
        held.name, held.month, held.day, held.days = name, month, day, days
        held.kind, held.is_active = kind, is_active
        held.save()
        record(
            kind="sanzhang.campaign_day_saved",
            by=by,
            summary=f"{'修改' if campaign else '新增'}主题宣传日“{name}”",
            obj=held,
            data={"month": month, "day": day, "days": days, "kind": kind.pk, "is_active": is_active},
        )
    return held


def delete_day(*, campaign: CampaignDay, by: Actor) -> None:
    """Take a day off the list for good. No record hangs on it: it only suggests; what was recorded stays."""
    ensure_anywhere(by, SET_STANDARD)
    with transaction.atomic():
        held = CampaignDay.objects.select_for_update().get(pk=campaign.pk)
        record(
            kind="sanzhang.campaign_day_deleted",
            by=by,
            summary=f"删除主题宣传日“{held.name}”",
            obj=held,
        )
        held.delete()


def _named(name: str, is_taken: bool) -> list[Problem]:
    if not name:
        return [Problem("name_missing", "请填写主题日名称。", "name")]
    return [Problem("name_taken", f"“{name}”已在列表中。", "name")] if is_taken else []


def _exists(month: int, day: int, days: int) -> list[Problem]:
    if not 1 <= month <= 12:
        return [Problem("no_such_month", "月份应为1至12。", "month")]
    last = calendar.monthrange(ANY_LEAP_YEAR, month)[1]
    if not 1 <= day <= last:
        return [Problem("no_such_day", f"{month}月没有{day}日，请核对日期。", "day")]
    if not 1 <= days <= 31:
        return [Problem("too_many_days", "天数应为1至31天。", "days")]
    return []


def _kind_in_use(kind: ActivityKind, held: CampaignDay) -> list[Problem]:
    if kind.is_active or held.kind_id == kind.pk:
        return []
    return [Problem("kind_retired", f"“{kind.name}”已停用，请另选活动类别。", "kind")]
