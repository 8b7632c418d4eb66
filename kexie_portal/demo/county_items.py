"""六有 and 四缺 of counties and cities: most have what they need, some lack posts or money, and a few came by it lately."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from core import clock
from core.copying import copy_rows
from kexie_portal.demo.accounts import MAKER
from kexie_portal.demo.land import DATED, recorded
from kexie_portal.demo.world import Place, World, day_between
from orgs.choices import HavesItem, LacksItem, Level
from orgs.models import FourLacks, SixHaves

#: Shares of those who have everything, by level, and of each item among the others.
COMPLETE = {Level.PROVINCE: 1.0, Level.CITY: 0.9, Level.COUNTY: 0.58}
AMONG_OTHERS = {
    HavesItem.PREMISES: 0.86,
    HavesItem.NAMEPLATE: 0.95,
    HavesItem.STAFF: 0.66,
    HavesItem.MANAGEMENT_RULES: 0.9,
    HavesItem.RULES_OF_PROCEDURE: 0.72,
    HavesItem.FUNDING: 0.6,
}
NOTES = {
    HavesItem.PREMISES: ("办公室 3 间，与教体局同楼", "在行政中心办公", "租用办公用房 2 间"),
    HavesItem.NAMEPLATE: ("办公楼门口和办公室均已挂牌", ""),
    HavesItem.STAFF: ("专职 3 人、兼职 4 人", "专职 2 人，另有“三长”兼职副主席", "专职 4 人"),
    HavesItem.MANAGEMENT_RULES: ("机关管理制度汇编", ""),
    HavesItem.RULES_OF_PROCEDURE: ("全委会、常委会议事规则", "常委会议事规则"),
    HavesItem.FUNDING: ("科普经费列入财政预算", "按人均 2 元列入预算", "工作经费和科普经费分列"),
}
LACKING = {
    LacksItem.POSTS: ("核定编制 2 名，实有任务需 4 名", "编制被统筹使用"),
    LacksItem.FUNDS: ("只有人员经费，活动经费靠申请", "科普经费未单列"),
    LacksItem.PREMISES: ("借用办公室 1 间", ""),
    LacksItem.STAFF: ("在编人员长期借调", "只有 1 人在岗"),
}
#: What the county that visitors try has not, and lacks.
SHOWN_MISSING, SHOWN_LACKING = HavesItem.FUNDING, (LacksItem.POSTS, LacksItem.FUNDS)
#: Items that came to be there within the months shown.
LATELY = 0.12


def have_and_lack_above(world: World) -> tuple[int, int]:
    """六有 and 四缺 from the county up; rows of each."""
    chance = world.chance("haves above townships")
    haves: list[tuple[object, ...]] = []
    lacks: list[tuple[object, ...]] = []
    for place in world.places.values():
        if place.level <= Level.COUNTY and place.is_expected:
            missing = _missing(world, chance, place)
            haves += _haves(world, chance, place, missing)
            lacks += _lacks(world, chance, place, missing)
    copy_rows(SixHaves, ("unit_id", "item", "note", *DATED), haves)
    copy_rows(FourLacks, ("unit_id", "item", "note", *DATED), lacks)
    return len(haves), len(lacks)


def _missing(world: World, chance: random.Random, place: Place) -> set[HavesItem]:
    roll = chance.random()
    drawn = {item for item in HavesItem if chance.random() >= AMONG_OTHERS[item]}
    if place.code == world.showcase_county:
        return {SHOWN_MISSING}
    return set() if roll < COMPLETE[Level(place.level)] else drawn


def _haves(
    world: World, chance: random.Random, place: Place, missing: set[HavesItem]
) -> Iterator[tuple[object, ...]]:
    began = clock.local_day(world.began_at)
    for item in HavesItem:
        is_late, note = chance.random() < LATELY, chance.choice(NOTES[item])
        first, last = (
            (began + dt.timedelta(days=25), world.today - dt.timedelta(days=6))
            if is_late
            else (began - dt.timedelta(days=1500), began)
        )
        start = day_between(chance, first, last)
        if item not in missing:
            yield (place.pk, item.value, note, start, None, recorded(world, chance, start), None, MAKER)


def _lacks(
    world: World, chance: random.Random, place: Place, missing: set[HavesItem]
) -> Iterator[tuple[object, ...]]:
    began = clock.local_day(world.began_at)
    for lack in LacksItem:
        roll, note = chance.random(), chance.choice(LACKING[lack])
        start = day_between(chance, began - dt.timedelta(days=900), began)
        is_lacking = roll < (0.5 if missing else 0.06)
        if place.code == world.showcase_county:
            is_lacking = lack in SHOWN_LACKING
        if is_lacking:
            yield (place.pk, lack.value, note, start, None, world.began_at, None, MAKER)
