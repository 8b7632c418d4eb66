"""The first accounts of a deployment: the three officers and the province's unit administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Posting
from accounts.roles import OFFICER_ROLES, Role
from accounts.services.accounts import open_account
from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit

FIRST_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.UNIT_ADMIN)


class Command(BaseCommand):
    help = (
        "Open the three officers' accounts and the first unit administrator's; prints their passwords once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", help="two digits, where there is more than one province")

    def handle(self, *args: Any, **options: Any) -> None:
        province = self._province(options["province"])
        held = set(
            Posting.objects.on(clock.today())
            .filter(unit=province, role__in=FIRST_ROLES, user__is_active=True)
            .values_list("role", flat=True)
        )
        missing = [role for role in FIRST_ROLES if role not in held]
        if not missing:
            raise CommandError("三员和省级单位管理员都已有账号，未作改动。")
        with transaction.atomic():
            opened = [
                open_account(unit=province, roles=[role], name=str(role.label), by=SYSTEM) for role in missing
            ]
        for role, one in zip(missing, opened, strict=True):
            kind = "三员" if role in OFFICER_ROLES else "业务"
            self.stdout.write(f"{one.user.username}\t{one.password}\t{province} {role.label}（{kind}）")
        self.stdout.write("以上密码只显示一次，首次登录必须修改。")

    def _province(self, code: str | None) -> OrgUnit:
        provinces = OrgUnit.objects.open().at(Level.PROVINCE)
        found = list(provinces.filter(division_code=code) if code else provinces)
        if len(found) != 1:
            raise CommandError("请先用 import_divisions 导入区划；有多个省时用 --province 指定两位代码。")
        return found[0]
