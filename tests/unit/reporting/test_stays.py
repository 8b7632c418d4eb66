"""How long a report lay with whom, and whose the lateness is."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from core import clock
from reporting.models import Report
from reporting.selectors.stays import span_words, stays_of, stays_of_many
from reporting.services.excuses import exempt
from reporting.services.review import accept, send_back
from reporting.services.submission import submit
from tests.month import WHILE_FILLING, Month, fill

DAY = dt.timedelta(days=1)


@pytest.fixture
def played(month: Month) -> Report:
    """Typed for six days, one of them past the deadline; two days at the city, one back, half a day at the city."""
    due = month.county_report.due_at
    month.cycle.opened_at = due - 5 * DAY
    month.cycle.save(update_fields=["opened_at"])
    with time_machine.travel(due + DAY, tick=False) as traveller:
        fill(month.county_report)
        submit(report=month.county_report, by=month.clerk)
        traveller.shift(2 * DAY)
        send_back(report=month.county_report, reason="other", remark="核实", by=month.city)
        traveller.shift(DAY)
        submit(report=month.county_report, by=month.clerk)
        traveller.shift(DAY / 2)
        accept(report=month.county_report, by=month.city)
    return month.county_report


def test_time_is_told_desk_by_desk(month: Month, played: Report) -> None:
    shown = {(stay.desk, stay.work): (stay.time, stay.overdue) for stay in stays_of(played)}
    assert shown == {
        ("历下区", "填报"): (6 * DAY, DAY),
        ("济南市", "审核"): (2.5 * DAY, 0 * DAY),
        ("历下区", "修改"): (DAY, 0 * DAY),
    }
    assert not any(stay.is_now for stay in stays_of(played))


def test_where_it_lies_now_goes_on_counting(month: Month) -> None:
    report = month.report("370112")
    now = report.due_at + 3 * DAY
    [stay] = stays_of(report, now)
    assert (stay.is_now, stay.overdue, stay.time) == (True, 3 * DAY, now - month.cycle.opened_at)


def test_what_a_county_types_lies_with_the_county(month: Month) -> None:
    [stay] = stays_of(month.report("370102001"), clock.now() + DAY)
    assert stay.desk == "历下区"


def test_exempt_lies_nowhere(month: Month) -> None:
    exempt(report=month.county_report, reason="受灾", by=month.city)
    assert stays_of(month.county_report) == []


def test_many_are_read_at_once(month: Month, played: Report, django_assert_num_queries) -> None:
    reports = Report.objects.filter(cycle=month.cycle).select_related("cycle", "custodian", "reviewer")
    listed = list(reports)
    with django_assert_num_queries(1):
        found = stays_of_many(Report.objects.filter(cycle=month.cycle), listed, clock.now())
    assert found[played.pk] == stays_of(played, clock.now())
    assert len(found) == len(listed)


@pytest.mark.parametrize(
    ("span", "words"),
    [(DAY / 48, "不足1小时"), (DAY / 4, "6小时"), (DAY, "1天"), (2.5 * DAY, "2.5天"), (10.1 * DAY, "10天")],
)
def test_span_in_words(span: dt.timedelta, words: str) -> None:
    assert span_words(span) == words


def test_page_of_the_report_tells_it(month: Month, played: Report, client_of) -> None:
    with time_machine.travel(WHILE_FILLING + 20 * DAY, tick=False):
        page = client_of(month.city).get(reverse("reporting:report", args=[played.pk])).content.decode()
    assert "在各单位停留的时间" in page
    assert "2.5天" in page
