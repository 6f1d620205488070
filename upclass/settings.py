"""The service's settings: the one place that reads the environment.

Every variable has a default that suits one machine; with DEBUG off, a missing secret stops the start
(upclass/checks.py).
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from upclass import logs, policies

django_stubs_ext.monkeypatch()  # lets generic classes be written as mypy wants them

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "") or default


def flag(name: str) -> bool:
    return text(name).lower() in ("1", "true", "yes", "on")


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    """A whole number above 0; anything else stops the start."""
    given = text(name, str(default))
    if not (given.isascii() and given.isdecimal() and int(given)):
        raise ImproperlyConfigured(f"{name} must be a whole number above 0, not {given!r}.")
    return int(given)


# Secrets and addresses

DEFAULT_SECRET = "insecure: refused when DEBUG is off"  # noqa: S105  names itself

DEBUG = flag("DEBUG")
SECRET_KEY = text("SECRET_KEY", DEFAULT_SECRET)
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
JOIN_SECRET = text("JOIN_SECRET", DEFAULT_SECRET)
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "127.0.0.1,localhost")
PUBLIC_URL = text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = listed("TRUSTED_PROXIES")  # addresses and networks
FRAME_ANCESTORS = text("FRAME_ANCESTORS").replace(",", " ").split()  # origins whose pages may show ours

REDIS_URL = text("REDIS_URL", "redis://127.0.0.1:6379/0")

LIVEKIT_URL = text("LIVEKIT_URL", "ws://127.0.0.1:7880")
LIVEKIT_PUBLIC_URL = text("LIVEKIT_PUBLIC_URL", LIVEKIT_URL)
LIVEKIT_API_KEY = text("LIVEKIT_API_KEY", "devkey")
LIVEKIT_API_SECRET = text("LIVEKIT_API_SECRET", DEFAULT_SECRET)
LIVEKIT_CLOCK_SKEW = number("LIVEKIT_CLOCK_SKEW", 3600)  # seconds that its clock may differ from ours

S3_ENDPOINT_URL = text("S3_ENDPOINT_URL", "http://127.0.0.1:7070")
S3_PUBLIC_URL = text("S3_PUBLIC_URL", S3_ENDPOINT_URL)
S3_BUCKET = text("S3_BUCKET", "upclass")
S3_ACCESS_KEY_ID = text("S3_ACCESS_KEY_ID", "upclass")
S3_SECRET_ACCESS_KEY = text("S3_SECRET_ACCESS_KEY", DEFAULT_SECRET)
S3_REGION = text("S3_REGION", "us-east-1")

# Django

ROOT_URLCONF = "upclass.urls"
WSGI_APPLICATION = "upclass.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # each entry point says itself which paths it takes

# Security headers. The pages' policies are in upclass/policies.py.

SECURE_CSP = policies.pages(LIVEKIT_PUBLIC_URL, FRAME_ANCESTORS)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin"  # never the path and its token; forms still send their origin
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # trusted proxies' only: upclass/proxies.py
CSRF_FAILURE_VIEW = "join.error_pages.csrf_failed"

# A page in another site's frame keeps its cookies only when they say so, and only by TLS.
IS_PUBLIC_BY_TLS = PUBLIC_URL.startswith("https://")
PAGE_COOKIES_SECURE = IS_PUBLIC_BY_TLS or bool(FRAME_ANCESTORS)
PAGE_COOKIES_SAMESITE: Literal["None", "Lax"] = "None" if FRAME_ANCESTORS else "Lax"
SESSION_COOKIE_SECURE = IS_PUBLIC_BY_TLS
CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PAGE_COOKIES_SECURE
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = PAGE_COOKIES_SAMESITE
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGE_COOKIE_HTTPONLY = True

# Pages are in the person's language, everything else in English: upclass/languages.py.
LANGUAGES = [
    ("en", "English"),
    ("hi", "हिन्दी"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]

INSTALLED_APPS = [
    "staff.site_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_vite",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "upclass",
    "customers",
    "meetings",
    "participants",
    "billing",
    "feedback",
    "recordings",
    "calls",
    "api",
    "join",
    "inbox",
    "staff",
]

MIDDLEWARE = [
    "upclass.request_id.RequestIdMiddleware",
    "upclass.proxies.ProxiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "upclass.headers.PoliciesMiddleware",
    "upclass.headers.FramesMiddleware",
    "upclass.health.HealthMiddleware",
    "inbox.views.WebhookMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "upclass.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "api.limits.RateLimitMiddleware",
    "api.shortcut.ShortcutMiddleware",  # what follows is for browsers: no request of the API gets there
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Staff. Whoever is counted as guessing is refused before a password is hashed: staff/login.py.

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10  # wrong passwords
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]  # each counted for itself
AXES_COOLOFF_TIME = timedelta(minutes=15)  # since the last that was counted; during it none is
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "staff.login.client_address"
AXES_LOCKOUT_CALLABLE = "staff.login.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # it has a page of ours: staff/login_attempt.py
STAFF_OTP_REQUIRED = flag("STAFF_OTP_REQUIRED")
OTP_TOTP_ISSUER = "Upclass Meet"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

SESSION_COOKIE_AGE = 8 * 3600  # seconds since the last request
SESSION_SAVE_EVERY_REQUEST = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Seconds that PostgreSQL lets a statement run, wait for a lock, and a transaction do nothing, by the kind of
# process. Migrations and commands, which set none, may take as long as they need.
TIMEOUTS = {"": (0, 0, 0), "web": (15, 5, 15), "worker": (30, 10, 30), "periodic": (300, 10, 60)}
PROCESS = text("DATABASE_TIMEOUTS")
if PROCESS not in TIMEOUTS:
    raise ImproperlyConfigured(f"DATABASE_TIMEOUTS must be web, worker or periodic, not {PROCESS!r}.")
STATEMENT, LOCK, IDLE = TIMEOUTS[PROCESS]

DATABASES = {
    "default": dj_database_url.parse(
        text("DATABASE_URL", "postgres://upclass@127.0.0.1:5432/upclass"),
        engine="upclass.postgresql",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
OPTIONS: dict[str, str] = DATABASES["default"].setdefault("OPTIONS", {})
OPTIONS["options"] = (  # those of the address come last, and so stand
    f"-c statement_timeout={STATEMENT}s -c lock_timeout={LOCK}s"
    f" -c idle_in_transaction_session_timeout={IDLE}s {OPTIONS.get('options', '')}"
)

# A cache for a single process: nothing that matters is kept in it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Files of the pages: found where they lie, so that a fresh clone needs no collectstatic. Vite puts a
# hash into the names of its own, so these never change.

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/room/assets/"
DJANGO_VITE = {
    "default": {
        "manifest_path": BASE_DIR / "join" / "static" / "room" / "manifest.json",
        "static_url_prefix": "room",
    }
}

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["api.limits.KeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JsonParser"],
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.JsonNegotiation",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Upclass Meet",
    "VERSION": "1",
    "DESCRIPTION": "Video meetings as an API: create them, hand out join links, see who was there.",
    "SERVERS": [{"url": "/"}],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["api.v1.schema.postprocess_schema"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes
FILE_UPLOAD_HANDLERS = ["upclass.uploads.RefuseFiles"]
RATE_LIMIT_PER_SECOND = number("RATE_LIMIT_PER_SECOND", 100)  # of each API key, unless it has its own
RATE_LIMIT_BURST = number("RATE_LIMIT_BURST", 200)

# Tasks

# Applied webhooks, to look things up in; the second is its former name, accepted for one release.
WEBHOOK_RETENTION_DAYS = number("WEBHOOK_RETENTION_DAYS", number("NEWS_KEPT_DAYS", 30))


def periodic(task: str, seconds: float, queue: str = "periodic") -> dict[str, object]:
    """A job of beat's. A message expires when the next is due: jobs do not pile up.

    They have a worker of their own, so that a long one holds up nothing that people or LiveKit wait for.
    """
    return {"task": task, "schedule": seconds, "options": {"expires": seconds, "queue": queue}}


CELERY = {
    "broker_url": REDIS_URL,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"socket_connect_timeout": 2, "socket_timeout": 5},
    "task_queues": [Queue(name) for name in ("celery", "periodic", "recordings", "recordings_ending")],
    # Calls to LiveKit take up to half a minute. "egress" would be a key that LiveKit has in the same Redis.
    "task_routes": {
        "recordings.tasks.request_egress": {"queue": "recordings"},
        "recordings.tasks.*": {"queue": "recordings_ending"},
    },
    "task_ignore_result": True,
    "task_acks_late": True,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "timezone": "UTC",
    "beat_schedule": {
        "apply_pending_webhooks": periodic("inbox.tasks.apply_pending_webhooks", 5.0, queue="celery"),
        "reconcile": periodic("inbox.tasks.reconcile", 30.0),
        # As often as connections are polled, by two workers, if there are so many.
        "settle": periodic("billing.tasks.settle", 30.0),
        "settle_as_well": periodic("billing.tasks.settle", 30.0),
        "create_feedback_requests": periodic("feedback.tasks.create_feedback_requests", 30.0),
        "sweep_recordings": periodic("recordings.tasks.sweep_recordings", 15.0),
        "prune_wrong_codes": periodic("join.tasks.prune_wrong_codes", 3600.0),
        "forget_networks": periodic("join.tasks.forget_networks", 600.0),
        "prune_applied_webhooks": periodic("inbox.tasks.prune_applied_webhooks", 3600.0),
        "prune_stored_responses": periodic("api.tasks.prune_stored_responses", 3600.0),
    },
}

LOGGING = logs.LOGGING
