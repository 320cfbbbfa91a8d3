"""One person's way through the questions: kept in the server's session, and for 60 minutes after the last page."""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.contrib.sessions.backends.base import SessionBase

from referrals.models import Concern
from referrals.questions.concern import Answers

ANSWERS, RECEIPT = "concern", "concern_receipt"
IDLE_SECONDS = 60 * 60


class Expired(Exception):
    """The answers had not been touched for an hour: they are gone now."""


class Journey:
    """`key` is minted when the journey starts, so that sending twice is one concern."""

    def __init__(self, session: SessionBase, data: dict[str, Any]) -> None:
        self.session, self.data = session, data

    @classmethod
    def begin(cls, session: SessionBase) -> Journey:
        journey = cls(session, {"key": str(uuid.uuid4()), "answers": {}})
        journey.touch()
        return journey

    @classmethod
    def of(cls, session: SessionBase) -> Journey | None:
        """The journey under way, None where there is none. Raises Expired, having forgotten the answers."""
        data = session.get(ANSWERS)
        if data is None:
            return None
        if time.time() - data["touched"] > IDLE_SECONDS:
            del session[ANSWERS]
            raise Expired
        journey = cls(session, data)
        journey.touch()
        return journey

    def touch(self) -> None:
        self.data["touched"] = int(time.time())
        self.session[ANSWERS] = self.data
        _keep_briefly(self.session)

    @property
    def answers(self) -> Answers:
        return self.data["answers"]

    @property
    def key(self) -> uuid.UUID:
        return uuid.UUID(self.data["key"])

    def answer(self, answers: Answers) -> None:
        self.data["answers"] = {**self.answers, **answers}
        self.touch()

    def finish(self, concern: Concern, *, can_reply: bool) -> None:
        """The answers go; a receipt that names nobody stays for as long as answers would."""
        self.session.pop(ANSWERS, None)
        self.session[RECEIPT] = {
            "reference": concern.reference,
            "due_on": concern.due_on.isoformat() if concern.due_on else "",
            "can_reply": can_reply,
            "touched": int(time.time()),
        }
        _keep_briefly(self.session)


def _keep_briefly(session: SessionBase) -> None:
    """The row of somebody without an account outlives her last page by an hour; then it is swept away (the worker)."""
    if SIGNED_IN not in session:
        session.set_expiry(IDLE_SECONDS)


def receipt(session: SessionBase) -> dict[str, Any] | None:
    """What was sent from this session within the last hour."""
    found = session.get(RECEIPT)
    if found is not None and time.time() - found.get("touched", 0) > IDLE_SECONDS:
        del session[RECEIPT]
        return None
    return found


def forget(session: SessionBase) -> None:
    """Everything of this person's concern, at once."""
    session.pop(ANSWERS, None)
    session.pop(RECEIPT, None)
