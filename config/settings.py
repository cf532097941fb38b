"""All settings, read from the environment; docs/operations.md lists the variables."""

import os
import re
import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / ".data"
VERSION = "0.1.0"

env.read_file(BASE_DIR / ".env")


def _local_secret_key() -> str:
    """A key kept in .data/, so that a checkout runs before anything is configured."""
    path = DATA_DIR / "secret_key"
    if not path.is_file():
        DATA_DIR.mkdir(exist_ok=True)
        fresh = DATA_DIR / f"secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        fresh.replace(path)
    return path.read_text()


# Where it runs -------------------------------------------------------------------------------------------

ON_RENDER = "RENDER" in os.environ
DEBUG = env.flag("DEBUG", default=False)
HTTPS = env.flag("HTTPS", default=ON_RENDER)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if ON_RENDER:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random text in the service's environment."
        )
    SECRET_KEY = _local_secret_key()
if ON_RENDER and DEBUG:
    raise ImproperlyConfigured("DEBUG is on in production. Set DEBUG to false, or leave it out.")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if ON_RENDER:
    ALLOWED_HOSTS.append(os.environ.get("RENDER_EXTERNAL_HOSTNAME", ""))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
for _origin in CSRF_TRUSTED_ORIGINS:
    if "://" not in _origin:
        raise ImproperlyConfigured(
            f"CSRF_TRUSTED_ORIGINS holds “{_origin}”. Each origin needs its scheme, as in https://{_origin}."
        )
# The client's address is the one this many proxies away; the left-most of X-Forwarded-For is the client's own word.
TRUSTED_PROXY_HOPS = env.whole("TRUSTED_PROXY_HOPS", 1 if ON_RENDER else 0, least=0, most=10)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
DATETIME_FORMAT = r"j M Y H:i \U\T\C"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "csp",
    "config",
    "mongo",
    "users",
    "logs",
    "contracts",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.middleware.ChangedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mongo.middleware.MongoMiddleware",
]

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
                "config.ui.context.page",
            ],
            "libraries": {
                "ui": "config.ui.tags",
                "values": "config.ui.values",
                "rows": "config.ui.rows",
                "worklists": "config.ui.worklists",
                "entries": "config.ui.entries",
                "histogram": "config.ui.histogram",
            },
        },
    }
]
FORM_RENDERER = "config.ui.renderer.FormRenderer"

# SQL: Django's own sign-in only ---------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'users.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATA_DIR.mkdir(exist_ok=True)
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Opening a connection for every request costs more than a page's queries, in SQLite too.
DATABASES["default"]["CONN_MAX_AGE"] = 60

# MongoDB: contracts and logs ------------------------------------------------------------------------------

MONGODB_URI = env.text("MONGODB_URI")
MONGODB_DB_NAME = env.text("MONGODB_DB_NAME", "advancia_ledger")
MONGODB_LOGS_ENABLED = env.flag("MONGODB_LOGS_ENABLED", default=True)
TRADE_TYPES = env.words("TRADE_TYPES", ["deposit", "withdrawal", "transfer", "crypto_order"])
for _type in TRADE_TYPES:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", _type):
        raise ImproperlyConfigured(f"TRADE_TYPES holds “{_type}”. A type is made of letters, digits, _ and -.")
AUDIT_RETENTION_DAYS = env.whole("AUDIT_RETENTION_DAYS", 90, least=1, most=3650)
WEB_THREADS = 4
MONGODB_INDEXES = [
    "contracts.repository.INDEXES",
    "contracts.bulk.repository.INDEXES",
    "contracts.uploads.repository.INDEXES",
    "logs.indexes.declared",
    "mongo.ratelimit.INDEXES",
    "mongo.stores.INDEXES",
    "mongo.repeats.INDEXES",
]

API_REQUESTS_PER_MINUTE = env.whole("API_REQUESTS_PER_MINUTE", 600, least=1, most=1_000)

# gunicorn reads these two itself; a malformed one is said here first, in words.
PORT = env.whole("PORT", 8000, least=1, most=65_535)
WEB_CONCURRENCY = env.whole("WEB_CONCURRENCY", 1, least=1, most=64)

# Mail -----------------------------------------------------------------------------------------------------

_email = env.email("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = bool(_email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_email.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", "Counterpart <counterpart@localhost>")
# Where links in mails lead; a page knows its own address, a job does not.
SITE_URL = env.site("SITE_URL", os.environ.get("RENDER_EXTERNAL_URL") or f"http://127.0.0.1:{PORT}")

# Sign-in --------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "users.adapter.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "users.forms.SignInForm",
    "change_password": "users.forms.ChangePasswordForm",
    "reauthenticate": "users.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# users/tries.py has the limits; allauth would count in each process for itself.
ACCOUNT_RATE_LIMITS = False
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
# NIST SP 800-63B-4: fifteen characters where the password is the only factor, common ones refused, and no
# rules of composition.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# What browsers are told -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# A contract with 200 tiers of both kinds and 100 add-ons stays within it.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# A form carries the document it was made from, to which other services may have added whatever they like.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
# Files do not count towards that: the first handler keeps those that are too large from the disk.
FILE_UPLOAD_HANDLERS = [
    "contracts.uploads.receiving.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.ui.bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "config.middleware.RequestIdFilter"},
        "refusals": {"()": "config.middleware.RefusalFilter"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id", "refusals"], "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.server": {"level": "INFO"}, "pymongo": {"level": "ERROR"}},
}
