"""Questions that the demo's people keep, and the files that come to them by themselves."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from kexie_portal.demo.world import World
from orgs.models import OrgUnit
from reporting.choices import DeliveryRhythm, Sharing
from reporting.pivot.presets import PRESETS
from reporting.services.questions import keep_question
from reporting.services.subscriptions import subscribe

BOOK = {
    "kind": "reporting.workbook",
    "title": "“3+1”工作月报（Excel）",
    "rhythm": DeliveryRhythm.ON_DAY,
    "day": 26,
}
SPOTS: dict[str, Any] = {
    "kind": "reporting.blank_spots",
    "title": "空白点名单",
    "rhythm": DeliveryRhythm.ON_LOCK,
}


def keep_and_subscribe(world: World) -> tuple[int, int]:
    """The province and the showcase's city each keep the first presets and subscribe the month's book."""
    city = world.showcase_county[:4]
    desks = [
        ("shengkexie", world.province_code, BOOK),
        (f"shi{city}", city, BOOK),
        (f"shi{city}", city, SPOTS),
    ]
    for username, code, file in desks:
        subscribe(**file, unit=_unit(code), by=_user(username))
    kept = 0
    for username, sharing in (("shengkexie", Sharing.UNIT), (f"shi{city}", Sharing.LEVEL)):
        for preset in PRESETS[:2]:
            keep_question(name=preset.name, query=preset.query, sharing=sharing, by=_user(username))
            kept += 1
    return kept, len(desks)


def _user(username: str) -> Any:
    return User.objects.get(username=username)


def _unit(code: str) -> OrgUnit:
    return OrgUnit.objects.get(division_code=code)
