"""The overview by role: where one lands, what comes first, and the right words where something is wanting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from reporting.choices import CycleState, ReportState
from reporting.models import Cycle, Issue, Report
from reporting.selectors.overview import read_overview
from reporting.selectors.waits import to_sign_count
from reporting.services.excuses import exempt
from reporting.services.facts import compute_facts
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import Tree, user_at
from tests.month import WHILE_FILLING, Month, desk, fill
from tests.pages import ClientOf, page

LEADERS = ("37", "3701", "370102")
COVERAGE, MOVES, WHO, SPOTS = ("覆盖情况</h2>", "升降和目标</h2>", "谁已报、谁未报</h2>", "空白点</h2>")


def leader_at(month: Month, code: str) -> User:
    return user_at(month.tree[code], Role.LEADER)


def words(client: Any, **asked: Any) -> str:
    """The main part of the overview."""
    answer = page(client, "overview", **asked)
    assert answer.status_code == 200
    return str(answer.content.decode().split("<main", 1)[1])


def sent_to_sign(month: Month, code: str = "370102") -> Report:
    Report.objects.filter(pk=month.report(code).pk).update(state=ReportState.SIGNING)
    return month.report(code)


def in_order(text: str, *titles: str) -> bool:
    places = [text.index(title) for title in titles]
    return places == sorted(places)


@pytest.mark.parametrize("code", LEADERS)
def test_leader_lands_where_coverage_comes_first(code: str, month: Month, client_of: ClientOf) -> None:
    client = client_of(leader_at(month, code))
    assert page(client, "desk")["Location"] == reverse("reporting:overview")
    text = words(client)
    assert in_order(text, COVERAGE, MOVES, WHO, SPOTS)
    assert "month-card" not in text.split(COVERAGE)[0]
    assert "没有等待" not in text


def test_leader_of_a_township_lands_where_one_signs_and_the_clerk_at_the_desk(
    month: Month, client_of: ClientOf
) -> None:
    leader = client_of(leader_at(month, "370102001"))
    assert page(leader, "desk")["Location"] == reverse("reporting:signing")
    assert "没有等待签批的月报" in page(leader, "signing").content.decode()
    assert page(client_of(month.clerk), "desk").status_code == 200
    assert page(client_of(month.clerk), "signing").status_code == 403


def test_strip_shows_what_waits_for_the_leader_and_leads_to_it(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.county_leader)
    assert "待签批" not in words(client)
    report = sent_to_sign(month)
    before_coverage = words(client).split(COVERAGE)[0]
    assert "待签批" in before_coverage
    assert reverse("reporting:sign", args=[report.pk]) in before_coverage
    assert report.unit.association in page(client, "signing").content.decode()
    assert to_sign_count(month.county_leader) == 1
    assert to_sign_count(leader_at(month, "3701")) == 0
    side_bar = page(client, "overview").content.decode().split("<main", 1)[0]
    assert reverse("reporting:signing") in side_bar


def test_strip_leads_to_the_list_where_several_wait(month: Month) -> None:
    sent_to_sign(month)
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        december = month.next(dt.date(2026, 12, 1))
        Report.objects.filter(cycle=december, unit=month.tree.county).update(state=ReportState.SIGNING)
        [wait] = read_overview(december, month.tree.county, month.county_leader).waits
    assert (wait.count, wait.url) == (2, reverse("reporting:signing"))


def test_strip_counts_what_is_to_be_answered_at_ones_own_unit_alone(
    month: Month, client_of: ClientOf
) -> None:
    report = month.county_report
    fill(report, problems="乡镇科协没有专项经费")
    submit(report=report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    assert Issue.objects.waiting_for(month.tree.city).count() == 1
    assert "待答复的问题建议" in words(client_of(leader_at(month, "3701")))
    province = client_of(leader_at(month, "37"))
    assert "待答复的问题建议" not in words(province, unit=month.tree.city.pk)


def test_review_desk_sees_its_own_month_and_the_queue_first(month: Month, client_of: ClientOf) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    text = words(client_of(month.city))
    assert in_order(text, "本级2026年11月月报", "去审核", COVERAGE, MOVES, WHO, SPOTS)


def test_list_of_who_is_in_is_short_until_all_are_asked_for(
    month: Month, client_of: ClientOf, clock_stopped: time_machine.Traveller
) -> None:
    client = client_of(month.city)
    assert page(client, "overview").context["matrix"].rows == []
    assert "没有迟报、未报和退回的，还没有上报的都在期限内" in words(client)
    fill(month.report("370112"))
    submit(report=month.report("370112"), by=desk(month.tree["370112"]))
    clock_stopped.move_to(dt.datetime(2026, 11, 23, 9, tzinfo=clock.SHANGHAI))
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)

    def names(**asked: Any) -> list[str]:
        rows = page(client, "overview", **asked).context["matrix"].rows
        return [row.record.name for row in rows]

    assert names() == ["济南高新技术产业开发区", "历下区"]
    assert names(units="all") == ["历下区", "历城区", "济南高新技术产业开发区"]


def test_townships_of_a_county_are_all_shown_with_what_is_typed(month: Month, client_of: ClientOf) -> None:
    exempt(report=month.report("370102001"), reason="撤并", by=month.county_reviewer)
    found = page(client_of(month.county_leader), "overview").context["overview"]
    assert (found.in_count, found.total) == (1, 3)
    text = words(client_of(month.county_leader))
    assert "已报或免报" in text and "解放路街道" in text


def test_county_has_no_rate_of_itself_alone_and_is_not_compared(month: Month, client_of: ClientOf) -> None:
    county, city = words(client_of(month.county_leader)), words(client_of(month.city))
    assert "县级吸纳覆盖率" in city and "县级吸纳覆盖率" not in county
    assert "单位对比" in city and "单位对比" not in county


def test_first_month_speaks_of_no_change(month: Month, client_of: ClientOf) -> None:
    text = words(client_of(month.city))
    assert "没有上月的台账数可比" in text
    assert "不列环比；没有去年同月的台账数，不列同比；还没有下达目标。" in text
    assert "无上期数据" not in text and "环比（百分点）" not in text and "下降的下级" not in text


def test_second_month_shows_the_change(month: Month, client_of: ClientOf) -> None:
    compute_facts(cycle=month.cycle, by=SYSTEM)
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        month.next(dt.date(2026, 12, 1))
        text = words(client_of(month.city), cycle=Cycle.objects.latest("period").pk)
    assert "环比（百分点）" in text and "没有上月的台账数" not in text
    assert "同比（百分点）" not in text


def test_month_whose_facts_are_not_taken_says_so(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.city)
    assert "统计期末取数后固定" in words(client)
    compute_facts(cycle=month.cycle, by=SYSTEM)
    assert "统计期末取数后固定" not in words(client)


def test_past_month_has_nothing_to_do_and_no_yesterday(month: Month, client_of: ClientOf) -> None:
    client = client_of(month.city)
    Cycle.objects.filter(pk=month.cycle.pk).update(state=CycleState.LOCKED, locked_at=clock.now())
    assert "昨天以来的变化" in words(client), "the newest month is the present one, locked or not"
    with time_machine.travel(WHILE_FILLING.replace(month=12), tick=False):
        december = month.next(dt.date(2026, 12, 1))
        present, past = words(client), words(client, cycle=month.cycle.pk)
    assert december.title in present and "昨天以来的变化" in present
    assert "昨天以来的变化" not in past and "month-card" not in past and "催报" not in past


@pytest.mark.parametrize("code", ["3701", "370102"])
def test_unit_without_units_below_in_the_month_says_so_once(
    code: str, month: Month, client_of: ClientOf
) -> None:
    Report.objects.filter(cycle=month.cycle).within(month.tree[code]).exclude(unit=month.tree[code]).delete()
    text = words(client_of(leader_at(month, code)))
    assert text.count("本期没有下级需要报送") == 1
    assert "progressbar" not in text.split(WHO)[1].split(SPOTS)[0]


@pytest.mark.django_db
def test_province_without_a_month_is_led_to_open_one(tree: Tree, client_of: ClientOf) -> None:
    assert reverse("reporting:cycles") in words(client_of(desk(tree.province)))
    text = words(client_of(user_at(tree.province, Role.LEADER)))
    assert "省科协开放第一期后" in text and reverse("reporting:cycles") not in text


def test_numbers_lead_to_what_they_are_made_of(month: Month, client_of: ClientOf) -> None:
    cards = page(client_of(month.city), "overview").context["headline"]
    addresses = {card.key: url for card, url in cards}
    assert reverse("reporting:blank_spots") in addresses["blank_spots"]
    assert reverse("reporting:blank_spots") in addresses["coverage_rate"]
    assert reverse("reporting:named_units", args=["counties_covered"]) in addresses["county_coverage_rate"]
    client = client_of(month.city)
    assert {client.get(url).status_code for url in addresses.values()} == {200}


def test_county_desk_puts_what_is_owed_before_its_townships(month: Month, client_of: ClientOf) -> None:
    text = page(client_of(month.clerk), "desk").content.decode()
    assert in_order(text, "month-title", "单位情况待办", "乡镇（街道）报送情况")
