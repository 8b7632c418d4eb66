"""The demo is held to what typed data is held to: the transition table, the rules of the form, the facts' identity."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Sum

from accounts.models import Posting, User
from accounts.roles import BUSINESS_ROLES, OFFICER_ROLES
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from kexie_portal.demo import loading
from kexie_portal.demo.accounts import PASSWORD
from notices.models import Message
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.verification import verify_tree
from reporting import workflow
from reporting.choices import CaseState, CycleState, EntryMode, ReportState, Timeliness
from reporting.models import (
    CorrectionCase,
    Cycle,
    CycleTotal,
    Figure,
    FormVersion,
    Report,
    ReportStep,
    ReportVersion,
)
from reporting.rules.filling import problems_at_submission
from reporting.selectors.beside import beside_of
from reporting.selectors.facts import facts_of
from reporting.selectors.history import histories
from reporting.selectors.layout import Entry, figures_of, layout_of, sheet_for_rules
from reporting.selectors.registry_heads import heads_behind
from reporting.services.freezing import digest_of
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.models import Appointment, Candidacy, Exemplar, KeyPerson, LeadershipBody, OccupationSeat
from sanzhang.services.reminding import remind_of_renewals

NOW = clock.at(dt.date(2026, 11, 23), dt.time(16, 30))
MONTHS = 3
CITIES = {"3701": "甲市", "3702": "乙市", "3703": "丙市", "3704": "丁市", "3710": "戊市"}


def write_divisions(folder: Path) -> Path:
    """A small province: five cities of three counties and a zone, four townships each, three villages each."""
    lines = ["code,name", "37,测试省"]
    for city, city_name in CITIES.items():
        lines.append(f"{city},{city_name}")
        for county in ("02", "03", "81", "71"):
            code = f"{city}{county}"
            lines.append(f"{code},{city_name[0]}{county}{'开发区' if county == '71' else '县'}")
            for number, ending in (("001", "街道"), ("100", "镇"), ("101", "镇"), ("200", "乡")):
                lines.append(f"{code}{number},第{county}{number}{ending}")
                lines += [
                    f"{code}{number}{village},第{village}村村民委员会" for village in ("200", "201", "202")
                ]
    file = folder / "divisions.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def load(file: Path, *, now: dt.datetime = NOW, months: int = MONTHS, seed: int = 1) -> list[str]:
    original = loading.PROVINCES["37"]
    loading.PROVINCES["37"] = (str(file), "3710", "370102")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return loading.load(province="37", months=months, seed=seed, now=now, say=lambda fact: None)
    finally:
        loading.PROVINCES["37"] = original


def content() -> list[Any]:
    """What a load made, without keys."""
    reports = Report.objects.order_by("cycle__period", "cycle__noun", "unit__division_code")
    return [
        list(reports.values_list("unit__division_code", "state", "first_submitted_at", "returns", "told_by")),
        list(ReportVersion.objects.order_by("frozen_at", "digest").values_list("digest", flat=True)),
        list(KeyPerson.objects.order_by("name", "employer", "birth_month").values_list("name", "employer")),
        list(User.objects.order_by("username").values_list("username", "name")),
    ]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    """The small province, loaded twice; the first load's content stands in ``first``."""
    file = write_divisions(tmp_path_factory.mktemp("demo"))
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            load(file)
            first = content()
            transaction.set_rollback(True)
        table = load(file)
        yield {"first": first, "table": table}
        transaction.set_rollback(True)


def test_demo_of_one_seed_is_always_the_same(demo: dict[str, Any]) -> None:
    assert demo["first"] == content()


def test_demo_has_past_months_locked_and_the_present_one_open(demo: dict[str, Any]) -> None:
    states = list(Cycle.objects.principal().order_by("period").values_list("period", "state"))
    assert states == [
        (dt.date(2026, 8, 1), CycleState.LOCKED),
        (dt.date(2026, 9, 1), CycleState.LOCKED),
        (dt.date(2026, 10, 1), CycleState.LOCKED),
        (dt.date(2026, 11, 1), CycleState.OPEN),
    ]
    present = Report.objects.filter(cycle__period="2026-11-01", cycle__collection__is_principal=True)
    assert present.count() == 1 + 5 + 20 + 80
    assert {ReportState.DRAFT, ReportState.ACCEPTED} < set(present.values_list("state", flat=True))
    assert present.filter(level=Level.CITY, state=ReportState.SUBMITTED).count() == 2


def test_demo_tree_is_clean(demo: dict[str, Any]) -> None:
    assert verify_tree() == []


def test_demo_steps_follow_the_transition_table(demo: dict[str, Any]) -> None:
    states: dict[int, str] = {}
    for step in ReportStep.objects.select_related("report").order_by("report_id", "at", "id"):
        assert step.from_state == states.get(step.report_id, ReportState.DRAFT), step
        brought_back = step.action == "withdraw" and step.report.entry_mode == EntryMode.ON_BEHALF
        assert step.from_state in workflow.ACTIONS[step.action].sources or brought_back, step
        states[step.report_id] = step.to_state
    assert len(states) > 300
    for pk, state in Report.objects.values_list("pk", "state"):
        assert state == states.get(pk, ReportState.DRAFT)


def test_demo_versions_pass_the_rules_and_carry_their_digest(demo: dict[str, Any]) -> None:
    layout = layout_of(FormVersion.objects.get(form__key="monthly-progress"))
    versions = ReportVersion.objects.filter(cases__isnull=True).select_related(
        "report__cycle", "report__unit"
    )
    for cycle in Cycle.objects.principal():
        past = histories(cycle, Report.objects.values_list("unit_id", flat=True))
        for version in versions.filter(report__cycle=cycle):
            entries = {
                key: Entry(row.value, row.text, row.explanation)
                for key, row in figures_of(version.pk).items()
            }
            sheet = sheet_for_rules(
                report=version.report,
                layout=layout,
                entries=entries,
                history=past[version.report.unit_id],
                beside=beside_of([version.report], layout)[version.report_id],
            )
            assert problems_at_submission(sheet) == [], version
            assert digest_of(entries) == version.digest


def test_demo_knows_nothing_of_the_future(demo: dict[str, Any]) -> None:
    assert ReportStep.objects.aggregate(last=Max("at"))["last"] < NOW
    assert Appointment.objects.aggregate(last=Max("recorded_at"))["last"] < NOW
    assert AuditEvent.objects.aggregate(last=Max("at"))["last"] <= NOW
    assert not Report.objects.filter(submitted_at__lt=F("first_submitted_at")).exists()
    assert not Report.objects.filter(accepted_at__lt=F("submitted_at")).exists()


def test_demo_timeliness_was_decided_by_the_deadline(demo: dict[str, Any]) -> None:
    for report in Report.objects.exclude(first_submitted_at=None):
        assert report.on_time == (report.first_submitted_at < report.deadline), report
    settled = Report.objects.filter(cycle__state=CycleState.LOCKED)
    charged = Counter(report.timeliness(NOW) for report in settled.exclude(level=Level.TOWNSHIP))
    assert charged[Timeliness.ON_TIME] > 0.8 * charged.total()
    townships = Counter(report.timeliness(NOW) for report in settled.filter(level=Level.TOWNSHIP))
    assert townships[Timeliness.IN] > 0.8 * townships.total()
    assert not townships.keys() & {Timeliness.ON_TIME, Timeliness.LATE}


def test_demo_facts_keep_their_identity_and_grow(demo: dict[str, Any]) -> None:
    province = OrgUnit.objects.get(level=Level.PROVINCE).pk
    totals = []
    for cycle in Cycle.objects.principal().order_by("period"):
        facts = facts_of(cycle)
        for unit in facts:
            said = {key: facts.number(unit, key) for key in facts.of(unit)}
            came = said["recruited"] + said["backfilled"] + said["moved_in"]
            gone = said["left"] + said["moved_out"]
            assert said["key_people_opening"] + came - gone == said["key_people_total"]
            assert said["corrected"] == 0
        totals.append(facts.number(province, "key_people_total"))
    assert totals == sorted(totals)
    assert totals[0] > 0


def test_demo_figure_of_the_active_is_as_many_as_their_names(demo: dict[str, Any]) -> None:
    province = OrgUnit.objects.get(level=Level.PROVINCE)
    figures = []
    for cycle in Cycle.objects.principal().filter(facts_at__isnull=False).order_by("period"):
        stored = facts_of(cycle, units=[province.pk]).number(province.pk, "active_key_people")
        assert stored == heads_behind("active_key_people", province, cycle).figure
        figures.append(stored)
    assert figures[-1] > 0


def test_demo_locked_totals_are_the_sums_of_official_versions(demo: dict[str, Any]) -> None:
    cycle = Cycle.objects.principal().get(period="2026-09-01")
    province = OrgUnit.objects.get(level=Level.PROVINCE)
    for key in ("health_events", "agri_reached", "support_funds"):
        figures = Figure.objects.filter(version__official_of__cycle=cycle, indicator__key=key)
        stored = CycleTotal.objects.get(cycle=cycle, unit=province, indicator__key=key)
        assert stored.value == figures.aggregate(sum=Sum("value"))["sum"]
    assert stored.value > Decimal(0)


def test_demo_has_cases_of_each_kind(demo: dict[str, Any]) -> None:
    states = Counter(CorrectionCase.objects.values_list("state", flat=True))
    assert states[CaseState.CONFIRMED] >= 1
    assert states[CaseState.OPEN] == 2
    waiting = CorrectionCase.objects.filter(state=CaseState.OPEN).values_list(
        "steps__unit__level", "steps__confirmed"
    )
    assert sorted(waiting, key=str) == sorted([(2, None), (1, None), (2, True), (1, None)], key=str)


def test_demo_seats_are_such_as_the_list_allows(demo: dict[str, Any]) -> None:
    allowed = {
        (occupation, level): positions
        for occupation, level, positions in OccupationSeat.objects.values_list(
            "occupation", "level", "positions"
        )
    }
    seats = Appointment.objects.values_list("person__occupation", "unit__level", "position")
    assert seats.count() > 100
    assert all(position in allowed[occupation, level] for occupation, level, position in seats)
    phones = KeyPerson.objects.exclude(phone_digest="")
    assert phones.count() == phones.values("phone_digest").distinct().count() > 50
    assert all(person.phone_masked.startswith("199****") for person in phones[:20])


def test_demo_bodies_stand_at_every_level_and_their_renewals_were_chased(demo: dict[str, Any]) -> None:
    kinds = {
        level: set(LeadershipBody.objects.filter(unit__level=level).values_list("kind", flat=True))
        for level in (1, 2, 3)
    }
    assert set(map(frozenset, kinds.values())) == {frozenset(kind.value for kind in LEADERSHIP_KINDS)}
    several = (
        Appointment.objects.open_ended()
        .filter(unit__level=2)
        .values("person")
        .annotate(bodies=Count("body"))
        .filter(bodies=4)
    )
    assert several.exists()
    assert Candidacy.objects.open().filter(unit__level=2, waits_for="superior").exists()
    assert set(Exemplar.objects.values_list("level", flat=True)) >= {1, 2, 3}
    with clock.standing_at(NOW):
        assert remind_of_renewals(today=clock.local_day(NOW), by=SYSTEM) == 0


def test_demo_accounts_share_the_documented_password(demo: dict[str, Any], settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    users = User.objects.all()
    assert {user.password for user in users} == {users[0].password}
    assert check_password(PASSWORD, users[0].password)
    assert not users.filter(must_change_password=True).exists()
    for name in ("shengkexie", "shi3701", "shi3701-ld", "shi3701-gl", "xian370102", "xian370102-ld"):
        assert users.filter(username=name).exists(), name
        assert any(line.split()[0] == name for line in demo["table"][1:]), name
    for user in users:
        roles = set(Posting.objects.filter(user=user).values_list("role", flat=True))
        assert not (roles & OFFICER_ROLES and roles & BUSINESS_ROLES)


def test_demo_showcase_county_has_its_month_before_it(demo: dict[str, Any]) -> None:
    report = Report.objects.get(
        cycle__period="2026-11-01", cycle__collection__is_principal=True, unit__division_code="370102"
    )
    assert (report.state, report.timeliness(NOW), report.cells.count()) == (
        ReportState.DRAFT,
        Timeliness.PENDING,
        0,
    )
    townships = Report.objects.filter(cycle=report.cycle, custodian=report.unit_id).exclude(pk=report.pk)
    assert townships.count() == 4
    assert not townships.exclude(state=ReportState.DRAFT).exists()


def test_demo_city_of_own_entry_has_a_clerk_in_every_township(demo: dict[str, Any]) -> None:
    own = Report.objects.filter(
        cycle__period="2026-11-01",
        cycle__collection__is_principal=True,
        level=Level.TOWNSHIP,
        entry_mode=EntryMode.SELF,
    )
    assert own.count() == 16
    assert set(own.values_list("unit__division_code", flat=True)) == {
        username.removeprefix("zhen") for username in User.objects.values_list("username", flat=True)
        if username.startswith("zhen")
    }  # fmt: skip


def test_demo_typed_townships_share_the_deadline_of_who_types(demo: dict[str, Any]) -> None:
    reports = Report.objects.filter(
        cycle__state=CycleState.OPEN, cycle__collection__is_principal=True, level=Level.TOWNSHIP
    )
    of_counties = dict(
        Report.objects.filter(
            cycle__state=CycleState.OPEN, cycle__collection__is_principal=True, level=Level.COUNTY
        ).values_list("unit_id", "due_at")
    )
    for report in reports.filter(entry_mode=EntryMode.ON_BEHALF):
        assert report.due_at == of_counties[report.custodian_id]
    own = set(reports.filter(entry_mode=EntryMode.SELF).values_list("due_at", flat=True))
    assert own == {clock.end_of(Cycle.objects.principal().open().get().township_due)}


def test_demo_desks_were_told_of_what_waits(demo: dict[str, Any]) -> None:
    waiting = Report.objects.filter(
        cycle__state=CycleState.OPEN,
        cycle__collection__is_principal=True,
        level__lte=Level.COUNTY,
        state=ReportState.SUBMITTED,
    )
    assert waiting.exists()
    unread = Message.objects.unread()
    for report in waiting:
        titles = unread.filter(user__username__contains=report.reviewer.division_code).values_list(
            "title", flat=True
        )
        if report.level == Level.COUNTY:
            assert any(title.startswith(report.unit_name) for title in titles), report
    assert not unread.filter(created_at__lt=Cycle.objects.principal().open().get().opened_at).exists()


def test_load_demo_where_units_exist_is_refused(demo: dict[str, Any]) -> None:
    before = OrgUnit.objects.count()
    with pytest.raises(CommandError, match="已经存在"):
        call_command("load_demo", stdout=io.StringIO())
    User.objects.filter(username="shengkexie").update(username="someone-else")
    with pytest.raises(CommandError, match="已有单位"):
        call_command("load_demo", stdout=io.StringIO())
    User.objects.filter(username="someone-else").update(username="shengkexie")
    assert OrgUnit.objects.count() == before


@pytest.mark.parametrize(
    ("day", "period", "least_accepted", "most_accepted"),
    [
        (dt.date(2026, 11, 10), dt.date(2026, 10, 1), 0.7, 1.0),
        (dt.date(2026, 11, 14), dt.date(2026, 11, 1), 0.0, 0.15),
        (dt.date(2026, 11, 17), dt.date(2026, 11, 1), 0.0, 0.3),
        (dt.date(2026, 11, 20), dt.date(2026, 11, 1), 0.2, 0.9),
        (dt.date(2026, 11, 25), dt.date(2026, 11, 1), 0.2, 0.9),
        (dt.date(2027, 1, 2), dt.date(2026, 12, 1), 0.7, 1.0),
    ],
)
def test_demo_of_any_day_makes_sense(
    db: None, tmp_path: Path, day: dt.date, period: dt.date, least_accepted: float, most_accepted: float
) -> None:
    now = clock.at(day, dt.time(9, 5))
    load(write_divisions(tmp_path), now=now, months=1)
    cycle = Cycle.objects.principal().open().get()
    assert cycle.period == period
    assert (cycle.facts_at is not None) == (now >= cycle.window.ends_at)
    steps = ReportStep.objects.filter(report__cycle=cycle)
    if steps.exists():
        assert cycle.opened_at <= steps.order_by("at")[0].at
        assert steps.order_by("-at")[0].at < now
    counties = Report.objects.filter(cycle=cycle, level=Level.COUNTY)
    share = counties.filter(state=ReportState.ACCEPTED).count() / counties.count()
    assert least_accepted <= share <= most_accepted
    showcase = counties.get(unit__division_code="370102")
    assert showcase.timeliness(now) == Timeliness.PENDING


def test_application_role_may_refresh_statistics_but_not_touch_the_trail(db: None) -> None:
    call_command("grant_app_role", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('kexie_app', t, 'MAINTAIN') FROM unnest(%s::text[]) t",
            [["orgs_orgunit", "reporting_cyclefact", "audit_auditevent"]],
        )
        assert [row[0] for row in cursor.fetchall()] == [True, True, False]


@pytest.mark.slow
def test_load_demo_of_the_real_province(db: None, settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    said = io.StringIO()
    call_command("load_demo", "--months", "1", "--today", "2026-11-23", stdout=said)
    assert "64,095 个：省级 1，市级 16，县级 151，乡镇级 1,853，村级 62,074" in said.getvalue()
    assert (
        Report.objects.filter(
            cycle__state=CycleState.OPEN, cycle__collection__is_principal=True, level=Level.COUNTY
        ).count()
        == 151
    )
    county = OrgUnit.objects.get(division_code="370102")
    assert county.children.count() == 13
    written = (tmp_path / "demo-accounts.txt").read_text(encoding="utf-8")
    assert "xian370102 " in written
    assert PASSWORD in written
