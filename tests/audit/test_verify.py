"""Whatever is done to the trail behind its back is found, and where."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from portal.accounts.actor import Actor
from portal.audit import heads, stores, trail, verify
from portal.audit.models import Entry, Head
from tests.audit.tamper import Tamperer

pytestmark = pytest.mark.django_db
WORKER = Actor.machine("worker")
ROWS = 12


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads"
    settings.STORAGES = {
        **settings.STORAGES,
        "audit": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "objects")},
        },
    }


@pytest.fixture
def trodden() -> Tamperer:
    """A trail to tamper with. On PostgreSQL only the owner could: tests/prove/audit.py does."""
    for number in range(ROWS):
        trail.write("view", by=WORKER, noun="case", reference=f"A-{number}", about=number or None, why="to é see")
    return Tamperer()


def kinds(report: verify.Report) -> set[str]:
    return {finding.kind for finding in report.findings}


@pytest.mark.sqlite
def test_a_trail_as_it_was_written_is_found_well(trodden):
    heads.write_out()
    trail.write("view", by=WORKER)
    report = verify.verify()
    assert report.well, report.findings
    assert report.rows == ROWS + 1


def test_an_empty_trail_is_well():
    heads.write_out()
    assert verify.verify().well


@pytest.mark.sqlite
@pytest.mark.parametrize("column", ["action", "user_id", "reference", "at", "why", "rule", "n", "previous", "hash"])
def test_a_change_to_any_column_is_found_in_its_place(trodden, column):
    trodden.change(5, column)
    report = verify.verify()
    assert any(finding.shard == trodden.shard and abs((finding.n or 0) - 5) <= 1 for finding in report.findings)


@pytest.mark.sqlite
def test_a_row_taken_out_is_found(trodden):
    trodden.remove(5)
    report = verify.verify()
    assert "missing" in kinds(report) and report.findings[0].n == 5


@pytest.mark.sqlite
def test_a_row_put_in_is_found(trodden):
    trodden.insert(5)
    assert not verify.verify().well


@pytest.mark.sqlite
def test_two_rows_that_changed_places_are_found(trodden):
    trodden.swap(4, 7)
    assert not verify.verify().well


@pytest.mark.sqlite
def test_a_tail_cut_off_is_found_by_the_head(trodden):
    trodden.cut(9)
    assert kinds(verify.verify()) == {"cut"}


@pytest.mark.sqlite
def test_a_tail_and_its_head_cut_off_are_found_by_what_is_outside(trodden):
    heads.write_out()
    trodden.cut(9, with_head=True)
    assert kinds(verify.verify()) == {"cut"}


@pytest.mark.sqlite
def test_a_chain_written_anew_with_all_its_hashes_is_found_by_what_is_outside(trodden):
    heads.write_out()
    trodden.rewrite(3, why="something else")
    assert verify.verify([]).well  # by the database alone nobody could tell
    report = verify.verify()
    assert kinds(report) == {"rewritten"} and report.findings[0].n == ROWS


@pytest.mark.sqlite
def test_everything_taken_away_is_found(trodden):
    heads.write_out()
    trodden.cut(1, with_head=True)
    assert kinds(verify.verify()) == {"cut"}


@pytest.mark.sqlite
def test_a_row_in_a_shard_there_is_not_is_found(trodden):
    trodden.stray()
    assert "inserted" in kinds(verify.verify())


@pytest.mark.postgres
@pytest.mark.parametrize("says", ["1 / (3 - g)", "nothing_of_this_name"])
def test_a_trail_that_cannot_be_read_to_its_end_is_not_well(monkeypatch, says):
    copy = f"COPY (SELECT {says} FROM generate_series(1, 5) AS g WHERE {{shard:d}} = 0) TO STDOUT"
    monkeypatch.setattr(verify, "POSTGRES", copy)
    with pytest.raises(psycopg.Error), transaction.atomic():
        verify._verify_shard(0, {}, verify.Report())
    assert verify._head(0) == (0, verify.ZERO)  # and the connection goes on


@pytest.mark.sqlite
@pytest.mark.parametrize("store", [stores.Files, stores.Objects])
def test_heads_are_kept_outside_in_order_and_signed(trodden, store):
    for _ in range(3):
        trail.write("view", by=WORKER)
        heads.write_out(store())
    kept = list(heads.kept(store()))
    assert [record.wrong for record in kept] == ["", "", ""]
    shard = trodden.shard
    assert kept[-1].heads[shard] == tuple(Head.objects.values_list("n", "hash").get(shard=shard))
    assert [record.heads[shard][0] for record in kept] == [ROWS + 1, ROWS + 2, ROWS + 3]


@pytest.mark.sqlite
def test_a_record_outside_that_was_changed_or_taken_out_is_found(trodden):
    for _ in range(3):
        trail.write("view", by=WORKER)
        heads.write_out()
    (file,) = settings.AUDIT_HEADS.glob("*.jsonl")
    first, second, third = file.read_text().splitlines()
    file.write_text(f"{first}\n{third}\n")
    assert "something is missing before record 2" in verify.verify().findings[0].says
    file.write_text(f"{first}\n{second.replace(str(ROWS + 2), str(ROWS))}\n{third}\n")
    assert "not signed with our key" in verify.verify().findings[0].says
    file.write_text(f"{first}\nnonsense\n")
    assert "cannot be read" in verify.verify().findings[0].says


@pytest.mark.sqlite
def test_another_key_does_not_pass_for_ours(trodden, settings):
    ours = heads.public_key()
    settings.AUDIT_KEY = "somebody else's key, of 32 characters or more"
    heads.write_out()
    report = verify.verify(heads.kept(key=ours))
    assert kinds(report) == {"outside"}


def test_without_a_key_nothing_is_signed(settings):
    settings.AUDIT_KEY = ""
    with pytest.raises(Exception, match="AUDIT_KEY"):
        heads.write_out()


@pytest.mark.sqlite
def test_the_command_says_what_is_wrong_and_ends_badly(trodden, capsys):
    call_command("audit", "heads")
    call_command("audit", "verify")
    assert "The trail is as it was written." in capsys.readouterr().out
    trodden.change(5, "action")
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("audit", "verify")
    assert f"shard {trodden.shard}, row 5: changed" in capsys.readouterr().err


@pytest.mark.sqlite
def test_the_worker_writes_the_heads_out(trodden):
    from portal.worker import JOBS, sign_heads

    sign_heads()
    assert any(job.path == "portal.worker.sign_heads" and job.every_seconds == 300 for job in JOBS)
    assert verify.verify().newest_outside is not None and Entry.objects.count() == ROWS
