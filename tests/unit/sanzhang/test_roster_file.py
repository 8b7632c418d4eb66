"""The roster as a workbook: the list's rows, masked, inert, in the scope of who asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from files.models import ExportJob
from files.registry import exporter_of
from sanzhang.exporters.people import COLUMNS, KIND
from tests.factories import Tree

PHONE = "13805310001"


def rows_of(user: User, query: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """The file that ``user`` gets, as dictionaries."""
    exporter = exporter_of(KIND)
    assert exporter is not None
    exporter.build(user, {"query": query}, str(path), lambda done, total, step="": None)
    lines = list(load_workbook(path).active.iter_rows(values_only=True))
    head = next(number for number, line in enumerate(lines) if line[0] == "姓名")
    labels = [column.label for column in COLUMNS]
    return [dict(zip(labels, line, strict=True)) for line in lines[head + 1 :]]


def test_file_is_the_list_masked(
    clerk: User, client_of: Any, person_of: Any, seat_of: Any, tree: Tree, tmp_path: Path
) -> None:
    head = person_of("赵一", phone=PHONE, employer="=1+1医院")
    seat_of(head, position="delegate")
    seat_of(head, position="chair")
    seat_of(person_of("李四", unit=tree.other_county, phone="13805310002"), tree.other_county)
    person_of("王五")
    rows = rows_of(clerk, {}, tmp_path / "a.xlsx")
    page = client_of(clerk).get(reverse("sanzhang:list"))
    assert (
        [row["姓名"] for row in rows] == [row.record.name for row in page.context["table"].rows] == ["赵一"]
    )
    assert (rows[0]["在任职务"], rows[0]["其他在任职务"]) == ("历下区科协主席", "历下区科协代表")
    assert (rows[0]["电话"], rows[0]["工作单位"]) == ("138****0001", "=1+1医院")
    assert PHONE.encode() not in (tmp_path / "a.xlsx").read_bytes()
    assert [row["姓名"] for row in rows_of(clerk, {"office": ["all"]}, tmp_path / "b.xlsx")] == [
        "王五",
        "赵一",
    ]


def test_file_is_asked_for_by_post_only_with_permission(
    clerk: User, unit_admin: User, client_of: Any, person_of: Any
) -> None:
    url = reverse("sanzhang:export")
    assert client_of(clerk).get(url).status_code == 405
    assert client_of(unit_admin).post(url).status_code == 403
    assert client_of(clerk).post(f"{url}?field=health&page=3").status_code == 302
    job = ExportJob.objects.get()
    assert (job.kind, job.params) == (KIND, {"query": {"field": ["health"]}})
    assert job.requested_by_id == clerk.pk
