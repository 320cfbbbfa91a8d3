"""Django as a WSGI application. Production serves it through portal/asgi.py, beside the sockets."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
django.setup()

from portal.checks import refuse_unsafe  # noqa: E402  needs the applications loaded

refuse_unsafe()
application = get_wsgi_application()
