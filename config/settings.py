"""Settings: everything runs on SQLite with no server by default; the environment changes that."""

import os
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("BONDPOOL_VAR", BASE_DIR / "var"))

DEBUG = os.environ.get("DEBUG", "1") == "1"
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR / 'bondpool.sqlite3'}",
        conn_max_age=int(os.environ.get("CONN_MAX_AGE", "600")),
        conn_health_checks=True,
    )
}
_is_sqlite = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if _is_sqlite:
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    DATABASE_POOL = int(os.environ.get("DATABASE_POOL", "0"))
    if DATABASE_POOL:
        DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL}
        DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATA_DIR = Path(str(DATABASES["default"]["NAME"])).with_suffix("") if _is_sqlite else VAR_DIR
"""Keys and documents lie beside the database: ``var/demo.sqlite3`` has them in ``var/demo``."""
KEY_DIR = Path(os.environ.get("BONDPOOL_KEYS", DATA_DIR / "keys"))
DOCUMENT_DIR = Path(os.environ.get("BONDPOOL_DOCUMENTS", DATA_DIR / "documents"))
_session_key = KEY_DIR / "sessions.key"
SECRET_KEY = os.environ.get("SECRET_KEY") or (
    _session_key.read_bytes().hex()
    if _session_key.exists()
    else ("development-only-secret-key" if DEBUG else "")
)
IS_HTTPS = os.environ.get("BONDPOOL_HTTPS", "0" if DEBUG else "1") == "1"
"""Served behind TLS: cookies travel over HTTPS only, browsers are told to stay on it."""
TRUSTED_PROXIES = os.environ.get("TRUSTED_PROXIES", "127.0.0.1" if IS_HTTPS else "")
"""Whose word about the reader's address is taken: the server that ends TLS."""

ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver").split(",")
PUBLIC_HOST = os.environ.get("PUBLIC_HOST", "127.0.0.1:8000")
"""Host printed in codes and links that consumers scan."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "djmoney",
    "core",
    "imports",
    "warehouse",
    "fx_settlement",
    "customs",
    "traceability",
    "portal",
]

MIDDLEWARE = [
    "core.web.middleware.RequestId",
    "core.web.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.web.middleware.LanguageInAddress",
    "core.web.middleware.WholeAddress",
    "core.web.middleware.BodyLimit",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.web.middleware.RefusalPages",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

AUTH_USER_MODEL = "core.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "public-home"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SECOND_FACTOR_ROLES = [
    role
    for role in os.environ.get("SECOND_FACTOR_ROLES", "" if DEBUG else "operator,broker").split(",")
    if role
]
"""Roles that sign in with a second factor; none while DEBUG is on."""

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "0") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", f"Bondpool <no-reply@{PUBLIC_HOST.split(':')[0]}>")

RATE_SOURCES = dict(
    part.split("=", 1) for part in os.environ.get("RATE_SOURCES", "").split(";") if "=" in part
)
"""Banks that are asked for a rate, as ``Name=https://host/path;…``."""

RATE_HOSTS = [host for host in os.environ.get("RATE_HOSTS", "").split(",") if host]
"""Hosts that may be asked for a rate; no other is called."""

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "core" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT")
"""Set where a server of its own serves files; otherwise they come from the apps."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

JOB_LEASE_SECONDS = int(os.environ.get("JOB_LEASE_SECONDS", "60"))
"""A worker that says nothing for so long has lost its job to the next one."""
CUSTOMS_EXCHANGE_ID = os.environ.get("CUSTOMS_EXCHANGE_ID", "")  # blank: the client fills it in
CUSTOMS_SIGNING_KEY = os.environ.get("CUSTOMS_SIGNING_KEY", "")  # a PEM file, for drills
CUSTOMS_SIGNING_URL = os.environ.get("CUSTOMS_SIGNING_URL", "")  # a service before a crypto box
CUSTOMS_SIGNATURE_METHOD = os.environ.get(
    "CUSTOMS_SIGNATURE_METHOD", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
)
CUSTOMS_KEY_NAME = os.environ.get("CUSTOMS_KEY_NAME", "")
CUSTOMS_PAYMENT_GATEWAY = os.environ.get("CUSTOMS_PAYMENT_GATEWAY", "")  # blank: by files
CUSTOMS_CERTIFICATE = os.environ.get("CUSTOMS_CERTIFICATE", "")

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
"""Redis or RabbitMQ; empty: the embedded worker drains the same job table."""
JOB_BELL = "config.celery.ring" if CELERY_BROKER_URL else ""
SWEEP_SECONDS = int(os.environ.get("SWEEP_SECONDS", "5"))
_queues = os.environ.get("CELERY_QUEUES", "bondpool")
CELERY_TASK_DEFAULT_QUEUE = f"{_queues}.jobs"
CELERY_TASK_ROUTES = {"core.sweep": {"queue": f"{_queues}.sweep"}}
"""A sweep never waits behind a long job where a worker of its own listens to its queue."""
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "core.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    }
}
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0, "interval_max": 0}
"""A form that rings for a broker that is away is not held up: the sweep finds its work."""
if CELERY_BROKER_URL.startswith(("redis", "rediss", "sentinel")):
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "visibility_timeout": 2 * JOB_LEASE_SECONDS,
        "unacked_restore_interval": SWEEP_SECONDS,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": 30,
    }
"""Redis hands a message that nobody acknowledged to another worker; the lease decides who works."""

JURISDICTIONS = ["customs.jurisdictions.cn", "customs.jurisdictions.gb"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
"""What watches over a process asks it directly, without TLS."""
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.web.errors.csrf_failure"
MESSAGE_TAGS = {20: "", 25: "ok", 30: "warn", 40: "bad"}
"""The levels of django.contrib.messages as tones of ``.notice``."""
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 26_214_400
MOST_REQUEST_BYTES = 26_214_400
"""A body of more is not read at all: the largest sheet of 25 MB, and the form around it."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonLines"}, "plain": {"format": "%(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
