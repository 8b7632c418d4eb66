"""Reminders of the present month, and a desk that is being handed over."""

from __future__ import annotations

import datetime as dt

from accounts.models import Handover, LineKind, User
from accounts.services.handovers import give, open_handover
from core import clock
from core.actor import SYSTEM
from kexie_portal.demo.accounts import desk_username
from kexie_portal.demo.world import World
from orgs.choices import Level
from reporting.services.reminding import remind

DAYS_REMINDED = 3
NOTE = "每月18日前给各乡镇（街道）打电话收数，20日前录入完毕；有变动的先改台账，再报月报。"


def remind_lately() -> int:
    """What the portal said on the last days; how many messages."""
    now = clock.now()
    told = 0
    for days in reversed(range(DAYS_REMINDED)):
        morning = clock.start_of(clock.local_day(now) - dt.timedelta(days=days)) + dt.timedelta(hours=7)
        with clock.standing_at(min(morning, now)):
            told += remind(at=clock.now())
    return told


def begin_a_handover(world: World) -> Handover:
    """The clerk of one county has listed what passes; whoever takes over has still to confirm."""
    counties = [place for place in world.at(Level.COUNTY) if place.code != world.showcase_county]
    leaver, successor = (User.objects.get(username=desk_username(place)) for place in counties[1:3])
    handover = open_handover(leaver=leaver, successor=successor, by=SYSTEM, note=NOTE)
    line = handover.lines.filter(kind=LineKind.UNIT).first()
    remarks = {line.pk: "街道干事多用微信报数，号码在联络表里。"} if line is not None else {}
    return give(handover=handover, by=leaver, remarks=remarks, note=NOTE)
