"""Whoever may change a row of a case's may not, with it, change what she sees (docs/adr/0021).

A policy says which rows somebody may change; these triggers say what in them. A participant touches a grant or a case
(when it was last active), and an invited agency joins: what is shared, for what and until when is the attendance team's
to change; whose case it is, nobody's. Emergency access is written by the service alone, and a restriction is lifted by
two. They hold whoever does not own the table: a migration may.
"""

from django.db import migrations

from portal.accounts.wall import SEARCH_PATH, on_postgresql

REFUSE = f"""
CREATE FUNCTION wall_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = {SEARCH_PATH} AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = format('the second wall keeps %s of %s as it is', TG_ARGV[0], TG_TABLE_NAME);
END $$;
"""


def differs(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def differs_but_for(*columns: str) -> str:
    but = f"'{{{', '.join(columns)}}}'::text[]"
    return f"to_jsonb(OLD) - {but} IS DISTINCT FROM to_jsonb(NEW) - {but}"


NOT_THE_SERVICE = "NOT wall_machine()"
NOT_THE_TEAM = f"{NOT_THE_SERVICE} AND NOT wall_la()"
JOINING = ("joined_at", "joined_by_id", "permission_id")
ASKING = ("lift_asked_by_id", "lift_asked_at", "lift_reason")
LIFTING = ("lifted_by_id", "lifted_at")

# {(table, what is kept): when a change of it is refused}
KEPT = {
    ("referrals_grant", "whose"): differs("id", "case_id", "group_id"),
    ("referrals_grant", "terms"): f"{NOT_THE_TEAM} AND {differs_but_for('last_activity', *JOINING)}",
    ("referrals_grant", "joining"): f"""{NOT_THE_SERVICE} AND {differs(*JOINING)} AND NOT (
        NEW.group_id = ANY (wall_groups()) AND NEW.joined_by_id IS NOT DISTINCT FROM wall_user()
        AND alongside_who() ->> 'role' IS DISTINCT FROM 'trust_lead')""",
    ("referrals_case", "child"): differs("id", "child_id"),
    ("referrals_case", "state"): f"""{NOT_THE_TEAM} AND ({differs_but_for("last_activity", "lead_id")}
        OR (NEW.lead_id IS NOT NULL AND {differs("lead_id")}))""",
    ("referrals_restriction", "terms"): f"{NOT_THE_SERVICE} AND {differs_but_for(*ASKING, *LIFTING)}",
    ("referrals_restriction", "asking"): f"""{NOT_THE_SERVICE} AND {differs(*ASKING)}
        AND NEW.lift_asked_by_id IS DISTINCT FROM wall_user()""",
    ("referrals_restriction", "lifting"): f"""{NOT_THE_SERVICE} AND {differs(*LIFTING)} AND NOT (
        (wall_la() OR alongside_who() ->> 'role' = 'dsl') AND NEW.lifted_by_id IS NOT DISTINCT FROM wall_user()
        AND coalesce(OLD.lift_asked_by_id <> wall_user(), false))""",
}

# All three of its actions are the service's (referrals/actions/case/break_glass.py).
SHUT = "DROP POLICY make ON referrals_breakglass; DROP POLICY change ON referrals_breakglass;"
MINE = "user_id = (SELECT wall_user()) AND membership_id = (SELECT wall_membership())"
MINE_OR_OVERSEEN = "user_id = (SELECT wall_user()) OR (SELECT wall_oversees())"
OPEN = f"""
CREATE POLICY make ON referrals_breakglass FOR INSERT WITH CHECK ({MINE});
CREATE POLICY change ON referrals_breakglass FOR UPDATE USING ({MINE_OR_OVERSEEN}) WITH CHECK ({MINE_OR_OVERSEEN});
"""

UP = "\n".join(
    [
        REFUSE,
        *(
            f"CREATE TRIGGER keeps_{what} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({refused}) "
            f"EXECUTE FUNCTION wall_refuse('{what}');"
            for (table, what), refused in KEPT.items()
        ),
        SHUT,
    ]
)
DOWN = "\n".join(
    [*(f"DROP TRIGGER keeps_{what} ON {table};" for table, what in KEPT), "DROP FUNCTION wall_refuse();", OPEN]
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0010_likely")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
