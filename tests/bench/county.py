"""A county of any size, built by SQL: agencies, people, and cases with their children, grants, marks, notes and events.

Every agency takes part in 0.1 to 1 % of the cases. The order of activity has nothing to do with the order of the rows
on the disk, as after years of work. Who is measured:

- `ordinary`: an attendance lead whose school takes part in about as many cases as most;
- `few`: one whose school takes part in twelve, the twelve that were active longest ago;
- `forty` and `all`: attendance leads of a trust with forty of the agencies, and of one with every agency;
- `officer`: in the attendance team, who sees the whole county.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import AgencyKind, Role
from referrals import reference
from referrals.models import Case, Child, Event, Grant, Marks, Note
from referrals.queries import case_list

FEW = 12  # cases of the person with few, old ones
WEEKS = 12  # of marks for each child
KINDS = (
    (AgencyKind.LA_EARLY_HELP, Role.EH_PRACTITIONER),
    (AgencyKind.LA_SEN, Role.SEN_CASEWORKER),
    (AgencyKind.AP_PROVIDER, Role.AP_PROVIDER),
    (AgencyKind.HEALTH, Role.PARTNER),
)
FILLED = (Case, Child, Grant, Marks, Note, Event)

# A reference as referrals/reference.py writes it: six characters of a number, then their check character.
REFERENCE = """
    CREATE FUNCTION pg_temp.reference_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT 'A-' || substr(text, 1, 3) || '-' || substr(text, 4) || substr(letters, 1 + (26 - odd::int % 26) % 26, 1)
        FROM (
            SELECT string_agg(substr(letters, d + 1, 1), '' ORDER BY place) AS text, min(letters) AS letters,
                   sum(CASE WHEN place % 2 = 0 THEN (2 * d) / 26 + (2 * d) % 26 ELSE d END) AS odd
            FROM (
                SELECT place, (n / (26 ^ (6 - place))::bigint % 26)::int AS d, '23456789BCDFGHJKMNPQRTVWXY' AS letters
                FROM generate_series(1, 6) AS place
            ) digits
        ) body
    $$
"""


@dataclass
class County:
    """One database, and where its rows begin: agency `first` is the attendance team, the two trusts come last."""

    cases: int
    agencies: int
    people: int
    first: int = 0

    @property
    def schools(self) -> int:
        return self.agencies // 2

    # --- who is measured ---------------------------------------------------------------------------------------------

    def actor(self, who: str) -> Actor:
        return getattr(self, f"_{who}")()

    @contextlib.contextmanager
    def acting(self, who: str) -> Iterator[Actor]:
        """The actor, whom the database too believes to be her. Every agency is in the trust of `all` meanwhile."""
        theirs = Agency.objects.filter(pk__gt=self.first, pk__lte=self.first + self.agencies)
        smaller = list(theirs.filter(trust__isnull=False).values_list("pk", "trust"))
        if who == "all":
            theirs.update(trust=self.first + self.agencies + 2)
        try:
            actor = self.actor(who)
            with identity.as_actor(actor):
                yield actor
        finally:
            if who == "all":
                theirs.update(trust=None)
                for pk, was in smaller:
                    Agency.objects.filter(pk=pk).update(trust=was)

    def _ordinary(self) -> Actor:
        return self._somebody(agency=self.first + 1 + self.schools // 2)

    def _few(self) -> Actor:
        return self._somebody(agency=self.first + self.schools)

    def _officer(self) -> Actor:
        return self._somebody(agency=self.first)

    def _forty(self) -> Actor:
        return self._trust_lead(self.first + self.agencies + 1)

    def _all(self) -> Actor:
        return self._trust_lead(self.first + self.agencies + 2)

    def _trust_lead(self, trust: int) -> Actor:
        actor = self._somebody(agency=trust)
        assert actor.groups  # asked now, and kept by the actor as it is for the length of a request
        return actor

    def _somebody(self, *, agency: int) -> Actor:
        membership = Membership.objects.select_related("user", "agency").filter(agency=agency).order_by("pk")[0]
        return Actor(membership)

    # --- building ----------------------------------------------------------------------------------------------------

    def build(self) -> None:
        with connection.cursor() as cursor, _loading(cursor):
            self._agencies(cursor)
            self._people(cursor)
            self._cases(cursor)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _agencies(self, cursor) -> None:
        self.first = max(Agency.objects.aggregate(n=Max("pk"))["n"] or 0, Group.objects.aggregate(n=Max("pk"))["n"]) + 1
        every = range(self.agencies + 3)
        forty = range(1 + self.schools // 2 - 20, 1 + self.schools // 2 + 20)  # with the ordinary person's among them
        Group.objects.bulk_create([Group(pk=self.first + n, name=f"agency: bench-{n}") for n in every])
        Agency.objects.bulk_create(
            [
                Agency(
                    pk=self.first + n,
                    group_id=self.first + n,
                    kind=self._kind(n)[0],
                    name=f"Agency {n}",
                    slug=f"bench-{n}",
                    trust_id=self.first + self.agencies + 1 if 0 < n <= self.agencies and n in forty else None,
                )
                for n in every
            ]
        )

    def _kind(self, n: int) -> tuple[str, str]:
        if n == 0:
            return AgencyKind.LA_ATTENDANCE, Role.LA_OFFICER
        if n > self.agencies:
            return AgencyKind.TRUST, Role.TRUST_LEAD
        return (AgencyKind.SCHOOL, Role.SCHOOL_STAFF) if n <= self.schools else KINDS[n % len(KINDS)]

    def _people(self, cursor) -> None:
        number = range(self.people)
        User.objects.bulk_create(
            [User(email=f"person{n}@bench.invalid", name=f"Person {n}", password="!") for n in number]
        )
        people = list(User.objects.order_by("pk").values_list("pk", flat=True))[-self.people :]
        places = [n % (self.agencies + 3) for n in number]
        since = timezone.localdate() - datetime.timedelta(days=400)
        Membership.objects.bulk_create(
            [
                Membership(user_id=person, agency_id=self.first + n, role=self._kind(n)[1], since=since)
                for person, n in zip(people, places, strict=True)
            ]
        )
        groups = User.groups.through
        groups.objects.bulk_create(
            [groups(user_id=p, group_id=self.first + n) for p, n in zip(people, places, strict=True)]
        )

    def _cases(self, cursor) -> None:
        view = Permission.objects.get(content_type=ContentType.objects.get_for_model(Case), codename="view_case").pk
        officers = list(Membership.objects.filter(agency=self.first).values_list("user_id", flat=True)[:10])
        names = {
            "cases": self.cases, "first": self.first, "schools": self.schools - 1, "view": view,
            "partners": self.agencies - self.schools, "partner": self.first + self.schools, "officers": officers,
            "few": FEW, "few_school": self.first + self.schools, "marks": _packed_marks(),
            # 7919 is prime: it goes once through all the moments, in no order.
            "step": f"{730 * 86_400 / self.cases:.3f} seconds",
        }  # fmt: skip
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(REFERENCE)
        cursor.execute(
            """
            CREATE TEMP TABLE plan AS
            SELECT n, md5('child ' || n)::uuid AS child,
                   now() - (1 + (n * 7919) %% %(cases)s) * %(step)s::interval AS active,
                   CASE WHEN (n * 7919) %% %(cases)s >= %(cases)s - %(few)s THEN %(few_school)s
                        ELSE %(first)s + 1 + floor(%(schools)s * power(random(), 1.15))::int END AS school,
                   %(partner)s + 1 + floor(%(partners)s * power(random(), 1.15))::int AS one,
                   CASE WHEN random() < 0.33 THEN 1 + floor((%(partners)s - 1) * random())::int END AS further,
                   (n %% 20 < 17 OR (n * 7919) %% %(cases)s >= %(cases)s - %(few)s) AS open,
                   random() < 0.6 AS noted,
                   %(officers)s::int[] AS officers
            FROM generate_series(1, %(cases)s::bigint) AS n
            """,
            names,
        )
        for statement in (CHILDREN, CASES, SCHOOLS_PART, PARTNERS_PART, ANOTHERS_PART, MARKS, NOTES, OPENED, NOTED):
            cursor.execute(statement, names)
        for model in (Agency, Group):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")

    def subject(self, notes: int) -> Case:
        """The case that is opened: the ordinary person's newest, with so many further notes and their events."""
        case = case_list.newest(self.actor("ordinary"))[0]
        assert reference.parse(case.reference) == case.reference
        officer = self.actor("officer")
        made = Note.objects.bulk_create(
            [
                Note(case=case, author=officer.user, agency=officer.agency, body=f"Note {n}. {BODY}")
                for n in range(notes)
            ]
        )
        Event.objects.bulk_create(
            [
                Event(
                    kind="note_added", case=case, note=note, by=officer.user, by_agency=officer.agency,
                    fanned_out_at=timezone.now(),
                )
                for note in made
            ]
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return case


BODY = (
    "Talked to the family by telephone. Mornings are hard since half term; the form tutor meets him at the gate from "
    "Monday, and we look at the first two weeks together."
)
C, CH, G, M, N, E = (model._meta.db_table for model in (Case, Child, Grant, Marks, Note, Event))
CHILDREN = f"""
    INSERT INTO {CH} (id, first_name, last_name, known_as, date_of_birth, upn, year_group, school_id, send_status,
                      created_at)
    SELECT child, 'Child' || n %% 400, 'Family' || n %% 9000, '', date '2012-09-01' + (n %% 1500)::int, '',
           'Year ' || 7 + n %% 5, school, '', now()
    FROM plan
"""
CASES = f"""
    INSERT INTO {C} (reference, stage, child_id, school_id, lead_id, aim, first_contact_by, opened_at, closed_at,
                     outcome, last_activity)
    SELECT pg_temp.reference_of(n * 104729 %% 308915776), CASE WHEN open THEN 'open' ELSE 'closed' END, child, school,
           officers[1 + n %% cardinality(officers)], 'Back in school each morning', active::date, active,
           CASE WHEN NOT open THEN active END, '', active
    FROM plan ORDER BY n
"""
CASE_OF = f"JOIN {C} c ON c.child_id = plan.child"
PART = f"""
    INSERT INTO {G} (permission_id, group_id, case_id, capacity, purpose, since, joined_at, last_activity, until)
    SELECT %(view)s, {{group}}, c.id, '{{capacity}}', 'Working with the family', active, active, active,
           CASE WHEN NOT open THEN current_date + 60 END
    FROM plan {CASE_OF}
"""
SCHOOLS_PART = PART.format(group="plan.school", capacity="school")
PARTNERS_PART = PART.format(group="one", capacity="member")
ANOTHERS_PART = (
    PART.format(group="%(partner)s + 1 + (one - %(partner)s - 1 + further) %% %(partners)s", capacity="member")
    + "WHERE further IS NOT NULL"
)
MARKS = f"""
    INSERT INTO {M} (child_id, school_id, text, first_day, last_day, added_at)
    SELECT child, school, (%(marks)s::text[])[1 + n %% cardinality(%(marks)s::text[])], current_date - {WEEKS * 7},
           current_date, now()
    FROM plan
"""
NOTES = f"""
    INSERT INTO {N} (case_id, author_id, agency_id, body, visibility, occurred_on, created_at, submission_key)
    SELECT c.id, c.lead_id, %(first)s, '{BODY}', 'case', active::date, active, gen_random_uuid()
    FROM plan {CASE_OF} WHERE noted
"""
EVENT = f"""
    INSERT INTO {E} (kind, at, by_id, by_agency_id, by_machine, case_id, note_id, data, fanned_out_at)
    SELECT '{{kind}}', active, c.lead_id, %(first)s, '', c.id, {{note}}, '{{{{}}}}', active
    FROM plan {CASE_OF}
"""
OPENED = EVENT.format(kind="opened", note="NULL::bigint")
NOTED = EVENT.format(kind="note_added", note="note.id") + f"JOIN {N} note ON note.case_id = c.id"


def _packed_marks() -> list[str]:
    """A few texts as portal/register/packed.py writes them, one a child."""
    monday = timezone.localdate() - datetime.timedelta(days=timezone.localdate().weekday())
    weeks = [monday - datetime.timedelta(weeks=n) for n in range(WEEKS, 0, -1)]
    rows = ("/ \\ / \\ / \\ / \\ / \\", "/ \\ N N / \\ I I / \\", "I I I I I / / \\ / \\", "/ \\ O O O O / \\ U U")
    rows = tuple(row if len(row.split()) == 10 else "/ \\ / \\ / \\ / \\ / \\" for row in rows)
    return [
        "\n".join(f"{week.isoformat()} {rows[(n * at) % len(rows)]}" for at, week in enumerate(weeks)) for n in range(8)
    ]


@contextlib.contextmanager
def _loading(cursor) -> Iterator[None]:
    """Quick loading: no foreign key is looked up (all of them are right), and indexes are made when the rows are in."""
    tables = [model._meta.db_table for model in FILLED]
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint WHERE conname = indexname)",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET maintenance_work_mem = '256MB'")
    cursor.execute("SET work_mem = '128MB'")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for setting in ("session_replication_role", "maintenance_work_mem", "work_mem"):
        cursor.execute(f"RESET {setting}")
