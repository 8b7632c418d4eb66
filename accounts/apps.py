"""Django's entry to accounts; fills the table of grants, the navigation and the register of exports."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from accounts.exporters import EXPORTERS
        from accounts.navigation import register_entries
        from accounts.permissions import declare_grants
        from accounts.reorganising import register as register_reorganising
        from accounts.selectors import default_query
        from core.listing import register_default_query
        from files.registry import register_exporter

        declare_grants()
        for exporter in EXPORTERS:
            register_exporter(exporter)
        register_entries()
        register_reorganising()
        register_default_query(default_query)
