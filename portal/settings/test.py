"""The embedded default, faster and with nothing left to chance."""

from .dev import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PUBLIC_CACHE_SECONDS = 0
WHITENOISE_AUTOREFRESH = False
