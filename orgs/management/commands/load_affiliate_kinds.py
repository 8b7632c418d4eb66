"""Create the default kinds of affiliates that are missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actor import SystemActor
from orgs.services import affiliate_kinds


class Command(BaseCommand):
    help = "载入默认所属组织类别（已有的不变）"

    def handle(self, *args: Any, **options: Any) -> None:
        made = affiliate_kinds.load_defaults(by=SystemActor("系统（载入默认数据）"))
        self.stdout.write(f"新增所属组织类别 {made} 项")
