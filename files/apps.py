"""Django's entry to files and exports."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from core import nav
        from files.exporters import AUDIT_EVENTS
        from files.permissions import VIEW_FILES
        from files.registry import register_exporter

        register_exporter(AUDIT_EVENTS)
        nav.register_group("我的", order=90)
        nav.register(nav.NavItem("导出中心", "files:centre", "我的", icon="download", order=910, exact=True))
        nav.register(
            nav.NavItem(
                "本单位文件",
                "files:unit_files",
                "我的",
                icon="file-earmark-text",
                permission=VIEW_FILES.code,
                order=911,
            )
        )
        nav.register(nav.NavItem("导入记录", "files:imports", "我的", icon="upload", order=915))
