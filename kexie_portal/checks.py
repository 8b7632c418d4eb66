"""Production refuses to start on a setting that is only safe for the embedded run; nothing starts without a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


@register()
def production_is_safe(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[Error]:
    """Errors for unsafe settings; ``manage.py`` and the launcher stop on them."""
    return refused_settings()


def refused_settings() -> list[Error]:
    """All that is unsafe with ``PRODUCTION`` on; elsewhere only the lack of a key."""
    if settings.PRODUCTION:
        return unsafe_settings()
    has_no_key = settings.SECRET_KEY == settings.NO_SECRET
    return [Error("SECRET_KEY 未设置。", hint=RANDOM_HINT, id="kexie_portal.E002")] if has_no_key else []


def unsafe_settings() -> list[Error]:
    """What would be unsafe in production, whether it is on or not."""
    wide_open = any(host.strip() in ("*", "") for host in settings.ALLOWED_HOSTS)
    found = [
        (settings.DEBUG, "E001", "DEBUG 不能在生产环境打开。", "去掉环境变量 DEBUG。"),
        (len(settings.SECRET_KEY) < 50, "E002", "SECRET_KEY 未设置或过短。", RANDOM_HINT),
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
        (
            not settings.REDIS_URL.startswith(("redis://", "rediss://", "unix://")),
            "E007",
            "REDIS_URL 无效。",
            "设置 REDIS_URL=redis://…",
        ),
        (
            not settings.AXES_ENABLED,
            "E009",
            "登录失败锁定不能在生产环境关闭。",
            "去掉环境变量 AXES_ENABLED。",
        ),
        (not _sms_backend_exists(), "E008", "SMS_BACKEND 指定的短信通道不存在。", "见 docs/accounts.md。"),
    ]
    return [
        Error(message, hint=hint, id=f"kexie_portal.{code}")
        for is_wrong, code, message, hint in found
        if is_wrong
    ]


RANDOM_HINT = "设置至少 50 位的随机 SECRET_KEY。"
KEY_HINT = (
    "用 python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' 生成。"
)


def _keys_are_valid() -> bool:
    try:
        return all(Fernet(key) for key in settings.FIELD_KEYS)
    except ValueError:
        return False


def _sms_backend_exists() -> bool:
    try:
        return bool(import_string(settings.SMS_BACKEND))
    except ImportError:
        return False


def refuse_unsafe() -> None:
    """Stop a server process that would serve unsafely; servers do not run the checks by themselves."""
    found = refused_settings()
    if found:
        raise ImproperlyConfigured("；".join(f"{error.msg}{error.hint}" for error in found))
