"""Django's entry to the registry of key people."""

from django.apps import AppConfig


class SanzhangConfig(AppConfig):
    name = "sanzhang"
    verbose_name = "三长"

    def ready(self) -> None:
        from files.registry import register_exporter, register_importer
        from sanzhang.doors import open_doors
        from sanzhang.exporters.candidacies import CANDIDACIES_EXPORTER
        from sanzhang.exporters.composition import EXPORTERS as COMPOSITION_EXPORTERS
        from sanzhang.exporters.meetings import YEARLY_MEETINGS_EXPORTER
        from sanzhang.exporters.papers import register_papers
        from sanzhang.exporters.people import PEOPLE_EXPORTER
        from sanzhang.exporters.terms import TERMS_EXPORTER
        from sanzhang.importing.people import PEOPLE_IMPORTER, PEOPLE_SHEET
        from sanzhang.leading import declare_leaders
        from sanzhang.menu import declare_menu
        from sanzhang.notifying.candidacies import subscribe
        from sanzhang.permissions import declare_grants
        from sanzhang.reorganising.registry import register as register_reorganising
        from sanzhang.reorganising.work import register as register_open_work
        from sanzhang.working import declare_work

        declare_grants()
        register_exporter(PEOPLE_EXPORTER)
        register_reorganising()
        register_open_work()
        register_papers()
        register_exporter(PEOPLE_SHEET)
        register_importer(PEOPLE_IMPORTER)
        register_exporter(CANDIDACIES_EXPORTER)
        register_exporter(TERMS_EXPORTER)
        register_exporter(YEARLY_MEETINGS_EXPORTER)
        for exporter in COMPOSITION_EXPORTERS:
            register_exporter(exporter)
        open_doors()
        subscribe()
        declare_menu()
        declare_leaders()
        declare_work()
