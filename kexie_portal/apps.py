"""The portal's own app: commands, checks, and the wiring of floors that must not know each other."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "kexie_portal"
    verbose_name = "平台"

    def ready(self) -> None:
        from kexie_portal import checks  # noqa: F401
