"""``manage.py compare_divisions FILE``: a new year's list of divisions against the tree, kept for review."""

from __future__ import annotations

import datetime as dt
import io
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.actor import SystemActor
from core.errors import DomainError
from orgs.choices import ChangeKind
from orgs.importing.divisions import read_uploaded
from orgs.models import DivisionUpdate
from orgs.services.yearly import compare_divisions

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "将新一年的区划文件（csv 或 csv.gz，列为 code,name）与组织树比对，供审核；不改动组织树"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="区划文件：csv 或 csv.gz，UTF-8 或 GB18030")
        parser.add_argument(
            "--on",
            type=dt.date.fromisoformat,
            default=None,
            help="区划代码的截止日期，如 2026-10-31；默认今天",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取文件 {path}：{error.strerror or error}。") from error
        try:
            update = compare_divisions(
                rows=read_uploaded(io.BytesIO(content), path.name),
                year=(options["on"] or clock.today()).year,
                file_name=path.name,
                upload=SimpleUploadedFile(path.name, content),
                by=SystemActor("命令行比对"),
            )
        except DomainError as error:
            for problem in error.problems:
                self.stderr.write(problem.message)
            raise CommandError(f"未比对：{len(error.problems):,} 处有误。") from error
        self._tell(update)
        self.stdout.write(f"用时 {time.monotonic() - began:.1f} 秒。")

    def _tell(self, update: DivisionUpdate) -> None:
        """What was found, one fact a line."""
        self.stdout.write(f"比对范围：{update.unit}；不变：{update.counts['unchanged']:,} 个")
        for kind in ChangeKind:
            count = update.counts.get(kind.value, 0)
            rows = update.changes.filter(kind=kind).in_code_order()[:MOST_SHOWN]
            shown = "、".join(f"{row.name}（{row.division_code}）" for row in rows)
            more = " 等" if count > MOST_SHOWN else ""
            self.stdout.write(f"{kind.label}：{count:,} 个" + (f"：{shown}{more}" if shown else ""))
        self.stdout.write(f"请到“区划调整—年度区划更新”审核：{update.get_absolute_url()}")
