"""The portal's own app: commands, checks, and the wiring of floors that must not know each other."""

from django.apps import AppConfig

#: How the audit trail calls acts whose kind does not begin with the name of an app.
AREAS = {
    "report": "报表",
    "case": "更正补报",
    "cycle": "填报期",
    "paper": "通报简报",
    "form": "报表设计",
    "reminder": "系统提醒",
}


class PortalConfig(AppConfig):
    name = "kexie_portal"
    verbose_name = "平台"

    def ready(self) -> None:
        from audit.selectors import name_area
        from kexie_portal import checks  # noqa: F401

        for area, name in AREAS.items():
            name_area(area, name)
