"""Django's entry to the registry of key people."""

from django.apps import AppConfig


class SanzhangConfig(AppConfig):
    name = "sanzhang"
    verbose_name = "三长"

    def ready(self) -> None:
        from files.registry import register_exporter
        from sanzhang.exporters import PEOPLE_EXPORTER
        from sanzhang.menu import declare_menu
        from sanzhang.permissions import declare_grants

        declare_grants()
        register_exporter(PEOPLE_EXPORTER)
        declare_menu()
