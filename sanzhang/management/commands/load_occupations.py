"""Create the default occupations, activity kinds and campaign days that are missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.actor import SystemActor
from sanzhang.services import activity_kinds, occupations


class Command(BaseCommand):
    help = "载入默认职业身份、活动类别和主题宣传日（已有的不变）"

    def handle(self, *args: Any, **options: Any) -> None:
        by = SystemActor("系统（载入默认数据）")
        self.stdout.write(f"新增职业身份 {occupations.load_defaults(by=by)} 项")
        self.stdout.write(f"新增活动类别、主题宣传日 {activity_kinds.load_defaults(by=by)} 项")
