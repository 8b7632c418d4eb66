"""Django's entry to reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "填报"

    def ready(self) -> None:
        from reporting.doors import open_doors
        from reporting.navigation import register_desk_pages, register_review_pages
        from reporting.notifying import subscribe
        from reporting.permissions import declare_grants

        declare_grants()
        subscribe()
        register_desk_pages()
        register_review_pages()
        open_doors()
