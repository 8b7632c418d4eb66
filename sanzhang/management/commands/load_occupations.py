"""Create the default occupations that are missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actor import SystemActor
from sanzhang.services import occupations


class Command(BaseCommand):
    help = "载入默认职业身份（已有的不变）"

    def handle(self, *args: Any, **options: Any) -> None:
        made = occupations.load_defaults(by=SystemActor("系统（载入默认数据）"))
        self.stdout.write(f"新增职业身份 {made} 项")
