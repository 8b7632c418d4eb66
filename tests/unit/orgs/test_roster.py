"""联络表, missing facts, resources, evidence and the history of a unit."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from files.models import Attachment
from files.registry import may_open
from orgs.exporters.facts import FACT_EXPORTERS
from orgs.models import SixHaves, UnitResources
from orgs.selectors import facts as selectors
from orgs.selectors.roster import roster
from orgs.selectors.units import unit_facts
from orgs.services import evidence
from orgs.services import facts as services
from orgs.services.resources import set_resources

DAY, LATER = dt.date(2024, 5, 1), dt.date(2025, 5, 1)
EXPORTERS = {exporter.kind: exporter for exporter in FACT_EXPORTERS}
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def named(tree):
    for unit, name, phone in (
        (tree.county, "周敏", "13900001111"),
        (tree.township, "李强", "13812345678"),
        (tree.other_township, "王芳", "13700002222"),
    ):
        services.set_officer(
            unit=unit, role="liaison", name=name, phone=phone, post="干事", since=DAY, by=SYSTEM
        )
    services.set_officer(
        unit=tree.township, role="leader_in_charge", name="赵刚", is_chair=True, since=DAY, by=SYSTEM
    )
    return tree


def names(rows):
    return {officer.name for officer in rows}


def refusal(act, **options):
    with pytest.raises(DomainError) as refused:
        act(**options)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def test_roster_is_of_the_subtree_in_reach(named, clerk, city_official, province_official):
    assert names(roster(clerk, {})) == {"周敏", "李强", "赵刚"}
    assert names(roster(city_official, {"unit": named.township.pk})) == {"李强", "赵刚"}
    assert names(roster(province_official, {})) == {"周敏", "李强", "赵刚", "王芳"}
    assert names(roster(clerk, {"unit": named.other_township.pk})) == set()


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"q": "李强"}, {"李强"}),
        ({"q": "干事 周"}, {"周敏"}),
        ({"q": "13812345678"}, {"李强"}),
        ({"q": "370102001"}, {"李强", "赵刚"}),
        ({"role": "leader_in_charge"}, {"赵刚"}),
        ({"level": 3}, {"周敏"}),
        ({"chair": True}, {"赵刚"}),
        ({"q": "没有"}, set()),
    ],
)
def test_roster_is_narrowed(named, clerk, criteria, found):
    assert names(roster(clerk, criteria)) == found


def test_roster_page_masks_and_offers_the_number_to_its_keeper(named, clerk, leader, client_of):
    where = reverse("orgs:roster")
    for user, is_offered in ((clerk, True), (leader, False)):
        shown = client_of(user).get(where).content.decode()
        assert "138****5678" in shown
        assert "13812345678" not in shown
        assert ("显示李强的完整电话" in shown) is is_offered
    assert client_of(clerk).get(where, {"unit": named.other_county.pk}).status_code == 404


def test_roster_sheet_is_masked_unless_its_keeper_asks(named, clerk, city_official, tmp_path):
    def phones(user, **params):
        path = tmp_path / uuid.uuid4().hex
        EXPORTERS["orgs.roster"].build(user, params, str(path), lambda *args: None)
        sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active
        return {row[4]: row[7] for row in sheet.iter_rows(min_row=4, values_only=True)}

    assert phones(clerk)["李强"] == "138****5678"
    assert phones(city_official, whole="1")["李强"] == "138****5678"
    assert not AuditEvent.objects.filter(kind="orgs.roster_phones").exists()
    assert phones(clerk, whole="1") == {"周敏": "13900001111", "李强": "13812345678", "赵刚": None}
    event = AuditEvent.objects.get(kind="orgs.roster_phones")
    assert (event.actor_id, event.data["phones"]) == (clerk.pk, 2)


def test_whole_numbers_are_not_for_who_keeps_none(named, clerk, leader):
    exporter = EXPORTERS["orgs.roster_docx"]
    assert exporter.allowed(leader, {})
    assert not exporter.allowed(leader, {"whole": "1"})
    assert exporter.allowed(clerk, {"whole": "1"})


def test_roster_document_has_a_line_a_person(named, clerk, tmp_path):
    path = tmp_path / "file"
    built = EXPORTERS["orgs.roster_docx"].build(clerk, {}, str(path), lambda *args: None)
    table = Document(io.BytesIO(path.read_bytes())).tables[0]
    lines = [[cell.text for cell in row.cells] for row in table.rows]
    assert lines[0] == ["单位", "身份", "姓名", "职务", "联系电话"]
    assert ["历下区解放路街道科协", "分管领导（兼主席）", "赵刚", "", ""] in lines
    assert built.basis["行数"] == len(lines) - 1 == 3


def test_missing_facts_are_named(named, clerk):
    rows = {unit.name: selectors.missing_of(unit) for unit in selectors.incomplete_units(clerk)}
    assert rows["历下区"] == ["first_responsible", "state"]
    assert rows["解放路街道"] == ["state"]
    assert rows["千佛山街道"] == ["leader", "liaison", "state"]


def test_blank_spot_wants_reason_plan_and_who(named, clerk):
    unit = named.sister_township
    services.set_establishment(unit=unit, state="preparing", since=DAY, by=SYSTEM)
    row = selectors.incomplete_units(clerk).get(pk=unit.pk)
    assert selectors.missing_of(row)[2:] == ["reason", "plan", "responsible"]
    services.set_establishment(
        unit=unit,
        state="absent",
        reason_code="no_posts",
        planned_on=LATER,
        responsible="张三",
        since=DAY,
        by=SYSTEM,
    )
    row = selectors.incomplete_units(clerk, {"fact": "overdue"}).get()
    assert (row.pk, row.is_overdue, row.planned_on) == (unit.pk, True, LATER)
    assert selectors.missing_of(row) == ["leader", "liaison"]
    services.set_establishment(unit=unit, state="established", since=LATER, by=SYSTEM)
    assert not selectors.incomplete_units(clerk, {"fact": "overdue"}).exists()


def test_unit_page_and_list_name_the_same_facts(named, clerk):
    for unit in (named.county, named.township, named.sister_township):
        row = selectors.incomplete_units(clerk).get(pk=unit.pk)
        facts = unit_facts(unit)
        assert selectors.missing_in(unit, facts.officers, facts.establishment) == selectors.missing_of(row)


def test_missing_page_counts_filters_and_sorts(named, clerk, client_of):
    client = client_of(clerk)
    page = client.get(reverse("orgs:missing"), {"fact": "leader", "sort": "-division_code"})
    codes = [row.record.division_code for row in page.context["table"].rows]
    assert codes == ["370102003", "370102002"]
    cards = {card["label"]: card["count"] for card in page.context["cards"]}
    assert (cards["缺分管领导"], cards["缺建立情况"]) == (2, 4)


def test_desk_is_told_what_to_do(named, clerk, leader):
    found = {one.label: one.count for one in selectors.facts_to_do(clerk)}
    assert found["缺分管领导"] == 2
    assert found[f"{clock.today().year}年度六有四缺待确认"] == 4
    assert selectors.facts_to_do(leader) == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, ("nothing", "posts")),
        ({"posts": -1}, ("negative", "posts")),
        ({"budget": 10_000_000}, ("too_many", "budget")),
        ({"posts": 1, "since": dt.date(2999, 1, 1)}, ("future", "since")),
    ],
)
def test_resources_refuse(tree, clerk, values, problem):
    options = {"unit": tree.county, "since": DAY, "by": clerk} | values
    assert refusal(set_resources, **options) == [problem]
    assert not UnitResources.objects.exists()


def test_resources_are_dated_and_zero_is_not_unknown(tree, clerk, other_clerk):
    with pytest.raises(Forbidden):
        set_resources(unit=tree.county, posts=3, since=DAY, by=other_clerk)
    set_resources(unit=tree.county, posts=0, is_separate=False, since=DAY, by=clerk)
    set_resources(unit=tree.county, posts=5, since=LATER, by=clerk)
    before = selectors.resources_of(tree.county, DAY)
    assert (before.posts, before.budget, before.valid_to) == (0, None, LATER)
    assert selectors.resources_of(tree.county).posts == 5


def test_resources_form_keeps_what_was_typed(tree, clerk, client_of):
    client = client_of(clerk)
    where = reverse("orgs:edit_resources", args=[tree.county.pk])
    refused = client.post(
        where, {"is_separate": "unknown", "posts": "-3", "budget": "12.5", "since": "2024-05-01"}
    )
    assert refused.status_code == 422
    assert 'value="12.5"' in refused.content.decode()
    assert client.post(where, {"is_separate": "true", "posts": "3", "since": "2024-05-01"}).status_code == 302
    shown = client.get(reverse("orgs:detail", args=[tree.county.pk])).content.decode()
    assert "3 个" in shown


def test_items_come_with_words_and_files(tree, clerk):
    unit = tree.township
    upload = SimpleUploadedFile("租约.pdf", PDF)
    changed = evidence.record_items(
        unit=unit,
        haves=["premises"],
        lacks=["posts"],
        on=DAY,
        notes={"haves.premises": "租用三间", "haves.staff": "没勾选的不算"},
        uploads={"haves.premises": [upload]},
        by=clerk,
    )
    have = SixHaves.objects.get()
    assert (changed, have.note) == (2, "租用三间")
    assert Attachment.objects.of(have).get().name == "租约.pdf"


def test_file_of_an_item_that_is_not_ticked_changes_nothing(tree, clerk):
    options = {"unit": tree.township, "haves": ["staff"], "lacks": [], "on": DAY, "by": clerk}
    upload = {"haves.premises": [SimpleUploadedFile("租约.pdf", PDF)]}
    assert refusal(evidence.record_items, uploads=upload, **options) == [("not_held", "file_haves_premises")]
    assert not SixHaves.objects.exists()


def test_evidence_is_kept_by_the_desk_and_seen_by_those_above(tree, clerk, other_clerk, city_official):
    fact = services.set_have(unit=tree.township, item="premises", since=DAY, by=clerk)
    with pytest.raises(Forbidden):
        evidence.attach_evidence(fact=fact, upload=SimpleUploadedFile("a.pdf", PDF), by=other_clerk)
    kept = evidence.attach_evidence(fact=fact, upload=SimpleUploadedFile("a.pdf", PDF), by=clerk)
    assert [may_open(user, kept) for user in (clerk, city_official, other_clerk)] == [True, True, False]
    with pytest.raises(Forbidden):
        evidence.remove_evidence(fact=fact, attachment=kept, by=city_official)
    evidence.remove_evidence(fact=fact, attachment=kept, by=clerk)
    assert not Attachment.objects.of(fact).exists()


def test_items_page_takes_files_and_lets_them_go(tree, clerk, client_of):
    client = client_of(clerk)
    where = reverse("orgs:edit_items", args=[tree.township.pk])
    values = {"haves": ["premises"], "on": "2024-05-01", "note_haves_premises": "三间"}
    files = {"file_haves_premises": SimpleUploadedFile("租约.pdf", PDF)}
    assert client.post(where, values | files).status_code == 302
    file = Attachment.objects.get()
    assert "租约.pdf" in client.get(where).content.decode()
    drop = reverse("orgs:drop_evidence", args=[tree.township.pk, file.pk])
    assert client.post(reverse("orgs:drop_evidence", args=[tree.county.pk, file.pk])).status_code == 404
    assert client.post(drop).status_code == 302
    assert not Attachment.objects.filter(removed_at=None).exists()


def test_officer_leaves_by_the_page(named, clerk, client_of):
    client = client_of(clerk)
    where = reverse("orgs:clear_officer", args=[named.township.pk, "liaison"])
    assert client.post(where, {"on": "2023-01-01"}, follow=True).status_code == 200
    assert names(roster(clerk, {"role": "liaison"})) == {"周敏", "李强"}
    client.post(where, {"on": "2024-06-01"})
    assert names(roster(clerk, {"role": "liaison"})) == {"周敏"}


def test_history_tells_every_word_with_who_and_when(named, clerk, city_official, client_of):
    services.confirm_expected(
        unit=named["370112400"], expected=True, on=DAY, basis="设立党工委", by=city_official
    )
    shown = (
        client_of(city_official).get(reverse("orgs:history", args=[named["370112400"].pk])).content.decode()
    )
    assert "计入应建" in shown
    assert "设立党工委" in shown
    assert city_official.name in shown
    one = client_of(clerk).get(reverse("orgs:history", args=[named.township.pk]), {"kind": "officers"})
    assert len(one.context["table"].rows) == 2


def test_api_tells_the_facts_of_a_unit_with_masked_numbers(named, clerk, other_clerk, api_of):
    set_resources(unit=named.township, posts=1, since=DAY, by=clerk)
    where = f"/api/v1/units/{named.township.pk}/facts/"
    answer = api_of(clerk).get(where).json()
    assert answer["resources"]["posts"] == 1
    assert {officer["phone"] for officer in answer["officers"]} == {"", "138****5678"}
    assert answer["missing"] == ["state"]
    assert api_of(other_clerk).get(where).status_code == 404
