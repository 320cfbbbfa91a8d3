"""Every environment variable the product reads, typed, once.

`.env.example` and docs/runbook.md list the same names; tests/laws holds them to it.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

import environ

ROOT = Path(__file__).resolve().parents[2]

env = environ.Env()
# Tests say themselves what they run on: a developer's own .env must not change what they prove.
if (ROOT / ".env").is_file() and os.environ.get("DJANGO_SETTINGS_MODULE") != "portal.settings.test":
    env.read_env(str(ROOT / ".env"))

# Everything the product writes lies under this one folder.
VAR = Path(env.str("ALONGSIDE_VAR", default=str(ROOT / "var"))).resolve()

# Which address `manage.py serve` answers on; production's own server is told in the Procfile.
HOST: str = env.str("HOST", default="127.0.0.1")
PORT: int = env.int("PORT", default=8000)

SECRET_KEY: str = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
BASE_URL: str = env.str("BASE_URL", default="")
CASEWORK_HOST: str = env.str("CASEWORK_HOST", default="")
DATABASE_URL: str = env.str("DATABASE_URL", default="")
# The role that owns the tables and migrates. DATABASE_URL then names the role of run time: row-level security holds it.
DATABASE_OWNER_URL: str = env.str("DATABASE_OWNER_URL", default="")
DATABASE_CONN_MAX_AGE: int = env.int("DATABASE_CONN_MAX_AGE", default=60)
# "transaction": a pooler (PgBouncer) lends the connection for one transaction at a time.
DATABASE_POOLER: str = env.str("DATABASE_POOLER", default="")
REDIS_URL: str = env.str("REDIS_URL", default="")
WEB_CONCURRENCY: int = env.int("WEB_CONCURRENCY", default=1)
WEB_THREADS: int = env.int("WEB_THREADS", default=10)
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)
EMAIL_URL: str = env.str("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Alongside <no-reply@council.example.org>")
DEMO_PASSWORD: str = env.str("DEMO_PASSWORD", default="attendance-demo")
ALLOW_DEMO: bool = env.bool("ALLOW_DEMO", default=False)
MEDIA_ROOT: str = env.str("MEDIA_ROOT", default="")
DEBUG: bool = env.bool("DEBUG", default=False)
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
SECOND_FACTOR: bool = env.bool("SECOND_FACTOR", default=True)
OIDC_ISSUER: str = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME: str = env.str("OIDC_NAME", default="your work account")
OIDC_EMAIL_VERIFIED: bool = env.bool("OIDC_EMAIL_VERIFIED", default=False)
OIDC_SECOND_FACTOR: bool = env.bool("OIDC_SECOND_FACTOR", default=False)
API_TOKEN_DAYS: int = env.int("API_TOKEN_DAYS", default=30)
# What signs the heads of the audit trail. It must not be where the database is (docs/adr/0019).
AUDIT_KEY: str = env.str("AUDIT_KEY", default="")
AUDIT_HEADS: str = env.str("AUDIT_HEADS", default="")
AUDIT_HEADS_STORE: str = env.str("AUDIT_HEADS_STORE", default="portal.audit.stores.Files")
PUBLIC_CACHE_SECONDS: int = env.int("PUBLIC_CACHE_SECONDS", default=60)
COUNTY_FILE: Path = Path(env.str("COUNTY_FILE", default=str(ROOT / "portal" / "settings" / "county.toml")))
EMBEDDED_SECRET_KEY = "embedded-default-not-for-production"  # development only; production refuses it


def county() -> dict[str, Any]:
    """Everything local to one authority: its name, term dates and service rules (docs/how-to/another-county.md)."""
    with COUNTY_FILE.open("rb") as file:
        return tomllib.load(file)
