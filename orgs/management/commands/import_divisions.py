"""``manage.py import_divisions FILE``: load a list of divisions into the tree."""

from __future__ import annotations

import datetime as dt
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actor import SystemActor
from core.errors import DomainError
from core.formats import day
from orgs.choices import Level, UnitKind
from orgs.importing.divisions import read_divisions
from orgs.services.divisions import DEFAULT_OPENED_ON, ImportOutcome, import_divisions


class Command(BaseCommand):
    help = "导入行政区划（csv 或 csv.gz，列为 code,name）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="区划文件：csv 或 csv.gz，UTF-8 或 GB18030")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument(
            "--opened-on",
            type=_day,
            default=DEFAULT_OPENED_ON,
            help=f"新单位的设立日期，如 2023-12-31；默认 {DEFAULT_OPENED_ON}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            rows = read_divisions(options["file"])
            self.stdout.write(f"读取 {len(rows):,} 行，正在核对…")
            self.stdout.flush()
            outcome = import_divisions(
                rows=rows,
                by=SystemActor("命令行导入"),
                opened_on=options["opened_on"],
                dry_run=options["dry_run"],
            )
        except DomainError as error:
            for problem in error.problems:
                self.stderr.write(problem.message)
            raise CommandError(f"未导入：{len(error.problems):,} 处有误，数据库没有改动。") from error
        for line in facts_of(outcome, options["opened_on"]):
            self.stdout.write(line)
        self.stdout.write(f"用时 {time.monotonic() - began:.1f} 秒。")


def facts_of(outcome: ImportOutcome, opened_on: dt.date) -> Iterator[str]:
    """What was done, one fact a line."""
    verb = "将新增" if outcome.is_dry_run else "新增"
    for level in Level:
        yield f"{level.label}：{verb} {outcome.created[level]:,} 个" + _apart(outcome, level)
    yield f"合计{verb}：{outcome.created_total:,} 个" + (
        f"（设立日期 {day(opened_on)}）" if outcome.created else ""
    )
    yield f"已有且不变：{outcome.unchanged:,} 个"
    yield f"略过虚设区划：{len(outcome.skipped):,} 行" + _listed(
        f"{row.name}（{row.code}）" for row in outcome.skipped
    )
    yield f"名称不同、未改动：{len(outcome.renamed):,} 个" + _listed(
        f"{code} {old}→{new}" for code, old, new in outcome.renamed
    )
    yield f"本次文件未列出：{len(outcome.absent):,} 个" + _listed(
        f"{name}（{code}）" for code, name in outcome.absent
    )
    if outcome.is_dry_run:
        yield "试运行：数据库没有改动。"


def _apart(outcome: ImportOutcome, level: Level) -> str:
    zones = outcome.kinds[(level, UnitKind.ZONE)]
    quasi = outcome.kinds[(level, UnitKind.QUASI)]
    above = {Level.COUNTY: "省直接管辖", Level.TOWNSHIP: "市直接管辖", Level.VILLAGE: "越级隶属"}
    parts = [f"功能区 {zones:,} 个（建议不计应建）"] if zones else []
    parts += [f"类似单位 {quasi:,} 个（建议不计应建）"] if quasi else []
    parts += [f"{above[level]} {outcome.raised[level]:,} 个"] if outcome.raised[level] else []
    return f"，其中{'、'.join(parts)}" if parts else ""


def _listed(items: Iterator[str], most: int = 10) -> str:
    shown = list(items)
    if not shown:
        return ""
    return f"：{'、'.join(shown[:most])}{' 等' if len(shown) > most else ''}"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"日期“{text}”应写作 2023-12-31。") from error
