"""What holds in every environment."""

from . import env

BASE_DIR = env.ROOT
VAR = env.VAR
DEBUG = False
SECRET_KEY = env.SECRET_KEY
ALLOWED_HOSTS = [*env.ALLOWED_HOSTS, *([env.CASEWORK_HOST.partition(":")[0]] if env.CASEWORK_HOST else [])]
ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
WSGI_APPLICATION = "portal.wsgi.application"

COUNTY = env.county()
BASE_URL = env.BASE_URL.rstrip("/") or f"http://localhost:{env.PORT}"
CASEWORK_HOST = env.CASEWORK_HOST  # the workspace's own host name, where it has one (portal/hosts.py)
CASEWORK_URL = f"{BASE_URL.partition('://')[0]}://{CASEWORK_HOST}" if CASEWORK_HOST else BASE_URL
DEMO_PASSWORD = env.DEMO_PASSWORD
ALLOW_DEMO = env.ALLOW_DEMO

INSTALLED_APPS = [
    "portal",
    "portal.accounts",
    "portal.audit",
    "portal.ui",
    "referrals",
    "notifications",
    "content",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.contrib.table_block",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "csp",
    "django_structlog",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "portal.health.AskedByAddress",
    "portal.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PoliciesByAddress",
    "portal.hosts.OwnHost",
    # Finished bytes for anonymous readers of the public site: before session and sign-in, so that it costs neither.
    "portal.middleware.PublicPageCache",
    "portal.middleware.NoStore",
    "portal.middleware.Logged",
    "portal.accounts.middleware.OneTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.hosts.OwnSession",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.sessions.StaySignedIn",
    "portal.accounts.second_factor.SecondFactorFirst",
    "portal.accounts.middleware.ActingAs",
    "portal.errors.Explain",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["portal.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.service",
                "content.navigation.public",  # the public base asks for it; lazily, so that no other page pays
            ],
        },
    }
]
FORM_RENDERER = "portal.ui.forms.Renderer"

# --- data -----------------------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# What outlives a transaction may not be used where the connection is somebody else's after it: cursors on the server,
# and prepared statements. Who asks is set for one transaction anyway (portal/accounts/identity.py).
POOLED: dict[str, dict] = {
    "transaction": {"DISABLE_SERVER_SIDE_CURSORS": True, "OPTIONS": {"prepare_threshold": None}},
}


def database(url: str) -> dict:
    """A Django database entry for `url`; an empty URL is the embedded default, SQLite under the var folder."""
    if not url:
        url = f"sqlite:///{VAR / 'db.sqlite3'}"
    entry = env.env.db_url_config(url)
    if entry["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE + WAL: with the default mode 44-47 % of concurrent read-then-write transactions fail as "locked".
        entry["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
            "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;",
        }
        entry["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    else:
        # Requests run in a2wsgi's long-lived threads, so a connection a thread is kept (docs/adr/0003).
        entry["CONN_MAX_AGE"] = env.DATABASE_CONN_MAX_AGE
        entry["CONN_HEALTH_CHECKS"] = True
        if env.DATABASE_POOLER:
            entry |= POOLED[env.DATABASE_POOLER]
    return entry


DATABASES = {"default": database(env.DATABASE_URL)}
# The role that owns the tables: only `migrate` connects as it (portal/management/commands/migrate.py).
DATABASE_OWNER_URL = env.DATABASE_OWNER_URL
DATABASE_OWNER = database(DATABASE_OWNER_URL) if DATABASE_OWNER_URL else None

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",  # a ModelBackend too: Wagtail's permissions come from it
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workspace/"
ACCOUNT_ADAPTER = "portal.accounts.adapter.InvitedOnly"
ACCOUNT_FORMS = {"login": "portal.accounts.forms.SignIn"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = False  # ours count in the database, exactly: portal/accounts/limits.py
ALLAUTH_TRUSTED_PROXY_COUNT = env.TRUSTED_PROXY_COUNT

# The second factor (docs/adr/0017). Its codes are counted and used up by portal/accounts, exactly and in the database.
SECOND_FACTOR = env.SECOND_FACTOR
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds
# Single sign-on, off while there is no issuer (docs/how-to/single-sign-on.md).
OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env.OIDC_ISSUER, env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET
OIDC_NAME, OIDC_EMAIL_VERIFIED, OIDC_SECOND_FACTOR = env.OIDC_NAME, env.OIDC_EMAIL_VERIFIED, env.OIDC_SECOND_FACTOR
MFA_ADAPTER = "portal.accounts.second_factor.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODE_DIGITS = 10
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are invited at their address; nobody can add one
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"

# guardian: rights are rows on a case, never global, never for "anonymous", never by being a superuser (docs/adr/0004).
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
GUARDIAN_AUTO_PREFETCH = False

# --- words ----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # for our own pages
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.ui.stylesheet.StylesheetFinder",
]
MEDIA_ROOT = env.MEDIA_ROOT or VAR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.ui.stylesheet.HashedStatic"},
}

# --- the public site ------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Alongside"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False  # people come by command; portal/urls.py closes Wagtail's pages about people
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # the address is what she signs in with
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}  # a second kind of sign-in
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # what an editor uploaded is saved, never opened at our address
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
PUBLIC_CACHE_SECONDS = env.PUBLIC_CACHE_SECONDS

# --- mail: only notifications/email.py sends ------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.DEFAULT_FROM_EMAIL
if env.EMAIL_URL:
    vars().update(env.env.email_url_config(env.EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

# --- the audit trail: its heads are signed, and kept outside the database -------------------------------------------
AUDIT_KEY = env.AUDIT_KEY or env.SECRET_KEY or env.EMBEDDED_SECRET_KEY  # production asks for one of its own
AUDIT_HEADS = env.AUDIT_HEADS or VAR / "audit-heads"
AUDIT_HEADS_STORE = env.AUDIT_HEADS_STORE

# --- the API --------------------------------------------------------------------------------------------------------
API_TOKEN_DAYS = env.API_TOKEN_DAYS
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["referrals.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["referrals.api.parsing.JSONParser"],
    "EXCEPTION_HANDLER": "referrals.api.problems.problem",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Alongside API",
    "VERSION": "1",
    "DESCRIPTION": "Concerns, referrals and cases, as the person signed in may see them.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # no badge from somebody else's server
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["referrals.api.schema.only_ours"],
}

# --- requests -------------------------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # a 10 MB paste gets a sentence beside its field, not a bare 400
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
SESSION_ENGINE = "portal.sessions"  # in the database: losing Redis signs nobody out
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # never in a cookie: they may name a case
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"

# --- log lines ------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "ext://portal.logs.render",
            "foreign_pre_chain": "ext://portal.logs.PRE_CHAIN",
            "pass_foreign_args": True,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a 404 is no event
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # somebody tries addresses; she is answered 400
        "django_structlog": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "uvicorn": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "channels_redis": {"level": "CRITICAL"},  # a traceback a second while Redis is away; the hub says so once
    },
}
