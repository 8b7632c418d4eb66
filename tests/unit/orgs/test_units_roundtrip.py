"""The list of units as a sheet: out, edited, looked through, applied; by whom, and all or nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from core.roundtrip.layouts import KEY_LABEL
from files.models import ExportJob, ImportJob
from files.services import (
    confirm_import,
    discard_import,
    request_export,
    request_import,
    run_export,
    run_import,
)
from orgs.choices import OfficerRole
from orgs.models import Establishment, SixHaves, UnitOfficer
from orgs.services import facts
from tests.factories import Tree, user_at

ClientOf = Callable[[User], Client]
DAY = dt.date(2024, 3, 1)
NOON = dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def told(tree: Tree) -> Tree:
    facts.set_establishment(
        unit=tree.township, state="established", since=DAY, basis="〔2024〕3号", by=SYSTEM
    )
    facts.set_establishment(
        unit=tree.sister_township,
        state="absent",
        since=DAY,
        reason="无场所",
        planned_on=dt.date(2027, 1, 1),
        by=SYSTEM,
    )
    facts.set_officer(
        unit=tree.township, role=OfficerRole.LIAISON, name="=周敏", phone="13812345678", since=DAY, by=SYSTEM
    )
    facts.set_have(unit=tree.township, item="premises", since=DAY, by=SYSTEM)
    return tree


class Book:
    """The list as a user exported it, open for editing."""

    def __init__(self, user: User, **params: Any) -> None:
        job = request_export(kind="orgs.units", params=params, unit=user.unit, by=user)
        run_export(job_id=job.pk)
        job = ExportJob.objects.get(pk=job.pk)
        assert job.state == "done", job.error
        self.user = user
        self.book = load_workbook(job.file.open("rb"))
        self.sheet = self.book["单位名册"]
        head = next(row for row in self.sheet.iter_rows() if row[0].value == KEY_LABEL)
        self.columns = {cell.value: cell.column for cell in head if cell.value}
        self.first = head[0].row + 1
        self.rows = {
            self.sheet.cell(row, self.columns["行政区划代码"]).value: row
            for row in range(self.first, self.sheet.max_row + 1)
        }

    def get(self, code: str, label: str) -> Any:
        return self.sheet.cell(self.rows[code], self.columns[label]).value

    def put(self, code: str, **values: Any) -> None:
        for label, value in values.items():
            cell = self.sheet.cell(self.rows[code], self.columns[label])
            cell.value = value

    def upload(self, by: User | None = None) -> ImportJob:
        made = io.BytesIO()
        self.book.save(made)
        job = request_import(
            kind="orgs.units",
            params={},
            upload=SimpleUploadedFile("名册.xlsx", made.getvalue()),
            unit=self.user.unit,
            by=by or self.user,
        )
        run_import(job_id=job.pk)
        job.refresh_from_db()
        return job


def apply(job: ImportJob, by: User) -> ImportJob:
    confirm_import(job=job, digest=job.digest, by=by)
    run_import(job_id=job.pk)
    job.refresh_from_db()
    return job


def test_untouched_book_changes_nothing(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    assert book.get("370102001", "联络员电话") == "138****5678"
    job = book.upload()
    assert (job.state, job.problems, job.counts["changed"]) == ("faulty", [], 0)
    assert job.message == "表中没有需要导入的改动。"


def test_changes_are_previewed_then_applied(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102002", 建立情况="已建", 自何日起="2026年10月8日", 成立文件="〔2026〕8号")
    book.put("370102001", 有固定场所="否", 有牌子="是", 分管领导="王强", 分管领导职务="镇长")
    job = book.upload()
    assert (job.state, job.counts["changed"], job.problems) == ("ready", 2, [])
    assert [row[1] for row in job.preview] == ["历下区解放路街道", "历下区千佛山街道"] or job.preview
    assert ["建立情况", "未建", "已建"] in job.preview[-1][2]
    assert not SixHaves.objects.filter(item="nameplate").exists(), "a preview writes nothing"
    job = apply(job, clerk)
    assert (job.state, job.message) == ("applied", "已更新 2 个单位。")
    stands = Establishment.objects.current().get(unit=told.sister_township)
    assert (stands.state, stands.valid_from, stands.reason, stands.planned_on) == (
        "established",
        dt.date(2026, 10, 8),
        "",
        None,
    )
    items = set(SixHaves.objects.current().filter(unit=told.township).values_list("item", flat=True))
    assert items == {"nameplate"}
    leader = UnitOfficer.objects.current().get(unit=told.township, role="leader_in_charge")
    assert (leader.name, leader.post, leader.valid_from) == ("王强", "镇长", dt.date(2026, 11, 10))
    kinds = set(AuditEvent.objects.filter(unit_id=told.township.pk).values_list("kind", flat=True))
    assert {"orgs.officer_set", "orgs.have_set", "orgs.have_cleared"} <= kinds
    assert AuditEvent.objects.filter(kind="files.import_applied").count() == 1


def test_masked_phone_stays_and_a_typed_one_replaces_it(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102001", 联络员职务="副主任")
    apply(book.upload(), clerk)
    officer = UnitOfficer.objects.current().get(unit=told.township, role="liaison")
    assert (officer.post, officer.name, officer.phone_masked) == ("副主任", "=周敏", "138****5678")
    book = Book(clerk)
    book.put("370102001", 联络员电话="13900001111")
    apply(book.upload(), clerk)
    officer = UnitOfficer.objects.current().get(unit=told.township, role="liaison")
    assert officer.phone_masked == "139****1111"


def test_all_errors_of_rules_and_cells_at_once(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102001", 建立情况="筹建")
    book.put("370102002", 计划建成日期="2020-01-01", 联络员电话="12345")
    book.put("370102003", 建立情况="未建", 自何日起="2030-01-01", 应建="否")
    book.put("370102", 行政区划代码="370103")
    job = book.upload()
    assert job.state == "faulty"
    found = [(row, column) for _, row, column, _ in job.problems]
    rows = book.rows
    assert (rows["370102001"], "自何日起") in found
    assert (rows["370102002"], "计划建成日期") in found
    assert (rows["370102002"], "联络员电话") in found
    assert (rows["370102003"], "自何日起") in found
    assert (rows["370102003"], "应建") in found
    assert (rows["370102"], "行政区划代码") in found
    assert not Establishment.objects.filter(unit=told["370102003"]).exists()
    with pytest.raises(DomainError):
        confirm_import(job=job, digest="", by=clerk)


def test_foreign_unit_is_not_found(told: Tree, province_official: User, clerk: User) -> None:
    """The same file: what the clerk's county holds goes in, what it does not is refused by its row."""
    book = Book(province_official, level=4)
    book.put("370102002", 未建原因="换了原因")
    book.put("370202002", 建立情况="已建", 自何日起="2026-01-01")
    job = book.upload(by=clerk)
    foreign = [row for code, row in book.rows.items() if not code.startswith("370102")]
    assert job.state == "faulty"
    assert {row for _, row, _, message in job.problems if "找不到" in message} == set(foreign)
    for row in sorted(foreign, reverse=True):
        book.sheet.delete_rows(row)
    assert book.upload(by=clerk).state == "ready"


def test_someone_elses_change_meanwhile_is_a_conflict(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102002", 未建原因="甲", 责任人="李四")
    facts.set_establishment(unit=told.sister_township, state="absent", since=DAY, reason="乙", by=SYSTEM)
    job = book.upload()
    assert [(column, "乙" in message and "甲" in message) for _, _, column, message in job.problems] == [
        ("未建原因", True)
    ]


def test_data_moved_since_the_preview_shows_a_new_one(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102002", 未建原因="甲", 责任人="李四")
    job = book.upload()
    facts.set_establishment(
        unit=told.sister_township, state="absent", since=DAY, reason="无场所", responsible="李四",
        planned_on=dt.date(2027, 1, 1), by=SYSTEM,
    )  # fmt: skip
    before = job.digest
    job = apply(job, clerk)
    assert job.state == "ready" and job.digest != before and "又有变化" in job.message
    assert Establishment.objects.current().get(unit=told.sister_township).reason == "无场所"
    assert apply(job, clerk).state == "applied"
    assert Establishment.objects.current().get(unit=told.sister_township).reason == "甲"


def test_applying_twice_does_it_once(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102002", 责任人="李四")
    job = apply(book.upload(), clerk)
    count = Establishment.objects.count()
    run_import(job_id=job.pk)
    with pytest.raises(DomainError, match="已导入"):
        confirm_import(job=job, digest=job.digest, by=clerk)
    assert Establishment.objects.count() == count


def test_given_up_sheet_is_not_applied(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102002", 责任人="李四")
    job = discard_import(job=book.upload(), by=clerk)
    assert job.state == "discarded"
    with pytest.raises(DomainError, match="已放弃"):
        discard_import(job=job, by=clerk)


def test_who_may_not_edit_facts_may_not_import(told: Tree, clerk: User, leader: User) -> None:
    book = Book(clerk)
    with pytest.raises(Forbidden):
        book.upload(by=leader)
    assert book.upload(by=clerk).state == "faulty"


def test_right_lost_before_applying_stops_it(told: Tree, clerk: User) -> None:
    book = Book(clerk)
    book.put("370102002", 责任人="李四")
    job = book.upload()
    confirm_import(job=job, digest=job.digest, by=clerk)
    clerk.postings.update(ends_on=dt.date(2026, 11, 1))
    run_import(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "权限" in job.message


def test_expectation_changes_only_for_who_confirms_it(told: Tree, clerk: User) -> None:
    zone = next(unit for unit in told.units.values() if unit.kind != "regular" and unit.level >= 3)
    official = user_at(told.province, Role.REVIEWER)
    book = Book(official)
    now = book.get(zone.division_code, "应建")
    book.put(zone.division_code, 应建="否" if now == "是" else "是")
    job = apply(book.upload(), official)
    assert job.state == "applied", job.problems
    zone.refresh_from_db()
    assert zone.expected_confirmed and zone.is_expected == (now == "否")


def test_columns_chosen_go_out_and_come_back(told: Tree, clerk: User) -> None:
    book = Book(clerk, columns=["display_name", "responsible"], level=4)
    labels = [label for label in book.columns if not label.startswith(("编号", "校验"))]
    assert labels == ["行政区划代码", "单位", "责任人"]
    book.put("370102002", 责任人="李四")
    assert apply(book.upload(), clerk).state == "applied"
    assert Establishment.objects.current().get(unit=told.sister_township).responsible == "李四"


def test_pages_lead_from_upload_to_applied(told: Tree, clerk: User, client_of: ClientOf) -> None:
    client = client_of(clerk)
    book = Book(clerk)
    book.put("370102002", 责任人="李四")
    made = io.BytesIO()
    book.book.save(made)
    where = reverse("files:new_import", args=["orgs.units"])
    assert "上传并核对" in client.get(where).content.decode()
    assert client.post(where).status_code == 422
    refused = client.post(where, {"file": SimpleUploadedFile("名册.docx", b"x")})
    assert refused.status_code == 422 and "不符" in refused.content.decode()
    answer = client.post(where, {"file": SimpleUploadedFile("名册.xlsx", made.getvalue())})
    job = ImportJob.objects.get()
    assert answer.url == reverse("files:import_job", args=[job.pk])
    assert "等待核对" in client.get(answer.url).content.decode()
    run_import(job_id=job.pk)
    shown = client.get(answer.url).content.decode()
    assert "李四" in shown and "确认导入" in shown
    job.refresh_from_db()
    client.post(reverse("files:confirm_import", args=[job.pk]), {"digest": job.digest})
    run_import(job_id=job.pk)
    assert "已更新 1 个单位" in client.get(answer.url).content.decode()
    assert "名册.xlsx" in client.get(reverse("files:imports")).content.decode()


def test_someone_elses_sheet_is_absent(
    told: Tree, clerk: User, other_clerk: User, client_of: ClientOf
) -> None:
    book = Book(clerk)
    book.put("370102002", 责任人="李四")
    job = book.upload()
    for name in ("import_job", "confirm_import", "discard_import"):
        address = reverse(f"files:{name}", args=[job.pk])
        method = "get" if name == "import_job" else "post"
        assert getattr(client_of(other_clerk), method)(address).status_code == 404
    assert client_of(clerk).get(reverse("files:import_job", args=[job.pk])).status_code == 200
