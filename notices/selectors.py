"""Questions about reminding: the policy in force, and whether people are left in peace now."""

from __future__ import annotations

import datetime as dt

from core import clock
from notices.models import ReminderPolicy
from notices.registry import is_day_off
from orgs.choices import Level
from orgs.models import OrgUnit


def policy_in_force() -> ReminderPolicy:
    """The province's policy; the defaults, not saved, where it made none. A deployment serves one province."""
    return ReminderPolicy.objects.select_related("unit").first() or ReminderPolicy()


def policy_of(province: OrgUnit) -> ReminderPolicy:
    """The policy of ``province``, saved or not."""
    assert province.level == Level.PROVINCE
    return ReminderPolicy.objects.filter(unit=province).first() or ReminderPolicy(unit=province)


def is_quiet(at: dt.datetime, policy: ReminderPolicy) -> bool:
    """Whether no e-mail and no text message may go out at ``at``: at night, and on days off."""
    local = at.astimezone(clock.SHANGHAI)
    if policy.quiet_on_days_off and is_day_off(local.date()):
        return True
    begins, ends, time = policy.quiet_from, policy.quiet_until, local.time()
    if begins <= ends:
        return begins <= time < ends
    return time >= begins or time < ends
