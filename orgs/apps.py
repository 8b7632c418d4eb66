"""Django's entry to the tree."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = "组织"

    def ready(self) -> None:
        from core import nav
        from files.registry import register_exporter, register_importer
        from orgs.affiliates_setup import declare_affiliates
        from orgs.doors import open_doors
        from orgs.exporters.facts import FACT_EXPORTERS
        from orgs.exporters.reorganising import REORGANISING_EXPORTERS
        from orgs.exporters.units import UNITS
        from orgs.importing.units import UNITS_IMPORT
        from orgs.navigation import register_entries
        from orgs.permissions import CONFIRM_EXPECTED, VIEW_UNITS
        from orgs.registry import register_dependent
        from orgs.services.reorganising.affiliates import AFFILIATES
        from orgs.services.reorganising.facts import FACTS
        from orgs.services.reorganising.words import WORDS

        register_exporter(UNITS)
        register_importer(UNITS_IMPORT)
        for dependent in (FACTS, WORDS, AFFILIATES):
            register_dependent(dependent)
        for exporter in (*FACT_EXPORTERS, *REORGANISING_EXPORTERS):
            register_exporter(exporter)
        open_doors()
        register_entries()
        declare_affiliates()
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
