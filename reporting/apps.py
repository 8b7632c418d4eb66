"""Django's entry to reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "填报"

    def ready(self) -> None:
        from accounts.registry import Belongings, register_belongings, register_open_work
        from reporting.doors import open_doors
        from reporting.downloads import register_files
        from reporting.navigation import register_desk_pages, register_review_pages
        from reporting.notifying import subscribe
        from reporting.papers.drafts import register as register_papers
        from reporting.permissions import declare_grants
        from reporting.reorganising.issues import register as register_issues_reorganising
        from reporting.reorganising.reports import register as register_reorganising
        from reporting.selectors.open_work import open_work_of_posting
        from reporting.services.belongings import pass_subscriptions, subscriptions_of

        declare_grants()
        subscribe()
        register_desk_pages()
        register_review_pages()
        open_doors()
        register_files()
        register_papers()
        register_open_work(open_work_of_posting)
        register_belongings(Belongings(subscriptions_of, pass_subscriptions))
        register_reorganising()
        register_issues_reorganising()
