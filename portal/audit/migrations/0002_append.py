"""How a row gets into the trail: by this one function on PostgreSQL, and past this one trigger on SQLite.

The function runs as the role that owns the tables (SECURITY DEFINER), so the product's own role needs neither INSERT
nor UPDATE nor DELETE on them. It takes the first chain of 16 that nobody holds, its own connection's before others, so
writers do not wait for each other. A transaction that comes back finds a chain it holds already, or a free one, so no
two transactions wait for each other's chains.
"""

from django.db import migrations

POSTGRES = r"""
CREATE FUNCTION audit_append(
    moment bigint, what text, who bigint, as_membership bigint, as_agency bigint, machine text, of_noun text,
    referred text, regarding text, decided text, by_rule text, reason text, through text, noticed text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $function$
DECLARE
    head audit_head%ROWTYPE;
    unsafe constant text := E'\\\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f';
    spaces constant text := repeat(' ', length(unsafe));
    mine constant integer := pg_backend_pid() % 16;
    before constant text := coalesce(current_setting('alongside.inside', true), '');
    line text;
    place bigint;
BEGIN
    -- Row-level security holds the owner too, but for the inside of its own functions.
    PERFORM set_config('alongside.inside', 'yes', true);
    FOR step IN 0..15 LOOP
        SELECT * INTO head FROM public.audit_head WHERE shard = (mine + step) % 16 FOR UPDATE SKIP LOCKED;
        EXIT WHEN FOUND;
    END LOOP;
    IF head.shard IS NULL THEN
        INSERT INTO public.audit_head (shard, n, hash) SELECT s, 0, repeat('0', 64) FROM generate_series(0, 15) AS s
            ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM public.audit_head WHERE shard = mine FOR UPDATE;
    END IF;
    what := translate(what, unsafe, spaces);
    machine := translate(machine, unsafe, spaces);
    of_noun := translate(of_noun, unsafe, spaces);
    referred := translate(referred, unsafe, spaces);
    regarding := translate(regarding, unsafe, spaces);
    decided := translate(decided, unsafe, spaces);
    by_rule := translate(by_rule, unsafe, spaces);
    reason := translate(reason, unsafe, spaces);
    through := translate(through, unsafe, spaces);
    noticed := translate(noticed, unsafe, spaces);
    head.n := head.n + 1;
    place := head.n * 16 + head.shard;
    line := head.hash || E'\t' || place || E'\t' || head.shard || E'\t' || head.n || E'\t' || moment || E'\t' || what
        || E'\t' || coalesce(who::text, '') || E'\t' || coalesce(as_membership::text, '')
        || E'\t' || coalesce(as_agency::text, '') || E'\t' || machine || E'\t' || of_noun || E'\t' || referred
        || E'\t' || regarding || E'\t' || decided || E'\t' || by_rule || E'\t' || reason || E'\t' || through
        || E'\t' || noticed;
    INSERT INTO public.audit_entry (
        previous, id, shard, n, at, action, user_id, membership_id, agency_id, actor, noun, reference, about, decision,
        rule, why, channel, flag, hash
    ) VALUES (
        head.hash, place, head.shard, head.n, timestamptz 'epoch' + moment * interval '1 microsecond', what, who,
        as_membership, as_agency, machine, of_noun, referred, regarding, decided, by_rule, reason, through, noticed,
        encode(sha256(convert_to(line, 'UTF8')), 'hex')
    ) RETURNING hash INTO head.hash;
    UPDATE public.audit_head SET n = head.n, hash = head.hash WHERE shard = head.shard;
    PERFORM set_config('alongside.inside', before, true);
    RETURN place;
END;
$function$
"""

SQLITE = """
CREATE TRIGGER audit_entry_moves_its_head AFTER INSERT ON audit_entry BEGIN
    INSERT INTO audit_head (shard, n, hash) VALUES (NEW.shard, NEW.n, NEW.hash)
        ON CONFLICT (shard) DO UPDATE SET n = excluded.n, hash = excluded.hash;
END
"""


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE, params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "DROP FUNCTION audit_append(bigint, text, bigint, bigint, bigint, text, text, text, text, text, text, text, text, text)"
        )
    else:
        schema_editor.execute("DROP TRIGGER audit_entry_moves_its_head")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
