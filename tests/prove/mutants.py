"""Proof 5: the tests can see. Each mutant is one thing about access done wrong; the tests named beside it must fail.

A mutant is a piece of a file that stands there exactly once and what is put in its place, or SQL that the owner of the
tables runs. It is made in a copy of the tree (or of the database), never here. Where a mutant survives, nobody would
notice that mistake: the proof fails. A piece that no longer stands in its file is an error, not a survivor.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest import mock

from tests.bench.machine import ROOT
from tests.prove.copies import copy_of

AT_ONCE = 2  # mutants that are looked at side by side, each in a tree of its own
PATIENCE = 600  # seconds a killer gets; one that has not ended by then has not said that anything is wrong
LEFT_OUT = ("var", ".git", "__pycache__")
FAILED = 1  # what pytest ends with where a test failed; anything else above 0 is no answer

STORY = "tests/prove/test_deciders.py::test_the_deciders_agree_throughout_a_story_with_everything_in_it"
GLASS = "tests/actions/case/test_break_glass.py::TestBreakTheGlass"
REVIEW = "tests/actions/case/test_review_break_glass.py::TestReviewEmergencyAccess"
EMERGENCY = "tests/web/test_emergency_access.py"
WHO = "tests/web/test_who_can_see.py"
ROUTES = "tests/laws/test_every_route_is_tried.py::test_it_opens_for_one_and_stays_shut_for_another"
POLICY, ACTOR, ACCOUNTS = "referrals/policy.py", "portal/accounts/actor.py", "portal/accounts/models.py"


@dataclass(frozen=True)
class Mutant:
    """`old` stands exactly once in `file`. `killers`: tests of which one must fail."""

    name: str
    file: str
    old: str
    new: str
    killers: tuple[str, ...] = (STORY,)


@dataclass(frozen=True)
class InTheDatabase:
    """`sql` is run by the owner of the tables, on a copy of the migrated database."""

    name: str
    sql: str
    killers: tuple[str, ...] = (STORY,)


def _sees_everything(table: str) -> InTheDatabase:
    return InTheDatabase(
        f"the wall of {table} lets everybody see", f"ALTER POLICY see ON referrals_{table} USING (true)"
    )


def _no_wall(table: str) -> InTheDatabase:
    return InTheDatabase(f"{table} has no wall", f"ALTER TABLE referrals_{table} DISABLE ROW LEVEL SECURITY")


def _says(function: str, returns: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {function} RETURNS {returns} LANGUAGE sql STABLE PARALLEL SAFE AS $$ {body} $$"


MUTANTS: tuple[Mutant, ...] = (
    # --- ties ---
    Mutant(
        "the council sees drafts",
        POLICY,
        'return Q(**{f"{at}submitted_at__isnull": False}) if actor.is_la else False',
        "return actor.is_la",
    ),
    Mutant(
        "a school sees every school's referrals",
        POLICY,
        'return Q(**{f"{at}school": actor.agency}) if actor.agency and actor.agency.is_school else False',
        "return bool(actor.agency and actor.agency.is_school)",
    ),
    Mutant(
        "a part that has run out still opens the case",
        POLICY,
        "        in_force(timezone.localdate()),\n        _sharing(shares, OuterRef(moment) if moment else None),\n",
        "        _sharing(shares, OuterRef(moment) if moment else None),\n",
    ),
    Mutant(
        "a part in one case opens every case",
        POLICY,
        '        content_object=OuterRef(f"{at}pk"),\n        group__in=actor.groups,\n',
        "        group__in=actor.groups,\n",
    ),
    Mutant(
        "any agency's part opens the case to all",
        POLICY,
        '        content_object=OuterRef(f"{at}pk"),\n        group__in=actor.groups,\n',
        '        content_object=OuterRef(f"{at}pk"),\n',
    ),
    Mutant(
        "who is only asked to join reads the case",
        POLICY,
        "        group__in=actor.groups,\n        joined_at__isnull=not joined,\n",
        "        group__in=actor.groups,\n",
    ),
    Mutant(
        "a part that shares attendance shares the timeline",
        POLICY,
        'shared = Q(**{f"shares_{section}": True}) if section else Q()',
        "shared = Q()",
    ),
    Mutant(
        "shared from today shares what was before",
        POLICY,
        "return shared & (Q(shares_from__isnull=True) | Q(shares_from__lte=moment)) if moment is not None else shared",
        "return shared",
    ),
    Mutant(
        "shared from today shares only what was before",
        POLICY,
        "Q(shares_from__lte=moment)",
        "Q(shares_from__gte=moment)",
    ),
    Mutant(
        "broken glass opens the case to everybody of such a role",
        POLICY,
        'BreakGlass.objects.in_force().filter(membership=actor.membership, case=OuterRef(f"{at}pk"))',
        'BreakGlass.objects.in_force().filter(case=OuterRef(f"{at}pk"))',
    ),
    Mutant(
        "broken glass opens every case",
        POLICY,
        'BreakGlass.objects.in_force().filter(membership=actor.membership, case=OuterRef(f"{at}pk"))',
        "BreakGlass.objects.in_force().filter(membership=actor.membership)",
    ),
    Mutant(
        "the hour of an emergency does not end",
        "referrals/models/break_glass.py",
        "self.filter(ended_at__isnull=True, ends_at__gt=timezone.now())",
        "self.filter(ended_at__isnull=True)",
    ),
    Mutant(
        "an emergency that was ended goes on",
        "referrals/models/break_glass.py",
        "self.filter(ended_at__isnull=True, ends_at__gt=timezone.now())",
        "self.filter(ends_at__gt=timezone.now())",
    ),
    Mutant(
        "an emergency lasts ten hours",
        "referrals/models/break_glass.py",
        "LONGEST_MINUTES = 60",
        "LONGEST_MINUTES = 600",
        (f"{GLASS}::test_does_it",),
    ),
    Mutant(
        "the last day does not count",
        "referrals/models/grant.py",
        'Q(**{f"{prefix}until__gte": today})',
        'Q(**{f"{prefix}until__gt": today})',
    ),
    # --- notes and events ---
    Mutant(
        "whom a note is for is not looked at",
        POLICY,
        'return _both(Q(**{f"{at}visibility": level}), own(actor, at))',
        "return own(actor, at)",
    ),
    Mutant(
        "a note for one organisation is for all",
        POLICY,
        'return Q(**{f"{at}agency": actor.agency}) if actor.agency else False',
        "return True",
    ),
    Mutant(
        "a note for chosen people is for everybody once it has a reader",
        POLICY,
        'filter(note=OuterRef(f"{at}pk"), user=actor.user)',
        'filter(note=OuterRef(f"{at}pk"))',
    ),
    Mutant(
        "who wrote a note for others cannot read it",
        POLICY,
        'return Q(**{f"{at}author": actor.user}) | Q(Exists(readers))',
        "return Q(Exists(readers))",
    ),
    Mutant(
        "notes for chosen people are open to everybody in an emergency",
        POLICY,
        "(Verb.VIEW, KEPT_TO_OTHERS, {Role.DPO},",
        "(Verb.VIEW, KEPT_TO_OTHERS, IN_AN_EMERGENCY,",
    ),
    Mutant(
        "what is kept to the attendance team is told",
        POLICY,
        'return told if actor.is_la else _both(Q(**{f"{at}kept": False}), told)',
        "return told",
    ),
    Mutant(
        "that a note was written is told to who may not read it",
        POLICY,
        'of_note = _both(Q(**{f"{at}note__isnull": False}), viewable(actor, Noun.NOTE, f"{at}note__"))',
        'of_note = Q(**{f"{at}note__isnull": False})',
    ),
    Mutant(
        "an event of a note follows the case",
        POLICY,
        'told = _any([of_note, _both(Q(**{f"{at}note__isnull": True}), of_thing)])',
        "told = _any([of_note, of_thing])",
    ),
    Mutant(
        "who can read a note is said of every level",
        POLICY,
        "        if note.visibility != level:\n            return NOBODY\n",
        "",
        (f"{WHO}::test_it_names_exactly_the_people_who_can_read_a_note",),
    ),
    # --- denials ---
    Mutant(
        "a conflict of interest denies nothing",
        POLICY,
        "hers = ConflictOfInterest.objects.in_force().filter(user=actor.user)",
        "hers = ConflictOfInterest.objects.none()",
    ),
    Mutant(
        "anybody's conflict of interest denies everybody",
        POLICY,
        "hers = ConflictOfInterest.objects.in_force().filter(user=actor.user)",
        "hers = ConflictOfInterest.objects.in_force()",
    ),
    Mutant(
        "a conflict that was lifted goes on",
        POLICY,
        "hers = ConflictOfInterest.objects.in_force().filter(user=actor.user)",
        "hers = ConflictOfInterest.objects.filter(user=actor.user)",
    ),
    Mutant(
        "a conflict with a referral denies nothing before it is a case",
        POLICY,
        'return _both(of_child, _not_in(f"{at}pk", hers.filter(**{f"{noun}__isnull": False}).values(noun)))',
        "return of_child",
    ),
    Mutant(
        "a child who must not be seen is seen arriving again",
        POLICY,
        'return True if noun is Noun.CASE else _not_in(f"{at}likely", children)',
        "return True",
        ("tests/actions/test_likely.py",),
    ),
    Mutant(
        "a restriction denies nothing",
        POLICY,
        "from_her = Restriction.objects.in_force().filter(from_user=actor.user)",
        "from_her = Restriction.objects.none()",
    ),
    Mutant(
        "a restriction that was lifted goes on",
        POLICY,
        "from_her = Restriction.objects.in_force().filter(from_user=actor.user)",
        "from_her = Restriction.objects.filter(from_user=actor.user)",
    ),
    Mutant("the first of the denials is not asked", POLICY, "OF_THINGS = DENIALS[1:]", "OF_THINGS = DENIALS[2:]"),
    Mutant("the last of the denials is not asked", POLICY, "OF_THINGS = DENIALS[1:]", "OF_THINGS = DENIALS[1:2]"),
    Mutant(
        "lists ask no denial",
        POLICY,
        "return False if condition is False else _both(condition, not_denied(actor, noun, at))",
        "return condition",
    ),
    Mutant(
        "who is told is not cut by denials",
        POLICY,
        "            found &= ~kept_out\n",
        "            pass\n",
        (f"{GLASS}::test_somebody_else_is_told_and_never_one_who_must_not_know_of_the_child",),
    ),
    # --- who is asking ---
    Mutant(
        "whether somebody still works here is not asked",
        POLICY,
        "    return Q(Exists(Membership.objects.current().filter(pk=actor.membership.pk)))",
        "    return True",
    ),
    Mutant("who is suspended goes on", ACCOUNTS, "            user__is_active=True,\n", ""),
    Mutant(
        "who has left goes on",
        ACCOUNTS,
        "            Q(until__isnull=True) | Q(until__gte=today),\n            Q(agency",
        "            Q(agency",
    ),
    Mutant(
        "a closed agency goes on",
        ACCOUNTS,
        "            Q(agency__closed_on__isnull=True) | Q(agency__closed_on__gt=today),\n",
        "",
    ),
    Mutant(
        "a trust speaks for a school that has closed",
        ACTOR,
        "*self.agency.schools.open().values_list",
        "*self.agency.schools.values_list",
    ),
    # --- what one may do ---
    Mutant(
        "any officer reviews a concern",
        POLICY,
        "(Verb.REVIEW, LA_TEAM, DUTY),",
        "(Verb.REVIEW, LA_TEAM, LA_ROLES),",
        (f"{ROUTES}[api:concern-review]",),
    ),
    Mutant(
        "any officer closes a case",
        POLICY,
        "(Verb.CLOSE, LA_TEAM, {Role.LA_OFFICER, Role.LA_MANAGER}),",
        "(Verb.CLOSE, LA_TEAM, LA_ROLES),",
        (f"{ROUTES}[api:case-close]",),
    ),
    Mutant(
        "everybody reads what was done in the county",
        POLICY,
        "            Verb.VIEW_ACTIVITY,\n            ROLE_ALONE,\n            {Role.LA_MANAGER, Role.DPO},\n",
        "            Verb.VIEW_ACTIVITY,\n            ROLE_ALONE,\n            EVERY_ROLE,\n",
        (f"{ROUTES}[workspace:activity]",),
    ),
    Mutant(
        "the attendance team breaks glass",
        POLICY,
        "IN_AN_EMERGENCY = PARTICIPANTS | {Role.DPO}",
        "IN_AN_EMERGENCY = EVERY_ROLE",
        (f"{GLASS}::test_refuses_the_wrong_person",),
    ),
    Mutant(
        "any officer reviews an emergency",
        POLICY,
        "OVERSIGHT = frozenset({Role.LA_MANAGER, Role.DPO})",
        "OVERSIGHT = frozenset({Role.LA_MANAGER, Role.LA_OFFICER, Role.DPO})",
        (f"{REVIEW}::test_refuses_the_wrong_person",),
    ),
    # --- emergencies ---
    Mutant(
        "a word is reason enough",
        "referrals/actions/case/break_glass.py",
        "len(reason) < SHORTEST_REASON",
        "not reason",
        (f"{GLASS}::test_a_reason_under_20_characters_is_none",),
    ),
    Mutant(
        "nobody need be told",
        "referrals/actions/case/break_glass.py",
        "        if told is None:\n",
        "        if False:\n",
        (f"{GLASS}::test_where_nobody_could_be_told_it_stays_shut",),
    ),
    Mutant(
        "an emergency is not written down",
        "referrals/actions/case/break_glass.py",
        'trail.write("break_glass", by=by, thing=ch.obj, about=ch.obj.child_id, rule="broke_glass", why=reason)',
        "pass",
        (f"{EMERGENCY}::test_a_refusal_is_written_down_and_so_is_an_access_with_its_reason",),
    ),
    Mutant(
        "step-up is not asked for an emergency",
        "referrals/web/glass.py",
        "@recently_confirmed\n",
        "",
        (f"{EMERGENCY}::test_it_asks_first_that_she_confirms_who_she_is",),
    ),
    Mutant(
        "one reviews one's own emergency",
        "referrals/actions/case/review_break_glass.py",
        "if found.user_id == by.user.pk:",
        "if False:",
        (f"{REVIEW}::test_nobody_reviews_her_own",),
    ),
    Mutant(
        "one's own emergency is in one's queue",
        "referrals/queries/glass.py",
        "BreakGlass.objects.filter(case__in=cases).exclude(user=actor.user)",
        "BreakGlass.objects.filter(case__in=cases)",
        (f"{REVIEW}::test_nobody_reviews_her_own",),
    ),
    Mutant(
        "the queue shows emergencies of a child one must not know of",
        "referrals/queries/glass.py",
        "BreakGlass.objects.filter(case__in=cases).exclude(user=actor.user)",
        "BreakGlass.objects.exclude(user=actor.user)",
        (f"{REVIEW}::test_who_must_not_know_of_the_child_does_not_find_it_in_the_queue",),
    ),
    Mutant(
        "who can see is said of a child one must not know of",
        "referrals/queries/unseen.py",
        "policy.visible_to(actor, Case, verb).filter(",
        "Case.objects.filter(",
        (f"{WHO}::test_who_must_not_know_of_the_child_is_answered_as_for_a_case_that_is_not_there",),
    ),
    Mutant(
        "who can read a note is said to who may not read it",
        "referrals/web/case/who.py",
        "policy.visible_to(actor_of(request), Note)",
        "Note.objects",
        (f"{WHO}::test_of_a_note_one_may_not_read_it_says_nothing_as_of_one_that_is_not_there",),
    ),
    # --- pages, the API, the voice ---
    Mutant(
        "a page finds any row by its reference",
        "referrals/web/gate.py",
        "policy.visible_to(actor_of(request), model, *verbs)",
        "model._default_manager.all()",
        (f"{ROUTES}[workspace:referral]", f"{ROUTES}[workspace:referral-sent]"),
    ),
    Mutant(
        "a form is taken whoever its page was opened as",
        "referrals/web/gate.py",
        "                _require_the_same(request)\n",
        "                pass\n",
        ("tests/web/test_acting_as.py",),
    ),
    Mutant(
        "the API lists every referral",
        "referrals/queries/api_lists.py",
        'return policy.visible_to(actor, Referral).select_related("school", "case")',
        'return Referral.objects.select_related("school", "case")',
        (f"{ROUTES}[api:referral]",),
    ),
    Mutant(
        "the API lists every concern",
        "referrals/queries/api_lists.py",
        'return policy.visible_to(actor, Concern).select_related("school", "case")',
        'return Concern.objects.select_related("school", "case")',
        (f"{ROUTES}[api:concern]",),
    ),
    Mutant(
        "the API finds every case",
        "referrals/queries/api_lists.py",
        "policy.visible_to(actor, Case, Verb.VIEW, Verb.JOIN)",
        "Case.objects.all()",
        (f"{ROUTES}[api:case]",),
    ),
    Mutant(
        "an answer is repeated to the person as whoever she acts",
        "referrals/api/idempotency.py",
        "filter(user=actor.user, membership=actor.membership, key=key)",
        "filter(user=actor.user, key=key)",
        ("tests/api/test_promises.py",),
    ),
    Mutant(
        "an answer is repeated to who may no longer see what it is about",
        "referrals/api/views.py",
        "found = self.find(lambda actor: policy.visible_to(actor, model), reference)",
        "found = model._default_manager.get(reference=reference)",
        ("tests/api/test_promises.py",),
    ),
    Mutant(
        "the inbox shows what may no longer be seen",
        "notifications/inbox.py",
        "Delivery.objects.filter(Exists(seen) | Exists(asked), person=actor.user",
        "Delivery.objects.filter(person=actor.user",
        ("tests/notifications/test_inbox.py",),
    ),
    Mutant(
        "mail is sent without asking again",
        "notifications/email.py",
        "if delivery.person_id not in audience.may_know(event, only=delivery.person_id):",
        "if False:",
        ("tests/notifications/test_email.py",),
    ),
    Mutant(
        "the circles are not cut to who may know",
        "notifications/fanout.py",
        "inbox = audience.in_circles(event, spec.inbox) & known",
        "inbox = audience.in_circles(event, spec.inbox)",
        ("tests/notifications/test_fanout.py", f"{GLASS}"),
    ),
    Mutant(
        "a frame of the socket carries a word",
        "notifications/live.py",
        'json.dumps({"stream": stream, "n": int(number)}, separators=(",", ":"))',
        'json.dumps({"stream": stream, "n": int(number), "what": "a note"}, separators=(",", ":"))',
        ("tests/laws/test_sockets_carry_only_numbers.py::test_a_frame_is_a_stream_and_a_number",),
    ),
    # --- signing in ---
    Mutant(
        "who confirmed yesterday has confirmed",
        "portal/accounts/step_up.py",
        '0 <= time.time() - record["at"] < FRESH',
        "True",
        ("tests/accounts/test_step_up.py",),
    ),
    Mutant(
        "a password confirms who has a second factor",
        "portal/accounts/step_up.py",
        "counts = {second_factor.RECORD} if settings.SECOND_FACTOR else",
        "counts =",
        (f"{EMERGENCY}::test_a_password_alone_is_no_confirmation",),
    ),
)

SQL: tuple[InTheDatabase, ...] = (
    *(_sees_everything(table) for table in ("concern", "referral", "case", "note", "event")),
    *(_no_wall(table) for table in ("concern", "referral", "case", "note", "event")),
    InTheDatabase("nobody is let in to notes", "DROP POLICY see ON referrals_note"),
    InTheDatabase("the service's policy is everybody's", "ALTER POLICY machine ON referrals_note USING (true)"),
    InTheDatabase("everybody is of the attendance team", _says("wall_la()", "boolean", "SELECT true")),
    InTheDatabase(
        "everybody speaks for every agency", _says("wall_groups()", "int[]", "SELECT array_agg(id) FROM auth_group")
    ),
    InTheDatabase("no part ever runs out", _says("wall_today()", "date", "SELECT date '1900-01-01'")),
    InTheDatabase("no child is denied to anybody", _says("wall_denied_children()", "uuid[]", "SELECT ARRAY[]::uuid[]")),
    InTheDatabase("no glass is ever broken", _says("wall_numbers(what text)", "bigint[]", "SELECT ARRAY[]::bigint[]")),
    InTheDatabase(
        "the owner passes the wall",
        "ALTER TABLE referrals_case NO FORCE ROW LEVEL SECURITY",
        ("tests/wall/test_catalogue.py",),
    ),
)


# --- the runner -------------------------------------------------------------------------------------------------------


class Gone(LookupError):
    """A mutant whose piece of text does not stand in its file exactly once."""


def mutated(mutant: Mutant, root: Path = ROOT) -> str:
    """The text of the mutant's file with the mutant in it."""
    text = (root / mutant.file).read_text()
    found = text.count(mutant.old)
    if found != 1:
        raise Gone(f"{mutant.name}: its text stands {found} times in {mutant.file}, not once")
    return text.replace(mutant.old, mutant.new)


@contextlib.contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree to break things in, and beside it the migrated database its tests begin with."""
    from tests.conftest import _template

    with tempfile.TemporaryDirectory(prefix="alongside-mutants-") as folder:
        tree, databases = Path(folder) / "tree", Path(folder) / "var" / "tests"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        databases.mkdir(parents=True)
        with mock.patch.dict(os.environ, DATABASE_OWNER_URL=""):  # nobody owns what is in SQLite
            shutil.copy(_template(), databases)
        yield tree


def killed_by(tree: Path, killers: tuple[str, ...], *, database: str = "", owner: str = "") -> str:
    """The first of the tests that fails in `tree`, as pytest names it; "" where none does."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": database,
        "DATABASE_OWNER_URL": owner,
        "REDIS_URL": "",
        "ALONGSIDE_VAR": str(tree.parent / "var"),
        "PYTHONPYCACHEPREFIX": str(tree.parent / "pycache"),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--show-capture=no"]
    try:
        done = subprocess.run(
            [*pytest, *killers],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    if done.returncode == 0:
        return ""
    said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    if done.returncode != FAILED or not said:
        raise RuntimeError(f"{killers} gave no answer ({done.returncode}): {(done.stdout + done.stderr)[-800:]}")
    return said[0].split(" ", 1)[1].split(" - ")[0]


def kill(mutant: Mutant, tree: Path) -> str:
    """Who kills it, in a tree that is as it was afterwards."""
    whole = (tree / mutant.file).read_text()
    (tree / mutant.file).write_text(mutated(mutant, tree))
    try:
        return killed_by(tree, mutant.killers)
    finally:
        (tree / mutant.file).write_text(whole)


def kill_in_the_database(mutant: InTheDatabase, tree: Path, app: str, owner: str) -> str:
    """The same on a copy of the database that `app` and `owner` name."""
    import psycopg

    with copy_of(f"alongside_mutant_{threading.get_ident()}", app, owner) as (here, owned):
        with psycopg.connect(owned, autocommit=True) as database:
            database.execute(mutant.sql)
        return killed_by(tree, mutant.killers, database=here, owner=owned)


def sound(tree: Path, mutants: list[Mutant | InTheDatabase], app: str, owner: str) -> None:
    """Where nothing is wrong every killer passes: one that fails anyway would kill whatever it is given."""
    in_files = {killer for mutant in mutants if isinstance(mutant, Mutant) for killer in mutant.killers}
    in_sql = {killer for mutant in mutants if isinstance(mutant, InTheDatabase) for killer in mutant.killers}
    failing = killed_by(tree, tuple(sorted(in_files)))
    if in_sql and not failing:
        failing = killed_by(tree, tuple(sorted(in_sql)), database=app, owner=owner)
    if failing:
        raise RuntimeError(f"{failing} fails without any mutant")


def run(size: str, *, only: str = "") -> dict[str, Any]:
    """Every mutant, or a sample of three; those whose name holds `only`. Prints who kills each."""
    from django.db import connection

    connection.close()  # a database that is being copied is nobody's
    app, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("TEST_OWNER_URL", "")
    walled = bool(app and owner)
    chosen: list[Mutant | InTheDatabase] = [*MUTANTS, *(SQL if walled else ())]
    if size != "full":
        chosen = [MUTANTS[0], MUTANTS[len(MUTANTS) // 2], SQL[0] if walled else MUTANTS[-1]]
    chosen = [mutant for mutant in chosen if only in mutant.name]
    survivors = 0
    with ExitStack() as stack:
        free: SimpleQueue[Path] = SimpleQueue()  # trees nobody is breaking anything in
        for _ in range(min(AT_ONCE, len(chosen))):
            free.put(stack.enter_context(copied()))

        def killer_of(mutant: Mutant | InTheDatabase) -> str:
            tree = free.get()
            try:
                if isinstance(mutant, InTheDatabase):
                    return kill_in_the_database(mutant, tree, app, owner)
                return kill(mutant, tree)
            finally:
                free.put(tree)

        tree = free.get()
        sound(tree, chosen, app, owner)
        free.put(tree)
        with ThreadPoolExecutor(AT_ONCE) as workers:
            for mutant, killer in zip(chosen, workers.map(killer_of, chosen), strict=True):
                survivors += not killer
                print(f"  {mutant.name} → {killer or 'SURVIVED'}", flush=True)
    return {"mutants": len(chosen), "survivors": survivors, "in_sql": sum(isinstance(m, InTheDatabase) for m in chosen)}
