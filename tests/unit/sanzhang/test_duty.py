"""The duty standard, each head's year against it, the yearly evaluation, exemplars."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from core.errors import Conflict, DomainError, Forbidden
from files.lists import conditions_asked
from files.models import ExportJob
from notices.models import Message
from sanzhang.exporters.duty import duty_listing
from sanzhang.models import DutyStandard, Evaluation, Exemplar
from sanzhang.rules.duty import quota_of
from sanzhang.selectors.duty import DutyQuery, duty_counts, duty_of, duty_rows, standard_of
from sanzhang.services.activities import void_activity
from sanzhang.services.evaluations import (
    Judgement,
    choose_exemplar,
    evaluate,
    take_up,
    withdraw_exemplar,
)
from sanzhang.services.standards import LeastOf, save_standard
from tests.factories import user_at
from tests.work import activity

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DAY = dt.date(2026, 11, 10)
YEAR = 2026


@pytest.fixture(autouse=True)
def stopped():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def heads(tree, person_of, seat_of):
    """Three vice-chairs: two of the county, one of its township."""
    people = [person_of("王秀兰"), person_of("赵一鸣"), person_of("李强", tree.township)]
    for one in people:
        seat_of(one, one.unit)
    return people


@pytest.fixture
def standard(tree, province_official):
    return save_standard(
        owner=tree.province,
        year=YEAR,
        lines=[LeastOf(3, "vice_chair", activities=2, surveys=1), LeastOf(4, "vice_chair", activities=1)],
        excellent_percent=20,
        by=province_official,
    )


def test_standard_is_the_provinces_and_one_a_year(tree, standard, province_official, city_official):
    with pytest.raises(Forbidden):
        save_standard(owner=tree.province, year=YEAR, lines=[], excellent_percent=20, by=city_official)
    with pytest.raises(Conflict):
        save_standard(owner=tree.province, year=YEAR, lines=[], excellent_percent=20, by=province_official)
    again = save_standard(
        owner=tree.province,
        year=YEAR,
        lines=[LeastOf(3, "chair", meetings=1), LeastOf(3, "member")],
        excellent_percent=10,
        by=province_official,
        revision=standard.revision,
    )
    assert again.pk == standard.pk
    assert [(line.position, line.meetings) for line in again.lines.all()] == [("chair", 1)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lines": [LeastOf(3, "chair", meetings=61)]}, "too_much"),
        ({"excellent_percent": 51}, "odd_share"),
        ({"year": 2025}, "wrong_year"),
        ({"year": 2028}, "wrong_year"),
    ],
)
def test_standard_out_of_bounds_is_refused(tree, province_official, changed, code):
    asked = {"year": YEAR, "lines": [], "excellent_percent": 20} | changed
    with pytest.raises(DomainError) as refusal:
        save_standard(owner=tree.province, by=province_official, **asked)
    assert refusal.value.problems[0].code == code


def test_year_without_its_own_keeps_the_one_before(tree, standard):
    assert standard_of(tree.province.pk, 2027) == standard
    assert standard_of(tree.province.pk, 2025) is None


def test_each_head_stands_once_with_what_is_still_to_do(tree, heads, standard, seat_of):
    seat_of(heads[0], tree.county, position="member")
    activity(tree.county, heads[0], on=DAY)
    activity(tree.county, heads[2], on=DAY)
    rows = {row.person_id: row for row in duty_rows(DutyQuery(within=tree.county, year=YEAR))}
    assert {pk: row.state for pk, row in rows.items()} == {
        heads[0].pk: "under_way",
        heads[1].pk: "nothing",
        heads[2].pk: "met",
    }
    assert rows[heads[0].pk].lacks == "活动1次、调研1次"
    assert rows[heads[0].pk].of("activity") == "1/2"
    assert duty_counts(DutyQuery(within=tree.county, year=YEAR)) == {
        "met": 1,
        "under_way": 1,
        "nothing": 1,
        "no_line": 0,
    }


def test_voided_or_taken_back_or_other_years_work_does_not_count(tree, heads, standard, clerk):
    void_activity(activity=activity(tree.county, heads[0], on=DAY), reason="错", by=clerk)
    activity(tree.county, heads[0], on=dt.date(2025, 11, 10))
    assert duty_of(heads[0], YEAR).done["activity"] == 0
    assert duty_of(heads[0], 2025).done["activity"] == 1


def test_head_without_a_seat_has_no_duty(person_of):
    assert duty_of(person_of("张三"), YEAR) is None


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ({"state": "nothing"}, ["王秀兰", "赵一鸣", "李强"]),
        ({"state": "met"}, []),
        ({"q": "秀兰"}, ["王秀兰"]),
        ({"q": "zhao"}, ["赵一鸣"]),
        ({"position": "chair"}, []),
        ({"grade": "none"}, ["王秀兰", "赵一鸣", "李强"]),
        ({"grade": "excellent"}, []),
    ],
)
def test_duty_list_is_found_by_every_condition(tree, heads, standard, conditions, names):
    rows = duty_rows(DutyQuery(within=tree.county, year=YEAR, **conditions))
    assert sorted(row.name for row in rows) == sorted(names)


def test_duty_list_page_and_its_file_agree(tree, heads, standard, clerk, other_clerk, client_of):
    page = client_of(clerk).get(reverse("duty:list"), {"met": "nothing", "sort": "-name"})
    shown = [row.record.name for row in page.context["table"].rows]
    client_of(clerk).post(reverse("duty:export_list") + "?met=nothing&sort=-name")
    listing = duty_listing(clerk, conditions_asked(ExportJob.objects.of(clerk).get().params))
    assert shown == ["赵一鸣", "王秀兰", "李强"]
    assert (listing.total, [row[0] for row in listing.rows]) == (3, shown)
    assert duty_listing(clerk, {"year": ["2025"]}).as_of == "2025年12月31日"
    foreign = client_of(other_clerk).get(reverse("duty:list"), {"unit": tree.county.pk})
    assert foreign.status_code == 404


def test_evaluation_is_given_changed_and_recorded(tree, heads, clerk):
    [given] = evaluate(judgements=[Judgement(heads[0], "competent")], year=YEAR, by=clerk)
    assert (given.unit, given.grade) == (tree.county, "competent")
    assert evaluate(judgements=[Judgement(heads[0], "competent")], year=YEAR, by=clerk) == []
    [changed] = evaluate(judgements=[Judgement(heads[0], "not", "长期不履职")], year=YEAR, by=clerk)
    assert (changed.pk, changed.revision) == (given.pk, 2)


@pytest.mark.parametrize(
    ("judged", "year", "code"),
    [
        (("not", ""), YEAR, "remark_missing"),
        (("best", ""), YEAR, "grade_unknown"),
        (("competent", ""), 2024, "wrong_year"),
        (("competent", "370102197501011234"), YEAR, "identity_number"),
    ],
)
def test_evaluation_that_breaks_a_rule_is_refused(heads, clerk, judged, year, code):
    with pytest.raises(DomainError) as refusal:
        evaluate(judgements=[Judgement(heads[0], *judged)], year=year, by=clerk)
    assert refusal.value.problems[0].code == code
    assert not Evaluation.objects.exists()


def test_evaluation_is_the_desks_own(heads, clerk, other_clerk, city_official):
    for nobody in (other_clerk, city_official):
        with pytest.raises(Forbidden):
            evaluate(judgements=[Judgement(heads[0], "competent")], year=YEAR, by=nobody)
    evaluate(judgements=[Judgement(one, "competent") for one in heads], year=YEAR, by=clerk)


def test_best_grade_has_a_quota_over_the_county(heads, standard, clerk):
    assert quota_of(3, 20) == 1
    evaluate(judgements=[Judgement(heads[0], "excellent")], year=YEAR, by=clerk)
    with pytest.raises(DomainError) as refusal:
        evaluate(judgements=[Judgement(heads[2], "excellent")], year=YEAR, by=clerk)
    assert refusal.value.problems[0].code == "quota_used"
    assert Evaluation.objects.count() == 1
    evaluate(
        judgements=[Judgement(heads[0], "competent"), Judgement(heads[2], "excellent")], year=YEAR, by=clerk
    )


def test_who_holds_no_seat_is_not_evaluated(person_of, clerk):
    with pytest.raises(DomainError) as refusal:
        evaluate(judgements=[Judgement(person_of("张三"), "competent")], year=YEAR, by=clerk)
    assert refusal.value.problems[0].code == "no_seat"


def test_grades_page_saves_a_page_or_nothing(tree, heads, standard, clerk, leader, client_of):
    client = client_of(clerk)
    where = f"{reverse('duty:grades')}?year={YEAR}"
    assert client_of(leader).get(where).status_code == 403
    assert "最多" in client.get(where).content.decode()
    both = {f"grade-{heads[0].pk}": "excellent", f"grade-{heads[1].pk}": "not"}
    refused = client.post(where, both)
    assert refused.status_code == 422 and "请写明原因" in refused.content.decode()
    assert not Evaluation.objects.exists()
    assert client.post(where, both | {f"remark-{heads[1].pk}": "长期不履职"}).status_code == 302
    assert Evaluation.objects.count() == 2


def test_standard_page_is_read_by_all_and_written_by_the_province(tree, clerk, province_official, client_of):
    where = f"{reverse('duty:standard')}?year={YEAR}"
    body = {"excellent_percent": "15", "revision": "0", "3-vice_chair-activity": "4"}
    assert client_of(clerk).get(where).status_code == 200
    assert client_of(clerk).post(where, body).status_code == 403
    assert client_of(province_official).post(where, body).status_code == 302
    standard = DutyStandard.objects.get()
    assert (standard.excellent_percent, standard.lines.get().activities) == (15, 4)
    assert client_of(province_official).post(where, body).status_code == 422


def chosen(tree, by, **changed) -> Exemplar:
    known = {"kind": "deed", "title": "送医下乡二十年", "text": "坚持每月下乡义诊。"} | changed
    return choose_exemplar(unit=tree.county, by=by, **known)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "star"}, "kind_unknown"),
        ({"kind": "person"}, "person_missing"),
        ({"title": " "}, "title_missing"),
        ({"text": ""}, "text_missing"),
        ({"text": "好" * 2001}, "too_long"),
    ],
)
def test_exemplar_that_breaks_a_rule_is_refused(tree, clerk, changed, code):
    with pytest.raises(DomainError) as refusal:
        chosen(tree, clerk, **changed)
    assert code in [problem.code for problem in refusal.value.problems]


def test_exemplar_goes_up_level_by_level(tree, clerk, other_clerk, city_official, province_official):
    with pytest.raises(Forbidden):
        chosen(tree, other_clerk)
    exemplar = chosen(tree, clerk)
    assert Message.objects.filter(user=city_official, kind="sanzhang.exemplar_chosen").exists()
    for nobody in (clerk, province_official):
        with pytest.raises(Forbidden):
            take_up(exemplar=exemplar, by=nobody)
    assert take_up(exemplar=exemplar, by=city_official, note="材料扎实").level == 2
    assert take_up(exemplar=exemplar, by=province_official).level == 1
    with pytest.raises(Conflict):
        take_up(exemplar=exemplar, by=province_official)
    assert Message.objects.filter(user=clerk, kind="sanzhang.exemplar_taken_up").count() == 2


def test_withdrawn_exemplar_is_gone(tree, clerk, city_official, client_of):
    exemplar = chosen(tree, clerk)
    with pytest.raises(Forbidden):
        withdraw_exemplar(exemplar=exemplar, by=city_official)
    withdraw_exemplar(exemplar=exemplar, by=clerk)
    for act in (take_up, withdraw_exemplar):
        with pytest.raises(Conflict):
            act(exemplar=exemplar, by=clerk)
    assert not client_of(clerk).get(reverse("duty:exemplars")).context["table"].rows


def test_exemplar_pages(tree, heads, clerk, other_clerk, city_official, client_of):
    body = {
        "unit": tree.county.pk,
        "kind": "person",
        "person": heads[0].pk,
        "title": "好院长",
        "text": "带队下乡。",
    }
    client = client_of(clerk)
    assert client.post(reverse("duty:new_exemplar"), body | {"person": ""}).status_code == 422
    assert client.post(reverse("duty:new_exemplar"), body).status_code == 302
    exemplar = Exemplar.objects.get()
    assert client_of(other_clerk).get(exemplar.get_absolute_url()).status_code == 404
    city = client_of(city_official)
    assert "选树为上一级典型" in city.get(exemplar.get_absolute_url()).content.decode()
    assert city.post(reverse("duty:take_up", args=[exemplar.pk]), {"note": "好"}).status_code == 302
    assert client.post(reverse("duty:withdraw_exemplar", args=[exemplar.pk])).status_code == 302


def test_kinds_page_is_the_provinces(clerk, province_official, client_of):
    where = reverse("duty:new_kind")
    body = {
        "name": "科普剧",
        "counts_as": "popularisation",
        "duty": "activity",
        "order": "9",
        "is_active": "on",
    }
    assert client_of(clerk).get(reverse("duty:kinds")).status_code == 403
    assert client_of(clerk).post(where, body).status_code == 403
    client = client_of(province_official)
    assert client.post(where, body).status_code == 302
    assert "科普剧" in client.get(reverse("duty:kinds")).content.decode()


def test_county_reviewer_takes_up_a_townships_exemplar(tree, clerk):
    exemplar = choose_exemplar(unit=tree.township, kind="unit", title="好科协", text="活动多。", by=clerk)
    assert take_up(exemplar=exemplar, by=user_at(tree.county, Role.REVIEWER)).level == 3
