"""Django's entry to the registry of key people."""

from django.apps import AppConfig


class SanzhangConfig(AppConfig):
    name = "sanzhang"
    verbose_name = "三长"

    def ready(self) -> None:
        from sanzhang.permissions import declare_grants

        declare_grants()
