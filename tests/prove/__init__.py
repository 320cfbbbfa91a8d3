"""The proofs: what `make prove` shows about access, one module each.

A proof is a module with `run(size) -> dict`: figures by name, numbers (or None where one could not be had). `size` is
"full" in `make prove`, and "sample" where a test of `make test` takes a quick look (tests/prove/test_*.py). It runs in
a process of its own, with Django set up, on a migrated and otherwise empty database of its own:

    DATABASE_URL         the database, as the role of run time (TEST_DATABASE_URL: the same)
    DATABASE_OWNER_URL   the same database, as the role that owns the tables (TEST_OWNER_URL: the same)
    REDIS_URL            a Redis that is nobody else's

Outside a request it asks the database as the worker, as tests do (portal/settings/test.py: IDENTITY_BEFORE).

What its figures must be stands in figures.py.
"""
