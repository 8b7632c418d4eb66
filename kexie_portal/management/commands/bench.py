"""``manage.py bench``: the design's budgets, each beside its peer, in a scratch database that is dropped again."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, ProgrammingError

from kexie_portal.bench import (
    bulletin,
    busy,
    divisions,
    exports,
    lists,
    people,
    registry,
    reorganising,
    requests,
    sums,
)
from kexie_portal.bench.measure import Outcome, machine
from kexie_portal.bench.scratch import Land, make_land, scratch_database, write_figures, write_people

PARTS = (
    "divisions",
    "bulletin",
    "reorganising",
    "rollup",
    "requests",
    "busy",
    "people",
    "facts",
    "lists",
    "export",
)
WITHOUT_LAND = {"divisions": divisions.measure, "bulletin": bulletin.measure}


class Command(BaseCommand):
    help = "性能测量：各项与对照并排计时，打印各轮、中位数、比值、机器与版本；只用临时数据库"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="只测这些")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            with scratch_database():
                for line in machine():
                    self._say(line)
                self._measure(set(options["only"]))
        except (OperationalError, ProgrammingError) as error:
            self.stderr.write(f"没有测完：{error}")
            self.stderr.write("测量要新建一个临时数据库，请用有建库权限的 DATABASE_OWNER_URL 或内置服务。")
            raise SystemExit(1) from error
        self._say(f"用时 {time.monotonic() - began:.0f} 秒；临时数据库已删除。")

    def _measure(self, wanted: set[str]) -> None:
        for part, measure in WITHOUT_LAND.items():
            if part in wanted:
                self._show(measure())
        if wanted - WITHOUT_LAND.keys():
            self._measure_on_land(wanted)

    def _measure_on_land(self, wanted: set[str]) -> None:
        land = self._prepare("山东区划与一期月报", make_land)
        if "reorganising" in wanted:
            self._show(*reorganising.measure(land))
        if "requests" in wanted:
            self._show(*requests.measure(land))
        if "busy" in wanted:
            self._show(busy.measure(land))
        if "people" in wanted:
            self._show(people.measure(land))
        if "rollup" in wanted:
            self._prepare("每个单位 30 项数据", lambda: write_figures(land.cycle))
            self._show(*sums.measure(land))
        if wanted & {"facts", "lists", "export"}:
            self._prepare("200,000 条任职", lambda: write_people(land))
            self._measure_on_people(land, wanted)

    def _measure_on_people(self, land: Land, wanted: set[str]) -> None:
        if "facts" in wanted:
            self._show(registry.measure(land))
        if "lists" in wanted:
            for outcome in lists.measure(land):
                self._show(outcome)
        if "export" in wanted:
            self._show(exports.measure())

    def _prepare(self, what: str, make: Callable[[], Any]) -> Any:
        self._say(f"正在准备：{what}……")
        return make()

    def _show(self, *outcomes: Outcome) -> None:
        for outcome in outcomes:
            for line in outcome.lines():
                self._say(line)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
