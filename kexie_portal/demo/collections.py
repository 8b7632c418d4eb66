"""What the province asks beside the monthly report: a one-off of plan and roster, and a census every quarter."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from accounts.models import User
from core import clock
from core.actor import SYSTEM
from core.windows import period_start
from kexie_portal.demo.accounts import desk_username
from kexie_portal.demo.standing import PDF
from kexie_portal.demo.world import Place, World, in_office_hours, instant_between
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import Rhythm, SignOffDemand, Whom
from reporting.models import Collection, Cycle, Form, Report
from reporting.selectors.schedule import opens_on
from reporting.selectors.stamped import read_stamp_paper
from reporting.services import collections as services
from reporting.services.attachments import attach_files
from reporting.services.cycles import open_cycle
from reporting.services.filling import CellChange, save_cells
from reporting.services.forms import load_form
from reporting.services.review import accept
from reporting.services.stamping import upload_stamped
from reporting.services.submission import submit

BASIS = "《关于全面开展提升基层科协组织力“3+1”工作的通知》"
#: Of cities and of counties, how many have handed in; enough to see every state, few enough to load quickly.
HANDED_IN = {Level.COUNTY: 9, Level.CITY: 4}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"


class OtherCollections:
    """Both, made by the province's desk through the same services as the pages."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.owner = OrgUnit.objects.get(pk=world.province.pk)
        self.by = world.users[desk_username(world.province)]
        self.chance = world.chance("collections")

    def write(self) -> dict[str, int]:
        """How many reports of each have been handed in, by the collection's noun."""
        found = {}
        for collection in (self._plan(), self._census()):
            cycle = self._open(collection)
            found[collection.noun] = self._live(cycle)
        return found

    def _form(self, name: str) -> Form:
        return load_form(name, owner=self.owner, by=SYSTEM).form

    def _plan(self) -> Collection:
        """Due a week from today, so that it is running whenever the demo is looked at."""
        today = self.world.today
        values = {
            "name": "实施方案和工作联络表",
            "noun": "方案和联络表",
            "form": self._form("plan_form"),
            "rhythm": Rhythm.ONCE,
            "sign_off": SignOffDemand.WAIVED,
            "basis": f"{BASIS}四（一）",
            "note": "实施方案报盖章扫描件和Word文本各一份，联络表只填办公电话。",
        }
        with clock.standing_at(clock.at(today - dt.timedelta(days=20), dt.time(9, 0))):
            made = services.create_collection(owner=self.owner, values=values, by=self.by)
            self._ask(made)
            made = services.set_dates(
                collection=made,
                values={
                    "opens_on": today - dt.timedelta(days=18),
                    "window_first": today - dt.timedelta(days=18),
                    "window_last": today - dt.timedelta(days=1),
                    "township_due": today + dt.timedelta(days=4),
                    "county_due": today + dt.timedelta(days=4),
                    "city_due": today + dt.timedelta(days=8),
                    "settles_at": clock.at(today + dt.timedelta(days=10), dt.time(12, 0)),
                },
                by=self.by,
            )
            return services.start_collection(collection=made, by=self.by)

    def _census(self) -> Collection:
        """Opened a quarter ahead of its end, so that figures are entered as they become known."""
        today = self.world.today
        first = period_start(today, Rhythm.QUARTER.months)
        values = {
            "name": "基层科协组织和科普阵地季度普查",
            "noun": "普查表",
            "form": self._form("census_form"),
            "rhythm": Rhythm.QUARTER,
            "first_period": first,
            "sign_off": SignOffDemand.SCAN,
            "basis": f"{BASIS}三（四）",
            "note": "阵地按类别逐行填写，各级自动相加；盖章后上报。",
        }
        began = clock.at(first - dt.timedelta(days=10), dt.time(10, 0))
        with clock.standing_at(max(began, self.world.began_at + dt.timedelta(hours=2))):
            made = services.create_collection(owner=self.owner, values=values, by=self.by)
            self._ask(made)
            days = {"open_days_before": 91, "due_months_after": 1, "window_first_day": 1}
            services.set_days(collection=made, values=days, by=self.by)
            return services.start_collection(collection=made, by=self.by)

    def _ask(self, collection: Collection) -> None:
        whom = {"levels": [Level.CITY.value, Level.COUNTY.value], "whom": Whom.ALL, "established_only": False}
        services.set_whom(collection=collection, values=whom, units=[], by=self.by)

    def _open(self, collection: Collection) -> Cycle:
        fresh = Collection.objects.select_related("owner", "form", "dates").get(pk=collection.pk)
        at = clock.at(opens_on(fresh, fresh.first_period), dt.time(0, 5))
        with clock.standing_at(max(at, self.world.began_at + dt.timedelta(days=1))):
            return open_cycle(collection=fresh, period=fresh.first_period, by=SYSTEM)

    def _live(self, cycle: Cycle) -> int:
        """Some cities and counties have typed, signed and handed in; most of these are accepted."""
        reports = Report.objects.filter(cycle=cycle).order_by("unit__division_code")
        done = 0
        for level, most in HANDED_IN.items():
            owing = list(reports.filter(level=level).select_related("cycle", "unit", "reviewer"))
            shown = self.world.by_code(self.world.showcase_county)
            owing = [report for report in owing if report.unit_id not in (shown.pk, shown.city)]
            for report in sorted(self.chance.sample(owing, min(most, len(owing))), key=lambda one: one.pk):
                self._hand_in(report, is_accepted=self.chance.random() < 0.6)
                done += 1
        return done

    def _hand_in(self, report: Report, *, is_accepted: bool) -> None:
        place = self.world.places[report.unit_id]
        clerk = self.world.users[desk_username(place)]
        opened, now = report.cycle.opened_at, self.world.now
        middle = opened + (now - opened) * 0.6
        span = (middle, now) if report.level == Level.CITY else (opened, middle)
        at = in_office_hours(instant_between(self.chance, *span))
        with clock.standing_at(min(max(at, opened), now)):
            self._fill(report, place, clerk)
            if report.cycle.sign_off == SignOffDemand.SCAN:
                _stamp(report, clerk)
            submit(report=report, by=clerk)
        if is_accepted:
            reviewer = self.world.users[desk_username(self.world.places[report.reviewer_id])]
            with clock.standing_at(min(max(at, opened) + dt.timedelta(hours=6), now)):
                accept(report=report, by=reviewer)

    def _fill(self, report: Report, place: Place, clerk: User) -> None:
        is_census = report.cycle.noun == "普查表"
        answers = (
            _census_of(self.chance, report.level) if is_census else _plan_of(self.chance, place, self.world)
        )
        changes = [CellChange(report.pk, key, value) for key, value in answers.items()]
        save_cells(reports=[report], changes=changes, by=clerk)
        if not is_census:
            scan = SimpleUploadedFile("实施方案（盖章）.pdf", PDF, content_type="application/pdf")
            attach_files(report=report, kind="plan_scan", uploads=[scan], by=clerk)
            attach_files(report=report, kind="plan_word", uploads=[_word(place)], by=clerk)


def _stamp(report: Report, clerk: User) -> None:
    codes = "，".join(sheet.code for sheet in read_stamp_paper(report).sheets)
    scan = SimpleUploadedFile("普查表（盖章）.pdf", PDF, content_type="application/pdf")
    upload_stamped(report=report, upload=scan, typed_codes=codes, by=clerk)


def _word(place: Place) -> SimpleUploadedFile:
    paper, out = Document(), io.BytesIO()
    paper.add_heading(f"{place.display_name}“3+1”工作实施方案", 0)
    paper.add_paragraph("一、总体要求　二、工作任务　三、实施步骤　四、组织保障")
    paper.save(out)
    return SimpleUploadedFile("实施方案.docx", out.getvalue())


def _plan_of(chance: random.Random, place: Place, world: World) -> dict[str, str]:
    names = [f"{chance.choice(SURNAMES)}{chance.choice('建国志强海燕明丽伟芳')}" for _ in range(3)]
    duties = ["第一责任人", "分管负责人", "联络员"]
    posts = ["党组书记、主席", "副主席", "办公室主任"]
    rows: list[dict[str, Any]] = [
        {
            "duty": f"{duty}　{name}",
            "post": f"{place.display_name}科协{post}",
            "phone": f"0530-{chance.randint(2, 8)}{chance.randint(100_000, 999_999)}",
        }
        for duty, name, post in zip(duties, names, posts, strict=True)
    ]
    number = chance.randint(3, 29)
    return {
        "plan_title": f"{place.display_name}“3+1”工作实施方案（科协〔{world.today.year}〕{number}号）",
        "plan_issued_on": (world.today - dt.timedelta(days=chance.randint(3, 16))).isoformat(),
        "work_group_set_up": "yes",
        "contact_roster": json.dumps(rows, ensure_ascii=False),
    }


def _census_of(chance: random.Random, level: int) -> dict[str, str]:
    scale = 4 if level == Level.CITY else 1
    volunteers = chance.randint(120, 900) * scale
    kinds = ["base", "room", *(["museum"] if chance.random() < 0.5 else []), "mobile"]
    rows = [
        {
            "kind": kind,
            "count": str(1 if kind == "museum" else chance.randint(2, 24)),
            "area": str(chance.randint(80, 900) * (6 if kind == "museum" else 1)),
            "visitors": str(chance.randint(200, 9000)),
        }
        for kind in sorted(kinds)
    ]
    return {
        "volunteers": str(volunteers),
        "volunteers_active": str(volunteers // chance.randint(2, 5)),
        "sites_kinds": ",".join(sorted(kinds)),
        "popular_science_sites": json.dumps(rows, ensure_ascii=False),
    }
