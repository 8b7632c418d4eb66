"""Which province a command is for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs.choices import Level
from orgs.models import OrgUnit


class ProvinceCommand(BaseCommand):
    """A command for one province: the only one, or that of ``--province``."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", metavar="CODE", help="省级区划代码，只有一个省时可省略")

    def province(self, options: dict[str, Any]) -> OrgUnit:
        provinces = OrgUnit.objects.open().at(Level.PROVINCE)
        if options["province"]:
            provinces = provinces.filter(division_code=options["province"])
        found = list(provinces[:2])
        if len(found) != 1:
            raise CommandError("请用 --province 指明一个已导入的省级区划代码。")
        return found[0]
