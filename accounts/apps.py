"""Django's entry to accounts; fills the table of grants."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from accounts.permissions import declare_grants

        declare_grants()
