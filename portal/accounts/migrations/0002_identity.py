"""As whom the database is asked: one variable, and the functions that set and read it (portal/accounts/identity.py).

`alongside.who` is JSON, set for one transaction: {"user", "membership", "agency", "role", "la", "school", "groups", "today"} for a person, {"machine"}
for the service itself, {"key"} for a sender without an account. Empty: nobody, who sees no protected row.
"""

from django.db import migrations

from portal.accounts.wall import on_postgresql

FUNCTIONS = """
CREATE FUNCTION alongside_who() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('alongside.who', true), '')::jsonb
$$;
CREATE FUNCTION alongside_become(who text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('alongside.who', true), '');
BEGIN
    PERFORM set_config('alongside.who', who, true);
    RETURN before;
END $$;
CREATE FUNCTION alongside_enter(number bigint, today date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    who jsonb;
BEGIN
    SELECT jsonb_build_object(
        'user', m.user_id, 'membership', m.id, 'agency', m.agency_id, 'role', m.role, 'today', today,
        'la', a.kind = 'la_attendance', 'school', a.kind = 'school',
        'groups', CASE WHEN m.role = 'trust_lead' THEN
            (SELECT jsonb_agg(own.group_id) FROM accounts_agency own
             WHERE own.id = a.id OR (own.trust_id = a.id AND (own.closed_on IS NULL OR own.closed_on > today)))
            ELSE jsonb_build_array(a.group_id) END)
    INTO who
    FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id JOIN accounts_user u ON u.id = m.user_id
    WHERE m.id = number AND u.is_active AND m.since <= today AND (m.until IS NULL OR m.until >= today)
      AND (a.closed_on IS NULL OR a.closed_on > today);
    RETURN alongside_become(coalesce(who::text, ''));
END $$;
CREATE FUNCTION alongside_enter_as(her bigint, chosen bigint, today date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    SELECT m.id INTO number
    FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id
    WHERE m.user_id = her AND (chosen IS NULL OR m.id = chosen)
      AND m.since <= today AND (m.until IS NULL OR m.until >= today) AND (a.closed_on IS NULL OR a.closed_on > today)
    ORDER BY m.since, m.id LIMIT 1;
    PERFORM alongside_enter(number, today);
    RETURN number;
END $$;
"""
GONE = """
DROP FUNCTION alongside_enter_as(bigint, bigint, date);
DROP FUNCTION alongside_enter(bigint, date);
DROP FUNCTION alongside_become(text);
DROP FUNCTION alongside_who();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(on_postgresql(FUNCTIONS), on_postgresql(GONE))]
