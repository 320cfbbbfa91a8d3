"""A note for one organisation is for those who work on cases there, and not for its data protection officer.

She reads what everybody on the case reads, and notes for chosen people, where she has broken the glass; notes kept to an
organisation stay its own, also where it is hers (referrals/policy.py, OWN_ORGANISATION). The second wall let her read
those of her own agency.
"""

from django.db import migrations

from portal.accounts.wall import on_postgresql

LA = "(SELECT wall_la())"
GLASS = "case_id = ANY ((SELECT wall_numbers('glass'))::bigint[])"
READS_THE_STORY = f"""case_id <> ALL ((SELECT wall_numbers('denied_cases'))::bigint[]) AND ({LA} OR {GLASS}
    OR EXISTS (SELECT 1 FROM referrals_grant g WHERE g.case_id = referrals_note.case_id
        AND g.group_id = ANY ((SELECT wall_groups())::int[]) AND g.joined_at IS NOT NULL
        AND (g.until IS NULL OR g.until >= (SELECT wall_today())) AND g.shares_story
        AND (g.shares_from IS NULL OR referrals_note.created_at >= g.shares_from)))"""
CHOSEN = "CASE WHEN current_setting('alongside.inside', true) = 'yes' THEN false ELSE wall_reads_note(id) END"
IS_DPO = "(SELECT alongside_who() ->> 'role' = 'dpo')"


def seen(own_organisation: str) -> str:
    return f"""ALTER POLICY see ON referrals_note USING ({READS_THE_STORY} AND (visibility = 'case'
        OR (visibility = 'agency' AND {own_organisation})
        OR (visibility = 'named' AND (author_id = (SELECT wall_user()) OR {CHOSEN} OR ({IS_DPO} AND {GLASS})))))"""


BEFORE = "agency_id = (SELECT wall_agency())"
AFTER = f"{BEFORE} AND NOT {IS_DPO}"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_second_wall")]

    operations = [migrations.RunPython(on_postgresql(seen(AFTER)), on_postgresql(seen(BEFORE)))]
