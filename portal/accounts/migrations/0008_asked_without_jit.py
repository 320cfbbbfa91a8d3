"""Whoever has entered is asked without just-in-time compilation, until the transaction ends.

The second wall's conditions make a query look so dear to the planner that it compiled even those that read a few rows:
most of a second for a list that took milliseconds. Set with the identity, it takes no statement of its own, and holds
through a pooler too.
"""

from django.db import migrations

from portal.accounts.wall import on_postgresql

BECOME = """
CREATE OR REPLACE FUNCTION alongside_become(who text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('alongside.who', true), '');
BEGIN
    PERFORM set_config('alongside.who', who, true){jit};
    RETURN before;
END $$;
"""
UP = BECOME.format(jit=", set_config('jit', 'off', true)")
DOWN = BECOME.format(jit="")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_second_step_reset")]

    operations = [migrations.RunPython(on_postgresql(UP), on_postgresql(DOWN))]
