"""Production refuses unsafe settings."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from kexie_portal.checks import production_is_safe, refuse_unsafe, unsafe_settings


@pytest.fixture
def production(settings):
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = "k9" * 32
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.AXES_ENABLED = True
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    return settings


def test_safe_settings_pass(production):
    assert production_is_safe() == []
    refuse_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "E001"),
        ("SECRET_KEY", "short", "E002"),
        ("ALLOWED_HOSTS", ["*"], "E003"),
        ("ALLOWED_HOSTS", [], "E003"),
        ("FIELD_KEYS", [], "E004"),
        ("FIELD_KEYS", ["not a key"], "E005"),
        ("REDIS_URL", "localhost:6379", "E007"),
        ("SMS_BACKEND", "no.Such", "E008"),
        ("AXES_ENABLED", False, "E009"),
    ],
)
def test_one_unsafe_setting_is_refused(production, name, value, code):
    setattr(production, name, value)
    assert [error.id for error in production_is_safe()] == [f"kexie_portal.{code}"]
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe()


def test_short_secret_is_refused_in_production_only(production):
    production.SECRET_KEY = "short"
    assert [error.id for error in unsafe_settings()] == ["kexie_portal.E002"]
    production.PRODUCTION = False
    refuse_unsafe()


def test_missing_secret_is_refused_everywhere(production):
    production.PRODUCTION = False
    production.SECRET_KEY = production.NO_SECRET
    assert [error.id for error in production_is_safe()] == ["kexie_portal.E002"]
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe()
