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
        from reporting.permissions import declare_grants
        from reporting.selectors.open_work import open_work_of_posting

        declare_grants()
        subscribe()
        register_desk_pages()
        register_review_pages()
        open_doors()
        register_exporters()
        register_open_work(open_work_of_posting)
