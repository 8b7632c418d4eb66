"""What units raised in the last months with what was answered, and who acts for whom."""

from __future__ import annotations

import datetime as dt
import random

from accounts.models import User
from accounts.roles import Role
from accounts.services.delegations import delegate
from core import clock
from kexie_portal.demo.accounts import actor_at, desk_username
from kexie_portal.demo.world import World, in_office_hours
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import IssueAct, IssueState
from reporting.models import Issue, IssueStep, Report
from reporting.services.issues import sync_issues

#: So many past months are kept with their entries.
MONTHS = 3
CHUNK = 400
#: What share of a month's entries is answered by now, the newest month first.
ANSWERED = (0.0, 0.45, 0.8, 0.92)
PASSED_UP = 0.08
ANSWERS = (
    "已列入下季度工作安排，届时统筹解决。",
    "已与同级组织、财政部门沟通，将在年度预算中予以考虑。",
    "请结合本地实际先行推进，市里将选派专家到场指导。",
    "所提建议很好，已采纳，相关通知将于近期印发。",
    "情况属实，已协调卫健、农业农村部门共同推进。",
    "将在年度培训班中安排专题，请提前报送参训人员。",
)
FORWARDED = "属全省共性问题，建议省里统筹研究。"


def raise_and_answer(world: World) -> tuple[int, int]:
    """Enter what the reports of the last months raise and answer most of the older; how many were raised and answered."""
    periods = list(reversed(world.periods))[: MONTHS + 1]
    reports = (
        Report.objects.filter(cycle__period__in=periods, live_version__isnull=False)
        .filter(level__in=[Level.CITY, Level.COUNTY], province=world.province.pk)
        .select_related("live_version")
        .order_by("pk")
    )
    rows = list(reports)
    raised = sum(sync_issues(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK))
    return raised, _answer(world, periods)


def _answer(world: World, periods: list[dt.date]) -> int:
    chance = world.chance("issues")
    steps, moved = [], []
    recent = Issue.objects.open().filter(report__cycle__period__in=periods)
    for issue in recent.select_related("report__cycle").order_by("pk"):
        period = issue.report.cycle.period
        share = ANSWERED[periods.index(period)] if period in periods else ANSWERED[-1]
        desk, passed = issue.desk_id, []
        if share and world.places[desk].level == Level.CITY and chance.random() < PASSED_UP:
            passed = [_step(world, issue, IssueAct.PASS_UP, desk, FORWARDED, chance, 1)]
            issue.desk_id = desk = world.province.pk
        answered = []
        if chance.random() < share:
            words = chance.choice(ANSWERS)
            answered = [_step(world, issue, IssueAct.ANSWER, desk, words, chance, 4)]
            issue.state, issue.answered_at = IssueState.ANSWERED, answered[0].at
        if passed or answered:
            steps += [*passed, *answered]
            moved.append(issue)
    IssueStep.objects.bulk_create(steps, batch_size=1000)
    Issue.objects.bulk_update(moved, ["desk", "state", "answered_at"], batch_size=1000)
    return sum(issue.state == IssueState.ANSWERED for issue in moved)


def _step(
    world: World, issue: Issue, act: IssueAct, unit: int, text: str, chance: random.Random, days: int
) -> IssueStep:
    """Done some days after it was raised, never later than now."""
    raw = issue.raised_at + dt.timedelta(days=days, hours=chance.random() * 60)
    by_id, by = actor_at(world, world.places[unit])
    at = min(in_office_hours(raw), world.now)
    return IssueStep(issue=issue, act=act, unit_id=unit, text=text, at=at, by_id=by_id, by=by)


def lend_a_desk(world: World) -> None:
    """A city's reviewer goes on leave in three days; the unit's administrator will act."""
    county = world.by_code(world.showcase_county)
    city = world.places[county.city or county.parent or county.pk]
    name = desk_username(city)
    first = clock.local_day(world.now) + dt.timedelta(days=3)
    principal: User = world.users[name]
    principal.forget_postings()
    delegate(
        principal=principal,
        deputy=world.users[f"{name}-gl"],
        unit=OrgUnit.objects.get(pk=city.pk),
        role=Role.REVIEWER,
        starts_on=first,
        ends_on=first + dt.timedelta(days=6),
        reason="参加省委党校学习",
        by=principal,
    )
