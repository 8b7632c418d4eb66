"""Commands for who runs the portal."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Posting, User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.factories import make_tree, user_at


def _run(name, *args, **options):
    said = io.StringIO()
    call_command(name, *args, stdout=said, stderr=io.StringIO(), **options)
    return said.getvalue()


def test_open_officers_makes_the_first_accounts_once(tree):
    lines = _run("open_officers").splitlines()
    assert set(Posting.objects.filter(unit=tree.province).values_list("role", flat=True)) == {
        *("system_admin", "security_admin", "audit_admin", "unit_admin")
    }
    username, password, _ = lines[0].split("\t")
    answer = Client().post(reverse("accounts:sign_in"), {"username": username, "password": password})
    assert answer.status_code == 302
    assert User.objects.get(username=username).must_change_password
    with pytest.raises(CommandError, match="都已有账号"):
        _run("open_officers")


def test_open_officers_fills_the_gap_only(tree):
    user_at(tree.province, Role.AUDIT_ADMIN)
    _run("open_officers")
    assert Posting.objects.filter(role=Role.AUDIT_ADMIN).count() == 1


@pytest.mark.parametrize("provinces", [0, 2])
def test_open_officers_needs_one_province(db, provinces):
    for code in ("37", "41")[:provinces]:
        make_tree({code: "某省"})
    with pytest.raises(CommandError, match="import_divisions"):
        _run("open_officers")
    assert not User.objects.exists()


def test_export_writes_what_the_account_may_see(tree, unit_admin, clerk, other_clerk, tmp_path):
    out = tmp_path / "accounts.xlsx"
    said = _run(
        "export", "accounts.list", "--as", unit_admin.username, "--param", "role=reporter", "--out", str(out)
    )
    assert "校验值" in said
    assert [row[0].value for row in load_workbook(out).active.iter_rows(min_row=4)] == [clerk.username]
    assert AuditEvent.objects.filter(kind="files.export_by_command").count() == 1


@pytest.mark.parametrize(
    ("kind", "username", "message"),
    [
        ("no.such", "clerk", "没有种类"),
        ("accounts.list", "nobody", "没有启用的账号"),
        ("accounts.list", "clerk", "没有导出该文件的权限"),
    ],
)
def test_export_refused(tree, tmp_path, kind, username, message):
    user_at(tree.county, username="clerk")
    with pytest.raises(CommandError, match=message):
        _run("export", kind, "--as", username, "--out", str(tmp_path / "x.xlsx"))
    assert not (tmp_path / "x.xlsx").exists()
