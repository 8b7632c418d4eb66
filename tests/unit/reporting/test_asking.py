"""自助查询 as a page: the question in the address, its scope, the way down, what is kept and shared."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from core.errors import DomainError, Forbidden
from core.xlsx_read import read_sheet
from files.models import ExportJob, ExportState
from files.services import request_export, run_export
from reporting.models import SavedQuestion
from reporting.pivot.question import Question
from reporting.pivot.sheet import KIND, answer
from reporting.services.questions import MOST, forget_question, keep_question
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import user_at
from tests.month import WHILE_FILLING, Month, fill, make_month

pytestmark = pytest.mark.django_db
PAGE = "/reports/ask/"


@pytest.fixture
def month(tree: Any) -> Any:
    """Townships and county of 370102 are accepted by the city: seven events each, 28 together."""
    with time_machine.travel(WHILE_FILLING, tick=False):
        made = make_month(tree)
        for code in ("370102001", "370102002", "370102003", "370102"):
            fill(made.report(code), 7)
        submit(report=made.county_report, by=made.clerk)
        accept(report=made.county_report, by=made.city)
        yield made


def cells(month: Month, user: Any, **params: Any) -> list[list[str]]:
    pivot = answer(user, params)
    return [[*row.labels, *(cell.shown.text for cell in pivot.cells(row))] for row in pivot.rows]


def test_county_sees_its_townships_and_their_sum(month):
    rows = cells(month, month.clerk, keys=["health_events"], span="1")
    assert rows == [["解放路街道", "7"], ["千佛山街道", "7"], ["趵突泉街道", "7"], ["合计", "21"]]


def test_the_whole_holds_the_units_own_doings_too(month):
    rows = cells(month, month.clerk, keys=["health_events"], span="1", whole="1", only="千佛山")
    assert rows == [["历下区（全部）", "28"], ["千佛山街道", "7"]]


def test_scope_ends_at_ones_own_subtree(month, client_of, tree):
    query = {"keys": "health_events", "spread": "4"}
    inside = client_of(month.clerk).get(PAGE, query | {"unit": month.clerk.unit.pk}).content.decode()
    assert "解放路街道" in inside
    assert "山大路街道" not in inside
    assert client_of(month.clerk).get(PAGE, query | {"unit": tree["370112"].pk}).status_code == 404
    assert client_of(month.city).get(PAGE, query | {"unit": tree["370112"].pk}).status_code == 200


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"keys": "nothing"}, "没有这项指标"),
        ({"keys": "health_events", "columns": "unit"}, "已经选了这一项"),
        ({"keys": "health_events", "rows": "section", "columns": "indicator"}, "已经选了这一项"),
        ({"keys": "health_events", "spread": "2"}, "该单位没有这一级下级"),
    ],
)
def test_a_question_that_is_none_says_why_by_the_field(month, client_of, params, told):
    page = client_of(month.clerk).get(PAGE, params)
    assert page.status_code == 200
    assert told in page.content.decode()
    assert "查询结果" not in page.content.decode()
    with pytest.raises(DomainError, match=told):
        answer(month.clerk, params)


def test_every_number_leads_down_to_what_it_is_made_of(month, client_of):
    browser = client_of(month.city)
    page = browser.get(PAGE, {"keys": "health_events", "span": "1"}).content.decode()
    way = re.search(r'<a href="([^"]+)">28</a>', page)
    assert way
    below = browser.get(way[1].replace("&amp;", "&"))
    assert below.status_code == 200
    assert "解放路街道" in below.content.decode()


def test_a_quarter_leads_to_its_months_and_a_sum_to_its_units(month, client_of):
    browser = client_of(month.city)
    quarter = {"keys": "health_events", "grain": "quarter", "rows": "unit", "columns": "period"}
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(month.cycle.period.replace(month=12))
    page = browser.get(PAGE, quarter).content.decode()
    way = re.search(r'<a href="([^"]+)">28</a>', page)
    assert way
    months = browser.get(way[1].replace("&amp;", "&")).content.decode()
    assert "2026年11月" in months
    assert "2026年12月" in months
    alone = browser.get(PAGE, {"keys": "health_events", "rows": "period", "columns": "none"}).content.decode()
    assert "所列3个单位合计" in alone
    way = re.search(r'<a href="([^"]+)">28</a>', alone)
    assert way
    assert "历下区" in browser.get(way[1].replace("&amp;", "&")).content.decode()


def test_empty_cells_say_why(month, client_of):
    page = client_of(month.city).get(PAGE, {"keys": ["key_people_total"], "span": "1", "measures": "share"})
    assert "比率和去重计数没有占比" in page.content.decode()


def test_number_of_queries_does_not_grow_with_units_and_months(month, client_of):
    def asked(**params: Any) -> int:
        browser = client_of(month.province)
        browser.get(PAGE, params)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(PAGE, params).status_code == 200
        return len(seen)

    few = asked(keys=["health_events", "units_expected"], spread="2", span="1")
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(month.cycle.period.replace(month=12))
    many = asked(
        keys=["health_events", "contest_events", "units_expected", "coverage_rate"], spread="4", span="12"
    )
    assert many == few


def test_the_sheet_holds_the_page_and_nothing_that_counts(month, settings):
    question = Question(keys=("health_events", "coverage_rate"), span="1", unit=month.clerk.unit.pk)
    job = request_export(kind=KIND, params=question.params(), unit=month.clerk.unit, by=month.clerk)
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.DONE, job.error
    lines = [row.values for row in read_sheet(job.file.open())]
    assert [line[:2] for line in lines if line[0] in ("解放路街道", "合计")] == [
        ["解放路街道", 7],
        ["合计", 21],
    ]
    assert any("实时数" in str(line[0]) for line in lines)
    assert job.basis["单位"] == "历下区"


def test_sheet_of_a_foreign_unit_is_refused(month, tree):
    params = Question(keys=("health_events",), unit=tree["370112"].pk).params()
    with pytest.raises(Forbidden):
        request_export(kind=KIND, params=params, unit=None, by=month.clerk)
    assert request_export(kind=KIND, params=params, unit=None, by=month.city).pk


def test_page_starts_the_sheet(month, client_of):
    where = f"{reverse('reporting:export_question')}?keys=health_events&keys=agri_events&span=1"
    assert client_of(month.clerk).post(where).status_code == 302
    assert ExportJob.objects.get().params["keys"] == ["health_events", "agri_events"]
    assert client_of(month.clerk).post(f"{reverse('reporting:export_question')}?keys=no").status_code == 302
    assert ExportJob.objects.count() == 1


def test_interface_says_what_the_page_says(month, api_of):
    answered = api_of(month.clerk).get("/api/v1/ask/", {"keys": "health_events", "span": "1"})
    assert answered.status_code == 200
    body = answered.json()
    assert body["columns"] == [["2026年11月"]]
    assert [(row["labels"], row["cells"][0]["value"]) for row in body["rows"]][-1] == (["合计"], 21)
    assert api_of(month.clerk).get("/api/v1/ask/", {"keys": "no"}).status_code == 422
    foreign = {"keys": "health_events", "unit": month.tree["370112"].pk}
    assert api_of(month.clerk).get("/api/v1/ask/", foreign).status_code == 422


def test_question_is_kept_once_a_name_and_on_record(month):
    first = keep_question(name="逐月", query="keys=a", sharing="own", by=month.clerk)
    second = keep_question(name=" 逐月 ", query="keys=b", sharing="unit", by=month.clerk)
    assert (first.pk, second.query) == (second.pk, "keys=b")
    assert AuditEvent.objects.filter(kind="reporting.question_kept").count() == 2


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        ("", "keys=a", "请填写名称"),
        ("长" * 41, "keys=a", "最多 40"),
        ("名", "", "还没有查询"),
        ("名", "k" * 2001, "过长"),
    ],
)
def test_question_without_name_or_content_is_not_kept(month, name, query, told):
    with pytest.raises(DomainError, match=told):
        keep_question(name=name, query=query, sharing="own", by=month.clerk)
    assert not SavedQuestion.objects.exists()


def test_questions_have_a_limit(month):
    SavedQuestion.objects.bulk_create(
        SavedQuestion(owner=month.clerk, unit=month.clerk.unit, name=f"{n}", query="q") for n in range(MOST)
    )
    with pytest.raises(DomainError, match="最多保存"):
        keep_question(name="再一个", query="keys=a", sharing="own", by=month.clerk)


def test_who_is_offered_a_question(month, tree):
    """Colleagues where it is shared with the unit, clerks of other counties where with the level."""
    shared = {
        how: keep_question(name=how, query="keys=a", sharing=how, by=month.clerk).pk
        for how in ("own", "unit", "level")
    }
    colleague = user_at(month.clerk.unit, Role.REPORTER)
    stranger = user_at(tree["370202"], Role.REPORTER)

    def offered(user: Any) -> set[int]:
        return set(SavedQuestion.objects.offered_to(user).values_list("pk", flat=True))

    assert offered(month.clerk) == set(shared.values())
    assert offered(colleague) == {shared["unit"], shared["level"]}
    assert offered(stranger) == {shared["level"]}
    assert offered(month.city) == set()


def test_only_who_keeps_a_question_forgets_it(month, client_of):
    question = keep_question(name="逐月", query="keys=a", sharing="unit", by=month.clerk)
    colleague = user_at(month.clerk.unit, Role.REPORTER)
    with pytest.raises(Forbidden):
        forget_question(question=question, by=colleague)
    where = reverse("reporting:forget_question", args=[question.pk])
    assert client_of(colleague).post(where).status_code == 404
    assert client_of(month.clerk).post(where).status_code == 302
    assert not SavedQuestion.objects.exists()


def test_keeping_from_the_page(month, client_of):
    browser = client_of(month.clerk)
    sent = {"query": "keys=health_events", "name": "活动", "sharing": "unit"}
    assert browser.post(reverse("reporting:keep_question"), sent).status_code == 302
    assert browser.post(reverse("reporting:keep_question"), sent | {"name": ""}).status_code == 302
    assert SavedQuestion.objects.get().name == "活动"
    assert "活动" in browser.get(PAGE).content.decode()
