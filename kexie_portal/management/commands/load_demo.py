"""``manage.py load_demo``: from a seed a believable province, with a year behind it and a month half in."""

from __future__ import annotations

import datetime as dt
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from core import clock
from core.errors import DomainError
from kexie_portal.demo import loading
from orgs.models import OrgUnit


class Command(BaseCommand):
    help = "装入演示省份：真实区划，虚构的人员、账号和填报数据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--province", default="37", choices=sorted(loading.PROVINCES), help="省份代码，默认 37"
        )
        parser.add_argument("--months", type=int, default=12, help="已结束的填报期数，默认 12")
        parser.add_argument("--seed", type=int, default=1, help="随机种子；相同的种子得到相同的数据")
        parser.add_argument(
            "--today", type=_day, default=None, help="把这一天当作今天，如 2026-11-21；默认为当天"
        )
        parser.add_argument("--keep", action="store_true", help="已有单位时也装入（不清除任何数据）")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username="shengkexie").exists():
            raise CommandError("演示账号已经存在，未重复装入演示数据。")
        if OrgUnit.objects.exists() and not options["keep"]:
            raise CommandError("数据库中已有单位，未装入演示数据。如确需在现有数据上装入，请加 --keep。")
        if not 0 <= options["months"] <= 36:
            raise CommandError("--months 请填 0 至 36。")
        now = clock.at(options["today"], dt.time(16, 30)) if options["today"] else clock.now()
        self.began = time.monotonic()
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                accounts = loading.load(
                    province=options["province"],
                    months=options["months"],
                    seed=options["seed"],
                    now=now,
                    say=self.say,
                )
        except IntegrityError as error:
            raise CommandError(f"与现有数据冲突，数据库没有改动：{str(error).splitlines()[0]}") from error
        except DomainError as error:
            for problem in error.problems:
                self.stderr.write(problem.message)
            raise CommandError("演示数据没有装入，数据库没有改动。") from error
        self.say("完成")
        self._show(accounts)

    def say(self, fact: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.began:5.1f} 秒] {fact}")
        self.stdout.flush()

    def _show(self, accounts: list[str]) -> None:
        folder = Path(settings.VAR_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "demo-accounts.txt").write_text("\n".join(accounts) + "\n", encoding="utf-8")
        for line in accounts:
            self.stdout.write(line)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"日期“{text}”应写作 2026-11-21。") from error
