"""Grants of the application's database role, which owns nothing: all rows, except that the audit trail only grows."""

from __future__ import annotations

from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql

from audit.models import AuditEvent

#: Tables of which the application may do less: (table, what is taken away).
RESTRICTED = [
    (AuditEvent._meta.db_table, "UPDATE, DELETE, TRUNCATE"),
    ("django_migrations", "INSERT, UPDATE, DELETE, TRUNCATE"),
]
#: The first server that knows MAINTAIN: with it bulk loads may refresh the planner's statistics (ANALYZE).
KNOWS_MAINTAIN = 170_000


class Command(BaseCommand):
    help = (
        "Grant the application role its rights on every table; run as the tables' owner after each migrate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default="kexie_app", help="name of the application role")

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
            owner, exists = cursor.fetchone()
            if not exists:
                raise CommandError(f"数据库中没有角色 {role}：请先以管理员执行 CREATE ROLE {role} LOGIN。")
            if owner == role:
                raise CommandError(f"请用表的所有者执行本命令：{role} 不应拥有任何表，否则审计记录可被修改。")
            if AuditEvent._meta.db_table not in connection.introspection.table_names(cursor):
                raise CommandError("数据表还没有建立：请先以表的所有者执行 migrate。")
            may_maintain = cast(Any, connection).pg_version >= KNOWS_MAINTAIN
            for statement in _statements(role, connection.settings_dict["NAME"], may_maintain=may_maintain):
                cursor.execute(statement)
        self.stdout.write(f"已授权 {role}：可读写全部业务表，审计记录只能新增和查看")


def _statements(role: str, database: str, *, may_maintain: bool) -> list[sql.Composed]:
    names = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
    granted = [
        "GRANT TEMPORARY ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    if may_maintain:
        granted.append("GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {role}")
    statements = [sql.SQL(text).format(**names) for text in granted]
    for table, taken in RESTRICTED:
        rights = f"{taken}, MAINTAIN" if may_maintain else taken
        statements.append(
            sql.SQL("REVOKE {rights} ON {table} FROM {role}").format(
                rights=sql.SQL(rights), table=sql.Identifier(table), **names
            )
        )
    return statements
