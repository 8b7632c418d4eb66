"""Loading a province, beside COPY of the very rows that it writes."""

from __future__ import annotations

from django.db import connection, transaction

from core.actor import SYSTEM
from kexie_portal.bench.measure import Outcome, side_by_side
from kexie_portal.bench.scratch import DIVISIONS
from orgs.importing.divisions import read_divisions
from orgs.services.divisions import import_divisions

TABLES = ("orgs_orgunit", "orgs_unitedition")


def measure() -> Outcome:
    """Before anything else is in the database."""
    _undone(_load)
    dumps: dict[str, bytes] = {}

    def load_and_dump() -> None:
        _load()
        with connection.cursor() as cursor:
            for table in TABLES:
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    dumps[table] = b"".join(bytes(block) for block in copy)

    _undone(load_and_dump)

    def raw_copy() -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(dumps[table])

    ours, theirs = side_by_side(lambda: _undone(_load), lambda: _undone(raw_copy), rounds=3)
    return Outcome(
        "导入山东 64,095 个区划（读取、核对、单位与沿革两表、外键）",
        "同样两表各行直接 COPY，同样核对外键",
        ours,
        theirs,
        at_most=3,
    )


def _load() -> None:
    import_divisions(rows=read_divisions(DIVISIONS), by=SYSTEM)


def _undone(work: object) -> None:
    """Do the work with all constraints checked, and take it back."""
    with transaction.atomic():
        work()  # type: ignore[operator]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
