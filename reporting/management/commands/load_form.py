"""Give a province forms that are shipped as data, published and on its register."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.actor import SystemActor
from reporting.management.provinces import ProvinceCommand
from reporting.selectors.samples import SAMPLES, samples_for
from reporting.services.forms import load_form

BY = SystemActor("系统（载入样表）")


class Command(ProvinceCommand):
    help = "为省级单位载入并发布样表（已有的不变）；不写名称时列出可载入的样表"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("names", nargs="*", metavar="NAME", help="、".join(SAMPLES))

    def handle(self, *args: Any, **options: Any) -> None:
        owner = self.province(options)
        unknown = [name for name in options["names"] if name not in SAMPLES]
        if unknown:
            raise CommandError(f"没有样表“{'、'.join(unknown)}”，可载入：{'、'.join(SAMPLES)}。")
        for name in options["names"]:
            self.stdout.write(f"{owner}：{load_form(name, owner=owner, by=BY)}")
        if not options["names"]:
            for sample in samples_for(owner):
                state = "已有" if sample.form else "未载入"
                self.stdout.write(f"{sample.name}：{sample.title}，{sample.count}项，{state}")
