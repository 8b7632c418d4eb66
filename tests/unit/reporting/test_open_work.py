"""What a desk hands over with its posting."""

from __future__ import annotations

from accounts.registry import open_work_of
from core.actor import SYSTEM
from reporting.services.corrections import open_case
from reporting.services.cycles import open_cycle
from reporting.services.feedback import give_feedback
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.collections_made import QUARTER, ask, make_task
from tests.forms import draft
from tests.month import Month, fill


def lines(person: object) -> list[str]:
    return [str(work) for posting in person.postings.all() for work in open_work_of(posting)]  # type: ignore[attr-defined]


def test_clerk_hands_over_the_draft_and_the_townships_still_to_type(month: Month) -> None:
    assert lines(month.clerk) == ["历下区2026年11月月报：填报中", "2026年11月月报代填乡镇（街道）：3个未上报"]


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


def test_townships_of_each_collection_are_counted_apart(month: Month) -> None:
    census = ask(make_task(month.tree.province, month.province), month.province, levels=(3, 4))
    open_cycle(collection=census, period=QUARTER, by=SYSTEM)
    found = [line for line in lines(month.clerk) if "代填" in line]
    assert len(found) == 2 and "月报" in found[0] + found[1] and "普查表" in found[0] + found[1]


def test_reviewer_hands_over_what_is_to_be_answered(month: Month) -> None:
    fill(month.county_report, problems="缺少经费")
    submit(report=month.county_report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    assert [line for line in lines(month.city) if "缺少经费" in line] == [
        "历下区2026年11月月报反映的问题“缺少经费”：待本单位答复"
    ]
    assert not any("缺少经费" in line for line in lines(month.clerk))


def test_designer_hands_over_drafts_and_what_nobody_has_answered(month: Month) -> None:
    before = lines(month.province)
    version = draft(month.tree)
    collection = make_task(month.tree.province, month.province)
    give_feedback(report=month.county_report, text="重复报送", by=month.clerk)
    found = [line for line in lines(month.province) if line not in before]
    assert found == [
        f"报表设计：{version}：草稿，未发布",
        f"填报任务：{collection}：草稿，未启用",
        "减负意见：1条待答复",
    ]
    assert not any("草稿" in line or "减负" in line for line in lines(month.city))
