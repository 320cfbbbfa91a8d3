"""What somebody could do who makes the product send SQL of her own, as the person the database is asked as.

She sees no more than before, and she cannot change what she sees. That she could say she is somebody else is accepted,
and said in docs/threat-model.md.
"""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from portal.accounts import identity
from portal.audit import trail
from portal.audit.models import Entry
from referrals.actions.case.ask_to_lift import ask_to_lift
from referrals.actions.case.lift import lift
from referrals.actions.case.restrict import restrict
from referrals.models import BreakGlass, Case, Grant, Restriction
from referrals.policy import PARTICIPANTS

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def sql(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(words: str, statement: str, *values) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        sql(statement, *values)


# --- functions that run as the owner ----------------------------------------------------------------------------------


@contextlib.contextmanager
def allowed_to_make_temporary_tables(settings):
    """As the role of run time would be, had nobody taken it away."""
    name, role = connection.settings_dict["NAME"], connection.settings_dict["USER"]
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname=name, autocommit=True) as owner:
        owner.execute(f'GRANT TEMPORARY ON DATABASE "{name}" TO "{role}"')
        try:
            yield
        finally:
            owner.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM "{role}"')


SHADOWED = {
    "referrals_care": "SELECT wall_has_care(1)",
    "referrals_grant": "SELECT wall_on_case(1)",
    "referrals_note": "SELECT wall_reads_note(1)",
    "accounts_membership": "SELECT alongside_enter(1, current_date)",
    "audit_head": "SELECT audit_append(1, 'view', NULL, NULL, NULL, '', '', '', '', 'allowed', '', '', 'page', '')",
}


def test_no_temporary_table_or_function_can_be_made(county):
    refused("permission denied", "CREATE TEMPORARY TABLE referrals_care (carer_id bigint)")
    refused("permission denied", "CREATE FUNCTION pg_temp.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    refused("permission denied", "CREATE FUNCTION public.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'")


@pytest.mark.parametrize("table", SHADOWED)
def test_a_temporary_view_is_not_asked_instead_of_the_table(county, settings, table):
    trail.write("view", by=county.officer, noun="case", reference="A-TEST")
    before = Entry.objects.count()
    with allowed_to_make_temporary_tables(settings), transaction.atomic():
        held = "SELECT has_database_privilege(oid, 'TEMPORARY') FROM pg_database WHERE datname = current_database()"
        assert sql(held) == [(True,)]
        sql("""CREATE FUNCTION pg_temp.evil() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$ BEGIN
            PERFORM set_config('alongside.inside', 'yes', true);
            PERFORM set_config('evil.ran', current_user::text, false);
            DELETE FROM public.audit_entry;
            RETURN 1; END $$""")
        columns = ", ".join(
            f"CASE WHEN pg_temp.evil() = 0 THEN NULL::{kind} END AS {name}"
            for name, kind in sql(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                f"public.{table}",
            )
        )
        sql(f"CREATE TEMPORARY VIEW {table} AS SELECT {columns}")
        sql(f"GRANT SELECT ON pg_temp.{table} TO PUBLIC")
        with contextlib.suppress(DatabaseError), transaction.atomic():
            sql(SHADOWED[table])
        assert sql("SELECT coalesce(current_setting('evil.ran', true), '')") == [("",)]
        sql(f"DROP VIEW pg_temp.{table}")
        sql("DROP FUNCTION pg_temp.evil()")
    identity.become('{"machine":"worker"}')  # one of the five says who is asking
    assert Entry.objects.count() >= before


# --- what she may change ----------------------------------------------------------------------------------------------


def part_of(county, name: str) -> Grant:
    group = county.people[name].agency.group
    return Grant.everything.get(group=group, content_object=county.things["shared case"])


@pytest.mark.parametrize(
    "change",
    ["shares_people = true", "shares_from = NULL", "until = '2099-01-01'", "purpose = 'All'", "capacity = 'school'"],
)
def test_nobody_shares_more_with_herself(county, change):
    part = part_of(county, "today partner")
    Grant.everything.filter(pk=part.pk).update(shares_people=False)
    with identity.as_actor(county.people["today partner"]):
        refused("keeps terms", f"UPDATE referrals_grant SET {change} WHERE id = %s", part.pk)
        assert sql("UPDATE referrals_grant SET last_activity = now() WHERE id = %s", part.pk) == 1
    with identity.as_actor(county.people["sections partner"]):
        refused("keeps terms", f"UPDATE referrals_grant SET {change} WHERE id = %s", part.pk)


def test_a_part_in_a_case_stays_with_its_agency_and_its_case(county):
    part, other = part_of(county, "sections partner"), county.things["plain case"]
    for name in ("sections partner", "officer"):
        with identity.as_actor(county.people[name]):
            refused("keeps (whose|terms)", "UPDATE referrals_grant SET case_id = %s WHERE id = %s", other.pk, part.pk)
            group = county.people["health"].agency.group_id
            refused("keeps (whose|terms)", "UPDATE referrals_grant SET group_id = %s WHERE id = %s", group, part.pk)


def test_nobody_joins_for_another_agency(county):
    invited = Grant.everything.filter(joined_at__isnull=True, content_object=county.things["open case"]).first()
    joining = "UPDATE referrals_grant SET joined_at = now(), joined_by_id = %s WHERE id = %s"
    sen = county.people["sen"]
    with identity.as_actor(sen):
        refused("keeps joining", joining, sen.user.pk, invited.pk)


def test_whose_case_it_is_never_changes(county):
    case, other = county.things["shared case"], county.things["plain case"]
    pointing = "UPDATE referrals_case SET child_id = %s, stage = 'closed' WHERE id = %s"
    for name in ("sections partner", "officer", "manager"):
        with identity.as_actor(county.people[name]):
            refused("keeps child", pointing, other.child_id, case.pk)
    refused("keeps child", pointing, other.child_id, case.pk)  # the service neither


def test_a_participant_only_touches_a_case(county):
    case = county.things["shared case"]
    with identity.as_actor(county.people["sections partner"]):
        for change in ("stage = 'closed'", "aim = 'Mine now'", "closed_at = now()", f"lead_id = {case.lead_id} + 1"):
            refused("keeps state", f"UPDATE referrals_case SET {change} WHERE id = %s", case.pk)
        assert sql("UPDATE referrals_case SET last_activity = now() WHERE id = %s", case.pk) == 1


def test_a_restriction_is_lifted_by_two_of_the_team_or_by_one_and_a_safeguarding_lead(county):
    case = county.fresh("open case")
    dsl, officer, manager = (county.people[name] for name in ("dsl", "officer", "manager"))
    restrict(case, by=officer, from_user=county.people["other lead"].user, reason="There is a court order.")
    standing = Restriction.objects.get(child=case.child_id)
    lifting = "UPDATE referrals_restriction SET lifted_at = now(), lifted_by_id = %s WHERE id = %s"
    asking = "UPDATE referrals_restriction SET lift_asked_by_id = %s WHERE id = %s"
    for who in (dsl, officer):
        with identity.as_actor(who):
            refused("keeps lifting", lifting, who.user.pk, standing.pk)
            refused("keeps asking", asking, manager.user.pk, standing.pk)
            uncovering = "UPDATE referrals_restriction SET covers_school = NOT covers_school WHERE id = %s"
            refused("keeps terms", uncovering, standing.pk)
    with identity.as_actor(officer):
        ask_to_lift(case, by=officer, restriction=standing, reason="The order has run out.")
        refused("keeps lifting", lifting, officer.user.pk, standing.pk)
    with identity.as_actor(dsl), transaction.atomic():
        refused("keeps lifting", lifting, manager.user.pk, standing.pk)  # in another's name
        assert sql(lifting, dsl.user.pk, standing.pk) == 1
        transaction.set_rollback(True)
    with identity.as_actor(manager):
        lift(case, by=manager, restriction=standing)
    standing.refresh_from_db()
    assert standing.lifted_by == manager.user


@pytest.mark.parametrize("name", ["health", "dsl", "sen", "glass dpo", "officer", "conflicted manager"])
def test_nobody_gives_herself_emergency_access_nor_makes_hers_longer(county, name):
    who, case = county.people[name], county.things["plain case"]
    breaking = (
        "INSERT INTO referrals_breakglass (user_id, membership_id, case_id, reason, since, ends_at, review) "
        "VALUES (%s, %s, %s, 'A child may be in danger.', now(), now() + %s::interval, '')"
    )
    with identity.as_actor(who):
        for lasting in ("30 minutes", "1 year"):
            refused("row-level security", breaking, who.user.pk, who.membership.pk, case.pk, lasting)
        assert sql("UPDATE referrals_breakglass SET ends_at = now() + interval '1 year', ended_at = NULL") == 0
    assert not BreakGlass.objects.filter(case=case).exists()


def test_those_who_join_are_those_the_wall_lets_join(county):
    """A trust's lead speaks for its schools and joins for none of them."""
    school = county.things["open case"].grants.filter(group__agency__kind="school").first()
    Grant.everything.filter(pk=school.pk).update(joined_at=None, joined_by=None)
    trust = county.people["trust lead"]
    assert trust.role not in PARTICIPANTS and school.group_id in trust.groups
    with identity.as_actor(trust):
        joining = "UPDATE referrals_grant SET joined_at = now(), joined_by_id = %s WHERE id = %s"
        with contextlib.suppress(DatabaseError), transaction.atomic():
            sql(joining, trust.user.pk, school.pk)
    assert Case.objects.filter(grants=school, grants__joined_at__isnull=True).exists()


# --- the trail --------------------------------------------------------------------------------------------------------

APPEND = (
    "SELECT audit_append(1790000000000000, %s, %s, %s, %s, '', %s, %s, '', 'allowed', '', '', 'page', '') IS NOT NULL"
)
NOT_HERS = "in one's own name"


def row(action: str, who=None, *, user=None, noun: str = "case", reference: str = "A-TEST") -> tuple:
    return (
        APPEND,
        action,
        who.user.pk if who else user,
        who.membership.pk if who else None,
        who.agency.pk if who else None,
        noun,
        reference,
    )


def test_nobody_writes_the_trail_in_anothers_name(county):
    sen, officer = county.people["sen"], county.people["officer"]
    with identity.as_actor(sen):
        assert sql(*row("view", sen)) == [(True,)]
        assert sql(*row("view", user=sen.user.pk)) == [(True,)]
        for action in ("view", "reveal", "change", "permission", "refused", "break_glass"):
            refused(NOT_HERS, *row(action, officer))
            refused(NOT_HERS, *row(action, user=officer.user.pk))
        in_her_place = (APPEND, "view", sen.user.pk, officer.membership.pk, officer.agency.pk, "case", "A-TEST")
        refused(NOT_HERS, *in_her_place)
        refused(NOT_HERS, *row("change", user=officer.user.pk, noun="account", reference=str(officer.user.pk)))


def test_where_nobody_has_entered_only_what_comes_before_is_written(county):
    officer = county.people["officer"]
    with identity.as_actor(None):
        for action in ("view", "list", "export", "reveal", "change", "permission", "break_glass", "review"):
            refused(NOT_HERS, *row(action, officer))
            refused(NOT_HERS, *row(action, user=officer.user.pk))
        for action in ("sign_in", "sign_in_failed", "sign_out", "refused"):
            assert sql(*row(action, officer)) == [(True,)]
        account = {"noun": "account", "reference": str(officer.user.pk)}
        assert sql(*row("change", user=officer.user.pk, **account)) == [(True,)]
        refused(NOT_HERS, *row("change", user=county.people["sen"].user.pk, **account))
        assert sql(*row("permission", user=officer.user.pk, noun="invitation", reference="1")) == [(True,)]
        assert sql(*row("change")) == [(True,)]  # a concern's sender has no account


def test_the_service_writes_for_whom_it_serves(county):
    assert sql(*row("break_glass", county.people["sen"])) == [(True,)]


def test_what_asks_nothing_is_the_owners_alone(county):
    put = APPEND.replace("audit_append", "audit_put")
    refused("permission denied", put, "view", None, None, None, "case", "A-TEST")
