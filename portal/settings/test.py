"""The embedded default, faster and with nothing left to chance. `make test` runs it again on PostgreSQL and Redis."""

import os

from . import env
from .dev import *

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PUBLIC_CACHE_SECONDS = 0
FANOUT_INLINE = True
SECOND_FACTOR = False  # tests arrange with `force_login`; those of signing in (tests/accounts) turn it on
WHITENOISE_AUTOREFRESH = False

if not DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # Every worker's database is a copy of the one `make test` has migrated once.
    DATABASES["default"]["TEST"] = {"TEMPLATE": DATABASES["default"]["NAME"]}  # noqa: F405
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
    DATABASE_OWNER = None  # migrated before the tests begin, and copied by the owner (tests/conftest.py)
    # A test arranges and asserts as the worker, whom the second wall hides nothing from; each request and each
    # `identity.as_actor` of the product begins with nobody, as in life (portal/accounts/identity.py).
    IDENTITY_BEFORE = env.env.str("IDENTITY_BEFORE", default='{"machine":"worker"}')
    DATABASES["default"]["OPTIONS"] = {"options": f"-c alongside.who={IDENTITY_BEFORE}"}  # noqa: F405

if env.REDIS_URL:
    # Workers side by side must not hear each other's doorbells nor empty each other's cache.
    WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    CACHES["default"]["LOCATION"] = f"{env.REDIS_URL.rpartition('/')[0]}/{int(WORKER.removeprefix('gw')) + 1}"  # noqa: F405
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{WORKER}"  # noqa: F405
