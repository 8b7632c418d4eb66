"""Every kind of item from the desk to the total: typed, checked, submitted, accepted, rolled up, corrected."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import DomainError
from orgs.choices import Level
from reporting.choices import EntryMode, Space, ValueKind
from reporting.models import Cell, Report, UnitReporting
from reporting.rollup import Basis, cycle_totals
from reporting.rollup.answers import choice_counts, table_totals
from reporting.selectors.layout import figures_of, layout_of
from reporting.selectors.sheet import read_paper
from reporting.services import designing
from reporting.services.attachments import attach_files
from reporting.services.corrections import open_case
from reporting.services.filling import CellChange, SaveOutcome, save_cells
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import Tree, user_at
from tests.forms import answers, census, census_cycle, census_draft, item
from tests.month import SELF_REPORTING, WHILE_FILLING

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(tree: Tree):
    with time_machine.travel(WHILE_FILLING, tick=False):
        UnitReporting.objects.create(unit=tree[SELF_REPORTING[0]], entry_mode=EntryMode.SELF)
        version = census(tree)
        yield tree, census_cycle(tree, version)


def report_of(month, code: str) -> Report:
    tree, cycle = month
    return Report.objects.select_related("cycle__form_version", "unit", "custodian", "reviewer").get(
        cycle=cycle, unit=tree[code]
    )


def type_in(report: Report, by, **values: str) -> SaveOutcome:
    changes = []
    for key, value in values.items():
        cell = Cell.objects.filter(report=report, indicator__key=key).first()
        changes.append(CellChange(report.pk, key, value, cell.revision if cell else 0))
    return save_cells(reports=[report], changes=changes, by=by)


def hand_in(month, code: str, reviewer_code: str, **changed: str) -> Report:
    tree, cycle = month
    clerk = user_at(tree[code], Role.REPORTER)
    report = report_of(month, code)
    outcome = type_in(report, clerk, **answers(cycle.form_version, **changed))
    assert not outcome.refused, [cell.problems for cell in outcome.refused]
    submit(report=report, by=clerk)
    accept(report=report, by=user_at(tree[reviewer_code], Role.REVIEWER))
    return report_of(month, code)


def test_each_kind_is_frozen_as_it_was_answered(month) -> None:
    report = hand_in(month, "370102", "3701")
    figures = figures_of(report.live_version_id)
    assert {key: figures[key].value for key in ("staff", "area", "funds", "part_time", "full_share")} == {
        "staff": 5,
        "area": Decimal("12.50"),
        "funds": Decimal("3.20"),
        "part_time": 3,
        "full_share": 40,
    }
    assert [figures[key].text for key in ("premises", "needs", "founded")] == ["o1", "o1,o2", "2020-03-20"]
    assert [list(row.values()) for row in json.loads(figures["bodies"].text)] == [
        ["学会", "12"],
        ["农技协", "8"],
    ]


def test_choices_are_counted_and_rows_added_up_by_their_key(month) -> None:
    tree, cycle = month
    more = json.dumps(
        [{"kind": "学会", "heads": "5"}, {"kind": "企业科协", "heads": "30"}], ensure_ascii=False
    )
    hand_in(month, "370202", "3702")
    hand_in(month, "370203", "3702", premises="rent", needs="money", bodies=more)
    counts = choice_counts(cycle, ["premises", "needs"], basis=Basis.LIVE, within=tree["3702"])
    assert (counts["premises"].answered, counts["premises"].options) == (2, {"o1": 1, "o2": 1})
    assert counts["needs"].options == {"o1": 2, "o2": 1}
    bodies = layout_of(cycle.form_version).item("bodies")
    column = next(one.key for one in bodies.columns.all() if one.name == "人数")
    totals = table_totals(cycle, bodies, basis=Basis.LIVE, within=tree.province)
    assert [(row.key, row.rows, row.units, row.sums[column]) for row in totals] == [
        ("学会", 2, 2, 17),
        ("企业科协", 1, 1, 30),
        ("农技协", 1, 1, 8),
    ]
    assert choice_counts(cycle, ["premises"], basis=Basis.OFFICIAL)["premises"].answered == 0
    assert table_totals(cycle, bodies, basis=Basis.LIVE, within=tree["3701"]) == []


def test_computed_figures_are_summed_and_ratios_never(month) -> None:
    tree, cycle = month
    hand_in(month, "370202", "3702")
    hand_in(month, "370203", "3702", staff="15", staff_full="12")
    city = cycle_totals(cycle, basis=Basis.LIVE, within=tree["3702"]).of_unit(tree["3702"].pk)
    assert (city["staff"].total, city["part_time"].total, city["area"].total) == (20, 6, 25)
    assert "full_share" not in city


def test_rule_speaks_while_typing_and_blocks_the_submission(month) -> None:
    tree, cycle = month
    clerk, report = user_at(tree["370102"], Role.REPORTER), report_of(month, "370102")
    outcome = type_in(report, clerk, **answers(cycle.form_version, staff_full="9"))
    [told] = [cell for cell in outcome.saved if cell.key == "staff_full"]
    assert [(problem.code, problem.message) for problem in told.problems] == [
        ("relation", "专职 9 人，多于工作人员 5 人。")
    ]
    with pytest.raises(DomainError) as refused:
        submit(report=report, by=clerk)
    assert {problem.code for problem in refused.value.problems} == {"relation", "negative_result"}
    type_in(report, clerk, staff_full="2")
    assert submit(report=report, by=clerk).last_version is not None


def test_result_of_a_formula_comes_back_with_the_save(month) -> None:
    tree, _cycle = month
    clerk, report = user_at(tree["370102"], Role.REPORTER), report_of(month, "370102")
    first = type_in(report, clerk, staff="8")
    assert {row.key: row.value for row in first.results} == {"part_time": None, "full_share": None}
    second = type_in(report, clerk, staff_full="2")
    assert {row.key: row.value for row in second.results} == {"part_time": 6, "full_share": Decimal("25.00")}


def test_bounds_required_choice_and_incomplete_rows_block(month) -> None:
    tree, cycle = month
    clerk, report = user_at(tree["370102"], Role.REPORTER), report_of(month, "370102")
    rows = json.dumps([{"kind": "学会", "heads": ""}, {"kind": "学会", "heads": "3"}], ensure_ascii=False)
    type_in(report, clerk, **answers(cycle.form_version, staff="501", premises="", bodies=rows))
    with pytest.raises(DomainError) as refused:
        submit(report=report, by=clerk)
    found = {(problem.code, problem.field) for problem in refused.value.problems}
    assert found == {
        ("above_bound", "staff"),
        ("left_out", "premises"),
        ("left_out", "bodies"),
        ("same_row_twice", "bodies"),
    }


def test_computed_and_foreign_cells_cannot_be_typed(month) -> None:
    tree, _cycle = month
    clerk, report = user_at(tree["370102"], Role.REPORTER), report_of(month, "370102")
    outcome = type_in(report, clerk, part_time="3", premises="买的", staff="4")
    assert {(cell.key, cell.problems[0].code) for cell in outcome.refused} == {
        ("part_time", "unknown_cell"),
        ("premises", "unknown_option"),
    }
    assert [cell.key for cell in outcome.saved] == ["staff"]


def test_paper_shows_answers_open_at_the_desk_and_written_when_read(month) -> None:
    report = hand_in(month, "370102", "3701")
    [section] = read_paper(report, version_id=report.live_version_id).own_sections
    shown = {line.entry.key: line for line in section.answers}
    assert shown["premises"].written == "自有"
    assert shown["needs"].written == "缺经费、缺人员"
    assert shown["founded"].written == "2020年3月20日"
    assert [[words for _column, _raw, words in row] for row in shown["bodies"].rows] == [
        ["学会", "12"],
        ["农技协", "8"],
    ]
    figures = {line.entry.key: line for line in section.figures}
    assert (figures["full_share"].own, figures["full_share"].formula) == (40, "「专职」 ÷ 「工作人员」")
    assert figures["full_share"].entry.is_readonly


def test_correction_of_a_choice_and_a_table_moves_the_counts(month) -> None:
    tree, cycle = month
    report = hand_in(month, "370102", "3701")
    changed = answers(cycle.form_version, premises="rent", staff="6")
    case = open_case(
        report=report,
        changes={"premises": changed["premises"], "staff": changed["staff"]},
        reason="填错",
        by=user_at(tree["370102"], Role.REPORTER),
    )
    assert {row.indicator.key for row in case.items.all()} == {"premises", "staff", "part_time", "full_share"}
    figures = figures_of(case.new_version_id)
    assert (figures["part_time"].value, figures["premises"].text) == (4, "o2")


def test_wanted_file_blocks_until_it_is_there_and_is_of_the_kind(tree: Tree) -> None:
    with time_machine.travel(WHILE_FILLING, tick=False):
        version = census_draft(tree)
        item(
            version,
            "scan",
            ValueKind.FILE,
            name="盖章扫描件",
            space=Space.COLLECTED,
            time="none",
            owed_by=(Level.COUNTY,),
            required_at=(Level.COUNTY,),
            file_kinds=["pdf"],
            file_count=1,
        )
        version = designing.publish(version=version, note="", by=SYSTEM)
        month = tree, census_cycle(tree, version)
        clerk, report = user_at(tree["370102"], Role.REPORTER), report_of(month, "370102")
        type_in(report, clerk, **answers(version))
        with pytest.raises(DomainError) as refused:
            submit(report=report, by=clerk)
        assert [(problem.code, problem.field) for problem in refused.value.problems] == [
            ("files_wanted", "scan")
        ]
        picture = SimpleUploadedFile("章.png", b"\x89PNG\r\n\x1a\n")
        with pytest.raises(DomainError) as stranger:
            attach_files(report=report, kind="scan", uploads=[picture], by=clerk)
        assert stranger.value.problems[0].code == "file_kind"
        scan = SimpleUploadedFile("章.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
        attach_files(report=report, kind="scan", uploads=[scan], by=clerk)
        assert submit(report=report, by=clerk).last_version is not None
