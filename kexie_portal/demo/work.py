"""Duty records and supports behind part of what was reported, the standard, grades and exemplars.

What the ledgers of the demo hold is taken out of the figures as they were typed: a version keeps its total, of which
part is 台账数; the cells keep the rest.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from core import clock
from kexie_portal.demo.accounts import actor_at, desk_username
from kexie_portal.demo.world import Place, World, day_between, in_office_hours
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.affiliate_counts import COUNTED, counts_as_known
from reporting.models import Cell, Cycle, Figure, Report
from reporting.workflow import EDITABLE
from sanzhang.choices import CountsAs, Grade, PartRole
from sanzhang.models import (
    Activity,
    ActivityKind,
    ActivityPart,
    Appointment,
    DutyLine,
    DutyStandard,
    Evaluation,
    Exemplar,
    ExemplarStep,
    Support,
)

KINDS = {
    CountsAs.HEALTH: (("健康讲座", "residents"), ("义诊", "residents"), ("防癌体检", "others")),
    CountsAs.CONTEST: (("科普进校园", "youth"), ("青少年科技竞赛", "youth")),
    CountsAs.AGRICULTURE: (("农技培训", "farmers"), ("田间指导", "farmers")),
    CountsAs.POPULARISATION: (("科普讲座", "residents"), ("科普展览", "others")),
}
TITLES = {
    "健康讲座": ("慢病防治健康讲座", "中医养生讲座", "急救知识讲座"),
    "义诊": ("社区义诊", "敬老院义诊", "赶集日义诊"),
    "防癌体检": ("两癌筛查体检", "肺癌早筛体检"),
    "科普进校园": ("科普大篷车进校园", "科学家精神进校园"),
    "青少年科技竞赛": ("青少年科技创新大赛", "机器人竞赛"),
    "农技培训": ("小麦田间管理培训", "果树修剪培训", "设施蔬菜培训"),
    "田间指导": ("苗情会诊", "病虫害防治指导"),
    "科普讲座": ("反诈与网络安全科普", "食品安全科普讲座"),
    "参加科协会议": ("科协全委会", "科协工作例会"),
    "调研": ("基层科普需求调研", "农技服务需求调研"),
    "建议": ("关于加强村级科普设施的建议", "关于开展院校结对的建议"),
    "科普展览": ("科普展板巡展", "科技馆进乡镇"),
}
PLACES = ("文化活动中心", "便民服务中心", "中心小学", "卫生院", "村委会", "农业示范园")
#: At most so many of a kind in a month are on record; the rest was typed.
MOST_OF_A_KIND = 3
#: County and township vice-chairs, standing members, members: meetings, activities, surveys, proposals a year.
STANDARD = {
    (Level.COUNTY, "vice_chair"): (2, 3, 1, 1),
    (Level.COUNTY, "standing_member"): (2, 2, 1, 1),
    (Level.COUNTY, "member"): (1, 2, 0, 0),
    (Level.TOWNSHIP, "vice_chair"): (1, 2, 1, 0),
    (Level.TOWNSHIP, "member"): (1, 1, 0, 0),
}
STORIES = (
    ("deed", "二十年送医下乡的院长", "坚持每月带队到村卫生室坐诊带教，把专家号送到家门口，群众少跑路。"),
    ("unit", "科协建在服务圈里", "依托“三长”组建服务队，按需求清单排活动，一年覆盖全部村（社区）。"),
    ("person", "田间地头的农技站长", "围绕主导产业办培训、建示范田，带动农户用上新品种、新技术。"),
)


class Work:
    """What stands behind the figures of the units that visitors try: a county with its townships, and its city."""

    def __init__(self, world: World) -> None:
        self.world = world
        county = world.by_code(world.showcase_county)
        own = list(world.below[world.by_code(world.self_reporting_city).pk])
        counties = [county, *own[:1]]
        self.hosts = [place for one in counties for place in (one, *world.townships_of(one))]
        self.givers = [one for one in counties if one.level == Level.COUNTY]
        if county.city:
            self.givers.append(world.places[county.city])
        self.kinds = {kind.name: kind for kind in ActivityKind.objects.all()}
        self.activities: list[Activity] = []
        self.led: list[int] = []
        self.supports: list[Support] = []
        self.recorded: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        self.people: dict[int, list[int]] = defaultdict(list)

    def write(self) -> tuple[int, int]:
        """How many activities and supports."""
        units = [place.pk for place in self.hosts]
        seats = Appointment.objects.on(self.world.today).filter(unit__in=units)
        for unit, person in seats.values_list("unit_id", "person_id").order_by("pk"):
            if person not in self.people[unit]:
                self.people[unit].append(person)
        for report, figures in self._reported():
            self._behind(report, figures)
        made = Activity.objects.bulk_create(self.activities)
        ActivityPart.objects.bulk_create(
            ActivityPart(
                activity=made[place],
                person_id=person,
                role=PartRole.LED if number == 0 else PartRole.JOINED,
                recorded_at=made[place].recorded_at,
            )
            for place in self.led
            for number, person in enumerate(self._who(made[place]))
        )
        Support.objects.bulk_create(self.supports)
        self._take_out()
        take_affiliates_out()
        self._judge()
        return len(made), len(self.supports)

    def _reported(self) -> Iterable[tuple[Report, dict[str, Decimal]]]:
        """Reports with their figures; of a form that nobody has begun, what such a month looks like."""
        pks = {place.pk for place in (*self.hosts, *self.givers)}
        reports = Report.objects.filter(unit__in=pks).select_related("cycle").order_by("cycle__period", "pk")
        figures: dict[int, dict[str, Decimal]] = defaultdict(dict)
        for version, key, value in Figure.objects.filter(
            version__in=reports.values("live_version"), value__gt=0
        ).values_list("version_id", "indicator__key", "value"):
            figures[version][key] = value or Decimal(0)
        last: dict[int, dict[str, Decimal]] = {}
        for report in reports:
            if report.live_version_id:
                last[report.unit_id] = figures[report.live_version_id]
                yield report, figures[report.live_version_id]
            elif report.state in EDITABLE and not report.cells.exists() and not report.is_exempt:
                yield report, last.get(report.unit_id, {})

    def _behind(self, report: Report, figures: dict[str, Decimal]) -> None:
        chance = self.world.chance(f"work/{report.pk}")
        place = self.world.places[report.unit_id]
        if place in self.hosts:
            self._hold(report, place, figures, chance)
            self._meet(report, place, chance)
        if place in self.givers:
            self._give(report, place, figures, chance)

    def _hold(self, report: Report, place: Place, figures: dict[str, Decimal], chance: random.Random) -> None:
        led = int(figures.get("led_events", 0)) if self.people[place.pk] else 0
        for counts_as, choices in KINDS.items():
            events = int(figures.get(f"{counts_as}_events", 0))
            reached = int(figures.get(f"{counts_as}_reached", 0))
            for _ in range(min(MOST_OF_A_KIND, (events + 1) // 2) if reached >= events > 0 else 0):
                name, audience = chance.choice(choices)
                people = max(1, reached // events)
                if not self._record(report, place, name, {audience: people}, chance):
                    continue
                self.recorded[(report.pk, f"{counts_as}_events")] += 1
                self.recorded[(report.pk, f"{counts_as}_reached")] += people
                if led > 0 and chance.random() < 0.8:
                    led -= 1
                    self.led.append(len(self.activities) - 1)
                    self.recorded[(report.pk, "led_events")] += 1

    def _meet(self, report: Report, place: Place, chance: random.Random) -> None:
        """What counts in the standard alone: meetings, surveys, proposals."""
        for name, often in (("参加科协会议", 0.35), ("调研", 0.25), ("建议", 0.12)):
            if (
                self.people[place.pk]
                and chance.random() < often
                and self._record(report, place, name, {}, chance)
            ):
                self.led.append(len(self.activities) - 1)

    def _record(
        self, report: Report, place: Place, name: str, audience: dict[str, int], chance: random.Random
    ) -> bool:
        """One activity in the report's window, on record before the report was handed in."""
        day, at = self._when(report, chance)
        if day is None:
            return False
        by = actor_at(self.world, self.world.places[report.custodian_id])
        self.activities.append(
            Activity(
                unit_id=place.pk,
                kind=self.kinds[name],
                title=chance.choice(TITLES[name]),
                held_on=day,
                ended_on=day,
                place=f"{place.name}{chance.choice(PLACES)}",
                reached=sum(audience.values()),
                recorded_at=at,
                recorded_by_id=by[0],
                recorded_by=by[1],
                **audience,
            )
        )
        return True

    def _when(self, report: Report, chance: random.Random) -> tuple[dt.date | None, dt.datetime]:
        last = min(report.cycle.window_last, self.world.today - dt.timedelta(days=1))
        if last < report.cycle.window_first:
            return None, self.world.now
        day = day_between(chance, report.cycle.window_first, last)
        at = in_office_hours(clock.end_of(day) - dt.timedelta(hours=chance.randint(4, 12)))
        return day, min(at, (report.submitted_at or self.world.now) - dt.timedelta(minutes=30))

    def _who(self, activity: Activity) -> list[int]:
        chance = self.world.chance(f"who/{activity.title}/{activity.held_on}/{activity.unit_id}")
        people = self.people[activity.unit_id]
        return chance.sample(people, min(len(people), chance.choice((1, 1, 2))))

    def _give(self, report: Report, place: Place, figures: dict[str, Decimal], chance: random.Random) -> None:
        projects = int(figures.get("support_projects", 0))
        if projects:
            amount = (figures.get("support_funds", Decimal(0)) / projects).quantize(Decimal("0.01"))
            amount -= Decimal("0.01") if amount > Decimal("0.01") else 0
            if self._support(report, place, "project", "科普惠农项目", chance, amount=amount or None):
                self.recorded[(report.pk, "support_projects")] += 1
                self.recorded[(report.pk, "support_funds")] += amount
        trained = int(figures.get("support_trained", 0))
        if figures.get("support_training") and trained:
            heads = max(1, trained // int(figures["support_training"]))
            if self._support(report, place, "training", "基层科协干部培训班", chance, heads=heads):
                self.recorded[(report.pk, "support_training")] += 1
                self.recorded[(report.pk, "support_trained")] += heads
        for key, kind, title in (
            ("support_awards", "award", "推荐科技奖项"),
            ("support_talent", "talent", "举荐科技人才"),
        ):
            heads = int(figures.get(key, 0))
            if heads and self._support(report, place, kind, title, chance, heads=heads):
                self.recorded[(report.pk, key)] += heads

    def _support(
        self, report: Report, place: Place, kind: str, title: str, chance: random.Random, **measure: object
    ) -> bool:
        day, at = self._when(report, chance)
        below = [one for one in self.world.below[place.pk] if one.level <= Level.TOWNSHIP]
        if day is None or not below:
            return False
        receiver = None if kind == "training" else chance.choice(below)
        is_old = day < self.world.today - dt.timedelta(days=30)
        desk = desk_username(receiver) if receiver and is_old else ""
        confirmer = self.world.users.get(desk)
        self.supports.append(
            Support(
                giver_id=place.pk,
                receiver_id=receiver.pk if receiver else None,
                kind=kind,
                given_on=day,
                title=title,
                recorded_at=at,
                recorded_by=actor_at(self.world, place)[1],
                confirmed_at=at + dt.timedelta(days=2) if confirmer else None,
                confirmed_by=actor_at(self.world, receiver)[1] if confirmer and receiver else "",
                **measure,
            )
        )
        return True

    def _take_out(self) -> None:
        """Figures keep their totals and name the ledger's part; cells keep what was typed beside it."""
        reports = {pk for pk, _key in self.recorded}
        figures = list(
            Figure.objects.filter(version__report__in=reports, value__isnull=False).select_related(
                "indicator", "version"
            )
        )
        changed = []
        for figure in figures:
            part = self.recorded.get((figure.version.report_id, figure.indicator.key))
            if part:
                figure.recorded = min(part, figure.value or Decimal(0))
                changed.append(figure)
        Figure.objects.bulk_update(changed, ["recorded"], batch_size=2000)
        cells = list(Cell.objects.filter(report__in=reports, value__isnull=False).select_related("indicator"))
        typed = []
        for cell in cells:
            part = self.recorded.get((cell.report_id, cell.indicator.key))
            if part:
                cell.value = max((cell.value or Decimal(0)) - part, Decimal(0))
                typed.append(cell)
        Cell.objects.bulk_update(typed, ["value"], batch_size=2000)

    def _judge(self) -> None:
        """The standard of this year and the last, last year's grades, three exemplars."""
        province = self.world.province
        by = actor_at(self.world, province)[1]
        year = self.world.today.year
        for one in (year - 1, year):
            standard = DutyStandard.objects.create(
                owner_id=province.pk, year=one, saved_at=self.world.began_at, saved_by=by
            )
            DutyLine.objects.bulk_create(
                DutyLine(
                    standard=standard,
                    level=level,
                    position=position,
                    meetings=meetings,
                    activities=activities,
                    surveys=surveys,
                    proposals=proposals,
                )
                for (level, position), (meetings, activities, surveys, proposals) in STANDARD.items()
            )
        chance = self.world.chance("grades")
        graded = [(unit, person) for unit, people in sorted(self.people.items()) for person in people[:2]]
        seen: dict[int, int] = {}
        for unit, person in graded:
            seen.setdefault(person, unit)
        Evaluation.objects.bulk_create(
            Evaluation(
                person_id=person,
                unit_id=unit,
                year=year - 1,
                grade=Grade.EXCELLENT if number % 7 == 0 else Grade.COMPETENT,
                remark="履职积极，群众评价好。" if number % 7 == 0 else "",
                given_at=self.world.began_at + dt.timedelta(days=chance.randint(60, 90)),
                given_by=by,
            )
            for number, (person, unit) in enumerate(seen.items())
        )
        self._tell_stories(chance)

    def _tell_stories(self, chance: random.Random) -> None:
        county = self.givers[0]
        by = actor_at(self.world, county)[1]
        for number, (kind, title, text) in enumerate(STORIES):
            person = self.people[county.pk][0] if kind == "person" and self.people[county.pk] else None
            if kind == "person" and person is None:
                continue
            exemplar = Exemplar.objects.create(
                unit_id=county.pk,
                kind=kind,
                year=self.world.today.year,
                person_id=person,
                title=title,
                text=text,
                level=Level.CITY if number == 0 and county.city else Level.COUNTY,
                chosen_at=self.world.now - dt.timedelta(days=chance.randint(20, 80)),
                chosen_by=by,
            )
            if exemplar.level == Level.CITY and county.city:
                city = self.world.places[county.city]
                ExemplarStep.objects.create(
                    exemplar=exemplar,
                    unit_id=city.pk,
                    at=exemplar.chosen_at + dt.timedelta(days=5),
                    by=actor_at(self.world, city)[1],
                    note="事迹扎实，可推广。",
                )


def take_affiliates_out() -> None:
    """组织体系: of each county's figures the part that the ledger of affiliates knew, and of its cells the rest."""
    for cycle in Cycle.objects.order_by("period"):
        reports = {row.unit_id: row for row in Report.objects.filter(cycle=cycle, level=Level.COUNTY)}
        units = OrgUnit.objects.filter(pk__in=reports)
        counts = counts_as_known(units, cycle.window_last, min(cycle.settles_at, clock.now()))
        by_report = {reports[unit].pk: found for unit, found in counts.items()}
        for pk in _known_already(by_report):
            del by_report[pk]
        figures = list(
            Figure.objects.filter(
                version__report__in=by_report, indicator__key__in=COUNTED, value__isnull=False
            ).select_related("indicator", "version")
        )
        for figure in figures:
            known = by_report[figure.version.report_id][figure.indicator.key]
            figure.recorded = min(Decimal(known), figure.value or Decimal(0))
        Figure.objects.bulk_update(figures, ["recorded"], batch_size=2000)
        cells = list(
            Cell.objects.filter(
                report__in=by_report, indicator__key__in=COUNTED, value__isnull=False
            ).select_related("indicator")
        )
        for cell in cells:
            known = by_report[cell.report_id][cell.indicator.key]
            cell.value = max((cell.value or Decimal(0)) - known, Decimal(0))
        Cell.objects.bulk_update(cells, ["value"], batch_size=2000)


def _known_already(reports: Collection[int]) -> set[int]:
    """Reports that were handed in beside the ledger."""
    figures = Figure.objects.filter(
        version__report__in=list(reports), indicator__key__in=COUNTED, recorded__gt=0
    )
    return set(figures.values_list("version__report_id", flat=True))
