"""One machine, one process, no other server: the embedded default."""

from . import env
from .base import *
from .realtime import *
from .security import *

# Off by default, so that whoever tries the product meets its own pages for what is not found, not a list of addresses.
DEBUG = env.DEBUG
SECRET_KEY = env.SECRET_KEY or env.EMBEDDED_SECRET_KEY
ALLOWED_HOSTS = env.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
ALLOW_DEMO = True
SECOND_FACTOR = False  # the demonstration's people sign in by password alone; production refuses to boot like this
INTERNAL_IPS = ["127.0.0.1"]
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite ignores an index's extra columns, as it should
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
