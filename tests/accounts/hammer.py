"""One process that tries to sign in, again and again.

    python -m tests.accounts.hammer START TRIES ADDRESS EMAIL PASSWORD

It begins at START (seconds since 1970), so that several begin together. An EMAIL with {n} is another each time. Prints
how its tries were answered, as JSON: {"wrong": …, "wait": …, "in": …}.
"""

from __future__ import annotations

import collections
import json
import os
import sys
import time

import django

WRONG = "The email address or password is not right"
WAIT = "There have been too many tries"


def main(start: float, tries: int, address: str, email: str, password: str) -> dict[str, int]:
    from django.test import Client

    answered: collections.Counter[str] = collections.Counter()
    client = Client(REMOTE_ADDR=address)
    client.get("/accounts/login/")  # everything is loaded
    time.sleep(max(0.0, start - time.time()))
    for n in range(tries):
        client.cookies.clear()
        page = client.post("/accounts/login/", {"login": email.format(n=f"{os.getpid()}-{n}"), "password": password})
        if page.status_code == 302:
            answered["in"] += 1
        else:
            answered["wrong" if WRONG in page.text else "wait" if WAIT in page.text else "other"] += 1
    return dict(answered)


if __name__ == "__main__":
    django.setup()
    begin, how_many, *rest = sys.argv[1:]
    print(json.dumps(main(float(begin), int(how_many), *rest)))
