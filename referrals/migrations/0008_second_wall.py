"""The second wall: row-level security on every table that holds a child's record (docs/adr/0021).

On PostgreSQL alone. The same meaning as `referrals/policy.py`, said a second time in another language, so that a query
that forgot to ask the policy shows nothing. tests/wall holds every protected table to it, and holds the two to the same
answer for everybody. Read it as: who sees a row, who may make one, who may change one. What no policy allows is refused.

`alongside_enter` looks up, once a transaction, who is asking, what she is denied (conflicts of interest, restrictions)
and what she has broken the glass of; policies ask only what it found. Functions that must look past the wall (a policy
that asked its own table would never end) run as the tables' owner, whose own policy counts only inside them.
"""

from django.db import migrations

from portal.accounts.wall import on_postgresql, protect, unprotect

SCHOOL = "'school_staff', 'senco', 'head', 'dsl'"
PARTNER = "'sen_caseworker', 'eh_practitioner', 'ap_provider', 'partner'"
LA = "'la_duty', 'la_officer', 'la_manager'"
OVERSEERS = "'la_manager', 'dpo'"

ASKED = f"""
CREATE OR REPLACE FUNCTION alongside_enter(number bigint, today date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
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

CREATE FUNCTION wall_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (alongside_who() ->> 'user')::bigint $$;
CREATE FUNCTION wall_membership() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (alongside_who() ->> 'membership')::bigint $$;
CREATE FUNCTION wall_agency() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (alongside_who() ->> 'agency')::bigint $$;
CREATE FUNCTION wall_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (alongside_who() ->> 'today')::date $$;
CREATE FUNCTION wall_la() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((alongside_who() ->> 'la')::boolean, false) $$;
CREATE FUNCTION wall_school() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((alongside_who() ->> 'school')::boolean, false) $$;
CREATE FUNCTION wall_oversees() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(alongside_who() ->> 'role' IN ({OVERSEERS}), false) $$;
CREATE FUNCTION wall_machine() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(alongside_who() ->> 'machine', '') = 'worker' $$;
CREATE FUNCTION wall_key() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (alongside_who() ->> 'key')::uuid $$;
CREATE FUNCTION wall_numbers(what text) RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT jsonb_array_elements_text(coalesce(alongside_who() -> what, '[]'::jsonb))::bigint) $$;
CREATE FUNCTION wall_groups() RETURNS int[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT wall_numbers('groups')::int[] $$;
CREATE FUNCTION wall_denied_children() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT jsonb_array_elements_text(coalesce(alongside_who() -> 'denied_children', '[]'::jsonb))::uuid) $$;
"""


def mine(case: str, and_: str = "") -> str:
    """Her agency takes part in the case now (`and_`: and its grant says so too)."""
    return f"""EXISTS (SELECT 1 FROM referrals_grant g WHERE g.case_id = {case}
        AND g.group_id = ANY ((SELECT wall_groups())::int[]) AND g.joined_at IS NOT NULL
        AND (g.until IS NULL OR g.until >= (SELECT wall_today())) {and_})"""


def past_the_wall(name: str, argument: str, condition: str) -> str:
    """A question a policy may ask without being asked itself."""
    return f"""
CREATE FUNCTION {name}(number {argument}) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    inside text := coalesce(current_setting('alongside.inside', true), '');
    answer boolean;
BEGIN
    PERFORM set_config('alongside.inside', 'yes', true);
    SELECT {condition} INTO answer;
    PERFORM set_config('alongside.inside', inside, true);
    RETURN answer;
END $$;
"""


QUESTIONS = "".join(
    [
        past_the_wall("wall_on_case", "bigint", mine("number")),
        past_the_wall(
            "wall_reads_note",
            "bigint",
            """EXISTS (SELECT 1 FROM referrals_note n WHERE n.id = number AND (n.author_id = wall_user() OR EXISTS
                (SELECT 1 FROM referrals_note_readers r WHERE r.note_id = n.id AND r.user_id = wall_user())))""",
        ),
        past_the_wall("wall_has_care", "bigint", "EXISTS (SELECT 1 FROM referrals_care WHERE carer_id = number)"),
    ]
)


def asked_from_outside(question: str) -> str:
    """The question itself reads the table whose policy this is: asked again from within, it would never end."""
    return f"CASE WHEN current_setting('alongside.inside', true) = 'yes' THEN false ELSE {question} END"


THE_LA = "(SELECT wall_la())"
ME = "(SELECT wall_user())"
MAY_JOIN = "(SELECT alongside_who() ->> 'role' <> 'trust_lead')"  # who was asked sees that there is something to join
IS_DPO = "(SELECT alongside_who() ->> 'role' = 'dpo')"


def not_denied(column: str, what: str) -> str:
    return f"{column} <> ALL ((SELECT wall_numbers('denied_{what}'))::bigint[])"


def glass(column: str) -> str:
    return f"{column} = ANY ((SELECT wall_numbers('glass'))::bigint[])"


def of_child(column: str, and_: str = "") -> str:
    """A section of some case of the child is shared with her, or she has broken its glass."""
    return f"""EXISTS (SELECT 1 FROM referrals_case c WHERE c.child_id = {column}
        AND ({glass("c.id")} OR {mine("c.id", and_)}))"""


CHILD_NOT_DENIED = "{} <> ALL ((SELECT wall_denied_children())::uuid[])"
SEES_CASE = f"""{CHILD_NOT_DENIED.format("child_id")} AND ({THE_LA} OR {glass("id")}
    OR EXISTS (SELECT 1 FROM referrals_grant g WHERE g.case_id = referrals_case.id
        AND g.group_id = ANY ((SELECT wall_groups())::int[]) AND (g.until IS NULL OR g.until >= (SELECT wall_today()))
        AND (g.joined_at IS NOT NULL OR (stage = 'open' AND {MAY_JOIN}))))"""
SEES_STORY = f"""{not_denied("case_id", "cases")} AND ({THE_LA} OR {glass("case_id")} OR {{mine}})"""
LA_AND_NOT_DENIED = {
    "case_id": f"{THE_LA} AND {not_denied('case_id', 'cases')}",
    "child_id": f"{THE_LA} AND {CHILD_NOT_DENIED.format('child_id')}",
}
CASE_ROW = "EXISTS (SELECT 1 FROM referrals_case c WHERE c.id = case_id)"
SHARED_SINCE = "AND (g.shares_from IS NULL OR {} >= g.shares_from)"
STORY_OF_NOTE = SEES_STORY.format(
    mine=mine("referrals_note.case_id", "AND g.shares_story " + SHARED_SINCE.format("referrals_note.created_at"))
)
STORY_OF_EVENT = SEES_STORY.format(
    mine=mine("referrals_event.case_id", "AND g.shares_story " + SHARED_SINCE.format("referrals_event.at"))
)
SEES_GRANT = f"""{not_denied("case_id", "cases")}
    AND ({THE_LA} OR group_id = ANY ((SELECT wall_groups())::int[]) OR {glass("case_id")}
        OR {asked_from_outside("wall_on_case(case_id)")})"""
SEES_REFERRAL = f"""{not_denied("id", "referrals")} AND (
    ((SELECT wall_school()) AND school_id = (SELECT wall_agency())) OR ({THE_LA} AND submitted_at IS NOT NULL))"""
SEES_CONCERN = f"({THE_LA} AND {not_denied('id', 'concerns')})"
HERS_BY_KEY = "submission_key = (SELECT wall_key())"
OF_HERS_BY_KEY = f"(concern_id IS NOT NULL AND EXISTS (SELECT 1 FROM referrals_concern c WHERE c.id = concern_id AND c.{HERS_BY_KEY}))"
SEES_CHILD = f"{CHILD_NOT_DENIED.format('id')} AND ({THE_LA} OR {of_child('referrals_child.id')})"
SEES_PEOPLE = f"""{CHILD_NOT_DENIED.format("child_id")} AND ({THE_LA}
    OR {of_child("referrals_care.child_id", "AND g.shares_people")})"""
SEES_MARKS = f"""{CHILD_NOT_DENIED.format("child_id")} AND ({THE_LA} OR {
    of_child("referrals_marks.child_id", "AND g.shares_attendance " + SHARED_SINCE.format("referrals_marks.added_at"))
})"""
SEES_RESTRICTION = f"""from_user_id IS DISTINCT FROM {ME} AND {CHILD_NOT_DENIED.format("child_id")}
    AND ({THE_LA} OR {of_child("referrals_restriction.child_id")})"""

# {table: {command: condition}}; "see" is SELECT.
WALL: dict[str, dict[str, str]] = {
    "referrals_child": {"see": SEES_CHILD, "make": THE_LA, "change": f"{THE_LA} AND {SEES_CHILD}"},
    "referrals_carer": {
        "see": f"""({THE_LA} AND NOT wall_has_care(id))
            OR EXISTS (SELECT 1 FROM referrals_care k WHERE k.carer_id = referrals_carer.id)""",
        "make": THE_LA,
        "change": THE_LA,
    },
    "referrals_care": {
        "see": SEES_PEOPLE,
        "make": LA_AND_NOT_DENIED["child_id"],
        "change": LA_AND_NOT_DENIED["child_id"],
    },
    "referrals_case": {"see": SEES_CASE, "make": LA_AND_NOT_DENIED["child_id"], "change": SEES_CASE},
    "referrals_grant": {
        "see": SEES_GRANT,
        "make": LA_AND_NOT_DENIED["case_id"],
        "change": SEES_GRANT,
        "take": f"{not_denied('case_id', 'cases')} AND ({THE_LA} OR group_id = ANY ((SELECT wall_groups())::int[]))",
    },
    "referrals_told": {
        "see": SEES_STORY.format(mine=mine("referrals_told.case_id", "AND g.shares_told")),
        "make": LA_AND_NOT_DENIED["case_id"],
    },
    "referrals_marks": {
        "see": SEES_MARKS,
        "make": f"(added_by_id = {ME} OR {THE_LA}) AND {CHILD_NOT_DENIED.format('child_id')} "
        f"AND ({THE_LA} OR {of_child('referrals_marks.child_id', 'AND g.shares_attendance')})",
    },
    "referrals_concern": {
        "see": f"{SEES_CONCERN} OR {HERS_BY_KEY}",
        "make": HERS_BY_KEY,
        "change": f"{SEES_CONCERN} OR {HERS_BY_KEY}",
    },
    "referrals_referral": {
        "see": SEES_REFERRAL,
        "make": "(SELECT wall_school()) AND school_id = (SELECT wall_agency())",
        "change": SEES_REFERRAL,
    },
    "referrals_note": {
        "see": f"""{STORY_OF_NOTE} AND (visibility = 'case'
            OR (visibility = 'agency' AND agency_id = (SELECT wall_agency()))
            OR (visibility = 'named' AND (author_id = {ME} OR {asked_from_outside("wall_reads_note(id)")}
                OR ({IS_DPO} AND {glass("case_id")}))))""",
        "make": f"author_id = {ME} AND agency_id = (SELECT wall_agency()) AND {STORY_OF_NOTE}",
    },
    "referrals_note_readers": {
        "see": f"user_id = {ME} OR {asked_from_outside('wall_reads_note(note_id)')}",
        "make": f"EXISTS (SELECT 1 FROM referrals_note n WHERE n.id = note_id AND n.author_id = {ME})",
    },
    "referrals_event": {
        "see": f"""(NOT kept OR {THE_LA}) AND CASE
            WHEN note_id IS NOT NULL THEN EXISTS (SELECT 1 FROM referrals_note n WHERE n.id = note_id)
            ELSE (case_id IS NOT NULL AND {STORY_OF_EVENT})
                OR (kind = 'invited' AND agency_id = (SELECT wall_agency()) AND {CASE_ROW})
                OR (referral_id IS NOT NULL AND EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = referral_id))
                OR (concern_id IS NOT NULL AND EXISTS (SELECT 1 FROM referrals_concern c WHERE c.id = concern_id))
            END""",
        "make": f"""{OF_HERS_BY_KEY} OR (coalesce(by_id, {ME}) = {ME} AND (case_id IS NULL OR {CASE_ROW})
            AND (referral_id IS NULL OR EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = referral_id))
            AND (concern_id IS NULL OR EXISTS (SELECT 1 FROM referrals_concern c WHERE c.id = concern_id)))""",
    },
    "referrals_restriction": {
        "see": SEES_RESTRICTION,
        "make": f"set_by_id = {ME} AND EXISTS (SELECT 1 FROM referrals_child c WHERE c.id = child_id)",
        "change": SEES_RESTRICTION,
    },
    "referrals_conflictofinterest": {
        "see": f"user_id = {ME} OR declared_by_id = {ME} OR {THE_LA} OR (SELECT wall_oversees())",
        "make": f"declared_by_id = {ME} OR {THE_LA}",
        "change": f"{THE_LA} AND user_id <> {ME}",
    },
    "referrals_breakglass": {
        "see": f"user_id = {ME} OR {THE_LA} OR (SELECT wall_oversees())",
        "make": f"user_id = {ME} AND membership_id = (SELECT wall_membership())",
        "change": f"user_id = {ME} OR (SELECT wall_oversees())",
    },
    "referrals_idempotencykey": {
        "see": f"user_id = {ME} AND membership_id = (SELECT wall_membership())",
        "make": f"user_id = {ME} AND membership_id = (SELECT wall_membership())",
        "change": f"user_id = {ME} AND membership_id = (SELECT wall_membership())",
    },
}


UP = ASKED + QUESTIONS + "".join(protect(table, **conditions) for table, conditions in WALL.items())
DOWN = "".join(unprotect(table, *conditions) for table, conditions in WALL.items())


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_told_of_accepted_referrals"), ("accounts", "0002_identity")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
