"""Bringing people in by a sheet, beside COPY of the very rows that it writes."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rustpy_xlsxwriter as rust
from django.db import connection, transaction

from accounts.models import User
from accounts.roles import Role
from core.actor import SYSTEM
from core.memory import uncollected
from kexie_portal.bench.measure import Outcome, seconds, side_by_side
from kexie_portal.bench.requests import account_of
from kexie_portal.bench.scratch import Land
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.importing.people import PEOPLE_IMPORTER
from sanzhang.layouts.people import SHEET
from sanzhang.models import Occupation
from sanzhang.services.occupations import load_defaults

PEOPLE = 20_000
TABLES = (
    "sanzhang_keyperson",
    "sanzhang_occupationspell",
    "sanzhang_leadershipbody",
    "sanzhang_appointment",
    "audit_auditevent",
)
_FIRST = dt.date(2022, 1, 1)


def measure(land: Land) -> Outcome:
    """One county's sheet, before people are on record; everything is taken back each time."""
    load_defaults(by=SYSTEM)
    county = OrgUnit.objects.filter(province=land.province, level=Level.COUNTY).order_by("division_code")[0]
    user = account_of(county, Role.REPORTER)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "people.xlsx"
        rust.write_worksheet(_rows(county), str(sheet), sheet_name=SHEET)
        plan = _read(user, sheet)
        reading = seconds(lambda: _read(user, sheet))
    if not plan.can_apply:
        raise RuntimeError(plan.problems[0].message)

    def bring() -> None:
        with uncollected():
            PEOPLE_IMPORTER.apply(user, {}, plan, _unseen)

    dumps = _dumped(bring)

    def raw_copy() -> None:
        with connection.cursor() as cursor:
            for table, rows in dumps.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)

    ours, theirs = side_by_side(lambda: _undone(bring), lambda: _undone(raw_copy), rounds=3)
    return Outcome(
        f"从表格写入 {PEOPLE:,} 人（按规则核对、登记、履历、任职、逐人审计、电话加密、外键）",
        "同样五张表各行直接 COPY，同样核对外键",
        ours,
        theirs,
        at_most=3,
        notes=[f"读取、比对并按规则核对这张表：{reading:.1f} 秒"],
    )


def _rows(county: OrgUnit) -> Any:
    occupation = Occupation.objects.get(name="医院院长")
    for number in range(PEOPLE):
        name = f"王{chr(0x4E00 + number % 4000)}{chr(0x5E00 + number // 4000)}"
        yield {
            "姓名": name,
            "职业身份": occupation.name,
            "工作单位": f"{name}医院",
            "单位职务": "院长",
            "性别": "女",
            "学历": "本科",
            "职称": "主任医师",
            "中共党员": "是",
            "联系电话": f"139{number:08d}",
            "出生年月": "1975-06",
            "一线科技工作者": "是",
            "任职单位": county.display_name,
            "职务": "代表",
            "任职起始日期": _FIRST + dt.timedelta(days=number % 900),
            "存量补录": "是",
        }


def _read(user: User, sheet: Path) -> Any:
    with sheet.open("rb") as file, uncollected():
        return PEOPLE_IMPORTER.read(user, {}, file, _unseen, False)


def _unseen(done: int, total: int, step: str = "") -> None:
    """Progress that nobody looks at."""


def _dumped(work: Callable[[], None]) -> dict[str, bytes]:
    """What ``work`` adds to each table, in COPY's own words."""
    dumps: dict[str, bytes] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        before = {}
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608
            before[table] = cursor.fetchone()[0]
        work()
        for table in TABLES:
            query = f"COPY (SELECT * FROM {table} WHERE id > {before[table]}) TO STDOUT"  # noqa: S608
            with cursor.copy(query) as copy:
                dumps[table] = b"".join(bytes(block) for block in copy)
        transaction.set_rollback(True)
    return dumps


def _undone(work: Callable[[], None]) -> None:
    """Do the work with all constraints checked, and take it back."""
    with transaction.atomic():
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
