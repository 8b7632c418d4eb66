"""The board: where each stands, how long, for whom; average days a step; nothing of the backfilled in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import clock
from files.models import ExportJob
from sanzhang.models import Candidacy
from sanzhang.selectors.board import outcomes_of, speeds_of, stages_of
from sanzhang.services import candidacies
from tests.factories import Tree

OPENED = dt.date(2026, 3, 2)


@pytest.fixture
def shortlisted(tree: Tree, clerk: User, person_of: Any) -> Any:
    def make(
        name: str, *steps: tuple[str, int], occupation: str = "农技站站长", opened: dt.date = OPENED
    ) -> Candidacy:
        candidacy = candidacies.open_candidacy(
            person=person_of(name, occupation=occupation),
            unit=tree.county,
            position="member",
            opened_on=opened,
            by=clerk,
        )
        for step, days in steps:
            on = opened + dt.timedelta(days=days)
            candidacies.record_step(candidacy=candidacy, step=step, on=on, opinion="agree", by=clerk)
        return candidacy

    return make


def test_stages_and_speeds(clerk: User, shortlisted: Any, person_of: Any, seat_of: Any) -> None:
    shortlisted("赵一")
    shortlisted("钱二", ("organisation", 4))
    through = shortlisted("孙三", ("organisation", 10), ("decision", 12))
    gone = shortlisted("李四")
    candidacies.withdraw(candidacy=gone, on=OPENED, reason="本人不愿", by=clerk)
    seat_of(person_of("周五"), position="member", way_in="", is_backfill=True)
    stages = stages_of(Candidacy.objects.all())
    assert [(stage.label, stage.count) for stage in stages] == [
        ("党委组织部门意见", 1),
        ("选举或增补", 1),
        ("办理任职", 1),
    ]
    assert (through.pk, stages[2].cards[0].waits_for) == (stages[2].cards[0].candidacy.pk, "本单位")
    speeds = {row.label: (row.count, row.average, row.longest) for row in speeds_of(Candidacy.objects.all())}
    assert speeds == {"党委组织部门意见": (2, 7.0, 10), "选举或增补": (1, 2.0, 2)}
    counts = {code: count for code, _label, count in outcomes_of(Candidacy.objects.all())}
    assert (counts["open"], counts["withdrawn"]) == (3, 1)


def test_list_filters(clerk: User, client_of: Any, shortlisted: Any) -> None:
    shortlisted("赵一")
    shortlisted("钱二", ("organisation", 4), occupation="学校校长")
    shortlisted("孙三", opened=clock.today())
    client, url = client_of(clerk), reverse("sanzhang:candidacy_list")

    def names(**asked: str) -> set[str]:
        rows = client.get(url, asked).context["table"].rows
        return {row.record.candidacy.person.name for row in rows}

    assert names() == {"赵一", "钱二", "孙三"}
    assert names(waits_for="meeting") == {"钱二"}
    assert names(field="education") == {"钱二"}
    assert names(slow="yes") == {"赵一", "钱二"}
    assert names(step="organisation") == {"赵一", "孙三"}
    assert names(state="all", passed="organisation") == {"钱二"}
    assert names(q="qe") == {"钱二"}
    assert names(state="withdrawn") == set()
    ordered = client.get(url, {"sort": "-opened_on"}).context["table"].rows
    assert ordered[0].record.candidacy.person.name == "孙三"


def test_board_pages_in_scope(clerk: User, other_clerk: User, client_of: Any, shortlisted: Any) -> None:
    shortlisted("赵一")
    for name in ("candidacies", "candidacy_list", "step_speeds"):
        url = reverse(f"sanzhang:{name}")
        assert client_of(clerk).get(url).status_code == 200
        assert "赵一" not in client_of(other_clerk).get(url).content.decode()
    client_of(clerk).post(reverse("sanzhang:export_candidacies") + "?state=open")
    assert ExportJob.objects.get().params == {"query": {"state": ["open"]}}


def test_board_asks_the_same_number_of_questions(clerk: User, client_of: Any, shortlisted: Any) -> None:
    client = client_of(clerk)

    def asked(name: str) -> int:
        client.get(reverse(f"sanzhang:{name}"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(f"sanzhang:{name}"))
        return len(seen)

    names = ("candidacies", "candidacy_list", "step_speeds")
    shortlisted("赵一")
    few = [asked(name) for name in names]
    for number in range(12):
        shortlisted(f"王{chr(0x4E00 + number)}")
    assert [asked(name) for name in names] == few
