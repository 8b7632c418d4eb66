"""Give a province the monthly form, its collection and the calendar of days off."""

from __future__ import annotations

from typing import Any

from core.actor import SystemActor
from reporting.management.provinces import ProvinceCommand
from reporting.services.forms import load_collection

BY = SystemActor("系统（载入默认数据）")


class Command(ProvinceCommand):
    help = "为省级单位载入“3+1”月报和填报任务（已有的不变）"

    def handle(self, *args: Any, **options: Any) -> None:
        owner = self.province(options)
        collection = load_collection(owner=owner, by=BY)
        self.stdout.write(f"{owner}：{collection}，首期{collection.first_period:%Y年%m月}")
