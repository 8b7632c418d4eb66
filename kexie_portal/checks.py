"""Production refuses to start on a setting that is only safe for the embedded run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured


@register()
def production_is_safe(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[Error]:
    """Errors for unsafe settings, with ``PRODUCTION`` on; ``manage.py`` and the launcher stop on them."""
    return unsafe_settings() if settings.PRODUCTION else []


def unsafe_settings() -> list[Error]:
    """What would be unsafe in production, whether it is on or not."""
    embedded = settings.SECRET_KEY == settings.EMBEDDED_SECRET or len(settings.SECRET_KEY) < 50
    wide_open = any(host.strip() in ("*", "") for host in settings.ALLOWED_HOSTS)
    found = [
        (settings.DEBUG, "E001", "DEBUG 不能在生产环境打开。", "去掉环境变量 DEBUG。"),
        (embedded, "E002", "SECRET_KEY 未设置或过短。", "设置至少 50 位的随机 SECRET_KEY。"),
        (
            wide_open or not settings.ALLOWED_HOSTS,
            "E003",
            "ALLOWED_HOSTS 不能为空或为 *。",
            "列出本平台的域名。",
        ),
        (not settings.FIELD_KEYS, "E004", "FIELD_KEYS 未设置，电话号码无法安全加密。", KEY_HINT),
        (not _keys_are_valid(), "E005", "FIELD_KEYS 中有无效的密钥。", KEY_HINT),
        (
            settings.DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql",
            "E006",
            "只支持 PostgreSQL 数据库。",
            "设置 DATABASE_URL=postgres://…",
        ),
    ]
    return [
        Error(message, hint=hint, id=f"kexie_portal.{code}")
        for is_wrong, code, message, hint in found
        if is_wrong
    ]


KEY_HINT = (
    "用 python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' 生成。"
)


def _keys_are_valid() -> bool:
    try:
        return all(Fernet(key) for key in settings.FIELD_KEYS)
    except ValueError:
        return False


def refuse_unsafe() -> None:
    """Stop a server process that would serve an unsafe production; servers do not run the checks by themselves."""
    found = unsafe_settings() if settings.PRODUCTION else []
    if found:
        raise ImproperlyConfigured("；".join(f"{error.msg}{error.hint}" for error in found))
