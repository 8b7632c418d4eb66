"""备案 of many by one letter: authority, number, day and paper once for all; all, or nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from files.models import Attachment
from sanzhang.models import Appointment, Filing, FilingBatch, Meeting
from sanzhang.services import appointments, filings, meetings
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.meetings import MeetingFacts
from tests.factories import Tree
from tests.pages import pdf

HELD, FILED = dt.date(2026, 3, 20), dt.date(2026, 4, 1)


@pytest.fixture
def plenary(tree: Tree, clerk: User) -> Meeting:
    """A committee meeting that the county held."""
    return meetings.save_meeting(
        unit=tree.county, facts=MeetingFacts(kind="plenary", session=8, ordinal=3, held_on=HELD), by=clerk
    )


@pytest.fixture
def seated(tree: Tree, plenary: Meeting, person_of: Any) -> Callable[..., Appointment]:
    """Somebody who took a seat at the meeting."""

    def make(name: str, meeting: Meeting | None = plenary) -> Appointment:
        seat = SeatFacts(position="member", valid_from=HELD, way_in="co_option")
        return appointments.appoint(
            person=person_of(name), unit=tree.county, seat=seat, by=SYSTEM, meeting=meeting
        )

    return make


def test_one_letter_files_many(clerk: User, plenary: Meeting, seated: Any) -> None:
    seats = [seated(f"王{chr(0x4E00 + number)}") for number in range(8)]
    batch = filings.file_many(
        meeting=plenary,
        seats=seats,
        authority="历下区委组织部",
        number="备〔2026〕7号",
        filed_on=FILED,
        upload=pdf("备案表.pdf"),
        by=clerk,
    )
    assert batch.filings.count() == 8
    assert set(Filing.objects.values_list("authority", "number", "filed_on")) == {
        ("历下区委组织部", "备〔2026〕7号", FILED)
    }
    assert Attachment.objects.of(batch).count() == 1
    assert AuditEvent.objects.filter(kind="sanzhang.filed").count() == 8
    assert AuditEvent.objects.get(kind="sanzhang.filed_many").data["appointments"] == [s.pk for s in seats]


def test_one_refused_is_named_and_nobody_is_filed(clerk: User, plenary: Meeting, seated: Any) -> None:
    good, filed, voided, foreign = (seated("赵一"), seated("钱二"), seated("孙三"), seated("李四", None))
    filings.file(appointment=filed, authority="区委组织部", filed_on=FILED, by=clerk)
    appointments.void(appointment=voided, reason="登记错误", by=clerk)
    asked: dict[str, Any] = {"meeting": plenary, "authority": "区委组织部", "filed_on": FILED, "by": clerk}
    with pytest.raises(DomainError) as refused:
        filings.file_many(seats=[good, filed, voided, foreign], upload=pdf("表.pdf"), **asked)
    assert {(problem.message[:2], problem.code) for problem in refused.value.problems} == {
        ("钱二", "filed_twice"),
        ("孙三", "seat_voided"),
        ("李四", "other_meeting"),
    }
    assert Filing.objects.count() == 1
    assert not FilingBatch.objects.exists()
    assert not Attachment.objects.filter(owner_label="sanzhang.filingbatch").exists()
    assert filings.file_many(seats=[good], **asked)


def test_nobody_chosen_bad_day_no_authority_or_foreign_desk(
    clerk: User, other_clerk: User, plenary: Meeting, seated: Any
) -> None:
    seat = seated("赵一")
    asked: dict[str, Any] = {"meeting": plenary, "authority": "组织部", "filed_on": FILED, "by": clerk}
    for changed, code in [
        ({"seats": []}, "nobody_chosen"),
        ({"filed_on": HELD - dt.timedelta(days=1)}, "filed_early"),
        ({"filed_on": dt.date(2999, 1, 1)}, "filed_in_future"),
        ({"authority": " "}, "authority_missing"),
    ]:
        with pytest.raises(DomainError) as refused:
            filings.file_many(**({"seats": [seat]} | asked | changed))
        assert {problem.code for problem in refused.value.problems} == {code}
    with pytest.raises(Forbidden):
        filings.file_many(**(asked | {"seats": [seat], "by": other_clerk}))
    assert filings.file_many(seats=[seat], **asked).filings.count() == 1


def test_page_files_those_ticked_and_shows_the_letter(
    clerk: User, leader: User, other_clerk: User, plenary: Meeting, seated: Any, client_of: Any
) -> None:
    first, second = seated("赵一"), seated("钱二")
    client = client_of(clerk)
    shown = client.get(plenary.get_absolute_url()).content.decode()
    assert "集中备案" in shown and shown.count('name="filed"') == 2
    address = reverse("sanzhang:file_many", args=[plenary.pk])
    typed = {"filed": [first.pk], "authority": "区委组织部", "number": "7号", "filed_on": "2026-04-01"}
    early = client.post(address, typed | {"filed_on": "2026-01-01"})
    assert early.status_code == 422
    assert "赵一：备案日期不能早于" in early.content.decode()
    assert 'value="7号"' in early.content.decode()
    assert client.post(address, typed | {"filed": []}).status_code == 422
    assert client_of(other_clerk).post(address, typed).status_code == 404
    assert client_of(leader).post(address, typed).status_code == 403
    assert client.post(address, typed | {"file": pdf("备案表.pdf")}).status_code == 302
    page = client.get(plenary.get_absolute_url()).content.decode()
    assert "备案表.pdf" in page and "7号" in page
    assert list(Filing.objects.values_list("appointment", flat=True)) == [first.pk]
    paper = Attachment.objects.get(owner_label="sanzhang.filingbatch")
    door = reverse("files:attachment", args=[paper.pk])
    assert client_of(other_clerk).get(door).status_code == 404
    assert client.get(door).status_code == 200
    assert second.filings.count() == 0
