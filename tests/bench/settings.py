"""Production's own settings, over plain HTTP on one machine: what the benchmark runs and serves."""

from portal.settings.production import *  # noqa: F403

SECURE_SSL_REDIRECT = False  # there is no TLS between the benchmark's client and its server
SESSION_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_SECURE = False
CSRF_COOKIE_NAME = "csrf"
SECOND_FACTOR = False  # whoever is measured is signed in without one
PRODUCTION = False  # so that it starts like that; production itself refuses to
