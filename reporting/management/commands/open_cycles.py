"""Open every period that is due; what refuses to open is named, and the rest opens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.actor import SystemActor
from reporting.services.cycles import open_due_cycles

BY = SystemActor("系统（开放填报期命令）")


class Command(BaseCommand):
    help = "开放到期的填报期（可重复执行；--at 指定日期）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="YYYY-MM-DD", help="按这一天判断，默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = dt.date.fromisoformat(options["at"]) if options["at"] else clock.today()
        except ValueError as error:
            raise CommandError(f"日期“{options['at']}”不对，请写成 2026-11-25 的样子。") from error
        done = open_due_cycles(at=clock.start_of(day), by=BY)
        for cycle in done.cycles:
            self.stdout.write(f"已开放 {cycle}：{cycle.reports.count():,} 份")
        if done.refused:
            raise CommandError(
                "；".join(f"“{collection}”没有开放：{refusal}" for collection, refusal in done.refused)
            )
        if not done.cycles:
            self.stdout.write("没有到期的填报期")
