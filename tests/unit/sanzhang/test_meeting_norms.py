"""How many meetings a province expects, and how many were held: by unit, by year, in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from orgs.models import OrgUnit
from sanzhang.models import MeetingNorm
from sanzhang.selectors.meeting_norms import due_by, norms_for, summary_of, yearly_rows
from sanzhang.services import meetings
from sanzhang.services.meeting_norms import NormFacts, set_norms
from sanzhang.services.meetings import MeetingFacts
from tests.factories import Tree

JULY = dt.datetime(2026, 7, 15, 4, tzinfo=dt.UTC)
NORMS = [NormFacts(3, "plenary", 2), NormFacts(3, "congress", 1, 5), NormFacts(3, "standing", None)]


@pytest.fixture
def norms(tree: Tree, province_official: User) -> list[MeetingNorm]:
    """Two plenary meetings a year, a congress in five years, for counties."""
    return set_norms(owner=tree.province, norms=NORMS, by=province_official)


@pytest.fixture
def hold(tree: Tree, clerk: User) -> Any:
    """The county held a meeting."""

    def make(kind: str, on: dt.date) -> Any:
        return meetings.save_meeting(unit=tree.county, facts=MeetingFacts(kind=kind, held_on=on), by=clerk)

    return make


def standing_of(tree: Tree, norms: list[MeetingNorm], kind: str, year: int) -> Any:
    rows = yearly_rows(OrgUnit.objects.within(tree.city), norms, year, clock.today())
    return next(row for row in rows if row.unit == tree.county).by_kind[kind]


def test_norms_are_set_anew_by_the_province_alone(
    tree: Tree, province_official: User, city_official: User, norms: list[MeetingNorm]
) -> None:
    assert [str(norm) for norm in norms_for(tree.province.pk)] == [
        "县级代表大会每5年1次",
        "县级全委会议每年2次",
    ]
    set_norms(owner=tree.province, norms=[NormFacts(4, "plenary", 1)], by=province_official)
    assert [str(norm) for norm in norms_for(tree.province.pk)] == ["乡镇级全委会议每年1次"]
    assert AuditEvent.objects.filter(kind="sanzhang.meeting_norms").count() == 2
    for bad in (NormFacts(3, "plenary", 0), NormFacts(3, "plenary", 99), NormFacts(3, "plenary", 1, 9)):
        with pytest.raises(DomainError) as refused:
            set_norms(owner=tree.province, norms=[bad], by=province_official)
        assert refused.value.problems[0].field == "times_3_plenary"
    with pytest.raises(Forbidden):
        set_norms(owner=tree.province, norms=NORMS, by=city_official)
    with pytest.raises((DomainError, Forbidden)):
        set_norms(owner=tree.city, norms=NORMS, by=province_official)
    assert MeetingNorm.objects.count() == 1


def test_held_against_wanted_in_words(tree: Tree, norms: list[MeetingNorm], hold: Any) -> None:
    with time_machine.travel(JULY, tick=False):
        behind = standing_of(tree, norms, "plenary", 2026)
        assert (behind.state.code, behind.words) == (
            "behind",
            "已开0次，要求2次，到现在应已开1次，还差2次",
        )
        hold("plenary", dt.date(2026, 3, 1))
        meetings.cancel_meeting(meeting=hold("standing", dt.date(2026, 3, 2)), reason="误登记", by=SYSTEM)
        going = standing_of(tree, norms, "plenary", 2026)
        assert (going.state.code, going.words) == ("going", "已开1次，要求2次，还差1次")
        hold("plenary", dt.date(2026, 6, 1))
        hold("plenary", dt.date(2026, 7, 1))
        met = standing_of(tree, norms, "plenary", 2026)
        assert (met.state.code, met.short, met.words) == ("met", 0, "已开3次，要求2次")
        assert standing_of(tree, norms, "plenary", 2025).state.code == "behind"


def test_congress_counts_over_its_years(tree: Tree, norms: list[MeetingNorm], hold: Any) -> None:
    hold("congress", dt.date(2022, 5, 1))
    with time_machine.travel(JULY, tick=False):
        inside = standing_of(tree, norms, "congress", 2026)
        assert (inside.state.code, inside.since) == ("met", dt.date(2022, 1, 1))
        assert inside.words == "近5年已开1次，要求1次"
        hold("plenary", dt.date(2026, 3, 1))
        [congress, plenary] = summary_of(
            yearly_rows(OrgUnit.objects.within(tree.county), norms, 2026, clock.today())
        )
        assert (congress.held, congress.wanted, congress.behind, congress.units) == (1, 1, 0, 1)
        assert (plenary.held, plenary.wanted, plenary.behind) == (1, 2, 0)


@pytest.mark.parametrize(
    ("year", "month", "due"), [(2026, 1, 0), (2026, 7, 1), (2026, 12, 1), (2025, 1, 2), (2027, 1, 0)]
)
def test_due_by_now(year: int, month: int, due: int) -> None:
    norm = MeetingNorm(level=3, kind="plenary", times=2, years=1)
    assert due_by(norm, year, dt.date(2026, month, 15)) == due


def test_pages_of_the_numbers(
    tree: Tree,
    clerk: User,
    other_clerk: User,
    province_official: User,
    city_official: User,
    norms: list[MeetingNorm],
    hold: Any,
    client_of: Any,
) -> None:
    hold("plenary", dt.date(2026, 3, 1))
    url = reverse("sanzhang:yearly_meetings")
    with time_machine.travel(JULY, tick=False):
        mine = client_of(clerk).get(url).context["table"].rows
        assert [row.record.unit for row in mine] == [tree.county]
        theirs = client_of(other_clerk).get(url).context["table"].rows
        assert [row.record.unit for row in theirs] == [tree.other_county]
        official = client_of(province_official)
        everybody = official.get(url).context["table"].rows
        behind = official.get(url, {"state": "behind"}).context["table"].rows
        assert len(behind) == len([row for row in everybody if row.record.state.code == "behind"]) > 0
        assert "已开1次，要求2次，还差1次" in official.get(url, {"unit": tree.county.pk}).content.decode()
        standing = mine[0].record.by_kind["plenary"]
        counted = client_of(clerk).get(standing.address).context["table"].rows
        assert len(counted) == standing.held == 1
        month = client_of(clerk).get(reverse("sanzhang:meeting_month")).content.decode()
        assert "已开 1 次，要求 2 次" in month
    table = reverse("sanzhang:meeting_norms")
    typed = {
        f"years_{level}_{kind}": "1" for level in (1, 2, 3, 4) for kind in ("congress", "plenary", "standing")
    }
    assert client_of(city_official).post(table, typed).status_code == 403
    bad = official.post(table, typed | {"times_3_plenary": "99"})
    assert bad.status_code == 422 and 'value="99"' in bad.content.decode()
    assert official.post(table, typed | {"times_3_plenary": "4"}).status_code == 302
    assert [str(norm) for norm in norms_for(tree.province.pk)] == ["县级全委会议每年4次"]
