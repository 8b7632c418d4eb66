"""Targets: handed down by the level above, kept with every change of mind, weighed against a straight path."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from audit.models import AuditEvent
from core.errors import DomainError, Forbidden
from reporting.choices import Pace
from reporting.importing.targets import TARGET_IMPORTER, TARGET_SHEET
from reporting.models import Indicator, Target
from reporting.papers.figures import gather
from reporting.papers.summary_table import summary
from reporting.selectors.paces import Goal, Progress
from reporting.selectors.targets import goals_for, progress, shares, unit_progress
from reporting.services.targets import TargetChange, set_targets
from tests.factories import Tree, user_at
from tests.month import WHILE_FILLING, Month, make_month

DUE = dt.date(2026, 12, 31)
RATE = "coverage_rate_township"


@pytest.fixture
def month(tree: Tree) -> Iterator[Month]:
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield make_month(tree)


def hand(month: Month, *changes: tuple[str, str, Any], due_on: dt.date = DUE, **more: Any) -> Any:
    """The province hands down; units by code."""
    given = [
        TargetChange(month.tree[code].pk, key, None if value is None else Decimal(str(value)))
        for code, key, value in changes
    ]
    return set_targets(setter=month.tree.province, due_on=due_on, changes=given, by=month.province, **more)


def refused(month: Month, *changes: tuple[str, str, Any], due_on: dt.date = DUE) -> set[str]:
    with pytest.raises(DomainError) as refusal:
        hand(month, *changes, due_on=due_on)
    assert not Target.objects.exists()
    return {problem.message for problem in refusal.value.problems}


def goal(**changed: Any) -> Goal:
    values: dict[str, Any] = {
        "target_id": 1,
        "unit_id": 1,
        "key": "key_people_total",
        "name": "在任“三长”总人数",
        "unit_label": "人",
        "is_ratio": False,
        "is_flow": False,
        "due_on": dt.date(2026, 12, 31),
        "value": Decimal(200),
        "begins_on": dt.date(2026, 9, 22),
        "baseline": Decimal(100),
        "set_by": "山东省",
    }
    return Goal(**values | changed)


def at(now: Any, on: dt.date = dt.date(2026, 11, 11), **changed: Any) -> Progress:
    """Half of the hundred days are gone on 11 November."""
    return Progress(1, goal(**changed), now, on)


@pytest.mark.parametrize(
    ("now", "pace"),
    [
        (200, Pace.REACHED),
        (156, Pace.AHEAD),
        (155, Pace.ON_TRACK),
        (150, Pace.ON_TRACK),
        (145, Pace.ON_TRACK),
        (144, Pace.BEHIND),
        (130, Pace.BEHIND),
        (129, Pace.FAR_BEHIND),
        (None, Pace.UNKNOWN),
    ],
)
def test_pace_along_a_straight_path(now: int | None, pace: Pace) -> None:
    assert at(now).expected == 150
    assert at(now).pace == pace


def test_pace_after_the_day_is_overdue_or_reached() -> None:
    later = dt.date(2027, 1, 1)
    assert at(199, later).pace == Pace.OVERDUE
    assert at(200, later).pace == Pace.REACHED
    assert at(199, dt.date(2026, 12, 31)).pace != Pace.OVERDUE


def test_pace_of_what_is_to_fall_counts_downwards() -> None:
    falling: Any = {"key": "blank_spots", "baseline": Decimal(40), "value": Decimal(0)}
    assert at(20, **falling).pace == Pace.ON_TRACK
    assert at(30, **falling).pace == Pace.FAR_BEHIND
    assert at(10, **falling).pace == Pace.AHEAD
    assert at(0, **falling).pace == Pace.REACHED
    assert at(10, **falling).completion == 0
    assert at(0, **falling).completion == 1
    assert at(40, **falling | {"value": Decimal(10)}).completion == Fraction(1, 4)


def test_completion_is_the_figure_over_its_target() -> None:
    assert at(150).completion == Fraction(3, 4)
    assert at(250).completion == Fraction(5, 4)
    assert at(None).completion is None
    assert at(5, value=Decimal(0)).completion is None


def test_words_say_target_path_and_figure() -> None:
    assert at(130).words == "到2026年12月31日达200人，按进度应达150人，现为130人"
    ratio = at(Fraction(95), is_ratio=True, baseline=Decimal(90), value=Decimal(98))
    assert ratio.words == "到2026年12月31日达98.0%，按进度应达94.0%，现为95.0%"


def test_shares_of_a_count_add_up_and_of_a_ratio_are_alike() -> None:
    assert shares(Decimal(100), {1: 1, 2: 1, 3: 1}, is_ratio=False) == {1: 34, 2: 33, 3: 33}
    assert shares(Decimal(10), {1: 3, 2: 1}, is_ratio=False) == {1: 8, 2: 2}
    assert shares(Decimal(10), {1: 0, 2: None}, is_ratio=False) == {1: 5, 2: 5}
    assert shares(Decimal(95), {1: 3, 2: 1}, is_ratio=True) == {1: 95, 2: 95}
    assert sum(shares(Decimal("10.01"), {1: 1, 2: 1, 3: 1}, is_ratio=False, places=2).values()) == Decimal(
        "10.01"
    )
    assert shares(Decimal(3), {}, is_ratio=False) == {}


def test_targets_are_set_for_the_units_below_with_their_start(month: Month) -> None:
    outcome = hand(
        month, ("3701", RATE, 98), ("3702", "health_events", 40), ("37", RATE, 95), basis="工作要点"
    )
    assert (outcome.added, outcome.changed, outcome.ended) == (3, 0, 0)
    state = Target.objects.get(unit=month.tree.city)
    assert (state.begins_on, state.set_by_id, state.basis) == (
        WHILE_FILLING.date(),
        month.tree.province.pk,
        "工作要点",
    )
    flow = Target.objects.get(unit=month.tree.other_city)
    assert (flow.begins_on, flow.baseline) == (dt.date(2025, 12, 31), None)
    events = AuditEvent.objects.filter(kind__in=["reporting.targets", "reporting.target"])
    assert events.count() == 4


def test_a_changed_target_keeps_the_one_before(month: Month) -> None:
    hand(month, ("3701", RATE, 90))
    assert hand(month, ("3701", RATE, 90)).unchanged == 1
    assert hand(month, ("3701", RATE, 95)).changed == 1
    assert hand(month, ("3701", RATE, None)).ended == 1
    rows = list(Target.objects.order_by("pk").values_list("value", "ended_at"))
    assert [value for value, _ended in rows] == [90, 95]
    assert all(ended for _value, ended in rows)
    assert hand(month, ("3701", RATE, None)).unchanged == 1


def test_a_new_basis_alone_is_a_change(month: Month) -> None:
    hand(month, ("3701", RATE, 90), basis="旧文")
    assert hand(month, ("3701", RATE, 90), basis="新文").changed == 1
    assert hand(month, ("3701", RATE, 90)).unchanged == 1
    assert Target.objects.current().get().basis == "新文"


def test_targets_that_cannot_be_are_refused_and_nothing_is_written(month: Month) -> None:
    assert refused(month, ("370102", RATE, 90)) == {"只能给直接下级单位下达目标。"}
    assert refused(month, ("3701", RATE, 101)) == {"百分比不能超过 100。"}
    assert refused(month, ("3701", "health_events", "1.5")) == {"目标值应为整数。"}
    assert refused(month, ("3701", "health_events", -1)) == {"目标值应不小于 0。"}
    assert refused(month, ("3701", "progress", 1)) == {"这项指标不能设目标。"}
    assert refused(month, ("3701", "support_funds", "1.005")) == {"最多两位小数。"}
    assert refused(month, ("3701", RATE, 90), ("3701", RATE, 91)) == {"同一单位、同一指标只能填一个目标。"}
    assert refused(month, ("3702", RATE, 90), due_on=WHILE_FILLING.date()) == {"完成时限应晚于今天。"}
    assert refused(month, ("3702", RATE, 90), due_on=dt.date(2037, 1, 1)) == {"完成时限不能超过2036年。"}


def test_only_the_level_above_may_set(month: Month) -> None:
    given = [TargetChange(month.tree.county.pk, RATE, Decimal(90))]
    with pytest.raises(Forbidden):
        set_targets(setter=month.tree.city, due_on=DUE, changes=given, by=month.province)
    with pytest.raises(Forbidden):
        set_targets(setter=month.tree.city, due_on=DUE, changes=given, by=month.clerk)
    assert set_targets(setter=month.tree.city, due_on=DUE, changes=given, by=month.city).added == 1


def test_one_target_in_force_for_a_unit_figure_and_day(month: Month) -> None:
    hand(month, ("3701", RATE, 90))
    row = Target.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_ratio_comes_down_to_units_without_their_own(month: Month) -> None:
    tree = month.tree
    hand(month, ("37", RATE, 80), ("3701", RATE, 90), ("37", "health_events", 500))
    found = goals_for(month.cycle, [tree.county.pk, tree.city.pk, tree.other_city.pk, tree.other_county.pk])
    assert {place: (one.value, one.is_inherited) for place, one in found.items()} == {
        (tree.city.pk, RATE): (90, False),
        (tree.county.pk, RATE): (90, True),
        (tree.other_city.pk, RATE): (80, True),
        (tree.other_county.pk, RATE): (80, True),
    }


def test_the_next_day_counts_and_a_year_keeps_to_itself(month: Month) -> None:
    hand(month, ("3701", RATE, 95), ("3701", "health_events", 90), due_on=dt.date(2027, 6, 30))
    hand(month, ("3701", RATE, 90))
    city = month.tree.city.pk
    found = goals_for(month.cycle, [city])
    assert found[city, RATE].value == 90
    assert (city, "health_events") not in found


def test_a_locked_month_keeps_the_target_it_was_weighed_against(month: Month) -> None:
    hand(month, ("3701", RATE, 90))
    month.cycle.locked_at = WHILE_FILLING + dt.timedelta(days=5)
    with time_machine.travel(WHILE_FILLING + dt.timedelta(days=6), tick=False):
        hand(month, ("3701", RATE, 95))
        city = month.tree.city.pk
        assert goals_for(month.cycle, [city])[city, RATE].value == 90
        month.cycle.locked_at = None
        assert goals_for(month.cycle, [city])[city, RATE].value == 95


def test_progress_weighs_the_figures_it_is_given(month: Month) -> None:
    hand(month, ("3701", RATE, 80))
    city = month.tree.city.pk
    found = progress(month.cycle, [city], {(city, RATE): Fraction(60)})
    assert found[city, RATE].completion == Fraction(3, 4)
    assert progress(month.cycle, [city], {})[city, RATE].pace == Pace.UNKNOWN


def test_progress_reads_registry_and_typed_figures(month: Month) -> None:
    hand(month, ("3701", RATE, 80), ("3701", "recruited", 10), ("3701", "health_events", 20))
    city = month.tree.city
    found = unit_progress(month.cycle, city, [city.pk])
    assert found[city.pk, RATE].now == 0
    assert found[city.pk, "recruited"].now == 0
    assert found[city.pk, "health_events"].pace == Pace.UNKNOWN


def test_papers_show_target_and_share_done(month: Month) -> None:
    hand(month, ("3701", RATE, 80), ("3701", "blank_spots", 2), ("3701", "health_events", 20))
    figures = gather(month.cycle, month.tree.city)
    lines = {line.cells[0].value: line.cells for line in summary(figures).lines if len(line.cells) > 9}
    rate, spots = (Indicator.objects.get(key=key) for key in (RATE, "blank_spots"))
    assert [cell.value for cell in lines[rate.name][8:]] == [Fraction(4, 5), 0]
    blank = unit_progress(month.cycle, month.tree.city, [month.tree.city.pk])[
        month.tree.city.pk, "blank_spots"
    ]
    assert [cell.value for cell in lines[spots.name][8:]] == [2, blank.completion]


def test_grid_saves_what_was_typed(month: Month, client_of: Any) -> None:
    client = client_of(month.province)
    city = month.tree.city.pk
    page = client.get(reverse("reporting:hand_down"), {"due_on": "2026-12-31"})
    assert f'name="target-{city}-{RATE}"' in page.content.decode()
    answer = client.post(
        reverse("reporting:hand_down"),
        {"due_on": "2026-12-31", f"target-{city}-{RATE}": " 98.5% ", "basis": "工作要点"},
    )
    assert answer.status_code == 302
    assert Target.objects.get().value == Decimal("98.5")


def test_grid_loses_nothing_of_what_is_refused(month: Month, client_of: Any) -> None:
    name = f"target-{month.tree.city.pk}-{RATE}"
    for typed, told in (("十", "“十”不是数字。"), ("120", "百分比不能超过 100。")):
        answer = client_of(month.province).post(
            reverse("reporting:hand_down"), {"due_on": "2026-12-31", name: typed}
        )
        words = answer.content.decode()
        assert answer.status_code == 422
        assert told in words
        assert f'value="{typed}"' in words
    assert not Target.objects.exists()


def test_grid_proposes_what_its_own_target_hands_down(month: Month, client_of: Any) -> None:
    hand(month, ("37", RATE, 88))
    page = client_of(month.province).get(
        reverse("reporting:hand_down"), {"due_on": "2026-12-31", "split": "1"}
    )
    assert page.content.decode().count('value="88"') == 4


def test_page_shows_targets_below_and_their_history(month: Month, client_of: Any) -> None:
    hand(month, ("37", RATE, 97), ("3701", RATE, 98))
    words = client_of(month.province).get(reverse("reporting:targets")).content.decode()
    assert all(part in words for part in ("97.0%", "济南市", "执行中", "0.0% 符合进度"))
    county = client_of(month.clerk).get(reverse("reporting:targets")).content.decode()
    assert "按上级目标" in county
    assert "下达目标</a>" not in county


def test_grid_is_not_for_those_without_the_permission(month: Month, client_of: Any) -> None:
    assert client_of(month.clerk).get(reverse("reporting:hand_down")).status_code == 403
    assert (
        client_of(user_at(month.tree.city, Role.LEADER)).get(reverse("reporting:hand_down")).status_code
        == 403
    )
    assert client_of(month.city).get(reverse("reporting:hand_down")).status_code == 200


def test_interface_tells_and_sets(month: Month, api_of: Any) -> None:
    address = reverse("v1:targets")
    city = month.tree.city.pk
    body = {"due_on": "2026-12-31", "targets": [{"unit": city, "key": RATE, "value": "98"}]}
    assert api_of(month.clerk).post(address, body, format="json").status_code == 403
    answer = api_of(month.province).post(address, body, format="json")
    assert (answer.status_code, answer.json()["added"]) == (201, 1)
    rows = api_of(month.province).get(address, {"cycle": month.cycle.pk}).json()
    told = {(row["unit"], row["key"]): row for row in rows}
    assert told[city, RATE] | {"expected": None} == {
        "unit": city,
        "key": RATE,
        "due_on": "2026-12-31",
        "target": "98.00",
        "now": 0.0,
        "expected": None,
        "completion": 0.0,
        "pace": "on_track",
        "set_by": "山东省",
        "basis": "",
        "is_inherited": False,
    }
    bad = body | {"targets": [{"unit": city, "key": RATE, "value": "101"}]}
    assert api_of(month.province).post(address, bad, format="json").status_code == 422


def test_sheet_goes_out_and_comes_back(month: Month, tmp_path: Any) -> None:
    hand(month, ("3701", RATE, 90), ("3702", RATE, 70))
    user, path = month.province, str(tmp_path / "目标.xlsx")
    TARGET_SHEET.build(user, {"due_on": "2026-12-31"}, path, lambda *args: None)
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    rows = {
        (str(sheet.cell(row, heads["单位"]).value), str(sheet.cell(row, heads["指标"]).value)): row
        for row in range(1, sheet.max_row + 1)
    }
    rate = Indicator.objects.get(key=RATE).name
    sheet.cell(rows["济南市", rate], heads["目标"]).value = 95.5
    sheet.cell(rows["青岛市", rate], heads["目标"]).value = None
    book.save(path)
    plan = TARGET_IMPORTER.read(user, {}, io.BytesIO(Path(path).read_bytes()), lambda *args: None, False)
    assert not plan.problems
    assert len(plan.changes) == 2
    assert (
        TARGET_IMPORTER.apply(user, {}, plan, lambda *args: None)
        == "2026年12月31日前的目标：调整1项，撤销1项。"
    )
    assert [row.value for row in Target.objects.current()] == [Decimal("95.5")]


def test_sheet_names_the_row_that_cannot_be(month: Month, tmp_path: Any) -> None:
    user, path = month.province, str(tmp_path / "目标.xlsx")
    TARGET_SHEET.build(user, {"due_on": "2026-12-31"}, path, lambda *args: None)
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    row = next(
        row
        for row in range(1, sheet.max_row + 1)
        if sheet.cell(row, heads["单位"]).value == "济南市"
        and str(sheet.cell(row, heads["指标"]).value).startswith("组织覆盖率")
    )
    sheet.cell(row, heads["目标"]).value = 150
    book.save(path)
    plan = TARGET_IMPORTER.read(user, {}, io.BytesIO(Path(path).read_bytes()), lambda *args: None, False)
    assert [(problem.row, "不能超过 100" in problem.message) for problem in plan.problems] == [(row, True)]
    assert not TARGET_SHEET.allowed(month.clerk, {})
    assert TARGET_SHEET.allowed(month.province, {})
