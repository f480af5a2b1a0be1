"""The one settings file; every difference between machines is an environment variable (see .env.example)."""

from pathlib import Path
from typing import Any

import django_stubs_ext

from base.configuration import embedded, environment

# For `ModelAdmin[Card]` and the like: Django's own classes take no type argument at run time.
django_stubs_ext.monkeypatch()


BASE_DIR = Path(__file__).resolve().parent.parent
environment.read_file(BASE_DIR / ".env")
DATA_DIR = embedded.data_dir(BASE_DIR)

# Where `manage.py up` listens.
HOST = environment.text("HOST", default="127.0.0.1")
PORT = environment.whole("PORT", default=8000, least=1, most=65535)

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = embedded.secret_key(DATA_DIR)
# The first key encrypts, all decrypt: rotation is adding one in front and running `rotate_keys`.
FIELD_ENCRYPTION_KEYS = embedded.field_encryption_keys(DATA_DIR)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
SIGNUP_OPEN = environment.flag("SIGNUP_OPEN", default=True)
# How many proxies stand in front and set X-Forwarded-For; 0 means the header is a lie.
TRUSTED_PROXIES = environment.whole("TRUSTED_PROXIES", default=0, least=0, most=10)
HTTPS_ONLY = environment.flag("HTTPS_ONLY", default=False)

INSTALLED_APPS = [
    "memoryloop.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # the sessions page says "5 minutes ago"
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # its templates, so that templates/django/forms/ can stand before them
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "base",
    "accounts",
    "providers",
    "search",
    "chat",
    "flashcards",
    "quiz",
    "operations",
]

MIDDLEWARE = [
    "base.middleware.api_errors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "base.compression.CompressionMiddleware",
    "base.middleware.no_store",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "base.error_handlers.ErrorMiddleware",
]

ROOT_URLCONF = "memoryloop.urls"
ASGI_APPLICATION = "memoryloop.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context_processors.first_account",
                "base.context_processors.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "base.templatetags.components",
                "base.templatetags.devices",
                "base.templatetags.icons",
                "base.templatetags.prose",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "base.error_handlers.csrf_failure"

# PostgreSQL is the record of everything. Without DATABASE_URL the embedded server's socket in DATA_DIR is used.
DATABASES: dict[str, dict[str, Any]] = {"default": embedded.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = embedded.redis_url(DATA_DIR)
LANCEDB_URI = environment.text("LANCEDB_URI", default="") or str(DATA_DIR / "lancedb")
LANCEDB_STORAGE_OPTIONS = environment.mapping("LANCEDB_STORAGE_OPTIONS")

EMBEDDINGS = environment.choice("EMBEDDINGS", ("auto", "ollama", "builtin"), default="auto")
OLLAMA_BASE_URL = environment.web_address("OLLAMA_BASE_URL", default="http://127.0.0.1:11434")
OLLAMA_EMBED_MODEL = environment.text("OLLAMA_EMBED_MODEL", default="nomic-embed-text")
OLLAMA_CHAT_MODEL = environment.text("OLLAMA_CHAT_MODEL", default="")
ANTHROPIC_BASE_URL = environment.web_address("ANTHROPIC_BASE_URL", default="https://api.anthropic.com")

# Threads, because fork() after LanceDB is used crashes. Most of them wait for a model's next token.
WORKER_THREADS = environment.whole("WORKER_THREADS", default=256, least=1, most=2000)
CELERY_BROKER_URL = embedded.celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_PUBLISH_RETRY = False  # a send must not wait for a broker that is down; beat catches up
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,  # a broker that accepts a connection and then says nothing; workers block for 1 s at most
    "socket_keepalive": True,
    "visibility_timeout": 3600,
}
CELERY_TIMEZONE = "UTC"
# How many replies of one person may be written at the same time.
REPLIES_AT_ONCE = environment.whole("REPLIES_AT_ONCE", default=10, least=1, most=10_000)

# Counts failed sign-ins, in PostgreSQL: the limits must hold while Valkey is away, and only sign-in forms count.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_rate_limits",
        # Beyond this Django drops live counts; an attacker would need 5,000 addresses to get there.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # a self-hosted server often has no mail; a reset mail proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_RATE_LIMITS = {
    # Failures only: a right password gives its count back. A person may mistype nine times in ten minutes; a guesser
    # has 1,440 guesses a day at one account, and one address can try 20 accounts in ten minutes.
    "login_failed": "20/10m/ip,10/10m/key",
    "login": "30/m/ip",
    "signup": "20/m/ip",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # without mail no address is ever verified, and a second factor helps all the same
MFA_ADAPTER = "accounts.sign_in.second_factor.MfaAdapter"
MFA_TOTP_ISSUER = "MemoryLoop"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
USERSESSIONS_TRACK_ACTIVITY = False  # it would add a write to each request

vars().update(environment.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", default="memoryloop@localhost")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a form or of JSON: a message may have 100,000 characters
LARGEST_BODY = 64_000_000  # bytes of any request: a file
# The subdomains beside this server are not ours to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
# With DEBUG files are served as they lie; else under names that change with their content, cached for good.
STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_MAX_AGE = 3600

LOG_LEVEL = environment.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "httpx2": {"level": "WARNING"},
        "anthropic": {"level": "WARNING"},
        # A line for each task and each tick would bury what an operator has to see.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}

# No setting may be read from the environment after this line.
environment.raise_errors()
