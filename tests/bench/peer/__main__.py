"""Builds django-helpdesk's database and asks its pages, when told to.

    python -m tests.bench.peer TICKETS NOTES     lines in: {"page": "list" | "rows" | "item", "who": …, "times": 5}
                                                 lines out: {"seconds": […], "queries": 14, "bytes": 51234}

`staff` sees every queue; `limited` one of the twenty. `list` is the page of tickets and `rows` the JSON that its table
is filled from: a reader waits for both. `item` is a ticket with NOTES follow-ups.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.peer.settings"

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.models import Permission  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket, UserSettings  # noqa: E402

QUEUES, PEOPLE = 20, 600
WORDS = (
    "Talked to the family by telephone. Mornings are hard since half term; the form tutor meets him at the gate from "
    "Monday, and we look at the first two weeks together."
)
ROWS = re.compile(r'datatables_ticket_list/([^"\']+)')


def build(tickets: int, notes: int) -> dict[str, Client]:
    call_command("migrate", interactive=False, verbosity=0)
    user = get_user_model()
    user.objects.bulk_create(
        [user(username=f"person{n}", email=f"person{n}@bench.invalid", is_staff=True) for n in range(PEOPLE)]
    )
    UserSettings.objects.bulk_create([UserSettings(user=person) for person in user.objects.all()])
    staff = user.objects.create(username="staff", email="staff@bench.invalid", is_staff=True, is_superuser=True)
    limited = user.objects.create(username="limited", email="limited@bench.invalid", is_staff=True)
    queues = [Queue.objects.create(title=f"Queue {n}", slug=f"queue-{n}") for n in range(QUEUES)]
    codename = queues[0].permission_name.partition(".")[2]
    limited.user_permissions.add(Permission.objects.get(codename=codename))
    people = list(user.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Ticket._meta.db_table} (title, queue_id, created, modified, submitter_email, assigned_to_id,
                status, on_hold, description, resolution, priority, secret_key)
            SELECT 'Child' || n %% 400 || ' Family' || n %% 9000, %(first)s + n %% %(queues)s,
                   now() - n * interval '10 minutes', now() - n * interval '10 minutes',
                   'family' || n || '@bench.invalid',
                   (%(people)s::int[])[1 + n %% %(many)s], CASE WHEN n %% 20 < 17 THEN 1 ELSE 4 END, false, %(words)s,
                   '', 3, md5(n::text)
            FROM generate_series(1, %(tickets)s) AS n
            """,
            {
                "first": queues[0].pk, "queues": QUEUES, "people": people, "many": len(people), "words": WORDS,
                "tickets": tickets,
            },
        )  # fmt: skip
        cursor.execute(
            f"""
            INSERT INTO {FollowUp._meta.db_table} (ticket_id, date, title, comment, public, user_id, message_id)
            SELECT id, modified, 'Comment', %s, true, assigned_to_id, '' FROM {Ticket._meta.db_table}
            """,
            [WORDS],
        )
        cursor.execute("VACUUM ANALYZE")
    ticket = Ticket.objects.filter(queue=queues[0], status=Ticket.OPEN_STATUS).order_by("-created")[0]
    FollowUp.objects.bulk_create(
        [FollowUp(ticket=ticket, title="Comment", comment=WORDS, public=True, user_id=people[n]) for n in range(notes)]
    )
    clients = {}
    for person in (staff, limited):
        clients[person.username] = client = Client()
        client.force_login(person)
        client.ticket = ticket.pk
    return clients


def address(client: Client, page: str) -> str:
    if page == "item":
        return reverse("helpdesk:view", args=[client.ticket])
    if page == "list":
        return reverse("helpdesk:list")
    found = ROWS.search(client.get(reverse("helpdesk:list")).content.decode())
    return f"{reverse('helpdesk:datatables_ticket_list', args=[found[1]])}?draw=1&start=0&length=25"


def main(tickets: int, notes: int) -> None:
    clients = build(tickets, notes)
    addresses: dict[tuple[str, str], str] = {}
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        client = clients[asked["who"]]
        key = asked["who"], asked["page"]
        where = addresses.get(key) or addresses.setdefault(key, address(client, asked["page"]))
        seconds = []
        for _ in range(asked["times"]):
            started = time.perf_counter()
            answer = client.get(where)
            seconds.append(time.perf_counter() - started)
            assert answer.status_code == 200, f"{where} answered {answer.status_code}"
        queries = None
        if asked.get("count"):
            with CaptureQueriesContext(connection) as captured:
                client.get(where)
            queries = len(captured)
        print(json.dumps({"seconds": seconds, "queries": queries, "bytes": len(answer.content)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
