"""Django's entry to notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "消息"

    def ready(self) -> None:
        from core import nav
        from notices.models import Message
        from notices.occasions import subscribe

        nav.register_bell(
            nav.Bell("notices:inbox", lambda request: Message.objects.to(request.user).unread().count())
        )
        nav.register(nav.NavItem("消息", "notices:inbox", "我的", icon="bell", order=920))
        subscribe()
