"""What the components write."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from core.components import fields
from core.components.charts import chart_table
from core.errors import Problem
from core.grids import Entry, EntryColumn, EntryGrid, EntryRow


def render(text: str, **values) -> str:
    return Template("{% load ui %}" + text).render(Context(values))


class Sample(forms.Form):
    name = forms.CharField(label="姓名", help_text="与任职文件一致")
    way = forms.ChoiceField(label="方式", choices=[("a", "选举"), ("b", "增补")], required=False)
    tags = forms.MultipleChoiceField(
        label="领域",
        choices=[("x", "卫生"), ("y", "教育")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def test_pill_escapes_and_has_an_icon() -> None:
    html = render('{% pill label "danger" %}', label="<b>退回</b>")
    assert "&lt;b&gt;退回&lt;/b&gt;" in html
    assert "#x-octagon" in html


def test_page_head_escapes_its_title_and_keeps_its_actions() -> None:
    html = render(
        '{% page_head title=name %}<a class="btn" href="/x/">新增</a>{% endpage_head %}', name="<甲>"
    )
    assert "&lt;甲&gt;" in html
    assert '<a class="btn" href="/x/">新增</a>' in html


def test_page_head_without_actions_has_no_empty_box() -> None:
    assert "actions" not in render('{% page_head title="甲" %} {% endpage_head %}')


def test_field_ties_help_and_error_to_its_input() -> None:
    html = render("{% field form.name %}", form=Sample({"name": ""}))
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_help"' in html
    assert "is-invalid" in html
    assert "（必填）" in html


def test_a_field_left_empty_is_named_with_what_to_do() -> None:
    class Asked(forms.Form):
        name = forms.CharField(label="姓名")
        way = forms.ChoiceField(label="方式", choices=[("", "请选择"), ("a", "选举")])
        since = forms.DateField(label="起始日期", error_messages={"required": "请填写任职之日。"})

    form = Asked({})
    assert fields.errors_of(form["name"]) == ["请填写姓名。"]
    assert fields.errors_of(form["way"]) == ["请选择方式。"]
    assert fields.errors_of(form["since"]) == ["请填写任职之日。"]


def test_a_refused_form_says_at_its_head_how_many_fields_wait() -> None:
    assert "有 1 处需要处理" in render("{% fields_of form %}", form=Sample({}))
    assert "需要处理" not in render("{% fields_of form %}", form=Sample({"name": "甲"}))
    assert "需要处理" not in render("{% fields_of form %}", form=Sample())


def test_choices_keep_what_was_chosen() -> None:
    html = render("{% field form.tags %}", form=Sample({"name": "甲", "tags": ["y"]}))
    assert html.count("checked") == 1
    assert 'value="y" id="id_tags_1" checked' in html


def test_chips_say_the_filter_in_words_and_lead_to_the_list_without_it() -> None:
    query = QueryDict("way=b&tags=x&tags=y&page=4&sort=name")
    chips = fields.filter_chips(Sample(query), query)
    assert [(chip["label"], chip["value"]) for chip in chips] == [("方式", "增补"), ("领域", "卫生、教育")]
    assert chips[0]["url"] == "?tags=x&tags=y&sort=name"
    assert chips[1]["url"] == "?way=b&sort=name"


def test_pagination_keeps_the_filters_and_names_the_rows() -> None:
    request = RequestFactory().get("/", {"state": "late", "page": "2"})
    html = render("{% pagination page %}", page=Paginator(range(1200), 50).get_page(2), request=request)
    assert "共 1,200 条，本页第 51–100 条" in html
    assert "?state=late&amp;page=3" in html


def test_single_page_shows_its_count_only() -> None:
    html = render(
        "{% pagination page %}", page=Paginator(range(3), 50).get_page(1), request=RequestFactory().get("/")
    )
    assert "共 3 条" in html
    assert "下一页" not in html


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ('{% stat_card "人数" 1286 unit="人" delta=-3 %}', "较上期减少 3 人"),
        ('{% stat_card "覆盖率" 0.95 kind="percent" delta=0.012 %}', "较上期提高 1.2 个百分点"),
        ('{% stat_card "人数" None has_delta=True %}', "无上期数据"),
    ],
)
def test_stat_card_tells_the_change_in_words(tag: str, shown: str) -> None:
    assert shown in render(tag)


def test_progress_of_an_empty_whole_has_no_rate() -> None:
    html = render('{% progress 0 0 "已报" %}')
    assert "0 / 0" in html
    assert "—" in html


def test_problem_list_marks_what_needs_a_line() -> None:
    problems = [Problem("a", "未填写"), Problem("b", "偏大", level="warning")]
    html = render("{% problem_list problems %}", problems=problems)
    assert "未填写" in html
    assert "<b>需说明：</b>偏大" in html
    assert render("{% problem_list problems %}", problems=[]).strip() == ""


def test_confirmation_is_a_post_form_with_its_token() -> None:
    html = render(
        '{% confirm anchor="d" label="删除" title="删除？" action="/x/" tone="danger" %}说明{% endconfirm %}',
        csrf_token="token",
    )
    assert 'method="post" action="/x/"' in html
    assert 'value="token"' in html
    assert 'href="#d"' in html


def test_chart_script_cannot_be_broken_out_of() -> None:
    data = {"type": "bar", "categories": ["</script><b>"], "series": [{"name": "人数", "data": [1]}]}
    html = render('{% chart "c" "图" data %}', data=data)
    assert "</script><b>" not in html
    assert html.count("<script") == 1


def test_chart_table_writes_ratios_gaps_and_short_series() -> None:
    data = {"categories": ["1月", "2月", "3月"], "series": [{"name": "率", "data": [0.5, None]}], "unit": "%"}
    assert chart_table(data) == {
        "heads": ["率"],
        "rows": [
            {"label": "1月", "values": ["50.0%"]},
            {"label": "2月", "values": ["—"]},
            {"label": "3月", "values": ["—"]},
        ],
    }


def test_timeline_shows_shanghai_time() -> None:
    event = {"at": dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC), "title": "已上报", "who": "李明"}
    assert "2026年11月25日 00:00" in render("{% timeline events %}", events=[event])


def test_facts_show_zero_and_mark_what_is_absent() -> None:
    html = render("{% facts items %}", items=[("人数", 0), ("电话", None)])
    assert "<dd>0</dd>" in html
    assert "<dd>—</dd>" in html


def grid(*entries: Entry) -> EntryGrid:
    columns = [EntryColumn(entry.key, entry.key, "场") for entry in entries]
    return EntryGrid(columns, [EntryRow("甲镇", list(entries))])


def test_grid_cell_carries_what_saving_needs() -> None:
    problem = Problem("odd", '请核对“引号"”', level="warning")
    html = render("{% entry_grid grid %}", grid=grid(Entry(7, "events", 12, revision=3, problems=[problem])))
    assert 'data-report="7" data-key="events" data-revision="3"' in html
    assert 'aria-label="甲镇 events（场）"' in html
    assert "is-warning" in html
    assert "请核对“引号\\&quot;”" in html


def test_grid_fact_cannot_be_typed_and_still_counts() -> None:
    html = render("{% entry_grid grid %}", grid=grid(Entry(7, "people", 1286, is_fact=True)))
    assert "<input" not in html
    assert 'data-value="1286"' in html


def test_grid_of_uneven_rows_is_refused() -> None:
    uneven = EntryGrid([EntryColumn("a", "甲"), EntryColumn("b", "乙")], [EntryRow("甲镇", [Entry(1, "a")])])
    with pytest.raises(ValueError, match="zip"):
        _ = uneven.lines


@pytest.mark.parametrize(
    ("problems", "explanation", "state"),
    [
        ([], "", ""),
        ([Problem("a", "错")], "已说明", "error"),
        ([Problem("a", "异常", level="warning")], "", "warning"),
        ([Problem("a", "异常", level="warning")], "科普日", "explained"),
    ],
)
def test_entry_state_follows_its_problems(problems: list[Problem], explanation: str, state: str) -> None:
    assert Entry(1, "a", problems=problems, explanation=explanation).state == state


def test_problems_travel_as_the_autosave_answer() -> None:
    html = render("{{ problems|problems_json|safe }}", problems=[Problem("a", "错")])
    assert json.loads(html) == [{"level": "error", "code": "a", "message": "错"}]
