"""The register, the designer's pages, the totals of answers and the answers to remarks, as the browser asks for them."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from core.errors import DomainError, Forbidden
from notices.models import Message
from reporting.models import BurdenFeedback, Form, FormVersion
from reporting.services.feedback import answer_feedback, give_feedback
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import Tree, user_at
from tests.forms import answers, census, census_cycle, census_draft
from tests.month import WHILE_FILLING
from tests.unit.reporting.test_kinds import report_of, type_in

pytestmark = pytest.mark.django_db

NEW = {"name": "普查表", "kind": "regular", "asked_by": "组织部", "basis": "某文", "person": "张三"}
ITEM = {
    "name": "工作人员",
    "value_kind": "count",
    "source": "T",
    "space": "sum",
    "time": "last",
    "owed_by": ["3", "4"],
    "columns-TOTAL_FORMS": "0",
    "columns-INITIAL_FORMS": "0",
}


@pytest.fixture
def designer(tree: Tree, client_of) -> Client:
    return client_of(user_at(tree["37"], Role.REVIEWER))


def page(client: Client, name: str, /, *args: int, **query: str) -> str:
    answer = client.get(reverse(f"reporting:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, /, *args: int, **data: object):
    return client.post(reverse(f"reporting:{name}", args=args), data)


def test_form_is_designed_from_nothing_to_its_publication(tree: Tree, designer: Client) -> None:
    assert post(designer, "new_form", **{**NEW, "person": ""}).status_code == 422
    assert not Form.objects.exists()
    post(designer, "new_form", **NEW)
    version = FormVersion.objects.get()
    section = version.sections.get()
    refused = post(
        designer, "new_item", version.pk, section=section.pk, **{**ITEM, "minimum": "5", "maximum": "1"}
    )
    assert refused.status_code == 422
    assert "最小值不能大于最大值" in refused.content.decode()
    assert 'value="工作人员"' in refused.content.decode()
    assert post(designer, "new_item", version.pk, section=section.pk, **ITEM).status_code == 302
    post(designer, "add_section", version.pk, name="第二节")
    shown = page(designer, "form_version", version.pk)
    assert all(words in shown for words in ("工作人员", "第二节", "县、乡", "核对并发布"))
    rule = {
        "demand": "[工作人员] <",
        "field": version.items.get().indicator.key,
        "blocks": "yes",
        "message": "",
    }
    assert "表达式没有写完" in post(designer, "new_rule", version.pk, **rule).content.decode()
    assert post(designer, "new_rule", version.pk, **{**rule, "demand": "[工作人员] < 100"}).status_code == 302
    assert "「工作人员」 &lt; 100" in page(designer, "form_version", version.pk)
    assert "[工作人员] &lt; 100" in page(designer, "form_rule", version.pk, 1)
    assert "工作人员" in page(designer, "preview_form", version.pk, level="3")
    assert "这一级不用填" in page(designer, "preview_form", version.pk, level="2")
    assert post(designer, "publish_form", version.pk, note="第一版").status_code == 302
    version.refresh_from_db()
    assert not version.is_draft
    assert "核对并发布" not in page(designer, "form_version", version.pk)
    assert post(designer, "discard_form", version.pk).status_code == 409


def test_register_is_open_to_all_and_drafts_to_designers_only(
    tree: Tree, designer: Client, client_of
) -> None:
    version = census_draft(tree)
    clerk = client_of(user_at(tree["370102"], Role.REPORTER))
    assert "基层组织普查表" in page(clerk, "forms")
    assert "新建报表" not in page(clerk, "forms")
    assert "基层组织普查表" not in page(clerk, "forms", q="别的")
    assert clerk.get(reverse("reporting:form_version", args=[version.pk])).status_code == 404
    assert clerk.get(reverse("reporting:new_form")).status_code == 403
    assert "起草中" in page(designer, "forms")
    assert page(designer, "form_version", version.pk)
    post(designer, "start_draft", version.form_id)
    assert FormVersion.objects.count() == 1


def test_pages_of_the_designer_ask_as_much_for_many_items_as_for_few(
    tree: Tree, designer: Client, django_assert_max_num_queries
) -> None:
    version = census_draft(tree)
    with django_assert_max_num_queries(40):
        page(designer, "form_version", version.pk)
    with django_assert_max_num_queries(40):
        page(designer, "forms")


def test_totals_show_options_and_rows_with_the_way_down(tree: Tree, client_of) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        version = census(tree)
        cycle = census_cycle(tree, version)
        clerk = user_at(tree["370102"], Role.REPORTER)
        report = report_of((tree, cycle), "370102")
        type_in(report, clerk, **answers(version))
        submit(report=report, by=clerk)
        accept(report=report, by=user_at(tree["3701"], Role.REVIEWER))
        province = client_of(user_at(tree["37"], Role.REVIEWER))
        shown = page(province, "totals", cycle=str(cycle.pk))
        assert all(words in shown for words in ("选项汇总", "自有", "学会", "专职占比", "40.0%"))
        here = reverse("reporting:answers", args=["premises"])
        down = province.get(here, {"cycle": cycle.pk, "chosen": "o1"}).content.decode()
        assert tree["370102"].name in down
        none = province.get(here, {"cycle": cycle.pk, "chosen": "o2"}).content.decode()
        assert "没有单位填报" in none
        rows = province.get(
            reverse("reporting:answers", args=["bodies"]), {"cycle": cycle.pk, "chosen": "学会"}
        )
        assert "1 行，人数 12" in rows.content.decode()
        assert (
            province.get(reverse("reporting:answers", args=["staff"]), {"cycle": cycle.pk}).status_code == 404
        )


def test_forms_and_totals_of_answers_over_the_api(tree: Tree, api_of) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        version = census(tree)
        cycle = census_cycle(tree, version)
        api = api_of(user_at(tree["37"], Role.REVIEWER))
        body = api.get(f"/api/v1/forms/{version.form_id}/").json()
        kinds = {item["key"]: item["kind"] for item in body["items"]}
        assert (body["version"], kinds["bodies"], kinds["full_share"]) == (1, "table", "ratio")
        assert body["rules"][0]["said"] == "「专职」 ≤ 「工作人员」"
        assert body["registration"]["person"] == "张三"
        totals = api.get("/api/v1/rollups/", {"cycle": cycle.pk}).json()
        assert [row["key"] for row in totals["choices"]] == ["premises", "needs"]
        assert totals["tables"][0]["rows"] == []


def test_remark_is_answered_by_the_province_and_the_asker_hears(tree: Tree, client_of) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        cycle = census_cycle(tree, census(tree))
        clerk, designer = user_at(tree["370102"], Role.REPORTER), user_at(tree["37"], Role.REVIEWER)
        row = give_feedback(report=report_of((tree, cycle), "370102"), text="表格太多", by=clerk)
        with pytest.raises(Forbidden):
            answer_feedback(row=row, state="adopted", answer="好", by=user_at(tree["3701"], Role.REVIEWER))
        for state, answer, code in (("adopted", " ", "answer_wanted"), ("open", "好", "state_wanted")):
            with pytest.raises(DomainError) as refused:
                answer_feedback(row=row, state=state, answer=answer, by=designer)
            assert refused.value.problems[0].code == code
        province = client_of(designer)
        assert "待答复" in page(province, "feedback", state="open")
        assert (
            post(province, "answer_feedback", row.pk, state="adopted", answer="下季起合并").status_code == 302
        )
        row.refresh_from_db()
        assert (row.state, row.answer, row.answered_by != "") == ("adopted", "下季起合并", True)
        assert "下季起合并" in page(client_of(clerk), "feedback")
        assert Message.objects.filter(user=clerk, title__contains="已答复").exists()
        assert "没有减负意见" in page(province, "feedback", state="open")
        assert BurdenFeedback.objects.get().text == "表格太多"


def test_shelf_of_samples_drafts_a_form_once(tree: Tree, designer: Client) -> None:
    assert "从样表新建" in page(designer, "forms")
    assert "科普阵地普查表" in page(designer, "form_samples")
    assert post(designer, "form_samples", sample="nothing").status_code == 422
    made = post(designer, "form_samples", sample="census_form")
    draft = FormVersion.objects.get()
    assert made.url == reverse("reporting:form_version", args=[draft.pk]) and draft.is_draft
    assert post(designer, "form_samples", sample="census_form").status_code == 409
    assert "已有，打开" in page(designer, "form_samples")


def test_shelf_is_the_designers(tree: Tree, client_of) -> None:
    city = client_of(user_at(tree["3701"], Role.REVIEWER))
    assert city.get(reverse("reporting:form_samples")).status_code == 403


def test_a_text_is_made_to_raise_entries(tree: Tree, designer: Client) -> None:
    post(designer, "form_samples", sample="census_form")
    version = FormVersion.objects.get()
    text = {
        "name": "盼望",
        "value_kind": "text",
        "space": "collected",
        "time": "none",
        "raises": "suggestion",
    }
    section = version.sections.first()
    assert section is not None
    added = post(designer, "new_item", version.pk, **(ITEM | text | {"section": section.pk}))
    assert added.status_code == 302
    assert "每段作为一条建议" in page(designer, "form_version", version.pk)
