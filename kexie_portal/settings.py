"""Settings of one deployment, read from the environment.

Every variable has a default that is safe for the embedded run; ``PRODUCTION`` with an unsafe value refuses to
start (see ``kexie_portal.checks``). The embedded services are never started from here: ``manage.py`` and the
launcher start them and put ``DATABASE_URL``, ``REDIS_URL`` and ``SECRET_KEY`` into the environment first.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from kexie_portal.environment import switch, whole_number

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("KEXIE_VAR", default=str(BASE_DIR / "var")))

PRODUCTION = switch("PRODUCTION", default=False)
DEBUG = switch("DEBUG", default=False)
#: The embedded run brings its own random key; where none is given at all, nothing starts (``kexie_portal.checks``).
NO_SECRET = "none-given"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", default="") or NO_SECRET
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORT = whole_number("PORT", default=8000)

#: Keys of the telephone cipher, newest first (url-safe base64 of 32 bytes each).
FIELD_KEYS = env.list("FIELD_KEYS", default=[])

INSTALLED_APPS = [
    "kexie_portal.apps.PortalConfig",
    "reporting.apps.ReportingConfig",
    "sanzhang.apps.SanzhangConfig",
    "notices.apps.NoticesConfig",
    "accounts.apps.AccountsConfig",
    "orgs.apps.OrgsConfig",
    "files.apps.FilesConfig",
    "audit.apps.AuditConfig",
    "core.apps.CoreConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "mptt",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "axes",
]

MIDDLEWARE = [
    "core.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PostingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.FirstSignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.MethodMiddleware",
    "core.middleware.RequestSizeMiddleware",
    "core.middleware.ZeroByteMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kexie_portal.urls"
WSGI_APPLICATION = "kexie_portal.wsgi.application"
ASGI_APPLICATION = "kexie_portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.portal",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgres://kexie_app@localhost/kexie")
    | {"CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
DATABASES["default"].setdefault("OPTIONS", {})
if switch("DATABASE_POOL", default=False):
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": whole_number("DATABASE_POOL_MAX", default=8),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = whole_number("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kexie",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = whole_number("SESSION_HOURS", default=10) * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
#: How many sessions one account may hold at once; the oldest gives way.
SESSIONS_PER_USER = whole_number("SESSIONS_PER_USER", default=3)

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_ENABLED = switch("AXES_ENABLED", default=True)

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: Whether a proxy of ours stands in front and says by X-Forwarded-For who asks.
BEHIND_PROXY = switch("BEHIND_PROXY", default=PRODUCTION)
if PRODUCTION:
    SECURE_SSL_REDIRECT = switch("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = whole_number("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "staticfiles"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if switch("STATIC_MANIFEST", default=False) or PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
#: Built from the working tree without collectstatic (development and tests).
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o640
#: One uploaded file may not be larger than this many bytes; one request not larger than nine of them and a bit.
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
REQUEST_MAX_BYTES = 9 * UPLOAD_MAX_BYTES + 5 * 1024 * 1024

try:
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
except ImproperlyConfigured as refused:
    raise ImproperlyConfigured(
        "环境变量 EMAIL_URL 无效，应为 smtp+tls://账号:口令@服务器:587 的样子。"
    ) from refused
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
SMS_BACKEND = env.str("SMS_BACKEND", default="notices.sms.ConsoleBackend")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
SMS_GATEWAY_TIMEOUT = 20

#: Celery writes a unix socket and the database behind it otherwise than redis-py does.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Kilobytes: a process that has grown past this, as on a sheet of 200,000 people, is replaced after its task.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 500_000
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1740
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 7200}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "files.tasks.run_export": {"queue": "papers"},
    "notices.tasks.*": {"queue": "reminders"},
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "worker-heartbeat": {"task": "core.tasks.beat_heartbeat", "schedule": 30.0},
    "advance-cycles": {"task": "reporting.tasks.advance_cycles", "schedule": crontab(minute="*/5")},
    "remind": {"task": "reporting.tasks.remind_owing", "schedule": crontab(minute=0, hour="7-18")},
    "remind-of-renewals": {
        "task": "sanzhang.tasks.remind_of_renewals",
        "schedule": crontab(minute=0, hour=7),
    },
    "send-mail": {"task": "notices.tasks.send_pending_mail", "schedule": 60.0},
    "deliver-subscriptions": {"task": "reporting.tasks.deliver_subscriptions", "schedule": 60.0},
    "sweep-exports": {"task": "files.tasks.sweep_exports", "schedule": 60.0},
    "apply-reorganisations": {
        "task": "orgs.tasks.apply_reorganisations",
        "schedule": crontab(minute=5, hour="0-8"),
    },
    "verify-tree": {"task": "orgs.tasks.verify_tree", "schedule": crontab(minute=30, hour=2)},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "core.api.PagePagination",
    "DEFAULT_FILTER_BACKENDS": ["core.api_filters.ListFilterBackend"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api_json.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "core.api.problem_details",
    "PAGE_SIZE": 50,
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "科协“3+1”工作平台 API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"SeatEndReasonEnum": "sanzhang.choices.EndReason"},
}

#: Name of the province association as it stands on papers; empty means “<province>科学技术协会”.
ISSUER_NAME = env.str("ISSUER_NAME", default="")
PAPER_FONTS_DIR = env.str("PAPER_FONTS_DIR", default=str(VAR_DIR / "fonts"))
EXPORT_KEEP_DAYS = whole_number("EXPORT_KEEP_DAYS", default=14)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "WARNING"},
        "kexie": {"level": "INFO"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
