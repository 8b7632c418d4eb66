"""Problems and suggestions: raised paragraph by paragraph, answered from above, open until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from accounts.services.delegations import delegate
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from files.models import ExportJob
from files.services import request_export, run_export
from notices.models import Message
from orgs.choices import ActKind
from orgs.rules.reorganising import Line
from orgs.services import reorganising
from reporting.models import Indicator, Issue, Report, ReviewRound
from reporting.papers.book import book_of
from reporting.paragraphs import entries_in
from reporting.services.corrections import confirm, open_case
from reporting.services.issues import answer, answer_many, pass_up, reopen
from reporting.services.review import accept, send_back
from reporting.services.submission import submit
from tests.factories import user_at
from tests.month import Month, desk, fill
from tests.reorganised import applied
from tests.reporting_acts import hand_in

PROBLEMS = "一、乡镇科协没有专项经费。\n二、村级人员流动大，台账更新不及时。"


def raise_words(month: Month, problems: str = PROBLEMS, suggestions: str = "建议下拨经费") -> Report:
    fill(month.county_report, problems=problems, suggestions=suggestions)
    return hand_in(month)


def texts(**conditions: Any) -> list[str]:
    return [issue.text for issue in Issue.objects.filter(**conditions)]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("一、没有经费。\n\n二、没有人。", ["没有经费。", "没有人。"]),
        ("1. 甲\n2．乙\n（三）丙\n④丁\n- 戊", ["甲", "乙", "丙", "丁", "戊"]),
        ("2.5万元经费没有到位", ["2.5万元经费没有到位"]),
        ("一是经费不足；二是人员不稳。", ["一是经费不足；二是人员不稳。"]),
        ("无", []),
        ("暂无。\n　　", []),
        ("同一条\n同一条", ["同一条"]),
    ],
)
def test_paragraphs_are_entries(text: str, entries: list[str]) -> None:
    assert entries_in(text) == entries


def test_entries_come_with_acceptance_and_go_with_the_return(month: Month) -> None:
    fill(month.county_report, problems=PROBLEMS, suggestions="建议下拨经费")
    submit(report=month.county_report, by=month.clerk)
    assert not Issue.objects.exists()
    accept(report=month.county_report, by=month.city)
    assert texts(kind="problem") == ["乡镇科协没有专项经费。", "村级人员流动大，台账更新不及时。"]
    assert set(Issue.objects.values_list("desk", "state")) == {(month.tree.city.pk, "open")}
    send_back(report=month.county_report, reason="logic", remark="请核对", by=month.city)
    assert set(Issue.objects.values_list("state", flat=True)) == {"withdrawn"}
    fill(month.county_report, problems="乡镇科协没有专项经费\n办公用房不足", suggestions="")
    hand_in(month)
    assert texts(state="open") == ["乡镇科协没有专项经费", "办公用房不足"]
    assert Issue.objects.filter(state="withdrawn").count() == 2


def test_corrected_words_change_the_entries_and_keep_what_was_answered(month: Month) -> None:
    raise_words(month)
    answer(issue=Issue.objects.get(text__contains="流动大"), text="已安排培训", by=month.city)
    case = open_case(
        report=month.county_report, changes={"problems": "经费仍未到位"}, reason="改写", by=month.clerk
    )
    assert texts(state="open", kind="problem") == ["乡镇科协没有专项经费。"]
    confirm(case=case, by=month.city)
    assert texts(state="open", kind="problem") == ["经费仍未到位"]
    assert texts(state="answered") == ["村级人员流动大，台账更新不及时。"]


def test_answer_closes_and_tells_who_raised_it(month: Month) -> None:
    raise_words(month)
    issue = Issue.objects.filter(kind="problem").first()
    assert issue is not None
    for stranger in (month.clerk, month.county_reviewer, month.province, desk(month.tree.other_city)):
        with pytest.raises(Forbidden):
            answer(issue=issue, text="好", by=stranger)
    with pytest.raises(DomainError):
        answer(issue=issue, text="  ", by=month.city)
    done = answer(issue=issue, text="已列入明年预算。", by=month.city)
    assert (done.state, done.steps.get().text) == ("answered", "已列入明年预算。")
    assert Message.objects.get(user=month.clerk, kind="issue.answered").title == "上级答复了你单位反映的问题"
    with pytest.raises(Conflict):
        answer(issue=issue, text="再答一次", by=month.city)


def test_entry_passed_up_is_answered_above_and_may_be_reopened(month: Month) -> None:
    raise_words(month)
    issue = Issue.objects.get(kind="suggestion")
    pass_up(issue=issue, text="市里财力有限", by=month.city)
    with pytest.raises(Forbidden):
        answer(issue=issue, text="好", by=month.city)
    with pytest.raises(DomainError):
        pass_up(issue=issue, by=month.province)
    answer(issue=issue, text="省里统筹安排", by=month.province)
    with pytest.raises(Forbidden):
        reopen(issue=issue, text="还没有到位", by=month.city)
    again = reopen(issue=issue, text="还没有到位", by=month.clerk)
    assert (again.state, again.desk, again.answered_at) == ("open", month.tree.province, None)
    with pytest.raises(Conflict):
        reopen(issue=issue, text="还没有到位", by=month.clerk)
    assert [step.act for step in issue.steps.all()] == ["pass_up", "answer", "reopen"]


def test_many_are_answered_at_once_or_none(month: Month) -> None:
    raise_words(month)
    found = list(Issue.objects.filter(kind="problem"))
    answer(issue=found[0], text="已办", by=month.city)
    with pytest.raises(Conflict):
        answer_many(issues=found, text="已办", by=month.city)
    assert Issue.objects.filter(kind="problem", state="answered").count() == 1
    with pytest.raises(DomainError):
        answer_many(issues=[], text="已办", by=month.city)
    assert len(answer_many(issues=found[1:], text="已办", by=month.city)) == 1


def test_list_shows_what_is_in_scope_and_answers_what_is_ticked(
    month: Month, client_of: Callable[[User], Client]
) -> None:
    raise_words(month)
    city = client_of(month.city)
    mine = city.get(reverse("reporting:issues"), {"route": "mine"}).content.decode()
    assert "乡镇科协没有专项经费" in mine and "对勾选的一并答复" in mine
    keys = list(Issue.objects.filter(kind="problem").values_list("pk", flat=True))
    url = reverse("reporting:answer_issues")
    refused = city.post(url, {"issues": keys, "text": ""})
    assert refused.status_code == 422 and Issue.objects.open().count() == 3
    assert city.post(url, {"issues": keys, "text": "已安排"}).status_code == 302
    assert Issue.objects.open().count() == 1
    assert client_of(month.clerk).post(url, {"issues": keys, "text": "好"}).status_code == 403
    foreign = client_of(desk(month.tree.other_city))
    assert "没有符合条件的问题建议" in foreign.get(reverse("reporting:issues")).content.decode()
    assert foreign.get(reverse("reporting:issue", args=[keys[0]])).status_code == 404
    own = client_of(month.clerk).get(reverse("reporting:issue", args=[keys[0]])).content.decode()
    assert "已安排" in own and "重新提出" in own


def test_page_answers_passes_up_and_reopens(month: Month, client_of: Callable[[User], Client]) -> None:
    raise_words(month)
    issue = Issue.objects.get(kind="suggestion")
    city, clerk = client_of(month.city), client_of(month.clerk)
    assert city.post(reverse("reporting:answer_issue", args=[issue.pk]), {"text": ""}).status_code == 422
    assert city.post(reverse("reporting:pass_up_issue", args=[issue.pk])).status_code == 302
    province = client_of(month.province)
    assert "去答复" in province.get(reverse("reporting:issues")).content.decode()
    assert (
        province.post(reverse("reporting:answer_issue", args=[issue.pk]), {"text": "好"}).status_code == 302
    )
    assert clerk.post(reverse("reporting:reopen_issue", args=[issue.pk]), {"text": "没有"}).status_code == 302
    assert Issue.objects.get(pk=issue.pk).state == "open"


def test_sheet_holds_the_rows_of_the_list(month: Month) -> None:
    raise_words(month)
    answer(issue=Issue.objects.get(kind="suggestion"), text="已下拨", by=month.city)
    job = request_export(
        kind="reporting.issues",
        params={"query": {"kind": ["suggestion"]}},
        unit=month.tree.city,
        by=month.city,
    )
    run_export(job_id=job.pk)
    sheet = load_workbook(ExportJob.objects.get(pk=job.pk).file).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[4] for row in rows if row[3] == "建议"] == ["建议下拨经费"]
    assert any("济南市：已下拨" in str(cell) for row in rows for cell in row)


def test_api_lists_and_answers(month: Month, api_of: Callable[[User], Any]) -> None:
    raise_words(month)
    city = api_of(month.city)
    rows = city.get("/api/v1/issues/", {"route": "mine"}).json()["results"]
    assert len(rows) == 3
    answered = city.post(f"/api/v1/issues/{rows[0]['id']}/answer/", {"text": "已办"}).json()
    assert (answered["state"], answered["steps"][0]["text"]) == ("answered", "已办")
    assert city.post(f"/api/v1/issues/{rows[0]['id']}/answer/", {"text": "已办"}).status_code == 409
    assert (
        api_of(month.clerk).post(f"/api/v1/issues/{rows[1]['id']}/answer/", {"text": "好"}).status_code == 403
    )


def test_table_ten_says_what_became_of_each(month: Month) -> None:
    raise_words(month)
    answer(issue=Issue.objects.get(kind="suggestion"), text="已下拨", by=month.city)
    table = book_of(month.cycle, month.tree.city).table("表10问题建议")
    [line] = [row for row in table.rows() if "历下区" in row]
    assert "问题1：待济南市答复" in line[-1] and "建议1：济南市11月20日答复：已下拨" in line[-1]


def test_acting_reviewer_decides_in_the_absent_ones_name(month: Month) -> None:
    deputy = user_at(month.tree.city, Role.LEADER, name="孙丽")
    today = clock.today()
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    with pytest.raises(Forbidden):
        accept(report=month.county_report, by=deputy)
    delegate(
        principal=month.city,
        deputy=deputy,
        unit=month.tree.city,
        role=Role.REVIEWER,
        starts_on=today,
        ends_on=today,
        reason="出差",
        by=month.city,
    )
    accept(report=month.county_report, by=User.objects.get(pk=deputy.pk))
    assert f"受{month.city.name}委托" in ReviewRound.objects.get().by
    assert f"受{month.city.name}委托" in month.county_report.steps.get(action="accept").note


@pytest.mark.parametrize("is_answered", [False, True])
def test_what_a_closed_county_was_to_answer_is_its_successors(
    month: Month, clock_stopped: time_machine.Traveller, is_answered: bool
) -> None:
    closed, heir = month.tree.county, month.tree.sister_county
    report = month.report("370102001")
    issue = Issue.objects.create(
        report=report, unit=report.unit, desk=closed, kind="problem", position=1, text="缺经费", digest="a"
    )
    clock_stopped.shift(3600)
    held = applied(month.tree.province, [Line(ActKind.MERGE, unit_id=closed.pk, into_id=heir.pk)])
    assert Issue.objects.get(pk=issue.pk).desk == heir
    if is_answered:
        answer(issue=issue, text="已安排", by=desk(heir))
        with pytest.raises(DomainError) as refused:
            reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
        assert any("问题建议此后已有答复" in problem.message for problem in refused.value.problems)
    else:
        reorganising.undo(reorganisation=held, reason="误办", by=SYSTEM)
        assert Issue.objects.get(pk=issue.pk).desk == closed


def test_any_narrative_raises_what_its_indicator_says(month: Month) -> None:
    Indicator.objects.filter(key="next_steps").update(raises="suggestion")
    fill(
        month.county_report,
        problems=PROBLEMS,
        suggestions="建议下拨经费",
        next_steps="盼配备专干\n建议下拨经费",
    )
    hand_in(month)
    assert texts(kind="suggestion") == ["建议下拨经费", "盼配备专干"]
    Indicator.objects.filter(key="problems").update(raises="")
    send_back(report=month.county_report, reason="logic", remark="请核对", by=month.city)
    hand_in(month)
    assert texts(kind="problem", state="open") == []
