"""Django's entry to the registry of key people."""

from django.apps import AppConfig


class SanzhangConfig(AppConfig):
    name = "sanzhang"
    verbose_name = "三长"

    def ready(self) -> None:
        from accounts.registry import register_open_work as tell_open_work
        from files.registry import register_exporter, register_importer
        from sanzhang.doors import open_doors
        from sanzhang.exporters.candidacies import CANDIDACIES_FILE
        from sanzhang.exporters.composition import EXPORTERS as COMPOSED
        from sanzhang.exporters.meetings import YEARLY_MEETINGS_FILE
        from sanzhang.exporters.papers import PAPERS
        from sanzhang.exporters.people import PEOPLE_FILE
        from sanzhang.exporters.terms import TERMS_FILE
        from sanzhang.importing.people import PEOPLE_IMPORTER, PEOPLE_SHEET
        from sanzhang.leading import declare_leaders
        from sanzhang.menu import declare_menu
        from sanzhang.notifying.candidacies import subscribe
        from sanzhang.permissions import declare_grants
        from sanzhang.reorganising.registry import register as register_reorganising
        from sanzhang.reorganising.work import register as register_open_work
        from sanzhang.selectors.open_work import open_work_of_posting
        from sanzhang.working import declare_work

        declare_grants()
        for exporter in (
            PEOPLE_FILE,
            PEOPLE_SHEET,
            CANDIDACIES_FILE,
            TERMS_FILE,
            YEARLY_MEETINGS_FILE,
            *COMPOSED,
            *PAPERS,
        ):
            register_exporter(exporter)
        register_importer(PEOPLE_IMPORTER)
        register_reorganising()
        register_open_work()
        tell_open_work(open_work_of_posting)
        open_doors()
        subscribe()
        declare_menu()
        declare_leaders()
        declare_work()
