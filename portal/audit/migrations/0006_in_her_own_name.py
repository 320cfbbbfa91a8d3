"""A row of the trail names whoever is asking, and what runs as the owner looks at no temporary table.

`audit_append` asks first whether the row names the person the database is asked as (docs/adr/0021); what it did before
is `audit_put`, which only the owner may run. Not yet asked as anybody is who signs in or is refused, who sees to her own
account, and who accepts an invitation. The service writes for whoever it serves, and so does the owner.
"""

from django.db import migrations

from portal.accounts.wall import SEARCH_PATH, definer, on_postgresql

TYPES = "bigint, text, bigint, bigint, bigint, text, text, text, text, text, text, text, text, text"
NAMES = (
    "moment bigint, what text, who bigint, as_membership bigint, as_agency bigint, machine text, of_noun text, "
    "referred text, regarding text, decided text, by_rule text, reason text, through text, noticed text"
)

# Every function of ours, taken from the catalogue: those of 0002 and of referrals/0008 named no pg_temp.
SETTLE = f"""
DO $settle$
DECLARE
    ours regprocedure;
BEGIN
    FOR ours IN SELECT oid FROM pg_proc
        WHERE prosecdef AND pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = {SEARCH_PATH}', ours);
    END LOOP;
END $settle$;
"""

CHECKED = """
DECLARE
    her constant bigint := wall_user();
BEGIN
    IF (
        wall_machine() OR session_user = current_user
        OR (
            (who IS NULL OR who = her OR what IN ('sign_in', 'sign_in_failed', 'sign_out')
                OR (her IS NULL AND (
                    what = 'refused'
                    OR (what = 'change' AND of_noun = 'account' AND referred = who::text)
                    OR (what = 'permission' AND of_noun = 'invitation'))))
            AND (
                (as_membership IS NULL AND as_agency IS NULL)
                OR (who = her AND as_membership = wall_membership() AND as_agency = wall_agency())
                OR EXISTS (SELECT FROM public.accounts_membership m
                    WHERE m.id = as_membership AND m.user_id = who AND m.agency_id = as_agency))
        )
    ) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = 'the audit trail is written in one''s own name';
    END IF;
    RETURN public.audit_put(moment, what, who, as_membership, as_agency, machine, of_noun, referred, regarding, decided,
        by_rule, reason, through, noticed);
END
"""

UP = f"""{SETTLE}
ALTER FUNCTION audit_append({TYPES}) RENAME TO audit_put;
REVOKE EXECUTE ON FUNCTION audit_put({TYPES}) FROM PUBLIC;
{definer(f"audit_append({NAMES}) RETURNS bigint", CHECKED)}"""

DOWN = f"""
DROP FUNCTION audit_append({TYPES});
GRANT EXECUTE ON FUNCTION audit_put({TYPES}) TO PUBLIC;
ALTER FUNCTION audit_put({TYPES}) RENAME TO audit_append;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_kept_from_overseers"), ("referrals", "0010_likely")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
