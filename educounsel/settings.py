"""Settings of both profiles. Which parts run where is decided here, by the environment, alone.

Embedded (the default): SQLite, local files, jobs and sockets in this one process.
Production: DATABASE_URL, REDIS_URL, S3_BUCKET and friends; docs/architecture.md lists them all.
"""

from pathlib import Path
from typing import Any

import dj_database_url
from botocore.config import Config
from django.utils.csp import CSP

from educounsel import env, keys
from educounsel.schedule import SCHEDULES
from educounsel.server.postgres import EndingConnection
from educounsel.server.redis_absence import PATIENCE

BASE_DIR = Path(__file__).resolve().parent.parent
PROFILE = env.one_of("EDUCOUNSEL_PROFILE", ("embedded", "production"))
PRODUCTION = PROFILE == "production"
# A school of made-up people. In production only where somebody says so: for a rehearsal.
DEMO = env.flag("EDUCOUNSEL_DEMO", default=not PRODUCTION)

# Relative to the working folder, as everybody who types a path expects.
DATA_DIR = Path(env.text("EDUCOUNSEL_DATA") or BASE_DIR / "var").absolute()
DATABASE_URL = env.address("DATABASE_URL", "postgres", "postgresql")
REDIS_URL = env.address("REDIS_URL", "redis", "rediss", "unix")
# What may be lost may live on an instance that forgets; sessions, bells and hints may not.
CACHE_REDIS_URL = env.address("CACHE_REDIS_URL", "redis", "rediss", "unix") or REDIS_URL
S3_BUCKET = env.text("S3_BUCKET")

# --- Web ---------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY", kept_in=None if PRODUCTION else DATA_DIR / "secret_key")
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "educounsel.urls"
ASGI_APPLICATION = "educounsel.asgi.application"
WEB_THREADS = env.whole("WEB_THREADS", 8, least=1)

INSTALLED_APPS = [
    "educounsel.operations",
    "educounsel.demo",
    "educounsel.dashboard",
    "educounsel.companion",
    "educounsel.appointments",
    "educounsel.materi",
    "educounsel.announcements",
    "educounsel.notifications",
    "educounsel.realtime",
    "educounsel.schools",
    "educounsel.accounts",
    "educounsel.web",
    "educounsel.server",
    "django_htmx",
    "django_ox",
    "educounsel.web.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "educounsel.operations.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Files are sent beside the pages (server/serving_static.py), but while one works on them.
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if DEBUG else []),
    # A third of the bytes. It pads each page at random, and the CSRF token changes with each:
    # so the length of an answer gives nothing in it away.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "educounsel.accounts.middleware.PrivatePagesMiddleware",
    "educounsel.accounts.middleware.OwnPasswordMiddleware",
    "educounsel.web.middleware.WrongMethodMiddleware",
    "educounsel.schools.middleware.SchoolTimeMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["educounsel.web.templatetags.web", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "educounsel.schools.context_processors.school",
                "educounsel.realtime.context_processors.realtime",
                "educounsel.notifications.context_processors.bell",
            ],
        },
    }
]

# --- Data --------------------------------------------------------------------------------------
# Why each pragma: docs/adr/0002. IMMEDIATE takes the write lock at BEGIN, so that two transactions
# that read and then write wait for each other instead of failing.
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "educounsel.sqlite3",
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
        ),
    },
    # A file, not memory: tests with threads see one database, as the product does.
    "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
}
# A page waits this long for a connection; then it says 503 and lets its thread go.
# While the server is away its attempts come further and further apart, for minutes: so it gives up
# after two seconds, and who asks next begins anew.
POSTGRES_POOL = {
    "min_size": 2,
    "max_size": env.whole("DATABASE_POOL_SIZE", 8, least=2),
    "timeout": 5,
    "reconnect_timeout": 2,
    "connection_class": EndingConnection,
}
# A machine that vanishes says nothing of it: the kernel would wait for it for minutes.
POSTGRES_CONNECTION = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,  # ms
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
ASKED_BY_URL: dict[str, Any] = {**dj_database_url.parse(DATABASE_URL)} if DATABASE_URL else {}
POSTGRES = {
    **ASKED_BY_URL,
    # Asked when it leaves the pool: one that died with a restart of the server meets no page.
    "CONN_HEALTH_CHECKS": True,
    # Beside what the address asks for: sslmode=verify-full and its like.
    "OPTIONS": POSTGRES_CONNECTION | ASKED_BY_URL.get("OPTIONS", {}) | {"pool": POSTGRES_POOL},
}
DATABASES = {"default": POSTGRES if DATABASE_URL else SQLITE}
# Seal what children write and what is written about them, newest first: docs/adr/0008.
COMPANION_KEYS = keys.sealing_keys(
    "COMPANION_KEYS", kept_in=None if PRODUCTION else DATA_DIR / "companion_keys"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_CACHE = {
    "BACKEND": "educounsel.server.steady_cache.SteadyCache",
    "OPTIONS": {"pool_class": "educounsel.server.redis_pool.ProcessPool", **PATIENCE},
}
MEMORY_CACHE = {"BACKEND": "educounsel.server.memory_cache.MemoryCache"}
CACHES = {
    "default": REDIS_CACHE | {"LOCATION": CACHE_REDIS_URL} if CACHE_REDIS_URL else MEMORY_CACHE,
    "sessions": REDIS_CACHE | {"LOCATION": REDIS_URL} if REDIS_URL else MEMORY_CACHE,
}

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["educounsel.accounts.backends.SchoolAccountBackend"]
PASSWORD_HASHERS = ["educounsel.accounts.hashers.SchoolArgon2"]
OWN_NAMES = {"user_attributes": ["name", "nisn", "nis", "nip", "email"]}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", OWN_NAMES),
    )
]
# A new password is shown to an admin once: in the session on the server, not in a cookie.
MESSAGE_STORAGE = "educounsel.web.messages.OnceInTheSession"
LOGIN_URL = "accounts:login"
LOGOUT_REDIRECT_URL = "web:home"
SESSION_ENGINE = f"educounsel.server.{'copied' if REDIS_URL else 'row'}_sessions"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "educounsel.accounts.unsent.csrf_failure"

# --- Background work ---------------------------------------------------------------------------
TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        # Any: a release works on the queues that the next one brings. Ours: waiting_outside.py.
        "QUEUES": [],
        "OPTIONS": {
            "WORKER_CLASS": "educounsel.jobs.AwakenedWorker",
            "LOCK_TIMEOUT": 12,
            "MAX_ATTEMPTS": 3,
            "BACKOFF_INITIAL": 2,
            # A try that takes longer is ended, and its thread is free again. One that does not end
            # (it waits outside Python, or will not hear of it) takes its worker with it.
            "TASK_TIMEOUT": env.whole("JOB_SECONDS", 300, least=1),
            "TASK_TIMEOUTS": {"urgent": 60},
            "TASK_TIMEOUT_GRACE": 15,
            "SCHEDULES": SCHEDULES,
        },
    }
}
# Threads of this process that work on jobs; 0 where worker processes do.
JOB_THREADS = env.whole("JOB_THREADS", 0 if PRODUCTION else 6)

# --- Mail: off where no server is named ----------------------------------------------------------
MAIL_SERVER = env.host("EMAIL_HOST")
SMTP = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": MAIL_SERVER or "localhost",
        "port": env.whole("EMAIL_PORT", 587, least=1, most=65535),
        "username": env.text("EMAIL_USER"),
        "password": env.secret("EMAIL_PASSWORD") if env.text("EMAIL_USER") else "",
        "use_tls": env.flag("EMAIL_TLS", default=True),
        "timeout": 10,
    },
}
# Printed on a laptop. Not in production: there an alert that cannot be mailed is a job that fails.
PRINTED = {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
MAILERS = {"default": SMTP if MAIL_SERVER or PRODUCTION else PRINTED}
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "educounsel@localhost")
# Where people find this school, for the links of a mail: https://bk.sekolah.sch.id
PUBLIC_URL = env.url("PUBLIC_URL")

# --- Other ways to a person: each off until it has what it needs --------------------------------
WEB_PUSH_PRIVATE_KEY = keys.push_key(
    "WEB_PUSH_PRIVATE_KEY", kept_in=None if PRODUCTION else DATA_DIR / "web_push_key"
)
# Whom a push service may write to about our messages.
WEB_PUSH_CONTACT = env.text("WEB_PUSH_CONTACT", f"mailto:{DEFAULT_FROM_EMAIL}")
# The only origins that a subscription may name: nothing is sent where a stranger points.
WEB_PUSH_SERVICES = env.words(
    "WEB_PUSH_SERVICES",
    "https://fcm.googleapis.com,https://updates.push.services.mozilla.com,"
    "https://web.push.apple.com,https://*.notify.windows.com",
)
WHATSAPP_TOKEN = env.secret("WHATSAPP_TOKEN") if env.text("WHATSAPP_PHONE_NUMBER_ID") else ""
WHATSAPP_PHONE_NUMBER_ID = env.text("WHATSAPP_PHONE_NUMBER_ID")
WHATSAPP_TEMPLATE = env.text("WHATSAPP_TEMPLATE")
WHATSAPP_BASE_URL = env.url("WHATSAPP_BASE_URL", "https://graph.facebook.com/v23.0")

# --- Realtime (Pusher Channels protocol 7) -----------------------------------------------------
# With an app's id its events go through hosted Pusher; otherwise our own hub delivers them.
PUSHER_APP_ID = env.text("PUSHER_APP_ID")
PUSHER_CLUSTER = env.text("PUSHER_CLUSTER", "ap1") if PUSHER_APP_ID else ""
PUSHER_API = env.url("PUSHER_API", f"https://api-{PUSHER_CLUSTER}.pusher.com")
PUSHER_SOCKETS = [f"wss://ws-{PUSHER_CLUSTER}.pusher.com"] if PUSHER_APP_ID else []
REALTIME_KEY = (
    env.secret("PUSHER_KEY") if PUSHER_APP_ID else env.optional_secret("PUSHER_KEY", "educounsel")
)
REALTIME_SECRET = (
    env.secret("PUSHER_SECRET")
    if PUSHER_APP_ID
    else env.optional_secret("PUSHER_SECRET", SECRET_KEY)
)

# --- Files -------------------------------------------------------------------------------------
MEDIA_ROOT = DATA_DIR / "files"
# A link to a file lives this long: enough to start a slow download, too short to pass around.
FILE_LINK_SECONDS = 300
LOCAL_FILES = {"BACKEND": "educounsel.web.files.LocalFiles"}
# Where files come through CloudFront: the name pages have too, so that both are of one origin.
CLOUDFRONT_DOMAIN = env.host("CLOUDFRONT_DOMAIN")
S3_FILES: dict[str, Any] = {
    "BACKEND": "educounsel.web.files.PromptS3Files",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "region_name": env.text("S3_REGION") or None,
        "endpoint_url": env.url("S3_ENDPOINT_URL") or None,
        "access_key": env.optional_secret("S3_ACCESS_KEY_ID") or None,
        "secret_key": env.optional_secret("S3_SECRET_ACCESS_KEY") or None,
        "custom_domain": CLOUDFRONT_DOMAIN or None,
        "cloudfront_key_id": env.secret("CLOUDFRONT_KEY_ID") if CLOUDFRONT_DOMAIN else None,
        "cloudfront_key": keys.link_key("CLOUDFRONT_KEY") if CLOUDFRONT_DOMAIN else None,
        # The same path at the bucket and at the edge: /media/... goes there, the rest comes here.
        "location": "media",
        # 3 s at most together, with the second in which it waits for leave to send: whoever uploads
        # while the bucket says nothing is told so.
        "client_config": Config(
            signature_version="s3v4",
            connect_timeout=0.5,
            read_timeout=1.5,
            retries={"total_max_attempts": 1},
        ),
        "querystring_expire": FILE_LINK_SECONDS,
        # Every name is new (a UUID): the bucket need not be asked first whether it has it.
        "file_overwrite": True,
        # What is read whole, as for a backup, goes through a file and not through memory.
        "max_memory_size": 1024 * 1024,
        "default_acl": None,
    },
}
# Nobody waits for a backup, and one slow answer of thousands must not end it.
PATIENT = Config(
    signature_version="s3v4", connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 6}
)
S3_FILES_FOR_BACKUPS = {
    "BACKEND": "educounsel.web.files.S3Files",
    "OPTIONS": S3_FILES["OPTIONS"] | {"client_config": PATIENT},
}
STORAGES = {
    "default": S3_FILES if S3_BUCKET else LOCAL_FILES,
    "backups": S3_FILES_FOR_BACKUPS if S3_BUCKET else LOCAL_FILES,
    "staticfiles": {"BACKEND": "educounsel.web.files.HashedStatic"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The largest form with its files: a full disk of temporary files would lose what was typed into it.
FILE_UPLOAD_MAX_MEMORY_SIZE = 13 * 1024 * 1024
# A public key of age: who makes a backup cannot read it.
BACKUP_RECIPIENT = env.text("BACKUP_RECIPIENT")

# --- AI ----------------------------------------------------------------------------------------
OPENAI_API_KEY = env.optional_secret("OPENAI_API_KEY")
OPENAI_BASE_URL = env.url("OPENAI_BASE_URL", "https://api.openai.com/v1")
OPENAI_MODEL = env.text("OPENAI_MODEL", "gpt-4o-mini")
# Rupiah for a million tokens, asked and answered: what the school's budget is counted in.
OPENAI_RUPIAH_ASKED = env.whole("OPENAI_RUPIAH_ASKED", 2_500)
OPENAI_RUPIAH_ANSWERED = env.whole("OPENAI_RUPIAH_ANSWERED", 10_000)
COMPANION_TOKENS_A_DAY = env.whole("COMPANION_TOKENS_A_DAY", 60_000)  # of a student
COMPANION_RUPIAH_A_MONTH = env.whole("COMPANION_RUPIAH_A_MONTH", 300_000)  # of a school
COMPANION_KEEP_DAYS = env.whole("COMPANION_KEEP_DAYS", 180)
# After closing. Three years: as long as a student stays at an SMP or SMA.
COMPANION_KEEP_CASES_DAYS = env.whole("COMPANION_KEEP_CASES_DAYS", 3 * 365)
OPENAI_API = env.one_of("OPENAI_API", ("chat", "responses"))
# Whether the provider's moderation reads along: it may raise a message's level, never lower it.
OPENAI_MODERATION = env.flag("OPENAI_MODERATION")
# A model for what words do not find, such as text-embedding-3-small or a local bge-m3; none: off.
OPENAI_EMBEDDINGS = env.text("OPENAI_EMBEDDINGS")
# From which cosine, in hundredths, a passage answers: every model has its own scale.
OPENAI_EMBEDDINGS_NEAR = env.whole("OPENAI_EMBEDDINGS_NEAR", 40, most=100)

# --- Words and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- What a browser may do ---------------------------------------------------------------------
FILES_ORIGIN = env.words("S3_PUBLIC_ORIGIN")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:", *FILES_ORIGIN],
    "font-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF, *FILES_ORIGIN, *PUSHER_SOCKETS],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None

# --- Logs and figures: what happened, never what somebody wrote -------------------------------
METRICS_TOKEN = env.optional_secret("METRICS_TOKEN")
LOG_FORMAT = env.one_of("LOG_FORMAT", ("json", "lines") if PRODUCTION else ("lines", "json"))
LOG_LEVEL = env.one_of("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "educounsel.operations.logs.Lines"},
        "json": {"()": "educounsel.operations.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "educounsel": {"level": LOG_LEVEL},
        # A line a request, a job, each few seconds, each hour: for programs that read them.
        "educounsel.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "educounsel.queued": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "educounsel.queue": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "educounsel.companion.budget": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "django.tasks": {"level": "WARNING"},  # each start and end of a job would be a line
        # Each 404, 403 and 405 would be a warning, and whoever scans for holes fills the log with
        # them. Our own faults are errors; refusals that mean something have loggers of their own
        # (django.security).
        "django.request": {"level": "ERROR"},
        # Its command adds a handler of its own where it finds none, and lines would stand twice.
        "django_ox": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
    },
}
