"""Files and the API of what changes the tree: reorganisations, yearly comparisons, findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.roles import Role
from core import clock
from core.errors import DomainError
from files.registry import exporter_of
from orgs.choices import ActKind
from orgs.models import DivisionChange, DivisionUpdate, IntegrityRun
from orgs.rules.reorganising import Line
from tests.factories import user_at
from tests.reorganised import applied, drafted


@pytest.fixture
def administrator(tree):
    return user_at(tree.province, Role.UNIT_ADMIN)


@pytest.fixture
def comparison(tree):
    update = DivisionUpdate.objects.create(unit=tree.city, year=2026, file_name="2026.csv", created_by="系统")
    for number, (kind, name) in enumerate([("renamed", "新历下区"), ("gone", "历城区")]):
        unit = (tree.county, tree.sister_county)[number]
        DivisionChange.objects.create(
            update=update,
            kind=kind,
            unit=unit,
            unit_label=str(unit),
            level=unit.level,
            unit_kind=unit.kind,
            old_code=unit.division_code,
            old_name=unit.name,
            division_code=unit.division_code,
            name=name,
        )
    return update


@pytest.fixture
def run(tree):
    run = IntegrityRun.objects.create(requested_by="系统", state="done", finished_at=clock.now())
    run.findings.create(code="interval", unit=tree.county, message="树区间不符")
    run.findings.create(code="level", unit=tree.township, message="层级颠倒")
    return run


def sheets(kind: str, user: Any, params: dict[str, Any], tmp_path: Path) -> dict[str, list[list[Any]]]:
    exporter = exporter_of(kind)
    assert exporter is not None
    path = str(tmp_path / "file.xlsx")
    assert exporter.allowed(user, params)
    assert exporter.title(params)
    exporter.build(user, params, path, lambda *args: None)
    book = load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def words(rows: list[list[Any]]) -> str:
    return "\n".join("｜".join(str(cell) for cell in row if cell is not None) for row in rows)


def test_list_of_reorganisations_goes_out_as_narrowed(tree, administrator, clerk, other_clerk, tmp_path):
    renaming = [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")]
    applied(tree.province, renaming)
    drafted(tree.province, [Line(ActKind.RENAME, unit_id=tree.other_county.pk, name="市北区")])
    everything = words(sheets("orgs.reorganisations", administrator, {}, tmp_path)["区划调整"])
    assert "共2项" in everything
    done = words(sheets("orgs.reorganisations", administrator, {"state": "applied"}, tmp_path)["区划调整"])
    assert "已生效" in done and "草拟中" not in done
    assert "共1项" in words(sheets("orgs.reorganisations", clerk, {}, tmp_path)["区划调整"])
    assert "共0项" in words(sheets("orgs.reorganisations", other_clerk, {}, tmp_path)["区划调整"])


def test_file_of_one_draft_tells_every_consequence(tree, administrator, tmp_path):
    held = drafted(
        tree.province, [Line(ActKind.MERGE, unit_id=tree.county.pk, into_id=tree.sister_county.pk)]
    )
    found = sheets("orgs.reorganisation", administrator, {"reorganisation": str(held.pk)}, tmp_path)
    assert set(found) >= {"基本情况", "调整事项", "办理后的变化"}
    assert "并入" in words(found["调整事项"]) or "合并" in words(found["调整事项"])
    assert "解放路街道" in words(found["办理后的变化"])
    assert held.document in words(found["基本情况"])


def test_file_of_one_that_took_effect_tells_who_and_when(tree, administrator, clerk, other_clerk, tmp_path):
    held = applied(tree.province, [Line(ActKind.RENAME, unit_id=tree.county.pk, name="历上区")])
    params = {"reorganisation": str(held.pk)}
    found = sheets("orgs.reorganisation", clerk, params, tmp_path)
    assert "办理后的变化" not in found
    assert "已生效" in words(found["基本情况"])
    exporter = exporter_of("orgs.reorganisation")
    assert exporter is not None and not exporter.allowed(other_clerk, params)


def test_differences_go_out_as_narrowed(tree, comparison, administrator, clerk, tmp_path):
    params = {"update": str(comparison.pk)}
    told = words(sheets("orgs.division_changes", administrator, params, tmp_path)["2026 年区划代码更新差异"])
    assert "新历下区" in told and "消失" in told
    gone = sheets("orgs.division_changes", administrator, params | {"kind": "gone"}, tmp_path)
    assert "新历下区" not in words(gone["2026 年区划代码更新差异"])
    exporter = exporter_of("orgs.division_changes")
    assert exporter is not None and not exporter.allowed(clerk, params)


def test_findings_go_out_with_what_to_do(tree, run, administrator, clerk, tmp_path):
    params = {"run": str(run.pk)}
    told = words(sheets("orgs.integrity_findings", administrator, params, tmp_path)["问题"])
    assert "历下区" in told and "层级颠倒" in told and "改隶" in told
    one = words(
        sheets("orgs.integrity_findings", administrator, params | {"code": "level"}, tmp_path)["问题"]
    )
    assert "树区间不符" not in one
    exporter = exporter_of("orgs.integrity_findings")
    assert exporter is not None and not exporter.allowed(clerk, params)


@pytest.mark.parametrize(
    "kind", ["orgs.reorganisation", "orgs.division_changes", "orgs.integrity_findings"], ids=str
)
def test_file_of_what_is_gone_says_so(tree, administrator, tmp_path, kind):
    exporter = exporter_of(kind)
    assert exporter is not None
    with pytest.raises(DomainError):
        exporter.build(administrator, {}, str(tmp_path / "file.xlsx"), lambda *args: None)


def test_comparisons_and_differences_are_read_over_the_api(tree, comparison, administrator, clerk, api_of):
    api = api_of(administrator)
    (row,) = api.get("/api/v1/comparisons/").json()["results"]
    assert (row["year"], row["differences"], row["undecided"]) == (2026, 2, 2)
    found = api.get("/api/v1/differences/", {"comparison": comparison.pk, "kind": "gone"}).json()["results"]
    assert [each["name"] for each in found] == ["历城区"]
    assert api.get(f"/api/v1/differences/{found[0]['id']}/").json()["comparison"] == comparison.pk
    assert api_of(clerk).get("/api/v1/comparisons/").status_code == 403
    other = user_at(tree.other_city, Role.UNIT_ADMIN)
    assert api_of(other).get(f"/api/v1/comparisons/{comparison.pk}/").status_code == 404
    assert api_of(other).get("/api/v1/differences/").json()["results"] == []


def test_proofs_and_findings_are_read_over_the_api(tree, run, administrator, clerk, api_of):
    api = api_of(administrator)
    assert api.get(f"/api/v1/tree-checks/{run.pk}/").json()["state"] == "done"
    found = api.get("/api/v1/findings/", {"tree_check": run.pk, "code": "level"}).json()["results"]
    assert [(each["code_label"], each["can_be_repaired"]) for each in found] == [("层级颠倒", False)]
    assert api_of(clerk).get("/api/v1/findings/").status_code == 403
