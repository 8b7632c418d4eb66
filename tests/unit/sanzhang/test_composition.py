"""Composition of bodies and coverage of units: counted once, unknown shown, as of any day; the ratios of the province."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import AuditEvent
from core.actor import SYSTEM
from core.dated import end_of_day
from core.errors import Conflict, DomainError, Forbidden
from files.registry import exporter_of
from orgs.choices import Level
from orgs.services.cohorts import add_members, open_cohort
from sanzhang.choices import Bound, Measure, Unknown, Verdict
from sanzhang.models import CompositionTarget
from sanzhang.rules.composition import verdict
from sanzhang.selectors.bodies_composed import picture
from sanzhang.selectors.composition import TOGETHER, Grouping, compositions, heads_of
from sanzhang.selectors.coverage import SeatQuery, coverage
from sanzhang.services import histories
from sanzhang.services.composition import TargetFacts, end_target, set_target

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def in_november(db: None) -> Any:
    with time_machine.travel(NOW):
        yield


def ratio(**changed: Any) -> TargetFacts:
    known = {
        "kind": "committee",
        "level": 3,
        "measure": "young",
        "bound": Bound.AT_LEAST,
        "percent": 30,
        "valid_from": dt.date(2026, 1, 1),
        "basis": "省科协〔2026〕1号二（一）",
    }
    return TargetFacts(**known | changed)


# --- composition ---------------------------------------------------------------------------------------------------


def test_head_with_several_seats_counts_once_by_the_highest(tree: Any, person_of: Any, seat_of: Any) -> None:
    head = person_of("赵一")
    for position in ("delegate", "member", "chair"):
        seat_of(head, position=position)
    seat_of(person_of("钱二"), position="member")
    found = compositions(tree.county, end_of_day(TODAY))[tree.county.pk]
    assert {kind: made.members for kind, made in found.items()} == {
        "congress": 1,
        "committee": 2,
        "leadership": 1,
        TOGETHER: 2,
    }
    assert found[TOGETHER].by_seat == {
        "delegate": 0,
        "member": 1,
        "standing_member": 0,
        "vice_chair": 0,
        "chair": 1,
    }


def test_unknown_birth_and_sex_are_told(tree: Any, person_of: Any, seat_of: Any) -> None:
    seat_of(person_of("赵一", birth_month=dt.date(1990, 11, 1), sex="f"))
    seat_of(person_of("钱二"))
    made = compositions(tree.county, end_of_day(TODAY))[tree.county.pk][TOGETHER]
    assert (made.members, made.count(Measure.YOUNG), made.unknown(Measure.YOUNG)) == (2, 1, 1)
    assert (made.count(Measure.WOMEN), made.count(Unknown.SEX)) == (1, 1)
    assert made.unknown(Measure.RETIRED) == 0


@pytest.mark.parametrize(("born", "is_young"), [((1980, 11), False), ((1980, 12), True), ((1981, 1), True)])
def test_forty_five_lasts_until_the_month_of_birth(
    tree: Any, person_of: Any, seat_of: Any, born: tuple[int, int], is_young: bool
) -> None:
    seat_of(person_of("赵一", birth_month=dt.date(*born, 1)))
    made = compositions(tree.county, end_of_day(TODAY))[tree.county.pk][TOGETHER]
    assert made.count(Measure.YOUNG) == is_young


def test_work_is_that_of_the_day(tree: Any, person_of: Any, seat_of: Any, occupation_of: Any) -> None:
    with time_machine.travel(NOW.replace(month=3)):
        head = person_of("赵一", occupation="医院院长")
        seat_of(head)
    with time_machine.travel(NOW.replace(month=6)):
        head.occupation, head.is_front_line = occupation_of("学校校长"), False
        head.save()
        histories.carry_on(turns=[(head, dt.date(2026, 6, 1))], by=SYSTEM)

    def on(day: dt.date) -> tuple[int, int, int]:
        made = compositions(tree.county, end_of_day(day))[tree.county.pk][TOGETHER]
        return tuple(map(made.count, (Measure.HEALTH, Measure.EDUCATION, Measure.FRONT_LINE)))  # type: ignore[return-value]

    assert on(dt.date(2026, 5, 1)) == (1, 0, 1)
    assert on(TODAY) == (0, 1, 0)


def test_children_and_own_bodies_are_told_apart(tree: Any, heads: Any) -> None:
    below = compositions(tree.county, end_of_day(TODAY))
    own = compositions(tree.county, end_of_day(TODAY), grouping=Grouping.OWN)
    assert below[tree.county.pk][TOGETHER].members == 2
    assert own[tree.county.pk][TOGETHER].members == 1
    assert own[tree.township.pk] == below[tree.township.pk]
    assert tree.other_county.pk not in below


def test_heads_behind_a_number(tree: Any, heads: Any) -> None:
    at = end_of_day(TODAY)
    assert set(heads_of(tree.city, at)) == {heads["vice"].pk, heads["town"].pk}
    assert heads_of(tree.county, at, own_only=True) == [heads["vice"].pk]
    assert heads_of(tree.city, at, counted=Measure.AGRICULTURE) == [heads["town"].pk]
    assert heads_of(tree.city, at, kind="committee") == []
    assert heads_of(tree.city, at, seats={"employment": "seconded"}) == [heads["town"].pk]


# --- ratios --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "count", "unknown", "members", "said"),
    [
        ("at_least", 3, 0, 10, Verdict.MET),
        ("at_least", 2, 0, 10, Verdict.UNMET),
        ("at_least", 2, 1, 10, Verdict.OPEN),
        ("at_most", 3, 0, 10, Verdict.MET),
        ("at_most", 4, 0, 10, Verdict.UNMET),
        ("at_most", 3, 1, 10, Verdict.OPEN),
        ("at_least", 0, 0, 0, None),
    ],
)
def test_verdict_says_only_what_holds_either_way(
    bound: str, count: int, unknown: int, members: int, said: Verdict | None
) -> None:
    assert verdict(bound=bound, percent=30, count=count, unknown=unknown, members=members) == said


def test_bodies_are_held_against_the_ratio_of_the_day(tree: Any, person_of: Any, seat_of: Any) -> None:
    set_target(owner=tree.province, facts=ratio(measure="women", percent=50), by=SYSTEM)
    set_target(owner=tree.province, facts=ratio(measure="women", percent=60, valid_from=TODAY), by=SYSTEM)
    with time_machine.travel(NOW.replace(month=2)):
        for name, sex in (("赵一", "f"), ("钱二", "m")):
            seat_of(person_of(name, sex=sex), position="member")
    past, now = (picture(tree.city, end_of_day(day)) for day in (dt.date(2026, 10, 1), TODAY))
    assert [row.verdict for row in past.bodies] == [Verdict.MET]
    assert [row.verdict for row in now.bodies] == [Verdict.UNMET]
    child = next(row for row in now.children if row.unit.unit_id == tree.county.pk)
    assert (child.asked, child.met, child.composition.members) == (1, 0, 2)
    assert [(one.bodies, one.met, one.unmet) for one in now.tallies] == [(1, 0, 1)]


def test_ratio_follows_upon_the_one_before(tree: Any, province_official: Any) -> None:
    first = set_target(owner=tree.province, facts=ratio(), by=province_official)
    second = set_target(
        owner=tree.province, facts=ratio(percent=40, valid_from=dt.date(2026, 6, 1)), by=province_official
    )
    first.refresh_from_db()
    assert (first.valid_to, first.voided_at) == (dt.date(2026, 6, 1), None)
    assert [row.percent for row in CompositionTarget.objects.on(dt.date(2026, 5, 31))] == [30]
    assert list(CompositionTarget.objects.on(TODAY)) == [second]
    event = AuditEvent.objects.filter(kind="sanzhang.ratio_set").latest("pk")
    assert event.data["before"] == 30


def test_ratio_of_the_same_day_replaces_what_was_typed_wrong(tree: Any) -> None:
    wrong = set_target(owner=tree.province, facts=ratio(percent=3), by=SYSTEM)
    right = set_target(owner=tree.province, facts=ratio(percent=30), by=SYSTEM)
    wrong.refresh_from_db()
    assert wrong.voided_at is not None
    assert list(CompositionTarget.objects.on(TODAY)) == [right]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"level": 4, "kind": "congress"}, "no_such_body"),
        ({"kind": "team", "level": 5}, "no_such_body"),
        ({"percent": 101}, "odd_share"),
        ({"basis": "  "}, "no_basis"),
        ({"valid_from": dt.date(2028, 1, 1)}, "too_far_ahead"),
        ({"valid_from": dt.date(2025, 12, 31)}, "before_present"),
        ({"bound": Bound.AT_MOST, "percent": 20}, "bounds_cross"),
    ],
)
def test_ratio_is_refused(tree: Any, changed: dict[str, Any], code: str) -> None:
    set_target(owner=tree.province, facts=ratio(), by=SYSTEM)
    with pytest.raises(DomainError) as refused:
        set_target(owner=tree.province, facts=ratio(**changed), by=SYSTEM)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert CompositionTarget.objects.count() == 1


def test_ratio_ends_once(tree: Any) -> None:
    target = set_target(owner=tree.province, facts=ratio(), by=SYSTEM)
    with pytest.raises(DomainError) as refused:
        end_target(target=target, on=dt.date(2025, 1, 1), by=SYSTEM)
    assert refused.value.problems[0].code == "ends_before_start"
    end_target(target=target, on=TODAY, by=SYSTEM)
    with pytest.raises(Conflict):
        end_target(target=target, on=TODAY, by=SYSTEM)
    assert not CompositionTarget.objects.on(TODAY).exists()
    with pytest.raises(DomainError) as overlapping:
        set_target(owner=tree.province, facts=ratio(valid_from=dt.date(2026, 3, 1)), by=SYSTEM)
    assert overlapping.value.problems[0].code == "overlaps"


def test_ratios_are_the_province_s(tree: Any, city_official: Any, province_official: Any) -> None:
    with pytest.raises(Forbidden):
        set_target(owner=tree.province, facts=ratio(), by=city_official)
    with pytest.raises(DomainError):
        set_target(owner=tree.city, facts=ratio(), by=SYSTEM)
    target = set_target(owner=tree.province, facts=ratio(), by=province_official)
    with pytest.raises(Forbidden):
        end_target(target=target, on=TODAY, by=city_official)


# --- coverage ------------------------------------------------------------------------------------------------------


def test_coverage_counts_expected_units_and_names_the_others(tree: Any, heads: Any) -> None:
    found = coverage(tree.county, end_of_day(TODAY))
    assert (found.whole.expected, found.whole.covered, found.whole.heads) == (4, 2, 2)
    assert [cover.unit.name for cover in found.blank_spots] == ["历下区千佛山街道", "历下区趵突泉街道"]
    assert [(row.unit.name, row.covered) for row in found.regular if row.unit] == [
        ("历下区解放路街道", 1),
        ("历下区千佛山街道", 0),
        ("历下区趵突泉街道", 0),
    ]


def test_quasi_township_is_not_in_the_denominator(tree: Any) -> None:
    found = coverage(tree.sister_county, end_of_day(TODAY), levels=[Level.TOWNSHIP])
    assert found.whole.expected == 2


def test_zones_are_listed_apart(tree: Any) -> None:
    found = coverage(tree.city, end_of_day(TODAY))
    assert [row.unit.name for row in found.zones if row.unit] == ["济南高新技术产业开发区"]
    assert len(found.regular) == 2


def test_conditions_hold_of_one_seat(tree: Any, person_of: Any, seat_of: Any) -> None:
    seat_of(person_of("赵一", occupation="医院院长"), position="member")
    seat_of(person_of("钱二", occupation="学校校长"), position="vice_chair")

    def covered(**asked: Any) -> int:
        return coverage(tree.county, end_of_day(TODAY), asked=SeatQuery(**asked)).whole.covered

    assert covered(field="health") == covered(position="vice_chair") == 1
    assert covered(field="health", position="vice_chair") == 0
    assert covered(field="education", position="vice_chair") == 1


def test_township_with_all_three_fields(tree: Any, person_of: Any, seat_of: Any) -> None:
    for name, occupation in (("赵一", "乡镇卫生院院长"), ("钱二", "学校校长"), ("孙三", "社会服务中心主任")):
        seat_of(person_of(name, occupation=occupation, unit=tree.township), tree.township)
    found = coverage(tree.city, end_of_day(TODAY), levels=[Level.TOWNSHIP])
    assert (found.whole.three_fields, found.whole.townships) == (1, found.whole.expected)


def test_coverage_of_a_cohort(tree: Any, heads: Any) -> None:
    cohort = open_cohort(owner=tree.province, name="试点", on=dt.date(2024, 1, 1), by=SYSTEM)
    add_members(cohort=cohort, units=[tree.township], since=dt.date(2024, 1, 1), by=SYSTEM)
    found = coverage(tree.city, end_of_day(TODAY), cohort=cohort)
    assert (found.whole.expected, found.whole.covered, found.whole.heads) == (1, 1, 1)


# --- pages, files, API ---------------------------------------------------------------------------------------------

PAGES = ["composition", "composed_bodies", "composed_people", "coverage", "cover_units"]


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_foreign_unit_is_absent(
    client_of: Any, clerk: Any, tree: Any, heads: Any, name: str
) -> None:
    client, where = client_of(clerk), reverse(f"sanzhang:{name}")
    assert client.get(where, {"unit": tree.county.pk}).status_code == 200
    assert client.get(where, {"unit": tree.other_county.pk}).status_code == 404
    assert client.get(where, {"unit": "9" * 30}).status_code == 404
    assert client.get(where, {"unit": tree.village.pk}).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_page_tells_what_is_wrong_by_the_field(client_of: Any, clerk: Any, heads: Any, name: str) -> None:
    page = client_of(clerk).get(
        reverse(f"sanzhang:{name}"), {"on": "2099-01-01", "level": "9", "sort": "nonsense"}
    )
    assert page.status_code == 200
    assert "截至日期不能晚于今天" in page.content.decode()


def test_numbers_lead_to_the_names(client_of: Any, city_official: Any, heads: Any) -> None:
    client = client_of(city_official)
    page = client.get(reverse("sanzhang:composition"))
    line = next(line for line in page.context["lines"] if line["label"] == "三长")
    count, _share, where = line["cells"][-1]
    names = client.get(where)
    assert {row.record.name for row in names.context["table"].rows} == {"赵一", "钱二"}
    assert count == names.context["page"].paginator.count == 2


def test_list_is_sorted_and_filtered(client_of: Any, city_official: Any, tree: Any, heads: Any) -> None:
    client = client_of(city_official)
    page = client.get(reverse("sanzhang:composition"), {"sort": "-members"})
    assert [row.record.composition.members for row in page.context["table"].rows] == [2, 0, 0]
    units = client.get(reverse("sanzhang:cover_units"), {"state": "covered"})
    assert [str(row.record) for row in units.context["table"].rows] == ["历下区", "历下区解放路街道"]
    found = client.get(reverse("sanzhang:cover_units"), {"state": "blank", "q": "趵突泉"})
    assert [str(row.record) for row in found.context["table"].rows] == ["历下区趵突泉街道"]


def test_ratio_page_sets_and_ends(client_of: Any, province_official: Any, tree: Any) -> None:
    client = client_of(province_official)
    typed = {
        "level": "3",
        "kind": "standing",
        "measure": "front_line",
        "bound": "at_least",
        "percent": "60",
        "valid_from": "2026-11-01",
        "basis": "省科协〔2026〕1号",
    }
    refused = client.post(reverse("sanzhang:new_ratio"), typed | {"level": "4", "kind": "congress"})
    assert refused.status_code == 422
    assert "乡镇级科协没有代表大会" in refused.content.decode()
    assert "省科协〔2026〕1号" in refused.content.decode()
    assert client.post(reverse("sanzhang:new_ratio"), typed).status_code == 302
    target = CompositionTarget.objects.get()
    assert "不低于60%" in client.get(reverse("sanzhang:ratios")).content.decode()
    again = client.get(reverse("sanzhang:new_ratio"), {"from": target.pk})
    assert again.context["form"]["percent"].value() == 60
    early = client.post(reverse("sanzhang:end_ratio", args=[target.pk]), {"on": "2025-01-01"})
    assert early.status_code == 422
    assert (
        client.post(reverse("sanzhang:end_ratio", args=[target.pk]), {"on": "2026-11-20"}).status_code == 302
    )
    assert "以往要求" in client.get(reverse("sanzhang:ratios")).content.decode()


def test_ratio_page_is_the_province_s(client_of: Any, city_official: Any, province_official: Any) -> None:
    where = reverse("sanzhang:ratios")
    assert client_of(city_official).get(where).status_code == 403
    assert client_of(province_official).get(where).status_code == 200


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("sanzhang.composition", ["历下区", "历城区", "济南高新技术产业开发区"]),
        ("sanzhang.composed_bodies", ["历下区科协", "历下区解放路街道科协"]),
        ("sanzhang.coverage", ["历下区", "历城区", "济南高新技术产业开发区", "合计"]),
        ("sanzhang.cover_units", ["历下区千佛山街道", "历下区趵突泉街道"]),
    ],
)
def test_file_has_the_rows_of_the_page(
    city_official: Any, tree: Any, heads: Any, tmp_path: Path, kind: str, names: list[str]
) -> None:
    exporter = exporter_of(kind)
    assert exporter is not None
    params = {"unit": str(tree.city.pk)}
    if kind == "sanzhang.cover_units":
        params |= {"state": "blank", "q": "历下区"}
    assert exporter.allowed(city_official, params)
    exporter.build(city_official, params, str(tmp_path / "a.xlsx"), lambda done, total, step="": None)
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True)]
    assert cells[cells.index("单位") + 1 :] == names


def test_file_of_a_foreign_unit_is_refused(clerk: Any, tree: Any, tmp_path: Path) -> None:
    exporter = exporter_of("sanzhang.coverage")
    assert exporter is not None
    for unit in (tree.other_county, tree.city):
        with pytest.raises(DomainError):
            exporter.build(
                clerk, {"unit": unit.pk}, str(tmp_path / "a.xlsx"), lambda done, total, step="": None
            )
    exporter.build(
        clerk, {"unit": tree.county.pk}, str(tmp_path / "a.xlsx"), lambda done, total, step="": None
    )


def test_api_says_what_the_pages_say(api_of: Any, city_official: Any, tree: Any, heads: Any) -> None:
    set_target(
        owner=tree.province, facts=ratio(kind="leadership", level=4, measure="core", percent=50), by=SYSTEM
    )
    api = api_of(city_official)
    made = api.get(reverse("v1:composition")).json()
    assert (made["unit"], made["bodies"]["together"]["members"]) == (tree.city.pk, 2)
    assert [(row["percent"], row["bodies"], row["met"]) for row in made["ratios"]] == [(50, 1, 1)]
    covered = api.get(reverse("v1:key_people_coverage"), {"level": 4, "field": "agriculture"}).json()
    assert covered["whole"]["covered"] == 1
    assert len(covered["blank_spots"]) == covered["whole"]["expected"] - 1
    assert api.get(reverse("v1:composition"), {"unit": tree.other_county.pk}).status_code == 404
    assert api.get(reverse("v1:composition"), {"on": "2099-01-01"}).status_code == 400
