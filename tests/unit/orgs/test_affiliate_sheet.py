"""The sheet of affiliates: out, edited, back in; every error at once; nothing lost."""

import datetime as dt
import io
import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError
from files.registry import exporter_of, importer_of
from files.services import request_export, run_export
from orgs.models import Affiliate, AffiliateMembers, AffiliateState
from orgs.selectors.affiliates import affiliate_view
from orgs.services import affiliate_facts, affiliates
from orgs.services.affiliates import OrganFacts
from tests.affiliates import affiliate, facts
from tests.factories import user_at

KIND = "orgs.affiliates"
DAY = dt.date(2024, 5, 1)


def quiet(done, total, step=""):
    """Nobody watches."""


class Sheet:
    """A downloaded workbook, with its cells by row name and column label."""

    def __init__(self, path):
        self.book = load_workbook(path)
        self.sheet = self.book["所属组织"]
        rows = list(self.sheet.iter_rows())
        self.head = next(row for row in rows if any(cell.value == "名称" for cell in row))
        self.columns = {cell.value: cell.column for cell in self.head}

    def row_of(self, name):
        column = self.columns["名称"]
        below = range(self.head[0].row + 1, self.sheet.max_row + 1)
        return next(row for row in below if self.sheet.cell(row, column).value == name)

    def get(self, name, label):
        return self.sheet.cell(self.row_of(name), self.columns[label]).value

    def put(self, name, **cells):
        row = self.row_of(name)
        for label, value in cells.items():
            self.sheet.cell(row, self.columns[label]).value = value

    def add(self, **cells):
        row = self.sheet.max_row + 1
        for label, value in cells.items():
            self.sheet.cell(row, self.columns[label]).value = value
        return row

    def file(self):
        stream = io.BytesIO()
        self.book.save(stream)
        stream.seek(0)
        return stream


@pytest.fixture
def societies(tree):
    medicine = affiliate(
        tree.county,
        "历下区医学会",
        contact_name="李敏",
        phone="13812345678",
        sector="=1+1",
        organs=(OrganFacts("council", DAY, 31, dt.date(2029, 5, 1)),),
    )
    affiliate_facts.set_members(
        affiliate=medicine, as_of=DAY, personal=100, group=4, by_occupation={"医务人员": 90}, by=SYSTEM
    )
    affiliate_facts.set_state(affiliate=medicine, state="model", since=DAY, reason="考核优秀", by=SYSTEM)
    return [medicine, affiliate(tree.county, "历下区农学会")]


@pytest.fixture
def out(societies, clerk, tmp_path):
    def download(user=clerk, **params):
        path = tmp_path / f"{user.pk}.xlsx"
        exporter_of(KIND).build(user, params, str(path), quiet)
        return path

    return download


def read(user, file, locking=False):
    return importer_of(KIND).read(user, {}, file, quiet, locking)


def messages(plan):
    return [f"{problem.row} {problem.column} {problem.message}" for problem in plan.problems]


def everything():
    """All rows of all tables of affiliates, without what only counts writings."""
    return [
        list(Affiliate.objects.order_by("pk").values()),
        list(AffiliateState.objects.order_by("pk").values()),
        list(AffiliateMembers.objects.order_by("pk").values()),
    ]


def test_untouched_sheet_changes_nothing(societies, out, clerk):
    before = everything()
    with out().open("rb") as file:
        plan = read(clerk, file)
    assert (plan.changes, plan.problems, plan.unchanged) == ([], [], 2)
    assert everything() == before


def test_sheet_holds_masked_numbers_and_inert_text(societies, out):
    sheet = Sheet(out())
    assert sheet.get("历下区医学会", "联系电话") == "138****5678"
    assert sheet.get("历下区医学会", "学科或行业领域") == "=1+1"
    assert sheet.get("历下区医学会", "个人会员分职业") == "医务人员 90"
    assert sheet.get("历下区医学会", "理事会人数") == 31


def test_sheet_through_an_office_program_loses_nothing(societies, out, clerk, tmp_path):
    office = shutil.which("soffice")
    assert office, "LibreOffice is needed: libreoffice-calc"
    folder = tmp_path / "office"
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, home, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(out())]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with next(folder.glob("*.xlsx")).open("rb") as file:
        plan = read(clerk, file)
    assert (plan.changes, messages(plan), plan.unchanged) == ([], [], 2)


def test_changes_and_additions_are_previewed_and_then_done(tree, societies, out, clerk):
    sheet = Sheet(out())
    sheet.put("历下区医学会", 个人会员=120, 会员统计日期="2025-05-01", 学科或行业领域="医学", 理事会人数=33)
    sheet.put("历下区农学会", 状态="僵尸", 现状态起始日期="2025-01-01", 状态原因="两年未开展活动")
    sheet.add(
        指导单位代码="370102001",
        类别="农村专业技术协会",
        名称="果树协会",
        成立日期="2020年3月1日",
        个人会员=12,
        会员统计日期="2024-12-31",
    )
    before = everything()
    plan = read(clerk, sheet.file())
    assert messages(plan) == []
    assert everything() == before, "the preview writes nothing"
    told = {
        (change.name, cell.label): (cell.old, cell.new) for change in plan.changes for cell in change.cells
    }
    assert told["历下区医学会", "个人会员"] == ("100", "120")
    assert told["历下区农学会", "状态"] == ("正常", "僵尸")
    assert [change.name for change in plan.additions] == ["果树协会"]
    assert importer_of(KIND).apply(clerk, {}, plan, quiet) == "新增 1 个，修改 2 个所属组织。"
    medicine, farming = societies
    medicine.refresh_from_db()
    view = affiliate_view(medicine)
    assert (medicine.sector, medicine.phone, view.organs["council"].size) == ("医学", "13812345678", 33)
    assert (view.members[0].personal, view.members[0].group) == (120, 4)
    assert [count.count for count in view.by_occupation] == [90]
    assert affiliate_view(farming).state.reason == "两年未开展活动"
    made = Affiliate.objects.get(name="果树协会")
    assert (made.unit, made.founded_on) == (tree.township, dt.date(2020, 3, 1))
    assert affiliate_view(made).members[0].personal == 12


def test_exit_and_new_phone_by_the_sheet(societies, out, clerk):
    sheet = Sheet(out())
    sheet.put("历下区医学会", 联系电话="13900001111")
    sheet.put("历下区农学会", 状态="已退出", 现状态起始日期="2025-01-01", 状态原因="注销")
    plan = read(clerk, sheet.file())
    assert messages(plan) == []
    importer_of(KIND).apply(clerk, {}, plan, quiet)
    societies[0].refresh_from_db()
    assert societies[0].phone == "13900001111"
    assert affiliate_view(societies[1]).has_exited


def test_every_error_at_once_with_its_place(tree, societies, out, clerk):
    sheet = Sheet(out())
    sheet.put("历下区医学会", 成立日期="2999-01-01", 个人会员="许多")
    sheet.put("历下区农学会", 状态="僵尸", 现状态起始日期="2025-01-01", 指导单位代码="370112")
    sheet.add(指导单位代码="370202", 类别="学会（协会、研究会）", 名称="外区学会", 成立日期="2020-01-01")
    sheet.add(指导单位代码="370102", 类别="学会（协会、研究会）", 名称="历下区医学会", 成立日期="2020-01-01")
    sheet.add(指导单位代码="370102", 类别="不存在的类别", 名称="丙会", 成立日期="2020-01-01")
    sheet.add(
        指导单位代码="370102", 类别="学会（协会、研究会）", 名称="丁会", 成立日期="2020-01-01", 理事会人数=3
    )
    before = everything()
    plan = read(clerk, sheet.file())
    found = "\n".join(messages(plan))
    for words in (
        "“许多”不是数字",
        "指导单位不能在表中修改",
        "找不到代码为“370202”的单位",
        "历下区已登记同名组织",
        "“不存在的类别”不在可选范围内",
        "请将“设有理事会”填为“是”",
    ):
        assert words in found, words
    assert not plan.can_apply
    assert everything() == before


def test_refusal_names_the_column_of_the_rule(societies, out, clerk):
    sheet = Sheet(out())
    sheet.put("历下区医学会", 成立日期="2999-01-01")
    sheet.put("历下区农学会", 状态="僵尸", 现状态起始日期="2025-01-01")
    plan = read(clerk, sheet.file())
    found = {(problem.column, problem.code) for problem in plan.problems}
    assert {("成立日期", "future"), ("状态原因", "no_reason")} <= found


def test_what_somebody_else_changed_meanwhile_is_a_conflict_by_name(societies, out, clerk):
    sheet = Sheet(out())
    sheet.put("历下区农学会", 学科或行业领域="农学", 地址="甲路")
    other = facts("历下区农学会", sector="园艺", address="甲路")
    affiliates.update(affiliate=societies[1], revision=1, facts=other, by=SYSTEM)
    plan = read(clerk, sheet.file())
    assert [problem.code for problem in plan.problems] == ["conflict"]
    assert "园艺" in plan.problems[0].message


def test_foreign_rows_are_unknown(tree, societies, out, other_clerk, clerk):
    sheet = Sheet(out())
    sheet.put("历下区农学会", 学科或行业领域="农学")
    assert {problem.code for problem in read(other_clerk, sheet.file()).problems} == {"unknown_row"}
    assert read(clerk, sheet.file()).can_apply


def test_rows_in_sight_that_one_does_not_manage_are_refused(societies, out, clerk, city_official):
    sheet = Sheet(out())
    sheet.put("历下区农学会", 学科或行业领域="农学")
    plan = read(city_official, sheet.file())
    assert [problem.code for problem in plan.problems] == ["forbidden"]
    assert read(clerk, sheet.file()).can_apply


def test_apply_is_all_or_nothing(societies, out, clerk):
    sheet = Sheet(out())
    sheet.put("历下区医学会", 地址="甲路")
    sheet.put("历下区农学会", 地址="乙路")
    plan = read(clerk, sheet.file())
    affiliates.update(affiliate=societies[1], revision=1, facts=facts("历下区农学会", host="某局"), by=SYSTEM)
    before = everything()
    from django.db import transaction

    with pytest.raises(DomainError), transaction.atomic():
        importer_of(KIND).apply(clerk, {}, plan, quiet)
    assert everything() == before


def test_import_is_for_who_manages(clerk, leader, tree):
    allowed = importer_of(KIND).allowed
    assert allowed(clerk, {})
    assert not allowed(leader, {})
    assert not allowed(user_at(tree.county, Role.UNIT_ADMIN), {})


def test_exports_are_made_with_the_scope_of_who_asked(tree, societies, clerk, other_clerk):
    for kind, params in (
        (KIND, {"on": clock.today().isoformat()}),
        ("orgs.affiliates_overview", {"of": tree.county.pk}),
        ("orgs.affiliates_matrix", {"of": tree.county.pk, "group": "society", "with": "unit"}),
    ):
        job = request_export(kind=kind, params=params, unit=tree.county, by=clerk)
        run_export(job_id=job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error
        book = load_workbook(job.file.open("rb"))
        said = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
        assert "13812345678" not in said
        assert any("历下区" in str(value) for value in said)
    with pytest.raises(DomainError):
        request_export(
            kind="orgs.affiliates_overview", params={"of": tree.county.pk}, unit=tree.county, by=other_clerk
        )
