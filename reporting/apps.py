"""Django's entry to reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "填报"

    def ready(self) -> None:
        from accounts.registry import Belongings, register_belongings, register_open_work
        from reporting.doors import open_doors
        from reporting.exporters.chase import register_chase_lists
        from reporting.exporters.collections import register_collection_sheet
        from reporting.exporters.counted import register_counted_sheet
        from reporting.exporters.excuses import register_excuse_sheet
        from reporting.exporters.forms import register_form_lists
        from reporting.exporters.heads import register_heads_list
        from reporting.exporters.issues import register_issue_sheet
        from reporting.exporters.papers import register_exporters
        from reporting.exporters.quality import register_quality_table
        from reporting.exporters.queue import register_queue_sheet
        from reporting.exporters.recorded import register_recorded_list
        from reporting.exporters.standing import register_standing_sheet
        from reporting.importing.offline import register_offline_sheets
        from reporting.importing.targets import register_target_sheets
        from reporting.navigation import register_desk_pages, register_review_pages
        from reporting.notifying import subscribe
        from reporting.papers.drafts import register as register_papers
        from reporting.papers.stamped import register_stamped_papers
        from reporting.papers.words import register_words_paper
        from reporting.permissions import declare_grants
        from reporting.pivot.sheet import register_pivot_sheet
        from reporting.reorganising.issues import register as register_issues_reorganising
        from reporting.reorganising.reports import register as register_reorganising
        from reporting.selectors.open_work import open_work_of_posting
        from reporting.services.belongings import pass_subscriptions, subscriptions_of

        declare_grants()
        subscribe()
        register_desk_pages()
        register_review_pages()
        open_doors()
        register_exporters()
        register_chase_lists()
        register_form_lists()
        register_heads_list()
        register_recorded_list()
        register_quality_table()
        register_papers()
        register_target_sheets()
        register_collection_sheet()
        register_stamped_papers()
        register_standing_sheet()
        register_pivot_sheet()
        register_issue_sheet()
        register_queue_sheet()
        register_excuse_sheet()
        register_counted_sheet()
        register_offline_sheets()
        register_words_paper()
        register_open_work(open_work_of_posting)
        register_belongings(Belongings(subscriptions_of, pass_subscriptions))
        register_reorganising()
        register_issues_reorganising()
