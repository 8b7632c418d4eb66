"""What a desk hands over with its posting."""

from __future__ import annotations

from accounts.registry import open_work_of
from reporting.services.corrections import open_case
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.month import Month, fill


def lines(person: object) -> list[str]:
    return [line for posting in person.postings.all() for line in open_work_of(posting)]  # type: ignore[attr-defined]


def test_clerk_hands_over_the_draft_and_the_townships_still_to_type(month: Month) -> None:
    assert lines(month.clerk) == ["历下区2026年11月月报：填报中", "2026年11月代填乡镇（街道）：3个未上报"]


def test_reviewer_hands_over_what_waits_and_nothing_of_others(month: Month) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    assert "历下区2026年11月月报：待审核" in lines(month.city)
    assert lines(month.province) == ["山东省2026年11月月报：填报中"]


def test_open_case_is_on_both_desks(month: Month) -> None:
    fill(month.county_report)
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    open_case(report=month.county_report, changes={"inspections": "2"}, reason="漏计", by=month.clerk)
    assert any("更正" in line for line in lines(month.clerk))
    assert any("待本单位确认" in line for line in lines(month.city))
