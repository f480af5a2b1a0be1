"""The settings. What differs between servers is read from environment variables, which .env.example lists."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from base.configuration import archive, data_directory, embedded, environment, logs, mail, startup

# Let Django's classes take type arguments at run time, such as `ModelAdmin[Card]`.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
environment.read_file(BASE_DIR / ".env")
DATA_DIR = data_directory.data_dir(BASE_DIR)

# The address that `manage.py up` listens on.
HOST, PORT = startup.address()
# A client has this many seconds to send the headers of a request, and as long for its body (more for a large one).
REQUEST_TIMEOUT = environment.integer("REQUEST_TIMEOUT", default=20, minimum=1, maximum=3600)

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = embedded.secret_key(DATA_DIR)
# The first key encrypts, all decrypt. To rotate, add a new key in front and run `manage.py rotate_keys`.
FIELD_ENCRYPTION_KEYS = embedded.field_encryption_keys(DATA_DIR)
ALLOWED_HOSTS = environment.comma_separated("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = environment.comma_separated("CSRF_TRUSTED_ORIGINS")
SIGNUP_OPEN = environment.flag("SIGNUP_OPEN", default=True)
# The number of proxies in front that set X-Forwarded-For. With 0 the header is ignored, because anyone can forge it.
TRUSTED_PROXIES = environment.integer("TRUSTED_PROXIES", default=0, minimum=0, maximum=10)
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
    "django.forms",  # for its templates, which templates/django/forms/ overrides
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "base",
    "palette",
    "accounts",
    "providers",
    "search",
    "goals",
    "chat",
    "passages",
    "memories",
    "flashcards",
    "quiz",
    "mcp_server",
    "operations",
]

MIDDLEWARE = [
    "base.middleware.log_context",
    "base.middleware.api_errors",
    "django.middleware.security.SecurityMiddleware",
    "memoryloop.static_files.StaticFilesMiddleware",
    "base.compression.CompressionMiddleware",
    "base.middleware.no_store",
    "base.middleware.remember_sender",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "base.middleware.act_for_user",
    "accounts.sign_in.middleware.SignInMiddleware",
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
                "base.context_processors.site_layout",
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

# PostgreSQL has the only permanent copy of the data. Without DATABASE_URL it is the embedded server.
DATABASES: dict[str, dict[str, Any]] = {"default": embedded.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = embedded.redis_url(DATA_DIR)
LANCEDB_URI = environment.text("LANCEDB_URI", default="") or str(DATA_DIR / "lancedb")
LANCEDB_STORAGE_OPTIONS = environment.mapping("LANCEDB_STORAGE_OPTIONS")

# Backups that the worker makes by itself: every so many hours, into this directory, keeping so many.
BACKUP_EVERY = environment.integer("BACKUP_EVERY", default=0, minimum=0, maximum=8760)
BACKUP_DIR = environment.text("BACKUP_DIR", default="") or str(DATA_DIR / "backups")
BACKUP_KEEP = environment.integer("BACKUP_KEEP", default=7, minimum=1, maximum=10_000)
# The archive for point-in-time recovery of the embedded PostgreSQL, and how many days back it reaches.
POINT_IN_TIME_DIR = archive.point_in_time_dir()
POINT_IN_TIME_DAYS = environment.integer("POINT_IN_TIME_DAYS", default=7, minimum=1, maximum=3650)
MIN_PASSPHRASE_LENGTH = 12  # characters
BACKUP_PASSPHRASE = environment.secret("BACKUP_PASSPHRASE", min_length=MIN_PASSPHRASE_LENGTH)

EMBEDDINGS = environment.choice("EMBEDDINGS", ("auto", "ollama", "builtin"), default="auto")
OLLAMA_BASE_URL = environment.http_url("OLLAMA_BASE_URL", default="http://127.0.0.1:11434")
OLLAMA_EMBED_MODEL = environment.text("OLLAMA_EMBED_MODEL", default="nomic-embed-text")
OLLAMA_CHAT_MODEL = environment.text("OLLAMA_CHAT_MODEL", default="")
ANTHROPIC_BASE_URL = environment.http_url("ANTHROPIC_BASE_URL", default="https://api.anthropic.com")

# Threads and not processes, because fork() crashes once LanceDB has been used. WORKER_THREADS is for the runs, which
# mostly wait for a model's tokens; CELERY_WORKER_CONCURRENCY is for all other tasks.
CELERY_WORKER_POOL = "operations.worker.pool:TaskPool"
CELERY_WORKER_CONCURRENCY = 16
WORKER_THREADS = environment.integer("WORKER_THREADS", default=256, minimum=1, maximum=2000)
PERIODIC_TASKS = environment.flag("PERIODIC_TASKS", default=True)
CELERY_BROKER_URL = embedded.celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_PUBLISH_RETRY = False  # a broker that is down must not delay a request; periodic tasks send the work later
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,  # for a broker that accepts a connection and never answers; workers block for 1 s at most
    "socket_keepalive": True,
    "visibility_timeout": 3600,
}
CELERY_TIMEZONE = "UTC"
# Quotas of one user, so that no user holds up the others.
REQUESTS_AT_ONCE = environment.integer("REQUESTS_AT_ONCE", default=8, minimum=1, maximum=10_000)
STREAMS_AT_ONCE = environment.integer("STREAMS_AT_ONCE", default=30, minimum=1, maximum=100_000)
CONVERSATIONS_PER_MINUTE = environment.integer("CONVERSATIONS_PER_MINUTE", default=120, minimum=1, maximum=1_000_000)
REPLIES_AT_ONCE = environment.integer("REPLIES_AT_ONCE", default=10, minimum=1, maximum=10_000)
# Memories that one project may have.
MAX_MEMORIES_PER_PROJECT = environment.integer(
    "MAX_MEMORIES_PER_PROJECT", default=100_000, minimum=1, maximum=10_000_000
)
# Keep the vectors of memories in PostgreSQL, too: a rebuild of the index then needs no embedding model.
MEMORY_EMBEDDINGS_STORED = environment.flag("MEMORY_EMBEDDINGS_STORED", default=False)
# Requests to /mcp that one token may send in a minute.
MCP_REQUESTS_PER_MINUTE = environment.integer("MCP_REQUESTS_PER_MINUTE", default=600, minimum=1, maximum=1_000_000)
MAX_REPLY_LENGTH = environment.integer("MAX_REPLY_LENGTH", default=100_000, minimum=1_000, maximum=10_000_000)

# The cache counts failed sign-ins. It is in PostgreSQL, because the limits must hold while Valkey is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_rate_limits",
        # With more, Django deletes counts that are still valid. An attacker would need 5,000 addresses for that.
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
ACCOUNT_FORMS = {
    "change_password": "accounts.sign_in.forms.ChangePasswordForm",
    "reset_password_from_key": "accounts.sign_in.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # a self-hosted server often cannot send email; a reset link verifies the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_RATE_LIMITS = {
    # Only failures: a correct password resets its count. A user may mistype nine times in ten minutes; an attacker has
    # 1,440 guesses a day at one account, and one address can try 20 accounts in ten minutes.
    "login_failed": "20/10m/ip,10/10m/key",
    "login": "30/m/ip",
    "signup": "20/m/ip",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # without email no address is ever verified, and a second factor still helps
MFA_ADAPTER = "accounts.sign_in.second_factor.MfaAdapter"
MFA_TOTP_ISSUER = "MemoryLoop"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
USERSESSIONS_TRACK_ACTIVITY = False  # it would write to the database with each request

vars().update(mail.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", default="memoryloop@localhost")

SESSION_ENGINE = "accounts.sign_in.session_store"
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
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes in a form or a JSON body; a message may have 100,000 characters
MAX_BODY_SIZE = 64_000_000  # bytes in the body of any request, including file uploads
# HSTS for subdomains and preloading affect other servers of the domain, so they are left to the operator.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]

# Everything in DATA_DIR is private, static files too.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
# Without DEBUG, static files have names that change with their content, and are cached forever.
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

# `GET /metrics` is off unless one of these is set.
METRICS_TOKEN = environment.secret("METRICS_TOKEN", min_length=16, advice=", made with: openssl rand -hex 32")
METRICS_ADDRESSES = environment.networks("METRICS_ADDRESSES")

LOG_LEVEL = startup.log_level()
LOG_FORMAT = environment.choice("LOG_FORMAT", logs.FORMATS, default="text")
LOGGING = logs.logging_settings(level=LOG_LEVEL, log_format=LOG_FORMAT)

# No setting may be read from the environment after this line.
if errors := environment.take_errors():
    raise ImproperlyConfigured(errors)
