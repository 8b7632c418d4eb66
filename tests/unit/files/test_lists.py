"""What every list that goes out as a sheet has in common."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from openpyxl import load_workbook

from accounts.permissions import MANAGE_ACCOUNTS
from accounts.roles import Role
from core.errors import DomainError
from core.xlsx import SheetColumn
from files import lists
from files.lists import Caption, Listing, conditions_asked, each, list_file, listing_file, with_export
from files.registry import Exporter
from files.services.running import ExportCancelled
from orgs.models import OrgUnit
from orgs.permissions import VIEW_UNITS
from tests.factories import Tree, user_at

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


def quiet(*_told: Any) -> None:
    return None


def units_file(**more: Any) -> Exporter:
    return list_file(
        kind="test.units",
        title="单位名单",
        columns=[SheetColumn("代码"), SheetColumn("名称")],
        rows=lambda user, query: (
            OrgUnit.objects.within(user.unit)
            .filter(level__in=query.getlist("level"))
            .order_by("division_code")
        ),
        lines=each(lambda unit: [unit.division_code, unit.name]),
        allowed=with_export(VIEW_UNITS),
        counted="个",
        **more,
    )


def written(path: Path) -> list[tuple[Any, ...]]:
    return list(load_workbook(path).active.iter_rows(values_only=True))  # type: ignore[union-attr]


@time_machine.travel(NOON, tick=False)
@pytest.mark.django_db
def test_list_says_what_it_is_of_when_how_many_and_by_whom(tree: Tree, tmp_path: Path) -> None:
    clerk = user_at(tree.city, Role.REPORTER)
    told: list[str] = []
    built = units_file(heading=lambda user: f"{user.unit}的单位").build(
        clerk,
        {"query": {"level": ["2", "3"]}},
        str(tmp_path / "a.xlsx"),
        lambda done, total, step="": told.append(step),
    )
    title, note, head, *rows = written(tmp_path / "a.xlsx")
    assert title[0] == "济南市的单位"
    assert note[0] == f"截至2026年11月22日 12:00，共{len(rows)}个，制表：{clerk.actor_label}"
    assert head == ("代码", "名称")
    shown = OrgUnit.objects.within(tree.city).filter(level__in=[2, 3]).order_by("division_code")
    assert rows == list(shown.values_list("division_code", "name")) != []
    assert built.file_name == "单位名单-20261122.xlsx"
    assert built.basis == {"数据截至": "2026年11月22日 12:00", "行数": len(rows)}
    assert told == ["正在查找数据"]


@pytest.mark.django_db
def test_list_longer_than_a_sheet_is_refused(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = user_at(tree.city, Role.REPORTER)
    params = {"level": ["2"]}
    units_file().build(clerk, params, str(tmp_path / "a.xlsx"), quiet)
    monkeypatch.setattr(lists, "MOST", 0)
    with pytest.raises(DomainError, match="有1个，超过一张表的上限"):
        units_file().build(clerk, params, str(tmp_path / "b.xlsx"), quiet)
    assert not (tmp_path / "b.xlsx").exists()


@pytest.mark.django_db
def test_list_of_what_is_out_of_sight_is_refused_in_words(tree: Tree, tmp_path: Path) -> None:
    def find(user: Any, query: QueryDict) -> Listing:
        unit = get_object_or_404(OrgUnit.objects.within(user.unit), pk=query["unit"])
        return Listing(title=unit.name, columns=[SheetColumn("名称")], rows=[[unit.name]], total=1)

    made = listing_file(kind="test.unit", title="单位", allowed=with_export(VIEW_UNITS), find=find)
    clerk = user_at(tree.city, Role.REPORTER)
    made.build(clerk, {"unit": tree.county.pk}, str(tmp_path / "a.xlsx"), quiet)
    assert written(tmp_path / "a.xlsx")[-1][0] == "历下区"
    with pytest.raises(DomainError, match="不在您的管辖范围内"):
        made.build(clerk, {"unit": tree.province.pk}, str(tmp_path / "b.xlsx"), quiet)


@pytest.mark.django_db
def test_list_given_up_leaves_nothing(tree: Tree, tmp_path: Path) -> None:
    def give_up(*_told: Any) -> None:
        raise ExportCancelled

    with pytest.raises(ExportCancelled):
        units_file().build(user_at(tree.city), {"level": ["3"]}, str(tmp_path / "a.xlsx"), give_up)
    assert not (tmp_path / "a.xlsx").exists()


@time_machine.travel(NOON, tick=False)
def test_caption_of_a_past_day_names_the_day_and_what_must_be_known() -> None:
    class Clerk:
        actor_label = "某人"

    caption = Caption(
        title="名单", total=1200, counted="人", on=dt.date(2026, 6, 30), remarks=("按当时的区划", "")
    )
    assert caption.note(Clerk()) == "截至2026年6月30日，共1,200人，按当时的区划，制表：某人"
    assert caption.built(3, "docx").file_name == "名单-20260630.docx"
    today = Caption(title="名单", name="名册", total=0, on=dt.date(2026, 11, 22), basis={"单位": "济南市"})
    assert today.note(Clerk()) == "截至2026年11月22日 12:00，共0条，制表：某人"
    built = today.built(0)
    assert (built.file_name, built.basis) == (
        "名册-20261122.xlsx",
        {"单位": "济南市", "数据截至": "2026年11月22日 12:00", "行数": 0},
    )


def test_conditions_are_read_under_query_and_beside_it() -> None:
    asked = conditions_asked({"query": {"state": ["a", "b"], "q": "x"}, "order": "name", "n": 3})
    assert asked.getlist("state") == ["a", "b"]
    assert (asked["q"], asked["order"], asked["n"]) == ("x", "name", 3)
    assert conditions_asked({"query": "none", "q": "x"}).dict() == {"q": "x"}


@pytest.mark.django_db
def test_with_export_asks_for_the_list_and_for_the_download(tree: Tree) -> None:
    may = with_export(VIEW_UNITS)
    assert may(user_at(tree.city, Role.REPORTER), {})
    officer = user_at(tree.city, Role.UNIT_ADMIN)
    assert officer.can_anywhere(VIEW_UNITS) and not may(officer, {})
    assert not with_export(MANAGE_ACCOUNTS)(user_at(tree.county, Role.REPORTER), {})
