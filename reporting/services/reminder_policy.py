"""催报设置 of the province."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, Forbidden, Problem, check
from notices.models import ReminderPolicy
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.permissions import MANAGE_CYCLES

FARTHEST = 15
MOST_STAGES = 5
SET = (
    *("days_before", "on_day", "days_after", "escalate_after", "review_after"),
    *("quiet_from", "quiet_until", "quiet_on_days_off", "sends_mail", "sends_sms"),
)


@transaction.atomic
def set_policy(*, province: OrgUnit, by: Actor, **values: Any) -> ReminderPolicy:
    """When people are reminded and when they are left in peace; holds from the next run.

    Raises:
        Forbidden: not of the province's review desk. DomainError: days out of bounds, or no stage at all.
    """
    if province.level != Level.PROVINCE or not by.can(MANAGE_CYCLES, province):
        raise Forbidden.for_action("修改催报设置")
    unknown = set(values) - set(SET)
    if unknown:
        raise DomainError.of("unknown_setting", f"没有这项设置：{'、'.join(sorted(unknown))}。")
    policy = ReminderPolicy.objects.select_for_update().filter(unit=province).first()
    policy = policy or ReminderPolicy(unit=province)
    before = {name: getattr(policy, name) for name in SET}
    for name, value in values.items():
        setattr(policy, name, value)
    check([*_stage_problems(policy), *_day_problems(policy)])
    policy.days_before = sorted(set(policy.days_before), reverse=True)
    policy.days_after = sorted(set(policy.days_after))
    policy.changed_at, policy.changed_by = clock.now(), by.actor_label[:120]
    policy.save()
    changed = {
        name: {"old": _plain(before[name]), "new": _plain(getattr(policy, name))}
        for name in SET
        if before[name] != getattr(policy, name)
    }
    record(
        kind="reporting.reminder_policy",
        by=by,
        unit=province,
        obj=policy,
        summary=f"修改{province}催报设置",
        data=changed,
    )
    return policy


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="minutes") if isinstance(value, dt.time) else value


def _stage_problems(policy: ReminderPolicy) -> list[Problem]:
    found = []
    for name in ("days_before", "days_after"):
        days = getattr(policy, name)
        if len(days) > MOST_STAGES or any(not 1 <= day <= FARTHEST for day in days):
            said = f"请填写1至{FARTHEST}之间的天数，最多{MOST_STAGES}个。"
            found.append(Problem("days_out_of_bounds", said, name))
    if not (policy.days_before or policy.on_day or policy.days_after):
        found.append(Problem("no_stage", "至少保留一个提醒时点。", "days_before"))
    return found


def _day_problems(policy: ReminderPolicy) -> list[Problem]:
    found = []
    if policy.escalate_after is not None and not 1 <= policy.escalate_after <= 30:
        found.append(
            Problem("days_out_of_bounds", "请填写1至30之间的天数，不报上级领导则留空。", "escalate_after")
        )
    if not 1 <= policy.review_after <= 15:
        found.append(Problem("days_out_of_bounds", "请填写1至15之间的天数。", "review_after"))
    return found
