"""A process that has loaded the product once, and forks a worker for each line it reads: something to kill.

Each worker fans out and sends, without pause, until it is killed. Its number is printed when it starts. `python -m
tests.notifications.nursery` reads DATABASE_URL and MAIL_FOLDER.
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = os.environ["DATABASE_NAME"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = os.environ["MAIL_FOLDER"]
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work()
        print(pid, flush=True)


def work() -> None:
    import datetime

    from notifications import email, fanout

    fanout.PATIENCE = datetime.timedelta(0)
    while True:
        fanout.sweep(limit=20)
        email.send_due(limit=20)


if __name__ == "__main__":
    main()
