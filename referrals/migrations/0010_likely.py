"""What arrives about a child is kept from whom the child is kept from: before anybody has decided who it is about, too.

`alongside_enter` as in 0008, with two questions more.
"""

import django.db.models.deletion
from django.db import migrations, models

from portal.accounts.wall import on_postgresql

SCHOOL = "'school_staff', 'senco', 'head', 'dsl'"
PARTNER = "'sen_caseworker', 'eh_practitioner', 'ap_provider', 'partner'"
LA = "'la_duty', 'la_officer', 'la_manager'"

ENTER = f"""
CREATE OR REPLACE FUNCTION alongside_enter(number bigint, today date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    inside text := coalesce(current_setting('alongside.inside', true), '');
    who jsonb;
    her bigint;
    children uuid[]; cases bigint[]; referrals bigint[]; concerns bigint[]; glass bigint[];
BEGIN
    SELECT m.user_id, jsonb_build_object(
        'user', m.user_id, 'membership', m.id, 'agency', m.agency_id, 'role', m.role, 'today', today,
        'la', a.kind = 'la_attendance' AND m.role IN ({LA}),
        'school', a.kind = 'school' AND m.role IN ({SCHOOL}),
        'groups', CASE
            WHEN m.role = 'trust_lead' THEN
                (SELECT jsonb_agg(own.group_id) FROM accounts_agency own
                 WHERE own.id = a.id OR (own.trust_id = a.id AND (own.closed_on IS NULL OR own.closed_on > today)))
            WHEN m.role IN ({SCHOOL}, {PARTNER}) THEN jsonb_build_array(a.group_id)
            ELSE '[]'::jsonb END)
    INTO her, who
    FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id JOIN accounts_user u ON u.id = m.user_id
    WHERE m.id = number AND u.is_active AND m.since <= today AND (m.until IS NULL OR m.until >= today)
      AND (a.closed_on IS NULL OR a.closed_on > today);
    IF who IS NULL THEN
        RETURN alongside_become('');
    END IF;

    PERFORM set_config('alongside.inside', 'yes', true);
    SELECT coalesce(array_agg(child_id), '{{}}') INTO children FROM (
        SELECT c.child_id FROM referrals_conflictofinterest c
        WHERE c.user_id = her AND c.lifted_at IS NULL AND c.child_id IS NOT NULL
        UNION SELECT r.child_id FROM referrals_restriction r WHERE r.from_user_id = her AND r.lifted_at IS NULL
    ) denied;
    SELECT coalesce(array_agg(c.referral_id) FILTER (WHERE c.referral_id IS NOT NULL), '{{}}'),
           coalesce(array_agg(c.concern_id) FILTER (WHERE c.concern_id IS NOT NULL), '{{}}')
    INTO referrals, concerns FROM referrals_conflictofinterest c WHERE c.user_id = her AND c.lifted_at IS NULL;
    IF children = '{{}}' THEN
        cases := '{{}}';
    ELSE
        referrals := referrals || coalesce(
            (SELECT array_agg(id) FROM referrals_referral WHERE likely_id = ANY (children)), '{{}}');
        concerns := concerns || coalesce(
            (SELECT array_agg(id) FROM referrals_concern WHERE likely_id = ANY (children)), '{{}}');
        SELECT coalesce(array_agg(id), '{{}}') INTO cases FROM referrals_case WHERE child_id = ANY (children);
        referrals := referrals || coalesce(
            (SELECT array_agg(id) FROM referrals_referral WHERE case_id = ANY (cases)), '{{}}');
        concerns := concerns || coalesce(
            (SELECT array_agg(id) FROM referrals_concern WHERE case_id = ANY (cases)), '{{}}');
    END IF;
    SELECT coalesce(array_agg(case_id), '{{}}') INTO glass FROM referrals_breakglass
    WHERE membership_id = number AND ended_at IS NULL AND ends_at > clock_timestamp() AND case_id <> ALL (cases);
    PERFORM set_config('alongside.inside', inside, true);

    RETURN alongside_become((who || jsonb_build_object(
        'denied_children', children, 'denied_cases', cases, 'denied_referrals', referrals, 'denied_concerns', concerns,
        'glass', glass))::text);
END $$;
"""


def likely():
    return models.ForeignKey(
        help_text="Until it is accepted: whom it is probably about. Who must not see the child does not see it",
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to="referrals.child",
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0009_notes_of_an_organisation")]

    operations = [
        migrations.AddField("concern", "likely", likely()),
        migrations.AddField("referral", "likely", likely()),
        migrations.RunPython(on_postgresql(ENTER), migrations.RunPython.noop),
    ]
