"""Files that come by themselves: once an occasion, as the person, also after a pause of the machine, never without the right."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from files.models import ExportJob, ExportState
from files.services import exports, run_export
from notices.models import Message
from reporting.choices import DeliveryRhythm
from reporting.models import Delivery, Subscription
from reporting.selectors.subscriptions import offers_for, wanted
from reporting.services import subscriptions as service
from reporting.services.questions import keep_question
from tests.factories import Tree, user_at
from tests.month import WHILE_FILLING, Month, make_month

pytestmark = pytest.mark.django_db
BOOK = "reporting.workbook"
ON_26TH = WHILE_FILLING.replace(day=26, hour=8)


@pytest.fixture
def month(tree: Tree) -> Any:
    with time_machine.travel(WHILE_FILLING, tick=False) as traveller:
        made = make_month(tree)
        made.traveller = traveller  # type: ignore[attr-defined]
        yield made


def subscribed(month: Month, user: Any = None, **values: Any) -> Subscription:
    user = user or month.city
    about = {"kind": BOOK, "title": "工作月报", "unit": user.unit, "rhythm": "on_day", "day": 26}
    return service.subscribe(**(about | values), by=user)


def finish(job: ExportJob, state: str = ExportState.DONE, **values: Any) -> None:
    done = {"sha256": "x", "finished_at": clock.now(), "file_name": "月报.xlsx"}
    ExportJob.objects.filter(pk=job.pk).update(state=state, **(done | values))


def test_file_of_a_day_is_made_that_morning_once(month):
    row = subscribed(month)
    assert service.deliver(at=ON_26TH.replace(hour=6)) == (0, 0)
    assert service.deliver(at=ON_26TH) == (1, 0)
    assert service.deliver(at=ON_26TH) == (0, 0)
    job = ExportJob.objects.get()
    assert (job.kind, job.requested_by_id, job.unit_id) == (BOOK, month.city.pk, month.city.unit.pk)
    assert job.params == {"unit": str(month.city.unit.pk), "cycle": str(month.cycle.pk)}
    assert row.deliveries.get().job == job


def test_finished_file_is_told_once_and_a_failed_one_too(month):
    subscribed(month)
    subscribed(month, kind="reporting.figures", title="明细")
    service.deliver(at=ON_26TH)
    first, second = ExportJob.objects.order_by("created_at", "kind")
    finish(first)
    finish(second, ExportState.FAILED, error="数据太多")
    assert service.deliver(at=ON_26TH) == (0, 2)
    assert service.deliver(at=ON_26TH) == (0, 0)
    told = {message.title: message.body for message in Message.objects.filter(user=month.city)}
    assert "您订阅的文件已生成：月报.xlsx" in told
    assert "数据太多" in told.values()


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ({"口径": "实时", "版本": "实时版"}, "该期尚未锁定审定，文件为实时版"),
        ({"口径": "审定", "版本": "审定版V2"}, "数据为审定版V2。请到导出中心下载。"),
        ({}, "请到导出中心下载。"),
    ],
)
def test_message_says_which_figures_the_file_holds(month, basis, told):
    subscribed(month)
    service.deliver(at=ON_26TH)
    finish(ExportJob.objects.get(), basis=basis)
    service.deliver(at=ON_26TH)
    assert Message.objects.get(user=month.city, title__contains="已生成").body.startswith(told)


def test_month_that_is_not_settled_comes_as_it_stands(month):
    """On the 26th the file is made of live figures and says so; nobody waits for the lock."""
    subscribed(month)
    service.deliver(at=ON_26TH)
    job = ExportJob.objects.get()
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.basis["口径"]) == (ExportState.DONE, "实时")
    service.deliver(at=ON_26TH)
    assert "实时版" in Message.objects.get(user=month.city, title__contains="已生成").title


def test_missed_occasions_are_caught_up(month):
    subscribed(month)
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        later = month.next(dt.date(2026, 12, 1))
    assert service.deliver(at=ON_26TH.replace(year=2027, month=1, day=3)) == (2, 0)
    cycles = [delivery.cycle for delivery in Delivery.objects.order_by("due_at")]
    assert cycles == [month.cycle, later]


def test_file_of_a_locked_month_waits_for_the_lock_and_follows_each(month):
    subscribed(month, rhythm=DeliveryRhythm.ON_LOCK, day=None)
    assert service.deliver(at=ON_26TH) == (0, 0)
    for hour in (9, 11):
        locked = ON_26TH.replace(hour=hour)
        type(month.cycle).objects.filter(pk=month.cycle.pk).update(state="locked", locked_at=locked)
        assert service.deliver(at=locked)[0] == 1
        assert service.deliver(at=locked) == (0, 0)
        finish(ExportJob.objects.latest("created_at"))
    assert Delivery.objects.count() == 2


def test_what_was_locked_before_is_not_made(month):
    type(month.cycle).objects.filter(pk=month.cycle.pk).update(state="locked", locked_at=WHILE_FILLING)
    subscribed(month, rhythm="on_lock", day=None)
    assert service.deliver(at=ON_26TH) == (0, 0)


def test_pause_makes_nothing_and_catches_nothing_up(month):
    row = subscribed(month)
    service.pause_subscription(subscription=row, by=month.city)
    assert service.deliver(at=ON_26TH) == (0, 0)
    with time_machine.travel(ON_26TH.replace(day=27), tick=False):
        service.resume_subscription(subscription=row, by=month.city)
    assert service.deliver(at=ON_26TH.replace(day=28)) == (0, 0)
    assert service.deliver(at=ON_26TH.replace(month=12)) == (1, 0)


def test_ended_subscription_is_over(month):
    row = subscribed(month)
    service.end_subscription(subscription=row, by=month.city)
    assert service.deliver(at=ON_26TH) == (0, 0)
    with pytest.raises(Conflict):
        service.end_subscription(subscription=row, by=month.city)
    assert subscribed(month).pk != row.pk


def test_subscription_ends_with_the_account(month):
    row = subscribed(month)
    type(month.city).objects.filter(pk=month.city.pk).update(is_active=False)
    assert service.deliver(at=ON_26TH) == (0, 0)
    row.refresh_from_db()
    assert row.ended_at is not None


def test_scope_is_that_of_the_occasion(month):
    """Moved to a county, a person has no more right to the city's book: nothing is made, it rests, and they are told."""
    row = subscribed(month)
    posting = month.city.postings.first()
    month.city.postings.exclude(pk=posting.pk).delete()
    type(posting).objects.filter(pk=posting.pk).update(unit=month.tree["370112"])
    assert service.deliver(at=ON_26TH) == (1, 0)
    row.refresh_from_db()
    assert row.paused_at is not None
    assert "权限" in row.deliveries.get().refusal
    assert not ExportJob.objects.exists()
    assert Message.objects.filter(user=month.city, title__contains="没有生成").count() == 1


def test_nothing_is_made_for_who_has_no_posting_left(month):
    row = subscribed(month)
    month.city.postings.all().delete()
    assert service.deliver(at=ON_26TH) == (1, 0)
    row.refresh_from_db()
    assert row.paused_at is not None
    assert not ExportJob.objects.exists()


def test_posting_lost_while_the_file_waits_ends_it_with_a_word(month):
    subscribed(month)
    service.deliver(at=ON_26TH)
    month.city.postings.all().delete()
    run_export(job_id=ExportJob.objects.get().pk)
    assert ExportJob.objects.get().state == ExportState.FAILED
    assert service.deliver(at=ON_26TH) == (0, 1)
    assert "没有导出这些数据的权限" in Message.objects.get(user=month.city, title__contains="没有生成").body


def test_full_line_is_tried_again(month, monkeypatch):
    monkeypatch.setattr(exports, "UNFINISHED_LIMIT", 1)
    subscribed(month)
    subscribed(month, kind="reporting.figures", title="明细")
    assert service.deliver(at=ON_26TH) == (1, 0)
    finish(ExportJob.objects.get())
    assert service.deliver(at=ON_26TH) == (1, 1)


def test_refused_for_another_reason_is_kept_and_told(month):
    row = subscribed(month)
    Subscription.objects.filter(pk=row.pk).update(params={"x": "长" * 3000})
    assert service.deliver(at=ON_26TH) == (1, 0)
    assert "过长" in row.deliveries.get().refusal


@pytest.mark.parametrize(
    ("values", "error", "told"),
    [
        ({"kind": "nothing"}, DomainError, "没有这种文件"),
        ({"day": None}, DomainError, "每月几日"),
        ({"day": 31}, DomainError, "每月几日"),
    ],
)
def test_subscription_that_cannot_be(month, values, error, told):
    with pytest.raises(error, match=told):
        subscribed(month, **values)


def test_file_out_of_reach_is_not_subscribed(month):
    with pytest.raises(Forbidden):
        subscribed(month, user=month.clerk, unit=month.tree["3701"])
    assert subscribed(month).pk


def test_same_file_is_subscribed_once_and_all_are_limited(month, monkeypatch):
    subscribed(month)
    with pytest.raises(Conflict, match="已经订阅"):
        subscribed(month)
    monkeypatch.setattr(service, "MOST", 1)
    with pytest.raises(DomainError, match="最多订阅"):
        subscribed(month, kind="reporting.figures")


def test_nobody_touches_anothers_subscription(month, client_of):
    row = subscribed(month)
    colleague = user_at(month.city.unit, Role.REPORTER)
    for act in (service.pause_subscription, service.resume_subscription, service.end_subscription):
        with pytest.raises(Forbidden):
            act(subscription=row, by=colleague)
    for name in ("pause", "resume", "end"):
        where = reverse(f"reporting:{name}_subscription", args=[row.pk])
        assert client_of(colleague).post(where).status_code == 404
        assert client_of(month.city).post(where).status_code == 302
    assert not Subscription.objects.of(month.city).exists()


def test_subscribing_from_the_page(month, client_of):
    browser = client_of(month.city)
    sent = {"kind": BOOK, "unit": month.city.unit.pk, "rhythm": "on_day", "day": "26"}
    where = reverse("reporting:subscribe")
    assert browser.post(where, sent | {"day": ""}).status_code == 422
    assert browser.post(where, sent | {"day": "40"}).status_code == 422
    assert browser.post(where, sent).status_code == 302
    assert browser.post(where, sent).status_code == 422
    page = browser.get(reverse("reporting:subscriptions")).content.decode()
    assert "济南市“3+1”工作月报（Excel）" in page
    assert "每月26日" in page


def test_question_comes_by_itself_for_the_unit_chosen(month):
    keep_question(name="活动", query="keys=health_events&unit=1", sharing="own", by=month.city)
    choice = next(kind for kind, words in offers_for(month.city) if words == "自助查询：活动")
    kind, title, params = wanted(month.city, choice)
    assert (kind, params) == ("reporting.pivot", {"keys": ["health_events"], "title": "活动"})
    row = subscribed(month, kind=kind, title=title, params=params)
    assert service.deliver(at=ON_26TH) == (1, 0)
    assert row.deliveries.get().job.params["unit"] == str(month.city.unit.pk)
