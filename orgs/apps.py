"""Django's entry to the tree."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = "组织"

    def ready(self) -> None:
        from core import nav
        from files.registry import register_exporter
        from orgs.exporters import UNITS
        from orgs.permissions import CONFIRM_EXPECTED, VIEW_UNITS

        register_exporter(UNITS)
        nav.register_group("组织", order=30)
        nav.register(
            nav.NavItem(
                "组织树",
                "orgs:tree",
                "组织",
                icon="diagram-3",
                permission=VIEW_UNITS.code,
                order=10,
                exact=True,
            )
        )
        nav.register(
            nav.NavItem("单位名册", "orgs:list", "组织", icon="list-ul", permission=VIEW_UNITS.code, order=20)
        )
        nav.register(
            nav.NavItem(
                "应建确认",
                "orgs:expectations",
                "组织",
                icon="building-check",
                permission=CONFIRM_EXPECTED.code,
                order=30,
            )
        )
