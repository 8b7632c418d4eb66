"""催报登记, 系统提醒 and 催报设置: what was done, seen by whom, found again, and set."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from core.errors import DomainError, Forbidden
from files import services as files
from files.models import ExportJob
from notices.choices import MailState
from notices.models import Message, ReminderPolicy
from reporting.models import ChaseRecord
from reporting.selectors.chase import chase_list
from reporting.services.chasing import log_chase
from reporting.services.excuses import defer
from reporting.services.reminder_policy import set_policy
from reporting.services.reminding import remind
from tests.factories import user_at
from tests.month import Month, fill

ON_THE_DAY = dt.datetime(2026, 11, 20, 9, tzinfo=clock.SHANGHAI)


def test_answer_and_promise_are_kept(month: Month) -> None:
    friday = dt.date(2026, 11, 27)
    row = log_chase(
        report=month.county_report,
        channel="phone",
        answer="promised",
        promised_for=friday,
        spoken_to="王小明",
        by=month.city,
    )
    assert (row.get_answer_display(), row.promised_for) == ("承诺按期报送", friday)
    assert AuditEvent.objects.get(kind="report.chase").data["answer"] == "promised"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "phone", "answer": "shouted"}, "answer"),
        ({"channel": "phone", "promised_for": dt.date(2020, 1, 1)}, "promised_for"),
    ],
)
def test_wrong_entry_is_refused_by_the_field(month: Month, values, field) -> None:
    with pytest.raises(DomainError) as refused:
        log_chase(report=month.county_report, by=month.city, **values)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not ChaseRecord.objects.exists()


def test_only_the_reviewing_desk_logs(month: Month) -> None:
    elsewhere = user_at(month.tree["3702"], Role.REPORTER, Role.REVIEWER)
    for by in (month.clerk, elsewhere):
        with pytest.raises(Forbidden):
            log_chase(report=month.county_report, channel="phone", by=by)
    assert log_chase(report=month.county_report, channel="phone", by=month.city).by_id == month.city.pk


def test_log_is_filtered_and_ends_at_the_scope(month: Month, client_of) -> None:
    log_chase(report=month.county_report, channel="phone", answer="unreached", note="无人接听", by=month.city)
    log_chase(report=month.report("370112"), channel="chat", note="群里提醒", by=month.city)
    url = reverse("reporting:chases")
    city = client_of(month.city)
    whole = city.get(url).content.decode()
    assert "无人接听" in whole
    assert "群里提醒" in whole
    narrowed = city.get(url, {"answer": "unreached", "q": "历下"}).content.decode()
    assert "无人接听" in narrowed
    assert "群里提醒" not in narrowed
    assert "没有催报登记" in city.get(url, {"until": "2020-01-01"}).content.decode()
    own = client_of(month.clerk).get(url).content.decode()
    assert "无人接听" in own
    assert "群里提醒" not in own
    elsewhere = user_at(month.tree["3702"], Role.REVIEWER)
    assert "无人接听" not in client_of(elsewhere).get(url).content.decode()


def test_reminders_show_how_the_mail_fared(month: Month, client_of) -> None:
    remind(at=ON_THE_DAY)
    Message.objects.filter(user=month.clerk).update(mail_state=MailState.UNKNOWN)
    url = reverse("reporting:reminders")
    city = client_of(month.city)
    page = city.get(url, {"outcome": "unknown"}).content.decode()
    assert "结果不明" in page
    assert month.clerk.name in page
    assert "没有系统提醒" in city.get(url, {"outcome": "failed"}).content.decode()
    assert "没有系统提醒" not in city.get(url, {"who": month.clerk.name, "kind": "due"}).content.decode()


def test_sheets_hold_the_rows_of_the_pages(month: Month, client_of) -> None:
    log_chase(report=month.county_report, channel="phone", answer="promised", by=month.city)
    log_chase(report=month.report("370112"), channel="chat", by=month.city)
    remind(at=ON_THE_DAY)
    for kind, query, rows in (("chases", "channel=phone", 1), ("reminders", "q=历下区解放路", 1)):
        client_of(month.city).post(reverse("files:start", args=[f"reporting.{kind}"]) + f"?{query}")
        job = ExportJob.objects.of(month.city).get(kind=f"reporting.{kind}")
        files.run_export(job_id=job.pk)
        job.refresh_from_db()
        sheet = load_workbook(job.file.open("rb")).active
        assert len(list(sheet.iter_rows(min_row=4))) == rows


def test_policy_is_set_by_the_province_alone(month: Month) -> None:
    for by in (month.city, month.clerk):
        with pytest.raises(Forbidden):
            set_policy(province=month.tree.province, by=by, days_before=[3])
    set_policy(province=month.tree.province, by=month.province, days_before=[1, 3, 3], escalate_after=None)
    policy = ReminderPolicy.objects.get()
    assert (policy.days_before, policy.escalate_after) == ([3, 1], None)
    changed = AuditEvent.objects.get(kind="reporting.reminder_policy").data
    assert changed["escalate_after"] == {"old": 5, "new": None}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days_before": [0]}, "days_before"),
        ({"days_after": [1, 2, 3, 4, 5, 6]}, "days_after"),
        ({"days_before": [], "days_after": [], "on_day": False}, "days_before"),
        ({"escalate_after": 31}, "escalate_after"),
        ({"review_after": 0}, "review_after"),
    ],
)
def test_policy_out_of_bounds_is_refused(month: Month, values, field) -> None:
    with pytest.raises(DomainError) as refused:
        set_policy(province=month.tree.province, by=month.province, **values)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not ReminderPolicy.objects.exists()


def test_policy_page_shows_keeps_and_refuses(month: Month, client_of) -> None:
    client = client_of(month.province)
    url = reverse("reporting:chase_settings")
    assert "2、1" in client.get(url).content.decode()
    typed = {
        "days_before": "3，1",
        "on_day": "on",
        "days_after": "2",
        "escalate_after": "",
        "review_after": "2",
        "quiet_from": "19:30",
        "quiet_until": "08:30",
        "sends_mail": "on",
    }
    wrong = client.post(url, typed | {"days_before": "三天"})
    assert wrong.status_code == 422
    assert "请填写天数" in wrong.content.decode()
    assert "三天" in wrong.content.decode()
    assert client.post(url, typed).status_code == 302
    policy = ReminderPolicy.objects.get()
    assert (policy.days_before, policy.quiet_from) == ([3, 1], dt.time(19, 30))
    assert not policy.quiet_on_days_off


def test_words_for_the_group_ask_each_by_its_own_day(month: Month) -> None:
    fill(month.report("370112"))
    defer(report=month.county_report, until=dt.date(2026, 11, 25), reason="受灾", by=month.city)
    with time_machine.travel(ON_THE_DAY + dt.timedelta(days=2), tick=False):
        text = chase_list(month.cycle, month.tree.city).text
    assert "历下区：请于11月25日前报送。" in text
    assert "历城区、济南高新技术产业开发区：11月20日的报送期限已过，请尽快报送。" in text


def test_page_names_who_holds_each_report(month: Month, client_of) -> None:
    page = client_of(month.city).get(reverse("reporting:chase")).content.decode()
    assert f"现在由{month.clerk.name}办理" in page
    assert "没有可办理的账号" in page
    assert reverse("reporting:chases") in page
