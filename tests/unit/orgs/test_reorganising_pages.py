"""The pages of a reorganisation, from the empty list to the way back, and who may do what."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from core.errors import Forbidden
from files.models import Attachment
from files.registry import may_open
from orgs.choices import ActKind, ReorganisationState
from orgs.models import OrgUnit, Reorganisation, Succession
from orgs.rules.reorganising import Line
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising
from tests.factories import user_at
from tests.reorganised import DOCUMENT, applied, drafted, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(tree):
    """Unit administrator of the province."""
    return user_at(tree.province, Role.UNIT_ADMIN)


@pytest.fixture
def browser(admin, client_of):
    return client_of(admin)


def url(name, *args):
    return reverse(f"orgs:{name}", args=args)


def add(browser, held, kind, **data):
    return browser.post(url("add_reorganisation_line", held.pk, kind), data)


def test_from_the_first_word_to_the_way_back(tree, browser):
    assert "没有符合条件的区划调整" in browser.get(url("reorganisations")).content.decode()
    browser.post(url("new_reorganisation"), {"title": "千佛山与趵突泉街道合并"})
    held = Reorganisation.objects.get()
    merged, into = tree.sister_township, tree["370102003"]
    answer = add(browser, held, "merge", units=[merged.pk], into=[into.pk])
    assert answer.status_code == 302
    answer = browser.post(
        url("reorganisation_basis", held.pk),
        {
            "title": held.title,
            "document": DOCUMENT,
            "effective_on": clock.today().isoformat(),
            "file": SimpleUploadedFile("批复.pdf", b"%PDF-1.7\n%%EOF\n"),
        },
    )
    assert answer.url == url("reorganisation_choices", held.pk)
    browser.post(
        url("reorganisation_choices", held.pk), {"seats": "carry", "accounts": "end", "affiliates": "carry"}
    )
    held.refresh_from_db()
    assert (held.dispositions["accounts"], held.unit_id) == ("end", tree.county.pk)
    page = browser.get(url("reorganisation_preview", held.pk))
    assert "撤销，并入趵突泉街道" in page.content.decode().replace("历下区", "")
    assert fresh(merged).closed_on is None
    answer = browser.post(
        url("apply_reorganisation", held.pk), {"seen": page.context["found"].digest}, follow=True
    )
    assert "已生效" in answer.content.decode()
    assert fresh(merged).closed_on == clock.today()
    life = browser.get(reverse("orgs:detail", args=[merged.pk])).content.decode()
    assert "已撤销，并入历下区趵突泉街道" in life
    assert DOCUMENT in life
    assert held.get_absolute_url() in life
    browser.post(url("undo_reorganisation", held.pk), {"reason": "文件有误"})
    assert fresh(merged).closed_on is None
    assert verify_tree() == []


def test_preview_that_was_not_seen_is_refused(tree, browser):
    held = drafted(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")])
    assert browser.post(url("apply_reorganisation", held.pk), {"seen": "x"}).status_code == 409
    assert fresh(tree.county).name == "历下区"


@pytest.mark.parametrize(
    ("kind", "make", "field", "said"),
    [
        ("merge", lambda t: {"units": [t.county.pk]}, "into", "请选择并入的单位"),
        ("merge", lambda t: {"units": [t.county.pk], "into": [t.township.pk]}, "into", "同一层级"),
        ("rename", lambda t: {"unit": [t.county.pk], "name": "历下区"}, "name", "相同"),
        ("recode", lambda t: {"unit": [t.county.pk], "division_code": "370112"}, "division_code", "已由"),
        ("move", lambda t: {"units": [t.county.pk], "parent": [t.city.pk]}, "parent", "现已隶属"),
        ("close", lambda t: {"units": [999_999]}, "units", "范围"),
        (
            "split",
            lambda t: {"unit": [t.county.pk], "name_1": "东区", "code_1": "370103", "main": "2"},
            "main",
            "没有填写名称",
        ),
        (
            "open",
            lambda t: {"parent": [t.city.pk], "name": "新区", "division_code": "37"},
            "division_code",
            "应为 4、6、9 或 12 位",
        ),
        (
            "relevel",
            lambda t: {"unit": [t.township.pk], "division_code": "370102099"},
            "division_code",
            "没有升降格",
        ),
    ],
)
def test_refusals_stand_by_their_field_and_nothing_typed_is_lost(tree, browser, kind, make, field, said):
    held = drafted(tree.province, [])
    data = make(tree)
    answer = add(browser, held, kind, **data)
    assert answer.status_code == 422
    assert said in "".join(answer.context["form"].errors[field])
    for name, value in data.items():
        for each in value if isinstance(value, list) else [value]:
            if OrgUnit.objects.filter(pk=each if isinstance(each, int) else 0).exists():
                assert f'value="{each}"' in answer.content.decode()
            elif isinstance(each, str) and name.startswith(("name", "code", "division")):
                assert each in answer.content.decode()


def test_split_and_its_children_are_written_down_on_two_pages(tree, browser):
    held = drafted(tree.province, [])
    answer = add(
        browser,
        held,
        "split",
        unit=[tree.county.pk],
        name_1="历东区",
        code_1="370103",
        name_2="历西区",
        code_2="370104",
        main="2",
    )
    assert answer.status_code == 302
    page = browser.get(url("reorganisation_lines", held.pk))
    assert "3 个下级单位还没有去向" in page.content.decode()
    form = browser.get(url("reorganisation_homes", held.pk)).context["form"]
    targets = dict(form.fields[f"child_{tree.township.pk}"].choices)
    east = next(value for value, label in targets.items() if label.startswith("历东区"))
    west = next(value for value, label in targets.items() if label.startswith("历西区"))
    chosen = {f"child_{tree.township.pk}": east}
    chosen |= {f"child_{tree[code].pk}": west for code in ("370102002", "370102003")}
    browser.post(url("reorganisation_homes", held.pk), chosen)
    found = reorganising.preview(held)
    assert found.problems == []
    reorganising.apply(reorganisation=held, seen=found.digest, by=SYSTEM)
    assert fresh(tree.township).county.name == "历东区"
    assert Succession.objects.get(is_main=True).successor.name == "历西区"


def test_split_takes_as_many_successors_as_the_document_names(tree, browser):
    held = drafted(tree.province, [])
    typed = {"unit": [tree.county.pk], "main": "5"}
    for number in range(1, 7):
        typed |= {f"name_{number}": f"第{number}区", f"code_{number}": f"37018{number}"}
        rows = add(browser, held, "split", more="1", **typed)
        assert rows.status_code == 200
    shown = rows.content.decode()
    assert all(f'value="第{number}区"' in shown for number in range(1, 7))
    assert 'name="name_7"' in shown
    assert 'value="5" checked' in shown
    assert "这个字段是必填项" not in shown
    assert held.acts.count() == 0
    assert add(browser, held, "split", **typed, name_7="", code_7="").status_code == 302
    assert held.acts.filter(kind="open").count() == 6
    assert held.acts.get(is_main=True).opens.name == "第5区"


def test_one_row_more_is_all_that_htmx_is_sent(tree, browser):
    held = drafted(tree.province, [])
    page = url("add_reorganisation_line", held.pk, "split")
    answer = browser.post(page, {"name_1": "东区", "more": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    words = answer.content.decode()
    assert 'name="name_3"' in words
    assert 'value="东区"' in words
    assert "<html" not in words


def test_opened_county_may_take_a_township_of_the_same_document(tree, browser):
    held = drafted(tree.province, [])
    add(browser, held, "open", parent=[tree.city.pk], name="新区", division_code="370180")
    answer = add(browser, held, "move", units=[tree.township.pk], parent_opened="0")
    assert answer.status_code == 302
    assert reorganising.preview(held).problems == []


def test_line_goes_with_those_that_rest_on_it(tree, browser):
    held = drafted(
        tree.province,
        [
            Line(ActKind.RENAME, unit_id=tree.sister_county.pk, name="历上区"),
            Line(ActKind.OPEN, parent_id=tree.city.pk, name="新区", division_code="370180"),
            Line(ActKind.MOVE, unit_id=tree.township.pk, opens=1),
        ],
    )
    browser.post(url("remove_reorganisation_line", held.pk, 1))
    assert [act.kind for act in held.acts.all()] == [ActKind.RENAME]


def test_picker_finds_within_reach_and_keeps_what_is_chosen(tree, client_of, unit_admin):
    browser = client_of(unit_admin)
    answer = browser.get(
        url("reorganisation_units"), {"field": "units", "q_units": "街道", "units": [tree.township.pk]}
    )
    text = answer.content.decode()
    assert text.count("checked") == 1
    assert "千佛山街道" in text
    assert "香港中路街道" not in text


def test_list_is_narrowed_by_words_state_kind_and_day(tree, browser):
    applied(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")])
    drafted(tree.province, [Line(ActKind.MERGE, unit_id=tree.township.pk, into_id=tree.sister_township.pk)])
    for query, count in (
        ({}, 2),
        ({"q": "解放路"}, 1),
        ({"q": DOCUMENT}, 2),
        ({"state": "applied"}, 1),
        ({"kind": "merge"}, 1),
        ({"since": "2999-01-01"}, 0),
    ):
        assert len(browser.get(url("reorganisations"), query).context["page"].object_list) == count, query


def test_city_drafts_and_the_province_carries_out(tree, client_of, unit_admin, browser):
    city = client_of(unit_admin)
    held = drafted(
        tree.city, [Line(ActKind.MERGE, unit_id=tree.county.pk, into_id=tree.sister_county.pk)], by=unit_admin
    )
    page = city.get(url("reorganisation_preview", held.pk))
    assert "请上级单位办理" in page.content.decode()
    seen = page.context["found"].digest
    assert city.post(url("apply_reorganisation", held.pk), {"seen": seen}).status_code == 403
    assert fresh(tree.county).closed_on is None
    assert browser.post(url("apply_reorganisation", held.pk), {"seen": seen}).status_code == 302
    assert fresh(tree.county).closed_on is not None


def test_city_may_not_draft_beyond_itself(tree, unit_admin):
    held = reorganising.draft(unit=tree.city, title="改隶", by=unit_admin)
    line = Line(ActKind.MOVE, unit_id=tree.county.pk, parent_id=tree.other_city.pk)
    with pytest.raises(Forbidden):
        reorganising.set_lines(reorganisation=held, lines=[line], by=unit_admin)
    assert held.acts.count() == 0


def test_county_sees_what_was_done_to_it_but_no_drafts(tree, clerk, other_clerk, client_of):
    line = Line(ActKind.MERGE, unit_id=tree.township.pk, into_id=tree.sister_township.pk)
    draft_ = drafted(tree.province, [line])
    done = applied(tree.province, [line])
    browser = client_of(clerk)
    assert browser.get(url("reorganisation", draft_.pk)).status_code == 404
    assert browser.get(url("reorganisation", done.pk)).status_code == 200
    assert client_of(other_clerk).get(url("reorganisation", done.pk)).status_code == 404


def test_document_is_for_who_sees_the_reorganisation(tree, clerk, other_clerk):
    held = drafted(
        tree.province, [Line(ActKind.MERGE, unit_id=tree.township.pk, into_id=tree.sister_township.pk)]
    )
    reorganising.set_basis(
        reorganisation=held,
        title="合并",
        document=DOCUMENT,
        effective_on=clock.today(),
        upload=SimpleUploadedFile("批复.pdf", b"%PDF-1.7\n%%EOF\n"),
        by=SYSTEM,
    )
    reorganising.apply(reorganisation=held, seen=reorganising.preview(held).digest, by=SYSTEM)
    file = Attachment.objects.of(held).get()
    assert may_open(clerk, file)
    assert not may_open(other_clerk, file)


def test_scheduled_and_taken_back_from_the_waiting_list(tree, browser):
    tomorrow = clock.today() + dt.timedelta(days=1)
    held = drafted(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")], on=tomorrow)
    assert "生效日期还没有到" in browser.get(url("reorganisation_preview", held.pk)).content.decode()
    browser.post(url("schedule_reorganisation", held.pk))
    held.refresh_from_db()
    assert held.state == ReorganisationState.SCHEDULED
    browser.post(url("unschedule_reorganisation", held.pk))
    browser.post(url("discard_reorganisation", held.pk))
    held.refresh_from_db()
    assert held.state == ReorganisationState.DISCARDED


def test_undo_page_says_what_blocks(tree, browser):
    held = applied(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")])
    applied(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历中区")])
    assert "此后又有变更" in browser.get(url("undo_reorganisation", held.pk)).content.decode()
    assert browser.post(url("undo_reorganisation", held.pk), {"reason": "误办"}).status_code == 422


def test_api_gives_lines_and_successions_in_scope(tree, clerk, other_clerk, api_of):
    line = Line(ActKind.MERGE, unit_id=tree.township.pk, into_id=tree.sister_township.pk)
    applied(tree.province, [line])
    (row,) = api_of(clerk).get("/api/v1/reorganisations/").data["results"]
    assert row["acts"][0]["unit"] == tree.township.pk
    assert row["successions"][0]["successor"] == tree.sister_township.pk
    assert api_of(other_clerk).get("/api/v1/reorganisations/").data["results"] == []
