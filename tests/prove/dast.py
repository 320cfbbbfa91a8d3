"""The product attacked from outside, by tools that know nothing of it: Schemathesis, wapiti and sqlmap, on loopback.

Schemathesis reads our OpenAPI schema and asks every operation, as each of several people at work who must not see each
other's things; what one of them was given it asks for again as every other. A tool that finds nothing proves nothing,
so the same run must find a hole that is planted (planted.py).

wapiti and sqlmap are Debian's packages; where they are not, and apt cannot bring them, their figures are None.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.machine import ROOT, uvicorn_options
from tests.services import free_port

from .served import here

CHECKS = "not_a_server_error,ignored_auth,object_level_authorization,use_after_free,ensure_resource_availability"
PEERS = ("lead", "other lead", "sen", "early help", "provider")
EXAMPLES = {"sample": 12, "full": 260}  # a phase and operation
WAPITI = "sql,blindsql,xss,permanentxss,exec,file,crlf,redirect"  # what has an effect; headers have a test of their own
WAPITI_SECONDS = "900"  # for strangers' pages, and again for an officer's
SEEN = re.compile(r"found (\d+) URLs and forms")
VULNERABLE = re.compile(r"identified the following injection point|is vulnerable\. Do you want")
HOLED = r"/referrals/(\{reference\}/)?$"  # the operation with the planted hole, and what leads there
PATIENCE = 60.0  # seconds a server gets to answer

Figures = dict[str, Any]


def run(size: str) -> Figures:
    with tempfile.TemporaryDirectory(prefix="alongside-dast-") as folder:
        attack = Attack(Path(folder), arrange(), EXAMPLES[size])
        figures = attack.by_schema(only="" if size == "full" else HOLED)
        figures |= attack.at_the_hole()
        if size == "full":
            figures |= attack.by_crawling() | attack.by_injecting()
        return figures


@dataclass(frozen=True)
class Somebody:
    name: str
    email: str
    password: str
    token: str


def arrange() -> list[Somebody]:
    """A county in which each of the peers has something the others must not see, and a public site."""
    from content import pages
    from portal.accounts import tokens
    from tests import worlds

    pages.load()
    world = worlds.staffed()
    for seed, by in enumerate(("lead", "other lead", "lead", "other lead")):
        worlds.sent_referral(world, by=by, seed=seed)
    for seed, name in enumerate(("sen", "early help", "provider"), 4):
        worlds.opened_case(world, seed=seed, joined=(name,))
    worlds.received_concern(world.agencies["Hillside"], seed=8)
    people = [(name, world.people[name].user) for name in (*PEERS, "officer")]
    return [Somebody(name, user.email, worlds.PASSWORD, tokens.issue(user).key) for name, user in people]


class Attack:
    def __init__(self, folder: Path, people: list[Somebody], examples: int) -> None:
        self.folder, self.examples = folder, examples
        self.people = {person.name: person for person in people}

    # --- by the schema ------------------------------------------------------------------------------------------------

    def by_schema(self, only: str) -> Figures:
        with serving("portal.asgi:application") as address:
            found = self.schemathesis(address, only)
        return {
            "schemathesis_cases": found.cases,
            "schemathesis_peers": len(PEERS),
            "schemathesis_failures": len(found.failures),
            **({"schemathesis_found": found.failures} if found.failures else {}),
        }

    def at_the_hole(self) -> Figures:
        """1 where the hole in both walls is found as what it is; and what gets through one in the first wall alone."""
        from portal.accounts import identity

        with serving("tests.prove.planted:application", PLANTED_HOLE="both") as address:
            open_ = self.schemathesis(address, only=HOLED)
        figures = {
            "planted_hole_found": int(any("authorization" in failure.lower() for failure in open_.failures)),
            "planted_hole_cases": open_.cases,
        }
        if identity.is_walled():
            with serving("tests.prove.planted:application", PLANTED_HOLE="first") as address:
                held = self.schemathesis(address, only=HOLED)
            figures["through_the_second_wall"] = len(held.failures)
        return figures

    def schemathesis(self, address: str, only: str = "") -> Found:
        names = [name for name in self.people if name in PEERS]
        entries = [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Token {self.people[name].token}"}]}
            for name in names
        ]
        users, report = self.folder / "users.json", self.folder / "report.json"
        users.write_text(json.dumps({"auth": entries}))
        config = self.folder / "schemathesis.toml"
        config.write_text(f"[auth.wfc]\npath = {json.dumps(str(users))}\npeers = {json.dumps(names)}\n")
        command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config), "run"]
        command += [
            f"{address}/api/v1/schema/",
            "--checks",
            CHECKS,
            "--seed",
            "1",
            "--max-examples",
            str(self.examples),
        ]
        command += ["--continue-on-failure", "--no-shrink", "--warnings", "off", "--generation-database", "none"]
        command += ["--no-color", "--request-timeout", "30", "--report-json-path", str(report)]
        if only:
            command += ["--include-path-regex", f"^/api/v1{only}", "--phases", "fuzzing,stateful"]
        report.unlink(missing_ok=True)
        said = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if not report.exists():
            raise RuntimeError(f"Schemathesis did not finish: {said.stdout[-3000:]}{said.stderr[-2000:]}")
        return Found.read(json.loads(report.read_text()))

    # --- by crawling --------------------------------------------------------------------------------------------------

    def by_crawling(self) -> Figures:
        """wapiti on every page a stranger, and then an officer, can reach: 0 is none of its attacks had an effect."""
        if not _here("wapiti"):
            return {"wapiti_confirmed": None}
        confirmed: list[str] = []
        seen = 0
        with serving("portal.asgi:application") as address:
            signed_in = ["-H", f"Cookie: {self.session()}"]
            # Signed in only below /workspace/: it must not press "Sign out", and Debian's -x breaks on Python 3.11.
            for start, scope, more in (("/", "domain", []), ("/workspace/", "folder", signed_in)):
                report = self.folder / "wapiti.json"
                command = ["wapiti", "-u", f"{address}{start}", "--scope", scope, "-m", WAPITI, "--flush-session"]
                command += ["-f", "json", "-o", str(report), "--max-scan-time", WAPITI_SECONDS]
                command += ["--max-links-per-page", "40", "--store-session", str(self.folder), "--no-bugreport"]
                said = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
                if not report.exists():
                    raise RuntimeError(f"wapiti did not finish: {said.stdout[-2000:]}{said.stderr[-2000:]}")
                seen += sum(int(number) for number in SEEN.findall(said.stdout))
                found = json.loads(report.read_text())["vulnerabilities"]
                confirmed += [f"{kind} at {each['path']}" for kind, every in found.items() for each in every]
                report.unlink()
        figures = {"wapiti_pages_and_forms": seen, "wapiti_confirmed": len(confirmed)}
        return {**figures, **({"wapiti_found": confirmed} if confirmed else {})}

    def session(self) -> str:
        """The cookie of an officer who is signed in."""
        from django.contrib.auth import get_user_model
        from django.test import Client

        client = Client()
        client.force_login(get_user_model().objects.get(email=self.people["officer"].email))
        return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())

    # --- by injecting -------------------------------------------------------------------------------------------------

    def by_injecting(self) -> Figures:
        """sqlmap on every kind of parameter that reaches the database: in the query, the address and a form."""
        if not _here("sqlmap"):
            return {"sqlmap_confirmed": None}
        from referrals.models import Case

        reference = Case.objects.order_by("pk").values_list("reference", flat=True)[0]
        token, session = f"Authorization: Token {self.people['officer'].token}", f"Cookie: {self.session()}"
        targets = [
            ["-u", "/search/?q=help"],
            ["-u", "/raise-a-concern/school/?q=hill"],
            ["-u", "/accounts/login/?next=/workspace/", "--forms"],
            ["-u", "/workspace/cases/?q=a&stage=open&page=1", "-H", session],
            ["-u", f"/workspace/cases/{reference}/timeline/news/?after=1", "-H", session],
            ["-u", "/workspace/intake/?q=a&stage=submitted", "-H", session],
            ["-u", "/workspace/activity/?who=1&kind=opened", "-H", session],
            ["-u", "/api/v1/cases/?limit=5&cursor=abc", "-H", token],
            ["-u", f"/api/v1/cases/{reference}*/events/?after=1", "-H", token],
            ["-u", "/api/v1/token/", "--data", '{"email": "a@example.org*", "password": "b*"}'],
        ]
        confirmed, asked = [], 0
        with serving("portal.asgi:application") as address:
            for _, path, *more in targets:
                command = ["sqlmap", "-u", f"{address}{path}", *more, "--batch", "--level", "2", "--risk", "2"]
                command += ["--flush-session", "--disable-coloring", "--output-dir", str(self.folder / "sqlmap")]
                command += ["--ignore-code", "*", "--skip-waf", "--threads", "4", "--timeout", "20"]
                said = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
                asked += "testing for SQL injection" in said.stdout or "testing '" in said.stdout
                if VULNERABLE.search(said.stdout):
                    confirmed.append(path)
        return {
            "sqlmap_targets": len(targets),
            "sqlmap_targets_attacked": asked,
            "sqlmap_confirmed": len(confirmed),
            **({"sqlmap_found": confirmed} if confirmed else {}),
        }


@dataclass
class Found:
    cases: int
    failures: list[str]

    @classmethod
    def read(cls, report: dict[str, Any]) -> Found:
        """RuntimeError where the run did not come to its end, or asked nothing: then it has shown nothing."""
        cases = report["test_cases"]["generated"]
        if not report["complete"] or report["errors"] or not cases:
            raise RuntimeError(f"Schemathesis stopped: {report['stop_reason']}, {cases} cases, {report['errors']}")
        return cls(cases, [f"{each['code']} {each['title']}: {each['operations']}" for each in report["failures"]])


@contextlib.contextmanager
def serving(application: str, **environment: str) -> Iterator[str]:
    """The address of the product, served as the Procfile says, on this process's database."""
    port = free_port()
    with tempfile.TemporaryFile("w+") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", application, "--port", str(port), *uvicorn_options()],
            cwd=ROOT,
            env={**os.environ, **here(), **environment},
            stdout=log,
            stderr=log,
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while not _answers(port):
                if running.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"{application} did not start: {log.read()[-2000:]}")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(30)


def _here(program: str) -> bool:
    """Whether the program is there, or apt brings it (as root on Debian)."""
    if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", program]):
            subprocess.run(["apt-get", *words], env=quiet, capture_output=True, check=False)
    return shutil.which(program) is not None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
