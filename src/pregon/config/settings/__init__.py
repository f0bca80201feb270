"""Settings of one office, read from its home folder and the environment.

``PREGON_HOME`` says which office; every other variable is described in ``docs/reference/settings.md``.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from pregon.config.settings.channels import PREGON_CHANNELS as PREGON_CHANNELS
from pregon.core.env import Env
from pregon.core.home import Home

env = Env()

HOME = Home(Path(env.text("PREGON_HOME", "var")).expanduser().resolve())

# --- Security ---------------------------------------------------------------------------------------------

# ``pregon init`` writes a key of this office's own; there is no default one to forget.
SECRET_KEY = env.secret("PREGON_SECRET_KEY", file=HOME.secret)
DEBUG = env.flag("PREGON_DEBUG")
BASE_URL = (env.text("PREGON_BASE_URL") or HOME.kept_address or "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.names("PREGON_ALLOWED_HOSTS") or [
    urlsplit(BASE_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "pregon"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail previews a page in a frame of its own

WEAK_KEYS = ("insecure", "changeme", "secret-key", "default")
if not SECRET_KEY:
    env.problems.append(
        f"Esta oficina no tiene clave secreta: prepárala con «pregon init --home {HOME.root}», "
        "o escribe una en PREGON_SECRET_KEY."
    )
elif len(SECRET_KEY) < 40 or any(word in SECRET_KEY.lower() for word in WEAK_KEYS):
    env.problems.append(
        "PREGON_SECRET_KEY es demasiado corta o conocida: usa al menos 40 caracteres al azar, "
        "por ejemplo los que escribe «pregon init»."
    )

# --- Parts ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "pregon.config",
    "pregon.website",
    "pregon.plan",
    "pregon.newsroom",
    "pregon.alerts",
    "pregon.agenda",
    "pregon.delivery",
    "pregon.analytics",
    "pregon.library",
    "pregon.accounts",
    *PREGON_CHANNELS,
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail.contrib.settings",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "pregon.website.middleware.public_policy",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pregon.newsroom.middleware.SayWhatLacks",
]

ROOT_URLCONF = "pregon.config.urls"
WSGI_APPLICATION = "pregon.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pregon.accounts.context.office",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------------------

#: How a connection to another machine shows that it is alive, and after how many seconds without it is given up.
SIGNS_OF_LIFE = {"idle": 5, "interval": 3, "count": 3}
CUT_OFF = 14


def database(url: str) -> dict[str, object]:
    """Django's entry for ``postgresql://user:password@host:port/name``, or the SQLite file of this home for ""."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME.database,
            "CONN_MAX_AGE": None,  # opening the file anew for every request or turn would cost more than the query
            "OPTIONS": {
                # Writers queue at BEGIN instead of failing half-way; readers never wait for them.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        env.problems.append(
            "PREGON_DATABASE_URL debe empezar con postgresql://, o quedar vacía para usar SQLite."
        )
    try:
        port = parts.port
    except ValueError:
        port = None
        env.problems.append(
            "PREGON_DATABASE_URL no lleva un puerto que exista: escríbelo como :5432, o quítalo."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            # A machine that is cut off takes nothing with it: within seconds both ends know, and its locks are free.
            **{f"keepalives_{name}": seconds for name, seconds in SIGNS_OF_LIFE.items()},
            "tcp_user_timeout": CUT_OFF * 1000,
            "options": " ".join(
                [
                    *(f"-c tcp_keepalives_{name}={seconds}" for name, seconds in SIGNS_OF_LIFE.items()),
                    f"-c tcp_user_timeout={CUT_OFF}s -c idle_in_transaction_session_timeout=30s",
                ]
            ),
        },
    }


DATABASES = {"default": database(env.secret("PREGON_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = HOME.media
MEDIA_URL = "/escritorio/archivos/"  # behind the desk's login: originals are never public
STATIC_ROOT = HOME.static
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_PERMISSIONS = 0o640

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
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
LOGIN_URL = "/escritorio/login/"

# --- Words and hours --------------------------------------------------------------------------------------

# Django's es-MX says «Noviembre» and leaves words of the desk in English; its es is whole, and config/formats
# writes numbers and dates as Mexico does.
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español")]
TIME_ZONE = "America/Mexico_City"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "pregon.config.formats"
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]  # what Wagtail's own Spanish leaves in English

# --- Wagtail ----------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Pregón"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español")]
WAGTAILADMIN_USER_LOGIN_FORM = "pregon.accounts.forms.EntryForm"
WAGTAIL_USER_TIME_ZONES = [
    *(
        "America/Mexico_City",
        "America/Monterrey",
        "America/Merida",
        "America/Cancun",
        "America/Bahia_Banderas",
    ),
    *("America/Chihuahua", "America/Mazatlan", "America/Hermosillo", "America/Tijuana"),
    *("America/Ciudad_Juarez", "America/Ojinaga", "America/Matamoros"),
]
WAGTAILIMAGES_IMAGE_MODEL = "library.Photo"
WAGTAILIMAGES_IMAGE_FORM_BASE = "pregon.library.forms.PhotoForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic", "tif", "tiff"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 80 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 160_000_000
WAGTAILDOCS_EXTENSIONS = [
    *("csv", "docx", "odt", "ods", "pdf", "pptx", "txt", "xlsx", "zip"),
    *("m4a", "mp3", "mp4", "ogg", "opus", "wav", "webm"),  # what browsers play: pregon.library.media
]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "pregon.config.search"}}
WAGTAIL_ENABLE_UPDATE_CHECK = False  # it would call out
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # it would call out, with a hash of the person's address
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_NOTIFICATION_USE_HTML = False
WAGTAILEMBEDS_FINDERS: list[
    dict[str, str]
] = []  # a video is our file or a link; nothing is fetched while a page is shown

TASKS = {"default": {"BACKEND": "pregon.config.immediate.ImmediateBackend", "QUEUES": []}}

# --- More than one machine ---------------------------------------------------------------------------------

# RabbitMQ wakes workers on any number of machines; without it they look for themselves.
PREGON_QUEUE_URL = env.secret("PREGON_QUEUE_URL")
if PREGON_QUEUE_URL:
    if urlsplit(PREGON_QUEUE_URL).scheme not in {"amqp", "amqps"}:
        env.problems.append(
            "PREGON_QUEUE_URL debe empezar con amqp:// o amqps://, o quedar vacía si basta una máquina."
        )
    if not env.secret("PREGON_DATABASE_URL"):
        env.problems.append(
            "PREGON_QUEUE_URL es para varias máquinas, y pide PostgreSQL: escribe también PREGON_DATABASE_URL."
        )
    if not find_spec("celery"):
        env.problems.append("PREGON_QUEUE_URL pide Celery, que aquí no está: instálalo con «make motor».")

# nginx with nchan holds the readers of live pages; without it the web part does (deploy/nginx/live.conf).
PREGON_HUB_URL = env.text("PREGON_HUB_URL")
if PREGON_HUB_URL and not (
    PREGON_HUB_URL.startswith(("http://", "https://")) and PREGON_HUB_URL.endswith("/")
):
    env.problems.append("PREGON_HUB_URL debe empezar con http:// o https:// y terminar con una diagonal.")

# --- Mail of the desk itself (password resets, workflow notices) -------------------------------------------

EMAIL_HOST = env.text("PREGON_SMTP_HOST", "localhost")
EMAIL_PORT = env.number("PREGON_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("PREGON_SMTP_USER")
EMAIL_HOST_PASSWORD = env.secret("PREGON_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("PREGON_SMTP_STARTTLS")
EMAIL_USE_SSL = env.flag("PREGON_SMTP_TLS")
EMAIL_TIMEOUT = 15
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("PREGON_SMTP_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = HOME.outbox / "escritorio"
DEFAULT_FROM_EMAIL = env.text("PREGON_FROM_EMAIL", "pregon@localhost")

# --- What may run in a page -------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    # Wagtail's date pickers carry two inline scripts, so the desk is looser than the public site, which sets
    # its own header (website/front.py).
    "EXCLUDE_URL_PREFIXES": [],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.text("PREGON_LOG_LEVEL", "WARNING")},
}

# --- Pregón's own -----------------------------------------------------------------------------------------

# Addresses of the reverse proxies whose word about the reader's address and scheme is believed.
PREGON_TRUSTED_PROXIES = env.names("PREGON_TRUSTED_PROXIES")
# Addresses that may receive although the office has not gone live, for tests of the real path.
PREGON_ALLOW_LIST = env.names("PREGON_ALLOW_LIST")
# What one photo may weigh, in bytes and in pixels, before it is refused.
PREGON_PHOTO_MAX_BYTES = env.number("PREGON_PHOTO_MAX_MB", 80) * 1024 * 1024
PREGON_PHOTO_MAX_PIXELS = env.number("PREGON_PHOTO_MAX_MEGAPIXELS", 160) * 1_000_000
# When digests are told, on the office's own clock: the hour, and the day of the weekly one (1 is Monday).
PREGON_DIGEST_HOUR = env.number("PREGON_DIGEST_HOUR", 18)
PREGON_DIGEST_WEEKDAY = env.number("PREGON_DIGEST_WEEKDAY", 5)
if PREGON_DIGEST_HOUR not in range(24):
    env.problems.append("PREGON_DIGEST_HOUR debe ser una hora entre 0 y 23.")
if PREGON_DIGEST_WEEKDAY not in range(1, 8):
    env.problems.append("PREGON_DIGEST_WEEKDAY debe ir de 1 (lunes) a 7 (domingo).")
# Whether views of public pages are counted: by page, day and kind of place, never by reader.
PREGON_COUNT_VIEWS = env.flag("PREGON_COUNT_VIEWS", default=True)
# After how many days a text, an address that left, and the ledger are erased.
PREGON_ERASE_BODY_DAYS = env.number("PREGON_ERASE_BODY_DAYS", 7)
PREGON_ERASE_ADDRESS_DAYS = env.number("PREGON_ERASE_ADDRESS_DAYS", 28)
PREGON_ERASE_HISTORY_DAYS = env.number("PREGON_ERASE_HISTORY_DAYS", 365)
if min(PREGON_ERASE_BODY_DAYS, PREGON_ERASE_ADDRESS_DAYS, PREGON_ERASE_HISTORY_DAYS) < 1:
    env.problems.append("Los plazos PREGON_ERASE_…_DAYS deben ser de un día o más.")

if env.problems:
    raise ImproperlyConfigured(" ".join(env.problems))
