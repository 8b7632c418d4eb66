"""``manage.py verify_tree``: prove the tree; fails when something is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orgs.models import OrgUnit
from orgs.selectors.verification import verify_tree

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "核对组织树：上下级、代码、区间、所属与沿革"

    def handle(self, *args: Any, **options: Any) -> None:
        findings = verify_tree()
        self.stdout.write(f"核对单位：{OrgUnit.objects.count():,} 个")
        for finding in findings[:MOST_SHOWN]:
            self.stderr.write(f"[{finding.code}] {finding.message}")
        if len(findings) > MOST_SHOWN:
            self.stderr.write(f"……另有 {len(findings) - MOST_SHOWN:,} 处")
        if findings:
            raise CommandError(f"组织树有误：{len(findings):,} 处。")
        self.stdout.write("组织树无误。")
