"""What a council runs. portal/checks.py refuses to boot on an unsafe or contradictory environment."""

from . import env
from .base import *
from .realtime import *
from .security import *

PRODUCTION = True
AUDIT_KEY = env.AUDIT_KEY  # the worker's alone; it signs nothing without one
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, by address and without TLS
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_TRUSTED_ORIGINS = sorted({BASE_URL, CASEWORK_URL}) if env.BASE_URL else []  # noqa: F405
if env.TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
