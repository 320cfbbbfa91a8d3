"""One machine, one process, no other server: the embedded default."""

from .base import *  # noqa: F403
from .realtime import *  # noqa: F403
from .security import *  # noqa: F403

DEBUG = True
SECRET_KEY = SECRET_KEY or "embedded-default-not-for-production"  # noqa: F405
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]  # noqa: F405
ALLOW_DEMO = True
INTERNAL_IPS = ["127.0.0.1"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
