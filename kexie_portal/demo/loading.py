"""The order in which the demo comes about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.apps import apps
from django.db import connection
from django.db.models import F

from core import clock
from core.actor import SYSTEM
from kexie_portal.demo import accounts, land, ratios, shown, standing
from kexie_portal.demo.active import count_the_active
from kexie_portal.demo.affiliates import Affiliates
from kexie_portal.demo.asked import keep_and_subscribe
from kexie_portal.demo.cases import Cases
from kexie_portal.demo.chasing import begin_a_handover, remind_lately
from kexie_portal.demo.collections import OtherCollections
from kexie_portal.demo.congresses import Congresses
from kexie_portal.demo.county_items import have_and_lack_above
from kexie_portal.demo.figures import Figures
from kexie_portal.demo.meetings import set_norms
from kexie_portal.demo.papers import Papers
from kexie_portal.demo.past import PastMonth
from kexie_portal.demo.people import Cast
from kexie_portal.demo.present import PresentMonth
from kexie_portal.demo.raised import lend_a_desk, raise_and_answer
from kexie_portal.demo.reorganised import MERGED_BEFORE, merge_in_the_past, reorganise
from kexie_portal.demo.seats import Seating
from kexie_portal.demo.targets import hand_down
from kexie_portal.demo.work import Work
from kexie_portal.demo.world import World
from notices.models import Message
from orgs.choices import Level
from orgs.importing.divisions import SHIPPED, read_divisions
from orgs.models import OrgUnit
from orgs.services.affiliate_kinds import load_defaults as load_affiliate_kinds
from orgs.services.divisions import import_divisions
from reporting.choices import EntryMode, SignOffMode
from reporting.models import Collection, FormVersion, UnitReporting
from reporting.selectors.layout import layout_of
from reporting.services.forms import load_collection
from sanzhang.services.activity_kinds import load_defaults as load_activity_kinds
from sanzhang.services.occupations import load_defaults

#: Province → its file of divisions, the city whose townships report themselves, the county that visitors try.
PROVINCES = {
    "37": ("divisions-2023-37-shandong.csv.gz", "3710", "370102"),
    "41": ("divisions-2023-41-henan.csv.gz", "4106", "411628"),
}

Say = Callable[[str], None]


def load(*, province: str, months: int, seed: int, now: dt.datetime, say: Say) -> list[str]:
    """Make the demo of ``province`` with ``months`` past cycles as of ``now``; the table of its accounts."""
    world = World(now=now, months=months, seed=seed, province_code=province)
    file, world.self_reporting_city, world.showcase_county = PROVINCES[province]
    with clock.standing_at(world.began_at):
        _lay_ground(world, file, say)
        collection = load_collection(
            owner=OrgUnit.objects.get(pk=world.province.pk), by=SYSTEM, first_period=world.periods[0]
        )
        signing = _set_reporting(world)
    _people_the_land(world, say)
    _refresh_statistics()
    version = FormVersion.objects.get(form=collection.form, number=1)
    figures = Figures(world, layout_of(version))
    _live_the_past(world, collection, figures, signing, say)
    chased = shown.chase_renewals(world)
    with clock.standing_at(now):
        present = PresentMonth(world, collection, figures, signing=signing)
        states = present.live()
        others = OtherCollections(world).write()
        _read_old_messages(present.cycle.opened_at)
        activities, supports = Work(world).write()
        joint, pictured = shown.show_work(world)
        count_the_active(world)
        shown.raise_a_deed(world)
        reorganised = reorganise(world)
        raised, answered = raise_and_answer(world)
        lend_a_desk(world)
        kept, subscribed = keep_and_subscribe(world)
        reminded, handover = remind_lately(), begin_a_handover(world)
    say(f"区划调整 {reorganised} 项（含一项草拟中、一项待生效）")
    say(f"催报提醒 {reminded:,} 条；岗位交接：{handover}")
    say(f"自助查询 {kept} 个，文件订阅 {subscribed} 个")
    say(f"问题建议 {raised:,} 条，已答复 {answered:,} 条")
    say("其他填报任务已报：" + "，".join(f"{noun} {count} 份" for noun, count in others.items()))
    say(f"履职活动 {activities:,} 场（联合主办 {joint} 场，附照片 {pictured} 场），支持 {supports:,} 项")
    say(f"换届提醒 {chased:,} 次")
    _refresh_statistics()
    say(
        f"{world.present_period:%Y年%-m月}月报（填报中）："
        + "，".join(f"{k} {v:,}" for k, v in states.items())
    )
    return accounts.table_of(world)


def _lay_ground(world: World, file: str, say: Say) -> None:
    outcome = import_divisions(rows=read_divisions(SHIPPED / file), by=SYSTEM)
    counts = "，".join(f"{level.label} {outcome.created[level]:,}" for level in Level)
    say(f"区划 {outcome.created_total:,} 个：{counts}")
    say(f"职业身份 {load_defaults(by=SYSTEM)} 项，活动类别和主题日 {load_activity_kinds(by=SYSTEM)} 项")
    load_affiliate_kinds(by=SYSTEM)
    world.read_places()
    waiting = land.confirm_expected(world)
    say(f"应建已确认，待确认的类似单位 {waiting} 个")
    say(f"账号 {accounts.make_accounts(world)} 个")


def _set_reporting(world: World) -> set[int]:
    """Who reports itself, and whose leader signs on the phone; the latter's keys."""
    chance = world.chance("signing")
    signing = {
        place.pk
        for place in (*world.at(Level.CITY), *world.at(Level.COUNTY))
        if chance.random() < 0.25 or place.code == world.showcase_county
    }
    rows = [UnitReporting(unit_id=pk, sign_off=SignOffMode.PHONE) for pk in sorted(signing)]
    rows += [
        UnitReporting(unit_id=place.pk, entry_mode=EntryMode.SELF) for place in accounts.self_reporting(world)
    ]
    UnitReporting.objects.bulk_create(rows)
    return signing


def _people_the_land(world: World, say: Say) -> None:
    say(f"建立情况 {land.establish(world):,} 条")
    say(f"分管领导、联络员 {land.name_officers(world):,} 名")
    haves, lacks = (
        sum(rows) for rows in zip(land.have_and_lack(world), have_and_lack_above(world), strict=True)
    )
    say(f"六有 {haves:,} 条，四缺 {lacks:,} 条；试点市 {land.name_pilots(world)} 个")
    say(f"应建确认 {standing.word_expectations(world):,} 条，编制经费 {standing.count_resources(world):,} 条")
    say(f"六有凭证 {standing.file_evidence(world)} 个")
    words, returned = standing.confirm_years(world)
    say(f"六有四缺年度确认 {words:,} 条，退回 {returned} 条")
    say(f"单位集 {standing.name_cohorts(world) + 1} 个")
    say(f"构成比例要求 {ratios.set_ratios(world)} 项，会议次数要求 {set_norms(world)} 项")
    cast = Cast(world)
    seating = Seating(world, cast)
    seating.fill()
    Congresses(world, cast, seating).fill()
    seating.let_time_pass()
    papers = Papers(world, cast, seating)
    papers.draw_up()
    say(f"关键人物 {cast.write():,} 名")
    seats, terms = seating.write()
    say(f"任职 {seats:,} 条，届次 {terms:,} 个")
    candidacies, filings = papers.write()
    say(f"吸纳程序 {candidacies:,} 件，备案 {filings:,} 条")
    affiliates, leaders = Affiliates(world).write()
    say(f"所属组织 {affiliates:,} 个，其中“三长”牵头 {leaders:,} 个")


def _refresh_statistics() -> None:
    """Let the planner know the new rows; where the role may not, the server only warns."""
    tables = [
        model._meta.db_table
        for label in ("orgs", "accounts", "sanzhang", "notices", "reporting")
        for model in apps.get_app_config(label).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _live_the_past(
    world: World, collection: Collection, figures: Figures, signing: set[int], say: Say
) -> None:
    for month, period in enumerate(world.periods[:-1]):
        past = PastMonth(world, collection, figures, month=month, signing=signing)
        came_in = past.live()
        if month == 0:
            _refresh_statistics()
        cases = Cases(past)
        made = cases.settle_some()
        past.lock()
        say(f"{period:%Y年%-m月}月报：{came_in:,} 份通过，更正补报 {made} 件，已锁定")
        if month == 0:
            say(f"目标 {hand_down(world, past.cycle, past.locks_at + dt.timedelta(hours=2)):,} 项")
        if month == world.months - MERGED_BEFORE and (merged := merge_in_the_past(world, past.locks_at)):
            say(f"区划调整：{merged}，已生效")
        if month == world.months - 1:
            cases.leave_open(past.locks_at + dt.timedelta(days=1, hours=2))


def _read_old_messages(before: dt.datetime) -> None:
    """What was told in past months has been read."""
    Message.objects.filter(created_at__lt=before, read_at__isnull=True).update(read_at=F("created_at"))
