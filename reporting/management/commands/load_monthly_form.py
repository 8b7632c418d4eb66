"""Give a province the monthly form, its collection and the calendar of days off."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actor import SystemActor
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.services.forms import load_collection

BY = SystemActor("系统（载入默认数据）")


class Command(BaseCommand):
    help = "为省级单位载入“3+1”月报和填报任务（已有的不变）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", metavar="CODE", help="省级区划代码，只有一个省时可省略")

    def handle(self, *args: Any, **options: Any) -> None:
        provinces = OrgUnit.objects.open().at(Level.PROVINCE)
        if options["province"]:
            provinces = provinces.filter(division_code=options["province"])
        found = list(provinces[:2])
        if len(found) != 1:
            raise CommandError("请用 --province 指明一个已导入的省级区划代码。")
        collection = load_collection(owner=found[0], by=BY)
        self.stdout.write(f"{found[0]}：{collection}，首期{collection.first_period:%Y年%m月}")
