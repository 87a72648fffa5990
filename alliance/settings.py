"""How is this house set up? By its environment; nothing here is secret and nothing is per machine.

``CONNECTOR_MODE`` is ``production`` or ``demo`` (the one command on a bare machine, plain HTTP on
this computer). Production reads everything from the environment and refuses to guess.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from celery.schedules import crontab

from alliance.engine_room.paths import VAR, broker_url
from alliance.engine_room.surroundings import surroundings
from alliance.engine_room.trouble import Trouble
from alliance.engine_room.ways import neighbours, open_ways
from alliance.lib.log_lines import format_for

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = os.environ.get("CONNECTOR_MODE") == "production"
ENV = dict(os.environ) if PRODUCTION else dict(os.environ) | surroundings(os.environ, VAR)
if PRODUCTION and (found := open_ways(ENV)):
    raise Trouble("\n".join(found))
# Whom we may look up; on one's own machine nobody is kept from anything.
NEIGHBOURS = neighbours(ENV) if PRODUCTION else None
DEBUG = False
SECRET_KEY = ENV["SECRET_KEY"]
# What is sealed in the database and on disk: id:secret,id:secret, the newest first (docs/PRIVACY.md).
SEALING_KEYS = ENV["SEALING_KEYS"]
BLIND_INDEX_KEY = ENV["BLIND_INDEX_KEY"]
PORT = ENV.get("PORT", "8000")
SITE_URL = ENV.get("SITE_URL", f"http://127.0.0.1:{PORT}")
# Staff may have a door of their own, behind another login: see docker-compose.yml.
STAFF_URL = ENV.get("STAFF_URL", SITE_URL)
SERVICE = ENV.get("CONNECTOR_SERVICE", "all")
SITE_NAME = "Life Sciences Career Alliance"
DEMO = not PRODUCTION
DOORS = {"web": [SITE_URL], "staff": [STAFF_URL]}.get(SERVICE, [SITE_URL, STAFF_URL])
OURS = (
    "127.0.0.1,localhost,[::1]" if DEMO else ",".join(urlsplit(url).hostname or "" for url in DOORS)
)
ALLOWED_HOSTS = ENV.get("ALLOWED_HOSTS", OURS).split(",")
CSRF_TRUSTED_ORIGINS = DOORS


def database(url: str) -> dict[str, Any]:
    """A ``postgresql://`` address as Django wants it; a socket's folder is the ``host`` option."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    # Lists follow a dozen foreign keys; trying every order of joins cost 50 ms a page, and the
    # order they are written in, from the filtered table outwards, is as good.
    query.setdefault("options", "-c join_collapse_limit=4")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 5}, **query},
    }


AS_OWNER = ENV.get("CONNECTOR_LOGIN") == "owner"
DATABASES = {"default": database(ENV["DATABASE_OWNER_URL"] if AS_OWNER else ENV["DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "alliance.frontdesk",
    "alliance.brokering.apps.DeskSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "template_partials",
    "django_filters",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "alliance.vault",
    "alliance.access",
    "alliance.ui",
    "alliance.audit",
    "alliance.links",
    "alliance.outbox",
    "alliance.accounts",
    "alliance.skills",
    "employers",
    "providers",
    "candidates",
    "candidates.sensitive",
    "candidates.documents",
    "candidates.intake",
    "placements",
    "alliance.records",
    "alliance.outcomes",
    "alliance.brokering.apps.BrokeringConfig",
    "alliance.dashboards",
    "alliance.demo",
]

MIDDLEWARE = [
    # What is said of every answer, of static files and of refusals too, comes before whoever gives one.
    "alliance.frontdesk.headers.headers",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alliance.frontdesk.middleware.legible",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alliance.frontdesk.lifetimes.lifetimes",
    "alliance.frontdesk.doors.desk_apart",
    "alliance.frontdesk.middleware.badge",
    "alliance.frontdesk.history.history",
    "alliance.frontdesk.second_step.second_step",
    "alliance.frontdesk.viewing.viewing",
    "alliance.frontdesk.middleware.refusals",
    "alliance.frontdesk.persona.persona",
]

ROOT_URLCONF = "alliance.urls"
WSGI_APPLICATION = "alliance.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["alliance.ui.templatetags.ui", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alliance.frontdesk.context.house",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboards:home"
ACCOUNT_ADAPTER = "alliance.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEMO else "https"
MFA_ADAPTER = "alliance.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 0
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TRUST_ENABLED = False
# A passkey is made for https; on one's own machine, where the demonstration is, plain http counts.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
SOCIALACCOUNT_ADAPTER = "alliance.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_STORE_TOKENS = False
# By a link: a form's way may not lead to another host (form-action), and signing in changes nothing.
SOCIALACCOUNT_LOGIN_ON_GET = True
ACCOUNT_FORMS = {"request_login_code": "alliance.accounts.adapters.CodeRequestForm"}
USERSESSIONS_TRACK_ACTIVITY = True
# How many proxies of ours stand in front and say whom they speak for. Others are not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENV.get("TRUSTED_PROXIES", "1" if PRODUCTION else "0"))
# A classroom comes from one address: what is limited by address leaves room for thirty people.
ACCOUNT_RATE_LIMITS = {"login": "90/m/ip", "request_login_code": "60/m/ip,3/m/key"}
MFA_RATE_LIMITS = {"webauthn_login": "90/m/ip"}
RATE_LIMITS = {
    "board": "120/m/key",
    "code_to_prove": "3/m/user",
    "document": "120/h/key,500/d/key",
    "export": "20/h/key,60/d/key",
    "invitation": "10/m/key",
    "single_sign_on": "60/m/key",
    "unknown_link": "20/m/ip",
}
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "alliance.accounts.passwords.NotAWellKnownOne"},
    {"NAME": "alliance.accounts.passwords.NotMadeOfOurWords"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]

# Letters ----------------------------------------------------------------------------------------
MAIL_DOMAIN = ENV.get("MAIL_DOMAIN", "alliance.example")
DEFAULT_FROM_ADDRESS = f"hello@{MAIL_DOMAIN}"
DEFAULT_FROM_EMAIL = f"{SITE_NAME} <{DEFAULT_FROM_ADDRESS}>"
MAIL_DIR = ENV.get("MAIL_DIR", "")
EMAIL_TIMEOUT = 20
if MAIL_DIR and not ENV.get("EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
else:
    EMAIL_HOST = ENV.get("EMAIL_HOST", "localhost")
    EMAIL_PORT = int(ENV.get("EMAIL_PORT", "25"))
    EMAIL_HOST_USER = ENV.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = ENV.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = ENV.get("EMAIL_USE_TLS", "") == "1"
# Where each link from a letter lands. Links live on the ground floor and know no page above them.
LINK_LANDINGS = {
    "consent": "candidates:consent",
    "answer": "placements:answer",
    "my_page": "dashboards:my_page",
    "worker_check_in": "placements:worker_check_in",
    "supervisor_check_in": "placements:supervisor_check_in",
    "invitation": "accounts:invitation",
}

# The clock and the queue ------------------------------------------------------------------------
REDIS_URL = ENV["REDIS_URL"]
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 1,
    "socket_connect_timeout": 0.3,
}
CELERY_TIMEZONE = "America/New_York"
CELERY_BEAT_SCHEDULE = {
    "seal": {"task": "alliance.audit.jobs.seal", "schedule": crontab(hour=3, minute=15)},
    "letters": {"task": "alliance.outbox.jobs.deliver", "schedule": 5.0 if DEMO else 15.0},
    "check-ins": {"task": "placements.jobs.ask_how_it_goes", "schedule": 20.0 if DEMO else 300.0},
    "promises": {
        "task": "placements.jobs.keep_promises",
        "schedule": crontab(minute="*/5", hour="8-18"),
    },
    "documents": {"task": "candidates.documents.jobs.scan", "schedule": 10.0 if DEMO else 15.0},
    "intake": {"task": "candidates.intake.jobs.go_on", "schedule": 5.0 if DEMO else 15.0},
    "lost-files": {"task": "candidates.documents.jobs.clear_away", "schedule": 3600.0},
    "figures": {
        "task": "alliance.outcomes.jobs.publish_figures",
        "schedule": crontab(hour=3, minute=30),
    },
    "access-reviews": {
        "task": "alliance.accounts.jobs.ask_for_reviews",
        "schedule": crontab(hour=7, minute=30),
    },
    "retention": {"task": "alliance.records.jobs.sweep", "schedule": crontab(hour=4, minute=10)},
    "slips": {
        "task": "alliance.brokering.jobs.clear_slips",
        "schedule": crontab(hour=4, minute=20),
    },
    "reaches": {
        "task": "alliance.brokering.jobs.count_reaches",
        "schedule": crontab(hour=4, minute=40),
    },
    "views-as": {"task": "alliance.accounts.jobs.settle_views", "schedule": 300.0},
}
# How long a letter of the desk's waits before it leaves, so that what was sent by mistake can be undone.
LETTER_HOLD = int(ENV.get("LETTER_HOLD") or (10 if DEMO else 120))
# Limits and used codes; shared by all processes through Redis, and kept by each while that is away.
CACHES = {
    "default": {"BACKEND": "alliance.lib.fallback_cache.FallbackCache", "LOCATION": REDIS_URL}
}

# Words and times --------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "America/New_York"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True

# Files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# What people upload is read in memory: no plain copy of a résumé is left in a temporary folder.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# Sealed documents: a folder of its own, never below one that is served (there is no MEDIA_URL).
RANKING_MEMORY = 20  # seconds that the desk may remember who stands where among all
PRIVATE_ROOT = Path(ENV.get("PRIVATE_ROOT") or VAR / "private")
# The virus scanner, tcp://host:port or unix:/path; empty: documents count as not scanned.
CLAMD_URL = ENV.get("CLAMD_URL", "")

# The web ----------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-sessionid" if PRODUCTION else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if PRODUCTION else "csrftoken"
NOTE_COOKIE_NAME = "__Host-messages" if PRODUCTION else "messages"
MESSAGE_STORAGE = "alliance.frontdesk.notes.Notes"
LINK_COOKIE_NAME = "__Host-links" if PRODUCTION else "links"
CSRF_FAILURE_VIEW = "alliance.frontdesk.views.stale_form"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 7 * 24 * 3600
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Of everything a browser offers, pages here use passkeys; whatever slips into one gets no more.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    **{
        feature: []
        for feature in (
            "accelerometer",
            "autoplay",
            "bluetooth",
            "browsing-topics",
            "camera",
            "clipboard-read",
            "display-capture",
            "encrypted-media",
            "fullscreen",
            "gamepad",
            "geolocation",
            "gyroscope",
            "hid",
            "idle-detection",
            "local-fonts",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "picture-in-picture",
            "screen-wake-lock",
            "serial",
            "usb",
            "web-share",
            "window-management",
            "xr-spatial-tracking",
        )
    },
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "alliance.lib.log_lines.AsJson"},
    },
    "filters": {
        "no_tokens": {"()": "alliance.lib.redaction.WithoutTokens"},
        "who_and_why": {"()": "alliance.audit.context.WhoAndWhy"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": format_for(ENV),
            "filters": ["no_tokens", "who_and_why"],
        }
    },
    "root": {"handlers": ["console"], "level": ENV.get("LOG_LEVEL") or "INFO"},
}
