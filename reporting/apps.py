"""Django's entry to reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "填报"

    def ready(self) -> None:
        from accounts.registry import register_open_work
        from reporting.doors import open_doors
        from reporting.exporters import register_exporters
        from reporting.navigation import register_desk_pages, register_review_pages
        from reporting.notifying import subscribe
        from reporting.papers.drafts import register as register_papers
        from reporting.permissions import declare_grants
        from reporting.reorganising import register as register_reorganising
        from reporting.selectors.open_work import open_work_of_posting
        from reporting.standing_sheets import register_standing_sheet
        from reporting.target_sheets import register_target_sheets

        declare_grants()
        subscribe()
        register_desk_pages()
        register_review_pages()
        open_doors()
        register_exporters()
        register_papers()
        register_target_sheets()
        register_standing_sheet()
        register_open_work(open_work_of_posting)
        register_reorganising()
