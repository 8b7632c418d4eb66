"""Make one export file from the command line, as one user, with that user's scope."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from audit.services import record
from core.actor import SystemActor
from files.registry import exporter_of


class Command(BaseCommand):
    help = (
        "Write one export, e.g. export accounts.list --as 370000-09 --param role=reporter --out accounts.xlsx"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="kind of file, such as accounts.list")
        parser.add_argument("--as", dest="username", required=True, help="account whose scope applies")
        parser.add_argument(
            "--param", action="append", default=[], help="KEY=VALUE, as in the page's address"
        )
        parser.add_argument("--out", type=Path, required=True, help="file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        exporter = exporter_of(options["kind"])
        user = User.objects.filter(username=options["username"], is_active=True).first()
        params = dict(pair.partition("=")[::2] for pair in options["param"])
        if exporter is None:
            raise CommandError(f"没有种类为 {options['kind']} 的导出。")
        if user is None:
            raise CommandError(f"没有启用的账号 {options['username']}。")
        if not exporter.allowed(user, params):
            raise CommandError(f"账号 {user.username} 没有导出该文件的权限。")
        out: Path = options["out"]
        built = exporter.build(user, params, str(out), self._progress)
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
        record(
            kind="files.export_by_command",
            by=SystemActor(f"命令行（{user.username}）"),
            summary=f"命令行导出“{built.file_name}”",
            data={"kind": exporter.kind, "params": params, "sha256": digest, "basis": built.basis},
        )
        self.stdout.write(f"文件：{out}（{built.file_name}）")
        for label, value in built.basis.items():
            self.stdout.write(f"{label}：{value}")
        self.stdout.write(f"校验值：{digest}")

    def _progress(self, done: int, total: int, step: str = "") -> None:
        self.stderr.write(f"\r{step} {done:,}/{total:,}", ending="")
