"""How anything changes: lock the row, ask the policy under the lock, do it, insist on an event, announce on commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from portal.accounts.actor import Actor
from referrals import events, policy
from referrals.models import Case, Event, Grant
from referrals.models.note import Visibility
from referrals.workflow import Noun, Stage, Verb
from referrals.workflow import transition as transition_of


class Conflict(Exception):
    """Somebody else changed it first: nothing was done. (409)"""


class NothingRecorded(Exception):
    """An action that records no event is a bug: what happened would have happened unseen."""


class Change:
    """One change in progress. `obj` is the locked, current row; write to it, then `move()` and `record()`."""

    def __init__(self, obj: Any, by: Actor, noun: Noun, verb: Verb) -> None:
        self.obj, self.by, self.noun, self.verb = obj, by, noun, verb
        self.kind = events.kind_of(noun, verb)
        self.events: list[Event] = []
        self._last: list[Callable[[], object]] = []

    def last(self, do: Callable[[], object]) -> None:
        """What must come last of all, because it takes from the actor the sight of what she changes."""
        self._last.append(do)

    def move(self) -> None:
        """Take the row to the stage its verb leads to."""
        after = transition_of(self.noun, self.verb).after
        if after is not None:
            self._set_stage(after)

    def _set_stage(self, stage: Stage) -> None:
        self.obj.stage = stage  # the one line of the codebase that assigns a stage

    def record(self, **about: Any) -> Event:
        """The event of this change. The row itself is added to what the event is about.

        A case it is also about is locked first: the numbers of one case's events then follow the order of commit.
        """
        about.setdefault(self.noun, self.obj)
        case = about.get("case")
        if case is not None and case is not self.obj:
            Case.objects.select_for_update().only("pk").get(pk=case.pk)
        event = events.record(self.kind, by=self.by, **about)
        self.events.append(event)
        return event


@contextmanager
def change(obj: models.Model, *, by: Actor, verb: Verb) -> Iterator[Change]:
    """Change a row that exists. Raises policy.Invisible, policy.Refused, or Conflict where its stage has moved on."""
    with transaction.atomic():
        locked = type(obj)._default_manager.select_for_update().get(pk=obj.pk)
        try:
            policy.require(by, verb, locked)
        except policy.Invisible:
            raise
        except policy.Refused as refused:
            if locked.stage != obj.stage:
                raise Conflict(
                    f"This {locked.NOUN} is already {locked.get_stage_display().lower()}: "
                    "somebody else was quicker. Nothing you did was lost on the way; look at it as it is now."
                ) from refused
            raise
        ch = Change(locked, by, locked.NOUN, verb)
        yield ch
        _settle(ch)
        _copy(locked, obj)


@contextmanager
def begin(new: models.Model, *, by: Actor, verb: Verb) -> Iterator[Change]:
    """Change that makes a row: `new` is unsaved, and its first stage is the one its verb leads to."""
    with transaction.atomic():
        policy.require(by, verb, new.NOUN)
        ch = Change(new, by, new.NOUN, verb)
        ch.move()
        new.save()
        yield ch
        _settle(ch)


def _settle(ch: Change) -> None:
    if not ch.events:
        raise NothingRecorded(f"{ch.verb} on a {ch.noun} recorded no event")
    now = timezone.now()
    active = {e.case_id for e in ch.events if e.case_id and _is_for_everybody(e)}
    if isinstance(ch.obj, Case) and ch.obj.pk in active:
        ch.obj.last_activity = now
    ch.obj.save()
    for case_id in active:
        # The case, and with it its place in every agency's work list, was active now.
        if ch.obj.pk != case_id or not isinstance(ch.obj, Case):
            Case.objects.filter(pk=case_id).update(last_activity=now)
        Grant.everything.filter(content_object=case_id).update(last_activity=now)
    for do in ch._last:
        do()


def _is_for_everybody(event: Event) -> bool:
    """What only some may know of moves nothing: that a case went up in the list would tell the others of it."""
    return not event.kept and (event.note is None or event.note.visibility == Visibility.CASE)


def _copy(fresh: models.Model, stale: models.Model) -> None:
    """Give the caller's object the values that were saved."""
    for f in fresh._meta.concrete_fields:
        setattr(stale, f.attname, getattr(fresh, f.attname))


def once(find: Callable[[], Any], make: Callable[[], Any]) -> Any:
    """What `find` finds, else what `make` makes; where two make it at the same moment, both get the one that was first.

    For things that carry a submission key: a double click is one thing. `make` is one change (`begin`, `change`).
    """
    found = find()
    if found is not None:
        return found
    try:
        return make()
    except IntegrityError as taken:
        found = find()
        if found is None:  # the key is somebody else's
            raise Conflict("This page has been used already. Open it again, and send once more.") from taken
        return found
