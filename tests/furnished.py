"""A small province with one of everything in a county of each city, for tests that walk through the whole house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import time_machine
from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.roles import Role
from accounts.services.delegations import delegate
from accounts.services.handovers import open_handover
from accounts.services.saved_views import save_view
from core import clock
from core.actor import SYSTEM
from files.models import ExportJob, ImportJob
from files.services import attach
from notices.models import Message
from orgs.choices import ActKind, OfficerRole
from orgs.models import DivisionChange, DivisionUpdate, IntegrityRun, OrgUnit
from orgs.rules.reorganising import Line
from orgs.services import affiliate_facts, facts
from orgs.services.cohorts import open_cohort
from orgs.services.evidence import attach_evidence
from reporting.choices import PaperKind
from reporting.models import Excuse, FormVersion, Issue
from reporting.services.corrections import open_case
from reporting.services.designing_rules import RuleFacts, add_rule
from reporting.services.feedback import give_feedback
from reporting.services.paper_drafts import Draft, Drawn, start_draft
from reporting.services.questions import keep_question
from reporting.services.review import accept
from reporting.services.submission import submit
from reporting.services.subscriptions import subscribe
from sanzhang.choices import Grade
from sanzhang.models import CampaignDay, DutyStandard, Evaluation, Occupation, PersonMerge, Procedure
from sanzhang.services import (
    appointments,
    candidacies,
    leading,
    meetings,
    merging,
    occupations,
    people,
    terms,
)
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.briefings import save_briefing
from sanzhang.services.composition import TargetFacts, set_target
from sanzhang.services.evaluations import choose_exemplar
from sanzhang.services.meetings import MeetingFacts
from sanzhang.services.people import PersonFacts
from sanzhang.services.photos import add_photos
from tests import work
from tests.affiliates import affiliate
from tests.factories import Tree, user_at
from tests.forms import draft, item
from tests.month import WHILE_FILLING, Month, fill, make_month
from tests.reorganised import drafted

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
IN_OCTOBER = WHILE_FILLING.replace(month=10)
PDF = b"%PDF-1.7\n%%EOF\n"


@dataclass
class Area:
    """A county with one of everything: what a route's argument is called → the object's key, by the route's name."""

    county: OrgUnit
    reporter: User
    keys: dict[str, Any]


@dataclass
class House:
    """Two counties in two cities, and who sits where."""

    tree: Tree
    month: Month
    own: Area
    foreign: Area
    people: dict[str, User]


def furnish(tree: Tree) -> House:
    """October is accepted at the counties and has a correction open; November is being filled in."""
    occupations.load_defaults(by=SYSTEM)
    with time_machine.travel(IN_OCTOBER, tick=False):
        october = make_month(tree, OCTOBER)
    people_ = _people(tree, october)
    others = {
        "clerk": user_at(tree["370202"], Role.REPORTER),
        "city": user_at(tree["3702"], Role.REPORTER, Role.REVIEWER),
    }
    own = _report_october(october, "370102", october.clerk, october.city)
    foreign = _report_october(october, "370202", others["clerk"], others["city"])
    with time_machine.travel(WHILE_FILLING, tick=False):
        cycle = october.next(NOVEMBER)
        month = Month(**(vars(october) | {"cycle": cycle}))
        return House(
            tree=tree,
            month=month,
            own=_area(month, "370102", october.clerk, own),
            foreign=_area(month, "370202", others["clerk"], foreign),
            people=people_,
        )


def _people(tree: Tree, month: Month) -> dict[str, User]:
    province, city, county = tree["37"], tree["3701"], tree["370102"]
    return {
        "county reporter": month.clerk,
        "county reviewer": month.county_reviewer,
        "county leader": month.county_leader,
        "county administrator": user_at(county, Role.UNIT_ADMIN),
        "township reporter": user_at(tree["370102001"], Role.REPORTER),
        "city desk": month.city,
        "city leader": user_at(city, Role.LEADER),
        "city administrator": user_at(city, Role.UNIT_ADMIN),
        "province desk": month.province,
        "province leader": user_at(province, Role.LEADER),
        "province administrator": user_at(province, Role.UNIT_ADMIN),
        "system administrator": user_at(province, Role.SYSTEM_ADMIN),
        "security administrator": user_at(province, Role.SECURITY_ADMIN),
        "audit administrator": user_at(province, Role.AUDIT_ADMIN),
    }


def _report_october(october: Month, code: str, clerk: User, city: User) -> Any:
    report = october.report(code)
    with time_machine.travel(IN_OCTOBER, tick=False):
        for township in october.tree.units.values():
            if township.parent_id == report.unit_id:
                fill(october.report(township.division_code))
        fill(report, problems="乡镇没有专项经费")
        submit(report=report, by=clerk)
        accept(report=october.report(code), by=city)
        return open_case(
            report=october.report(code), changes={"inspections": "3"}, reason="漏计两次督导", by=clerk
        )


def _area(month: Month, code: str, clerk: User, case: Any) -> Area:
    county = month.tree[code]
    township = next(unit for unit in month.tree.units.values() if unit.parent_id == county.pk)
    report = month.report(code)
    head = _person(f"王秀兰{code}", "医院院长", county)
    seat = appointments.appoint(
        person=head,
        unit=county,
        seat=SeatFacts(position="vice_chair", valid_from=dt.date(2024, 3, 1), way_in="election"),
        by=SYSTEM,
    )
    candidate = _person(f"赵一鸣{code}", "学校校长", township)
    officer = facts.set_officer(
        unit=county,
        role=OfficerRole.LIAISON,
        name="周敏",
        post="副主席",
        since=dt.date(2024, 1, 1),
        by=SYSTEM,
    )
    attachment = attach(
        owner=report,
        unit=county,
        upload=SimpleUploadedFile("佐证.pdf", PDF),
        kind="evidence",
        by=clerk,
    )
    have = facts.set_have(unit=county, item="premises", since=dt.date(2024, 1, 1), by=SYSTEM)
    item_file = attach_evidence(fact=have, upload=SimpleUploadedFile("场所.pdf", PDF), by=SYSTEM)
    cohort = open_cohort(owner=month.tree[code[:4]], name="试点县", on=dt.date(2024, 1, 1), by=SYSTEM)
    society, partner, leading_post = _society(county, township, head)
    account = user_at(county, Role.LEADER)
    job = ExportJob.objects.create(kind="orgs.units", title="单位名册", requested_by_id=clerk.pk)
    message = Message.objects.create(user=clerk, kind="test", title="提醒", body="请按时报送", key=f"k{code}")
    keys = {
        "unit": county.pk,
        "township": township.pk,
        "report": report.pk,
        "township_report": month.report(township.division_code).pk,
        "accepted": case.report_id,
        "case": case.pk,
        "person": head.pk,
        "seat": seat.pk,
        "merge": _merge(head, code),
        "briefing": save_briefing(
            unit=county, title="汇报", text="一、队伍情况", drafted_on=dt.date(2026, 11, 2), by=SYSTEM
        ).pk,
        "candidacy": candidacies.open_candidacy(
            person=candidate, unit=township, position="vice_chair", opened_on=dt.date(2026, 11, 2), by=SYSTEM
        ).pk,
        "term": terms.open_term(
            unit=county, kind="leadership", ordinal=7, starts_on=dt.date(2022, 1, 1), by=SYSTEM
        ).pk,
        "meeting": meetings.save_meeting(
            unit=county, facts=MeetingFacts(kind="plenary", held_on=dt.date(2026, 11, 3)), by=SYSTEM
        ).pk,
        "procedure": Procedure.objects.in_force().get().pk,
        "ratio": _ratio(month.tree.province),
        "officer": officer.pk,
        "affiliate": society.pk,
        "affiliate_kind": society.kind_id,
        "partner": partner.pk,
        "leading": leading_post.pk,
        "attachment": attachment.pk,
        "item_file": item_file.pk,
        "cohort": cohort.pk,
        "reorganisation": _reorganisation(county).pk,
        **_comparison(county),
        "job": job.pk,
        "import": _import(clerk).pk,
        "view": save_view(
            page="orgs:list", name="空白点", query="established=blank", is_shared=True, by=clerk
        ).pk,
        "message": message.pk,
        "account": account.pk,
        "posting": account.postings.get().pk,
        "attempt": AccessAttempt.objects.create(
            username=account.username, ip_address="10.0.0.1", failures_since_start=5
        ).pk,
        "handover": open_handover(
            leaver=user_at(county, Role.LEADER), successor=user_at(county, Role.LEADER), by=SYSTEM
        ).pk,
        "issue": Issue.objects.get(unit=county).pk,
        "excuse": Excuse.objects.create(
            report=report,
            kind="exempt",
            reason="受灾",
            granted_by="某市",
            lifted_at=clock.now(),
            lifted_by="某市",
            lifted_reason="已恢复",
        ).pk,
        "delegation": _delegation(county),
        "draft": _paper_draft(month, county),
        "question": keep_question(name="活动", query="keys=health_events", sharing="own", by=clerk).pk,
        "feedback": give_feedback(report=report, text="能少报一项吗", by=clerk).pk,
        **_form(month.tree),
        "subscription": subscribe(
            kind="reporting.figures", title="明细", unit=county, rhythm="on_day", day=26, by=clerk
        ).pk,
        "cycle": month.cycle.pk,
        "collection": month.cycle.collection_id,
        "occupation": Occupation.objects.get(name="医院院长").pk,
        **_work(county, township, head),
    }
    return Area(county, clerk, keys)


def _form(tree: Tree) -> dict[str, int]:
    """A form of the province being designed; each area finds the same one."""
    version = FormVersion.objects.filter(form__name="普查表", published_at=None).first()
    if version is None:
        version = draft(tree, "普查表")
        item(version, "census_heads", "count")
        add_rule(version=version, facts=RuleFacts("census_heads < 100", "census_heads"), by=SYSTEM)
    asked = version.items.get(indicator__key="census_heads")
    return {
        "form": version.form_id,
        "form_draft": version.pk,
        "form_section": asked.section_id,
        "form_item": asked.pk,
    }


def _ratio(province: OrgUnit) -> int:
    """A ratio of the province; set anew for each area it replaces itself."""
    facts = TargetFacts("committee", 3, "young", "at_least", 30, dt.date(2026, 1, 1), "省科协〔2026〕1号")
    return set_target(owner=province, facts=facts, by=SYSTEM).pk


def _paper_draft(month: Month, county: OrgUnit) -> int:
    """A bulletin that is being written."""
    drawn = Draft("实时版", "", WHILE_FILLING, [Drawn("opening", "", "", "现将情况通报如下。")])
    about = {"cycle": month.cycle, "unit": county, "paper": PaperKind.BULLETIN}
    return start_draft(**about, drawn=drawn, by=SYSTEM).pk


def _delegation(county: OrgUnit) -> int:
    """A reviewer who is away."""
    day = clock.today()
    return delegate(
        principal=user_at(county, Role.REVIEWER),
        deputy=user_at(county, Role.LEADER),
        unit=county,
        role=Role.REVIEWER,
        starts_on=day,
        ends_on=day,
        reason="出差",
        by=SYSTEM,
    ).pk


def _merge(head: Any, code: str) -> int:
    """A double of ``head``, folded in."""
    double = _person(f"王秀蓝{code}", "医院院长", head.unit)
    merging.merge(keep=head, double=double, by=SYSTEM)
    head.refresh_from_db()
    return PersonMerge.objects.get(gone=double).pk


def _society(county: OrgUnit, township: OrgUnit, head: Any) -> tuple[Any, Any, Any]:
    """A society that works with the township and is led by a key person."""
    day = dt.date(2024, 1, 1)
    society = affiliate(county, contact_name="李敏", phone="13900000000")
    affiliate_facts.set_members(affiliate=society, as_of=day, personal=30, by=SYSTEM)
    partners = affiliate_facts.add_unit_partners(affiliate=society, units=[township], since=day, by=SYSTEM)
    post = leading.begin(affiliate=society, person=head, role="president", since=day, by=SYSTEM)
    return society, partners[0], post


def _work(county: OrgUnit, township: OrgUnit, head: Any) -> dict[str, Any]:
    """An activity with a file, something given, an exemplar."""
    held = work.activity(county, head, on=dt.date(2026, 11, 10))
    upload = SimpleUploadedFile("签到表.pdf", PDF)
    exemplar = choose_exemplar(unit=county, kind="deed", title="送医下乡", text="坚持下乡。", by=SYSTEM)
    return {
        "activity": held.pk,
        "photo": add_photos(activity=held, uploads=[upload], by=SYSTEM)[0].pk,
        "support": work.support(county, on=dt.date(2026, 11, 10), receiver=township).pk,
        "exemplar": exemplar.pk,
        "activity_kind": held.kind_id,
        "campaign_day": CampaignDay.objects.values_list("pk", flat=True)[0],
        "duty_standard": _standard(county.province),
        "evaluation": _evaluation(head, county),
    }


def _standard(province: OrgUnit) -> int:
    """The standard of the year; each area finds the same one."""
    return DutyStandard.objects.get_or_create(owner=province, year=2026)[0].pk


def _evaluation(head: Any, county: OrgUnit) -> int:
    """A year judged."""
    given = Evaluation.objects.create(person=head, unit=county, year=2025, grade=Grade.COMPETENT)
    return given.pk


def _reorganisation(county: OrgUnit) -> Any:
    """A draft that would rename the county."""
    return drafted(county, [Line(ActKind.RENAME, unit_id=county.pk, name=f"新{county.name}")])


def _comparison(county: OrgUnit) -> dict[str, int]:
    """A list of divisions in which the county has another name, and a proof of the tree."""
    update = DivisionUpdate.objects.create(unit=county, year=2026, file_name="2026.csv", created_by="系统")
    change = DivisionChange.objects.create(
        update=update,
        kind="renamed",
        unit=county,
        unit_label=str(county),
        level=county.level,
        unit_kind=county.kind,
        old_code=county.division_code,
        old_name=county.name,
        division_code=county.division_code,
        name=f"新{county.name}",
        parent_unit_id=county.parent_id,
    )
    run = IntegrityRun.objects.create(requested_by="系统", state="done", finished_at=clock.now())
    finding = run.findings.create(code="interval", unit=county, message="树区间不符")
    return {
        "division_update": update.pk,
        "division_change": change.pk,
        "integrity_run": run.pk,
        "finding": finding.pk,
    }


def _import(clerk: User) -> ImportJob:
    return ImportJob.objects.create(
        kind="orgs.units", title="单位名册", requested_by_id=clerk.pk, file_name="名册.xlsx", state="faulty"
    )


def _person(name: str, occupation: str, unit: OrgUnit) -> Any:
    known = PersonFacts(
        name=name[:3], occupation=Occupation.objects.get(name=occupation), employer=f"{name}的单位"
    )
    return people.register(facts=known, unit=unit, by=SYSTEM)
