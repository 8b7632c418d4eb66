"""Django's entry to the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from audit.permissions import VIEW_AUDIT
        from core import nav

        nav.register(
            nav.NavItem(
                "审计记录", "audit:list", "管理", icon="journal-text", permission=VIEW_AUDIT.code, order=840
            )
        )
