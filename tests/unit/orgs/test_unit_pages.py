"""Pages of the tree and its units."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import AuditEvent
from core.actor import SYSTEM
from files.models import ExportJob
from files.services import run_export
from orgs.models import Establishment, OrgUnit, UnitOfficer
from orgs.services import facts

DAY = dt.date(2024, 5, 1)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(name, *args):
    return reverse(f"orgs:{name}", args=args)


@pytest.fixture
def officer(tree):
    return facts.set_officer(
        unit=tree.township, role="liaison", name="李敏", since=DAY, phone="13812345678", by=SYSTEM
    )


def test_tree_begins_at_the_reach(tree, clerk, client_of):
    shown = text_of(client_of(clerk).get(page("tree")))
    assert "历下区" in shown
    assert "解放路街道" in shown
    assert "市南区" not in shown


def test_branch_brings_the_children_lazily(tree, city_official, client_of):
    client = client_of(city_official)
    assert "解放路街道" not in text_of(client.get(page("tree")))
    shown = client.get(page("branch", tree.county.pk))
    assert "解放路街道" in text_of(shown)
    assert page("branch", tree.township.pk) in shown.content.decode()
    assert page("branch", tree["370102003"].pk) not in shown.content.decode()


def test_tree_search_answers_htmx_with_the_part_alone(tree, clerk, client_of):
    client = client_of(clerk)
    whole = client.get(page("tree"), {"q": "jfl"})
    part = client.get(page("tree"), {"q": "jfl"}, headers={"HX-Request": "true"})
    assert "解放路街道" in text_of(whole)
    assert "解放路街道" in text_of(part)
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    restored = client.get(
        page("tree"), {"q": "jfl"}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert b"<html" in restored.content


@pytest.mark.parametrize("name", ["detail", "branch", "edit_establishment", "edit_items"])
def test_unit_outside_the_scope_is_absent(tree, clerk, other_clerk, client_of, name):
    url = page(name, tree.township.pk)
    assert client_of(clerk).get(url).status_code == 200
    assert client_of(other_clerk).get(url).status_code == 404
    assert client_of(clerk).get(page(name, 10**9)).status_code == 404


@pytest.mark.parametrize("name", ["edit_establishment", "edit_items"])
def test_unit_in_sight_without_the_permission_is_forbidden(
    tree, clerk, leader, city_official, client_of, name
):
    url = page(name, tree.township.pk)
    assert client_of(clerk).get(url).status_code == 200
    for reader in (leader, city_official):
        assert client_of(reader).get(url).status_code == 403
        assert client_of(reader).get(page("detail", tree.township.pk)).status_code == 200


def test_unit_page_tells_the_facts(tree, clerk, client_of, officer):
    facts.set_establishment(
        unit=tree.township, state="absent", since=DAY, reason="未设编制", responsible="张三", by=SYSTEM
    )
    facts.set_items(unit=tree.township, haves=["premises", "staff"], lacks=["funds"], on=DAY, by=SYSTEM)
    shown = text_of(client_of(clerk).get(page("detail", tree.township.pk)))
    for words in (
        "历下区解放路街道科协",
        "空白点",
        "未设编制",
        "张三",
        "李敏",
        "138****5678",
        "2 / 6",
        "缺经费",
        "青年东路社区",
    ):
        assert words in shown
    assert "13812345678" not in shown


def test_unit_page_costs_the_same_for_every_unit(
    tree, province_official, client_of, django_assert_max_num_queries
):
    client = client_of(province_official)
    client.get(page("list"))  # the side bar's counts are remembered from page to page
    for unit in (tree.province, tree.county, tree.village):
        with django_assert_max_num_queries(12):
            assert client.get(page("detail", unit.pk)).status_code == 200


def test_reader_sees_no_way_to_edit(tree, clerk, leader, client_of):
    url = page("detail", tree.township.pk)
    link = page("edit_establishment", tree.township.pk)
    assert link in client_of(clerk).get(url).content.decode()
    assert link not in client_of(leader).get(url).content.decode()


def test_establishment_is_edited(tree, clerk, client_of):
    answer = client_of(clerk).post(
        page("edit_establishment", tree.township.pk), {"state": "established", "since": "2024-05-01"}
    )
    assert (answer.status_code, answer.url) == (302, page("detail", tree.township.pk))
    assert Establishment.objects.get(unit=tree.township).state == "established"


def test_refused_establishment_comes_back_with_its_reason(tree, clerk, client_of):
    answer = client_of(clerk).post(
        page("edit_establishment", tree.township.pk),
        {"state": "absent", "since": "2999-01-01", "responsible": "张三"},
    )
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "日期不能晚于今天。" in shown
    assert "未建科协的，请选择或写明原因。" in shown
    assert 'value="张三"' in answer.content.decode()
    assert not Establishment.objects.exists()


def test_officer_is_edited_and_the_number_kept(tree, clerk, client_of, officer):
    url = page("edit_officer", tree.township.pk, "liaison")
    answer = client_of(clerk).post(url, {"name": "李敏", "post": "主任", "phone": "", "since": "2025-01-01"})
    assert answer.status_code == 302
    present = UnitOfficer.objects.open_ended().get(unit=tree.township)
    assert (present.post, present.phone_masked) == ("主任", "138****5678")


def test_officer_of_an_unknown_role_is_absent(tree, clerk, client_of):
    assert client_of(clerk).get(page("edit_officer", tree.township.pk, "king")).status_code == 404


def test_items_are_edited(tree, clerk, client_of):
    url = page("edit_items", tree.township.pk)
    answer = client_of(clerk).post(
        url, {"haves": ["staff", "premises"], "lacks": ["posts"], "on": "2024-05-01"}
    )
    assert answer.status_code == 302
    assert tree.township.six_haves.count() == 2
    assert client_of(clerk).post(url, {"haves": ["gold"], "on": "2024-05-01"}).status_code == 422


def test_number_is_shown_by_post_alone(tree, clerk, other_clerk, city_official, client_of, officer):
    url = page("reveal_phone", tree.township.pk, officer.pk)
    assert client_of(clerk).get(url).status_code == 405
    assert client_of(other_clerk).post(url).status_code == 404
    assert client_of(city_official).post(url).status_code == 403
    assert not AuditEvent.objects.filter(kind="orgs.phone_revealed").exists()
    answer = client_of(clerk).post(url, headers={"HX-Request": "true"})
    assert "13812345678" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(kind="orgs.phone_revealed").count() == 1


def test_number_of_another_unit_is_absent(tree, clerk, client_of, officer):
    assert client_of(clerk).post(page("reveal_phone", tree.sister_township.pk, officer.pk)).status_code == 404


def test_list_is_narrowed_and_sorted(tree, city_official, client_of):
    client = client_of(city_official)
    facts.set_establishment(unit=tree.township, state="established", since=DAY, by=SYSTEM)
    shown = text_of(client.get(page("list"), {"level": "4", "established": "blank"}))
    assert "千佛山街道" in shown
    assert "解放路街道" not in shown
    assert "香港中路街道" not in shown
    order = client.get(page("list"), {"level": "3", "sort": "-division_code"}).content.decode()
    assert order.rindex(">历城区<") < order.rindex(">历下区<")


def test_list_with_a_wrong_filter_shows_nothing_and_says_why(tree, clerk, client_of):
    answer = client_of(clerk).get(page("list"), {"level": "9"})
    assert answer.status_code == 200
    assert "没有符合条件的单位" in text_of(answer)
    assert "invalid-feedback" in answer.content.decode()


def test_list_filter_cannot_name_a_unit_outside_the_scope(tree, clerk, client_of):
    answer = client_of(clerk).get(page("list"), {"county": str(tree.other_county.pk)})
    assert "没有符合条件的单位" in text_of(answer)


def test_list_costs_the_same_for_any_number_of_rows(
    tree, province_official, client_of, django_assert_max_num_queries
):
    client = client_of(province_official)
    with django_assert_max_num_queries(18):
        client.get(page("list"))
    with django_assert_max_num_queries(18):
        client.get(page("list"), {"q": "lxq"})


def test_exported_list_holds_what_the_page_shows(tree, clerk, other_clerk, client_of):
    facts.set_establishment(unit=tree.township, state="established", since=DAY, by=SYSTEM)
    answer = client_of(clerk).post(f"{page('export')}?level=4&established=blank")
    assert answer.status_code == 302
    job = ExportJob.objects.get()
    run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    rows = list(load_workbook(job.file.open("rb")).active.iter_rows(values_only=True))
    codes = [row[1] for row in rows if row[1] and str(row[1]).isdigit()]
    assert codes == ["370102002", "370102003"]
    assert client_of(clerk).get(page("export")).status_code == 405


def test_proposals_are_confirmed_in_bulk(tree, city_official, client_of):
    client = client_of(city_official)
    unit = tree["370112400"]
    assert "国有林场" in text_of(client.get(page("expectations")))
    values = {"units": [unit.pk], "expected": "no", "on": "2024-05-01", "basis": "无党工委"}
    assert client.post(page("confirm_expected"), values).status_code == 302
    unit.refresh_from_db()
    assert (unit.is_expected, unit.expected_confirmed) == (False, True)
    assert "没有待确认的单位" in text_of(client.get(page("expectations")))


@pytest.mark.parametrize("chosen", [[], ["abc"], ["999999999999999999999"], ["37"]])
def test_confirming_none_or_a_forged_unit_changes_nothing(tree, city_official, client_of, chosen):
    values = {"units": chosen, "expected": "yes", "on": "2024-05-01"}
    assert client_of(city_official).post(page("confirm_expected"), values).status_code == 422
    assert not OrgUnit.objects.filter(pk=tree["370112400"].pk, expected_confirmed=True).exists()


def test_another_citys_unit_cannot_be_confirmed(tree, city_official, client_of):
    OrgUnit.objects.filter(pk=tree["370203001"].pk).update(is_expected=False)
    values = {"units": [tree["370203001"].pk], "expected": "yes", "on": "2024-05-01"}
    assert client_of(city_official).post(page("confirm_expected"), values).status_code == 422
    assert not OrgUnit.objects.get(pk=tree["370203001"].pk).is_expected


def test_county_clerk_has_no_proposals_page(tree, clerk, city_official, client_of):
    assert client_of(city_official).get(page("expectations")).status_code == 200
    assert client_of(clerk).get(page("expectations")).status_code == 403
    assert client_of(clerk).post(page("confirm_expected"), {}).status_code == 403
