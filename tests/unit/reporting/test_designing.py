"""The designer's services: a draft becomes a version that never changes; the register; what is refused, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine

from accounts.roles import Role
from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import Level
from reporting.choices import IssueKind, Source, Space, Time, ValueKind
from reporting.models import Collection, DeadlineOverride, FormVersion, Indicator
from reporting.selectors.breaks import breaks_of, broken_series, is_broken
from reporting.selectors.form_diff import diff
from reporting.selectors.layout import layout_of
from reporting.selectors.preview import preview_of
from reporting.selectors.register import register_lines
from reporting.selectors.samples import SAMPLES, samples_for
from reporting.services import designing
from reporting.services.cycles import open_cycle
from reporting.services.designing_items import (
    ColumnFacts,
    ItemFacts,
    change_item,
    remove_item,
    take_indicator,
)
from reporting.services.designing_rules import RuleFacts, add_rule, change_rule, remove_rule
from reporting.services.forms import draft_from_sample, load_monthly_form
from reporting.services.register import RegisterFacts, register_form, remove_from_register
from reporting.services.settings import set_city_deadline
from tests.factories import Tree, user_at
from tests.forms import BELOW, REGISTER, census, census_draft, draft, item
from tests.month import PERIOD, WHILE_FILLING

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def keys(version: FormVersion) -> list[str]:
    return [one.indicator.key for one in layout_of(version).items]


def test_only_a_designer_of_the_province_makes_forms(tree: Tree) -> None:
    with pytest.raises(Forbidden):
        designing.create_form(
            owner=tree.province, key="", name="某表", by=user_at(tree["3701"], Role.REVIEWER)
        )
    made = designing.create_form(
        owner=tree.province, key="", name="某表", by=user_at(tree["37"], Role.REVIEWER)
    )
    assert (made.number, made.is_draft, made.sections.count()) == (1, True, 1)
    assert AuditEvent.objects.filter(kind="form.drafted", object_id=str(made.pk)).exists()


def test_form_needs_a_name_and_a_key_of_its_own(tree: Tree) -> None:
    with pytest.raises(DomainError) as refused:
        designing.create_form(owner=tree.province, key="", name=" ", by=SYSTEM)
    assert codes(refused) == {"name_wanted"}
    designing.create_form(owner=tree.province, key="census", name="普查", by=SYSTEM)
    with pytest.raises(DomainError) as refused:
        designing.create_form(owner=tree.province, key="census", name="另一张", by=SYSTEM)
    assert codes(refused) == {"key_taken"}


def test_published_version_never_changes_and_a_form_has_one_draft(tree: Tree) -> None:
    version = census(tree)
    some = version.items.first()
    for act in (
        lambda: item(version, "more", ValueKind.COUNT),
        lambda: change_item(item=some, facts=ItemFacts(section=some.section), by=SYSTEM),
        lambda: remove_item(item=some, by=SYSTEM),
        lambda: designing.move_item(item=some, up=False, by=SYSTEM),
        lambda: designing.add_section(version=version, name="新节", by=SYSTEM),
        lambda: designing.rename_section(section=some.section, name="新名", by=SYSTEM),
        lambda: designing.discard_draft(version=version, by=SYSTEM),
        lambda: remove_rule(version=version, number=1, by=SYSTEM),
        lambda: designing.publish(version=version, note="", by=SYSTEM),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert codes(refused) == {"version_published"}
    copy = designing.start_version(form=version.form, by=SYSTEM)
    assert (keys(copy), copy.rules, copy.number) == (keys(version), version.rules, 2)
    assert copy.items.get(indicator__key="bodies").columns.count() == 2
    with pytest.raises(Conflict) as refused:
        designing.start_version(form=version.form, by=SYSTEM)
    assert codes(refused) == {"draft_exists"}


def test_cycle_keeps_the_version_that_it_opened_with(tree: Tree) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        first = census(tree)
        collection = Collection.objects.create(
            owner=tree.province, key="c", name="普查", form=first.form, first_period=PERIOD
        )
        cycle = open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
        copy = designing.start_version(form=first.form, by=SYSTEM)
        following = dt.date(2026, 12, 1)
        item(copy, "more", ValueKind.COUNT)
        second = designing.publish(version=copy, note="加一项", by=SYSTEM)
        cycle.refresh_from_db()
        assert cycle.form_version == first
        assert open_cycle(collection=collection, period=following, by=SYSTEM).form_version == second


def test_order_of_sections_and_items_is_changed_step_by_step(tree: Tree) -> None:
    version = draft(tree)
    second = designing.add_section(version=version, name="第二节", by=SYSTEM)
    for key in ("one", "two", "three"):
        item(version, key, ValueKind.COUNT)
    item(version, "apart", ValueKind.COUNT, section=second)
    assert keys(version) == ["one", "two", "three", "apart"]
    three = version.items.get(indicator__key="three")
    designing.move_item(item=three, up=True, by=SYSTEM)
    assert keys(version) == ["one", "three", "two", "apart"]
    designing.move_item(item=version.items.get(indicator__key="one"), up=True, by=SYSTEM)
    assert keys(version) == ["one", "three", "two", "apart"]
    designing.move_section(section=second, up=True, by=SYSTEM)
    assert keys(version) == ["apart", "one", "three", "two"]
    change_item(item=three, facts=ItemFacts(section=second, owed_by=BELOW), by=SYSTEM)
    assert keys(version) == ["apart", "three", "one", "two"]
    with pytest.raises(DomainError) as refused:
        designing.remove_section(section=second, by=SYSTEM)
    assert codes(refused) == {"section_not_empty"}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": ValueKind.CHOICE, "options": ["只有一个"]}, "options_wanted"),
        ({"kind": ValueKind.TABLE}, "columns_wanted"),
        ({"kind": ValueKind.TABLE, "columns": [ColumnFacts("名称", "text")]}, "key_wanted"),
        ({"kind": ValueKind.COUNT, "owed_by": ()}, "nobody_owes"),
        (
            {"kind": ValueKind.FILE, "space": Space.COLLECTED, "time": Time.NONE, "required_at": BELOW},
            "file_count_wanted",
        ),
        ({"kind": ValueKind.COUNT, "source": Source.COMPUTED}, "formula_wanted"),
    ],
)
def test_unfinished_item_keeps_the_draft_from_being_published(tree: Tree, facts: dict, code: str) -> None:
    version = draft(tree)
    kind = facts.pop("kind")
    item(version, "whole", ValueKind.COUNT)
    item(version, "unfinished", kind, **facts)
    with pytest.raises(DomainError) as refused:
        designing.publish(version=version, note="", by=SYSTEM)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [(code, "unfinished")]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"kind": ValueKind.TEXT, "space": Space.SUM}, "not_summed", "space"),
        ({"kind": ValueKind.COUNT, "space": Space.RATIO}, "not_a_ratio", "space"),
        ({"kind": ValueKind.CHOICE, "time": Time.SUM}, "not_cumulated", "time"),
        ({"kind": ValueKind.RATIO, "space": Space.NONE}, "ratio_is_computed", "source"),
        ({"kind": ValueKind.TEXT, "source": Source.COMPUTED, "space": Space.NONE}, "bad_kind", "value_kind"),
        ({"kind": ValueKind.COUNT, "source": Source.REGISTRY}, "bad_source", "source"),
        ({"kind": ValueKind.COUNT, "minimum": 5, "maximum": 1}, "bounds_crossed", "minimum"),
        ({"kind": ValueKind.DATE, "space": Space.NONE, "minimum": 5}, "no_bounds", "minimum"),
        (
            {"kind": ValueKind.COUNT, "owed_by": (Level.COUNTY,), "required_at": (Level.CITY,)},
            "required_elsewhere",
            "required_at",
        ),
        (
            {"kind": ValueKind.COUNT, "source": Source.COMPUTED, "formula": "one * two"},
            "bad_formula",
            "formula",
        ),
        ({"kind": ValueKind.COUNT, "source": Source.COMPUTED, "formula": "one +"}, "bad_formula", "formula"),
        ({"kind": ValueKind.COUNT, "source": Source.COMPUTED, "formula": "three"}, "bad_formula", "formula"),
        (
            {
                "kind": ValueKind.RATIO,
                "source": Source.COMPUTED,
                "space": Space.RATIO,
                "formula": "one + two",
            },
            "bad_formula",
            "formula",
        ),
    ],
)
def test_item_that_does_not_go_together_is_refused_at_its_field(
    tree: Tree, facts: dict, code: str, field: str
) -> None:
    version = draft(tree)
    item(version, "one", ValueKind.COUNT)
    item(version, "two", ValueKind.COUNT)
    with pytest.raises(DomainError) as refused:
        item(version, "three", facts.pop("kind"), **facts)
    assert (code, field) in {(problem.code, problem.field) for problem in refused.value.problems}
    assert keys(version) == ["one", "two"]


def test_rule_is_kept_by_keys_with_its_message_and_refused_by_position(tree: Tree) -> None:
    version = census_draft(tree)
    [first, second] = version.rules
    assert (first["demand"], first["message"]) == (
        "staff_full <= staff",
        "专职 {staff_full} 人，多于工作人员 {staff} 人。",
    )
    assert (second["level"], second["message"]) == (
        "warning",
        "不符合核对关系：「工作人员」 ≥ 上期(「工作人员」)。",
    )
    with pytest.raises(DomainError) as refused:
        add_rule(version=version, facts=RuleFacts("[工作人员] >", "staff"), by=SYSTEM)
    [problem] = refused.value.problems
    assert (problem.code, problem.field, problem.message) == (
        "bad_rule",
        "demand",
        "第9个字符：表达式没有写完。",
    )
    with pytest.raises(DomainError) as refused:
        add_rule(version=version, facts=RuleFacts("staff > 1", "nothing", "多了 {stranger}"), by=SYSTEM)
    assert codes(refused) == {"unknown_item", "bad_message"}
    change_rule(version=version, number=2, facts=RuleFacts("staff < 100", "staff"), by=SYSTEM)
    remove_rule(version=version, number=1, by=SYSTEM)
    version.refresh_from_db()
    assert [rule["demand"] for rule in version.rules] == ["staff < 100"]
    with pytest.raises(Conflict):
        remove_rule(version=version, number=2, by=SYSTEM)


def test_item_that_a_rule_or_a_formula_needs_stays(tree: Tree) -> None:
    version = census_draft(tree)
    with pytest.raises(DomainError) as refused:
        remove_item(item=version.items.get(indicator__key="staff_full"), by=SYSTEM)
    [problem] = refused.value.problems
    assert problem.code == "item_needed"
    assert "第1条核对关系" in problem.message
    assert "“兼职”的公式" in problem.message
    remove_item(item=version.items.get(indicator__key="part_time"), by=SYSTEM)
    assert not Indicator.objects.filter(key="part_time").exists()


def test_option_keeps_its_key_when_others_come_and_go(tree: Tree) -> None:
    version = census_draft(tree)
    row = version.items.get(indicator__key="needs")
    facts = ItemFacts(section=row.section, owed_by=BELOW, options=["缺场所", "缺编制", "缺经费"])
    changed = change_item(item=row, facts=facts, by=SYSTEM)
    assert [(one["key"], one["name"]) for one in changed.options] == [
        ("o3", "缺场所"),
        ("o4", "缺编制"),
        ("o1", "缺经费"),
    ]


def test_known_indicator_is_taken_with_what_was_asked_before(tree: Tree) -> None:
    census(tree)
    monthly = load_monthly_form(owner=tree.province, by=SYSTEM)
    version = draft(tree, "另一张表")
    section = version.sections.get()
    for key in ("bodies", "key_people_total"):
        take_indicator(version=version, indicator=Indicator.objects.get(key=key), section=section, by=SYSTEM)
    assert version.items.get(indicator__key="bodies").columns.filter(is_key=True).exists()
    assert monthly.items.filter(indicator__key="key_people_total").exists()
    with pytest.raises(Conflict) as refused:
        take_indicator(
            version=version, indicator=Indicator.objects.get(key="bodies"), section=section, by=SYSTEM
        )
    assert codes(refused) == {"item_exists"}


def test_changed_definition_has_a_date_and_breaks_the_series(tree: Tree) -> None:
    copy = designing.start_version(form=census(tree).form, by=SYSTEM)
    row = copy.items.select_related("section").get(indicator__key="staff")
    change_item(
        item=row, facts=ItemFacts(section=row.section, owed_by=BELOW, definition="只计在编人员"), by=SYSTEM
    )
    with pytest.raises(DomainError) as refused:
        designing.publish(version=copy, note="", by=SYSTEM)
    assert codes(refused) == {"period_wanted"}
    designing.publish(version=copy, note="", by=SYSTEM, changed_from=dt.date(2026, 12, 15))
    breaks = breaks_of(["staff", "area"])
    assert breaks == {"staff": [dt.date(2026, 12, 1)]}
    assert Indicator.objects.get(key="staff").definition == "只计在编人员"
    november, december = dt.date(2026, 11, 1), dt.date(2026, 12, 1)
    assert is_broken(breaks, "staff", november, december)
    assert not is_broken(breaks, "staff", december, dt.date(2027, 1, 1))
    series = broken_series("工作人员", [november, december], [5, 4], breaks["staff"])
    assert [(one["name"], one["data"]) for one in series] == [
        ("工作人员（2026年12月前口径）", [5, None]),
        ("工作人员", [None, 4]),
    ]


def test_difference_of_versions_names_what_came_went_and_changed(tree: Tree) -> None:
    first = census(tree)
    copy = designing.start_version(form=first.form, by=SYSTEM)
    item(copy, "more", ValueKind.COUNT, name="新增项")
    remove_item(item=copy.items.get(indicator__key="founded"), by=SYSTEM)
    row = copy.items.select_related("section").get(indicator__key="area")
    change_item(item=row, facts=ItemFacts(section=row.section, owed_by=(Level.COUNTY,)), by=SYSTEM)
    copy.refresh_from_db()
    add_rule(version=copy, facts=RuleFacts("more <= staff", "more"), by=SYSTEM)
    copy.refresh_from_db()
    found = diff(first, copy)
    assert [one.indicator.key for one in found.added] == ["more"]
    assert [one.indicator.key for one in found.removed] == ["founded"]
    assert [(one.indicator.key, [change.what for change in changes]) for one, changes in found.changed] == [
        ("area", ["填报层级"])
    ]
    assert found.rules_added == ["「新增项」 ≤ 「工作人员」"]
    assert diff(first, first).is_empty


def test_preview_is_what_the_level_owes(tree: Tree) -> None:
    version = census_draft(tree)
    county, city = preview_of(version, Level.COUNTY), preview_of(version, Level.CITY)
    [section] = county.own_sections
    assert [line.entry.key for line in section.figures] == [
        "staff",
        "staff_full",
        "area",
        "funds",
        "part_time",
        "full_share",
    ]
    assert [line.entry.key for line in section.answers] == ["premises", "needs", "founded", "bodies"]
    assert not city.own_sections


def test_form_off_the_register_is_neither_published_nor_collected(tree: Tree) -> None:
    version = designing.create_form(owner=tree.province, key="", name="未登记", by=SYSTEM)
    item(version, "one", ValueKind.COUNT)
    with pytest.raises(DomainError) as refused:
        designing.publish(version=version, note="", by=SYSTEM)
    assert codes(refused) == {"not_registered"}
    with pytest.raises(DomainError) as refused:
        register_form(form=version.form, facts=RegisterFacts("regular", "部门", " ", ""), by=SYSTEM)
    assert {problem.field for problem in refused.value.problems} == {"basis", "person"}
    register_form(form=version.form, facts=REGISTER, by=SYSTEM)
    designing.publish(version=version, note="", by=SYSTEM)
    with pytest.raises(DomainError) as refused:
        remove_from_register(form=version.form, reason="", by=SYSTEM)
    assert codes(refused) == {"reason_wanted"}
    remove_from_register(form=version.form, reason="已并入普查表", by=SYSTEM)
    collection = Collection.objects.create(
        owner=tree.province, key="c", name="任务", form=version.form, first_period=PERIOD
    )
    with time_machine.travel(WHILE_FILLING, tick=False), pytest.raises(DomainError) as refused:
        open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
    assert codes(refused) == {"not_registered"}


def test_extra_question_is_small_and_leaves_three_working_days(tree: Tree) -> None:
    extra = RegisterFacts("extra", "办公室", "某急件", "李四")
    version = draft(tree, "临时加报")
    for number in range(5):
        item(version, f"extra_{number}", ValueKind.COUNT)
    register_form(form=version.form, facts=extra, by=SYSTEM)
    item(version, "extra_5", ValueKind.COUNT)
    with pytest.raises(DomainError) as refused:
        designing.publish(version=version, note="", by=SYSTEM)
    assert codes(refused) == {"extra_too_large"}
    remove_item(item=version.items.get(indicator__key="extra_5"), by=SYSTEM)
    designing.publish(version=version, note="", by=SYSTEM)
    collection = Collection.objects.create(
        owner=tree.province, key="c", name="任务", form=version.form, first_period=PERIOD
    )
    thursday = dt.datetime(2026, 11, 19, 9, tzinfo=dt.UTC)
    with time_machine.travel(thursday, tick=False), pytest.raises(DomainError) as refused:
        open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
    assert codes(refused) == {"extra_too_short"}
    with time_machine.travel(thursday - dt.timedelta(days=1), tick=False):
        with pytest.raises(DomainError) as refused:
            set_city_deadline(collection=collection, city=tree.city, level=3, day=19, by=SYSTEM)
        assert codes(refused) == {"extra_too_short"}
        set_city_deadline(collection=collection, city=tree.city, level=3, day=20, by=SYSTEM)
        DeadlineOverride.objects.filter(city=tree.city).update(day=19)
        cycle = open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
    assert cycle.form_version == version
    assert cycle.reports.get(unit=tree.county).due_at == clock.end_of(dt.date(2026, 11, 20))


def test_register_says_what_a_form_costs(tree: Tree) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        version = census(tree)
        collection = Collection.objects.create(
            owner=tree.province, key="c", name="普查", form=version.form, first_period=PERIOD
        )
        open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
    [line] = register_lines([version.form])
    county = next(cost for cost in line.costs if cost.level == Level.COUNTY)
    assert (county.cells, county.periods, county.measured) == (9, 12, None)
    assert county.estimated == county.minutes > 10
    parts = {part.label: (part.cells, part.minutes) for part in county.parts}
    assert parts["整数"] == (2, 1) and parts["文字"] == (1, 8) and parts["表格"] == (1, Decimal("7.5"))
    assert sum(minutes for _cells, minutes in parts.values()) == county.estimated
    assert county.a_year == round(county.minutes * 12)
    assert line.minutes_a_year == county.a_year


def test_discarded_draft_leaves_nothing_behind(tree: Tree) -> None:
    version = designing.create_form(owner=tree.province, key="gone", name="某表", by=SYSTEM)
    item(version, "only_here", ValueKind.COUNT)
    designing.discard_draft(version=version, by=SYSTEM)
    assert not FormVersion.objects.filter(pk=version.pk).exists()
    assert not Indicator.objects.filter(key="only_here").exists()
    with pytest.raises(Conflict) as refused:
        designing.discard_draft(version=version, by=SYSTEM)
    assert codes(refused) == {"draft_gone"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_draft_like_a_sample_can_be_published_as_it_is(tree: Tree, name: str) -> None:
    designer = user_at(tree["37"], Role.REVIEWER)
    made = draft_from_sample(name=name, owner=tree.province, by=designer)
    assert made.is_draft and made.form.registration.asked_by
    published = designing.publish(version=made, note="", by=designer)
    assert published.items.count() == {one.name: one.count for one in samples_for(tree.province)}[name]
    with pytest.raises(Conflict) as refused:
        draft_from_sample(name=name, owner=tree.province, by=designer)
    assert codes(refused) == {"form_exists"}


def test_samples_are_for_designers_and_known_by_name(tree: Tree) -> None:
    with pytest.raises(Forbidden):
        draft_from_sample(name="plan_form", owner=tree.province, by=user_at(tree["3701"], Role.REVIEWER))
    with pytest.raises(DomainError) as refused:
        draft_from_sample(name="../settings", owner=tree.province, by=user_at(tree["37"], Role.REVIEWER))
    assert codes(refused) == {"unknown_sample"}


def test_what_the_registry_fills_outlives_a_discarded_draft(tree: Tree) -> None:
    designer = user_at(tree["37"], Role.REVIEWER)
    made = draft_from_sample(name="monthly_form", owner=tree.province, by=designer)
    designing.discard_draft(version=made, by=designer)
    left = set(Indicator.objects.values_list("source", flat=True))
    assert Source.REGISTRY in left and Source.TYPED not in left


def test_a_narrative_of_the_designer_raises_entries_in_every_version(tree: Tree) -> None:
    made = draft(tree)
    wishes = item(made, "wishes", ValueKind.TEXT, space=Space.COLLECTED)
    facts = ItemFacts(section=wishes.section, owed_by=wishes.owed_by)
    designer = user_at(tree["37"], Role.REVIEWER)
    change_item(item=wishes, facts=replace(facts, raises=IssueKind.SUGGESTION), by=designer)
    change_item(item=wishes, facts=facts, by=designer)
    assert Indicator.objects.get(pk=wishes.indicator_id).raises == IssueKind.SUGGESTION
    with pytest.raises(DomainError) as refused:
        change_item(item=wishes, facts=replace(facts, raises="praise"), by=designer)
    assert codes(refused) == {"unknown_sort"}


def test_items_of_one_name_are_told_apart_in_rules(tree: Tree) -> None:
    version = draft(tree)
    second = designing.add_section(version=version, name="活动", by=SYSTEM)
    first = version.sections.get(order=1).name
    item(version, "heads_one", ValueKind.COUNT, name="人数")
    item(version, "heads_two", ValueKind.COUNT, name="人数", section=second)
    add_rule(version=version, facts=RuleFacts(f"[活动：人数] <= [{first}：人数]", "heads_two"), by=SYSTEM)
    version.refresh_from_db()
    assert version.rules[0]["demand"] == "heads_two <= heads_one"
    with pytest.raises(DomainError, match="没有“人数”"):
        add_rule(version=version, facts=RuleFacts("[人数] > 0", "heads_one"), by=SYSTEM)


def test_a_form_of_too_many_items_is_not_published(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.rules.forms.MOST_ITEMS", 2)
    version = draft(tree)
    for number in range(3):
        item(version, f"one{number}", ValueKind.COUNT)
    with pytest.raises(DomainError, match="最多2个填报项，现在有3个"):
        designing.publish(version=version, note="", by=SYSTEM)
    remove_item(item=version.items.last(), by=SYSTEM)
    assert designing.publish(version=version, note="", by=SYSTEM).published_at
