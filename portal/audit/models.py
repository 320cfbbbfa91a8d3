"""WHO DID WHAT, AND WHO LOOKED: the trail, the head of each of its chains, and what in it somebody should look into.

Plain numbers and words, no foreign keys: a row outlives the person, the agency and the thing it speaks of. No content:
what was read or written is never here, so that nothing has to be taken out when a family's data are erased.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

ZERO = "0" * 64  # what stands before the first row of a chain


class OnlyEverAppended(TypeError):
    """The trail is written by `trail.write` and by nothing else."""


class AppendOnly(models.QuerySet):
    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise OnlyEverAppended("The audit trail is appended to by trail.write, and never changed.")

    create = update = delete = bulk_create = bulk_update = get_or_create = update_or_create = _refuse


class AppendedOnly(models.Model):
    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise OnlyEverAppended("The audit trail is appended to by trail.write, and never changed.")

    delete = save  # type: ignore[assignment]


class Entry(AppendedOnly):
    """One thing somebody did, or was refused. `id` is n × 16 + shard: the place in the chain, said in one number.

    `hash` is the SHA-256, in hexadecimal, of all the other columns in their order here (chain.py), the hash of the row
    before it in the same shard among them.
    """

    id = models.BigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    shard = models.SmallIntegerField()
    n = models.BigIntegerField(help_text="Its place in its shard, from 1, without a gap")
    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=30)
    user_id = models.BigIntegerField(null=True)
    membership_id = models.BigIntegerField(null=True)
    agency_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=40, help_text="A machine's name, where nobody signed in did it")
    noun = models.CharField(max_length=30)
    reference = models.CharField(max_length=80, help_text="A-4K7-9M2T, or what else the thing is called by")
    about = models.CharField(max_length=80, help_text="An identifier of what it is about, of the child above all")
    decision = models.CharField(max_length=10, help_text="allowed or refused")
    rule = models.CharField(max_length=80, help_text="The ties of the policy that let her in; the kind of a change")
    why = models.CharField(max_length=500, help_text="The reason a person gave")
    channel = models.CharField(max_length=20, help_text="page, fragment, api, export, command …")
    flag = models.CharField(max_length=40, help_text="What the service noticed, as a word: own_surname, leaving")
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["shard", "n"], name="audit_entry_place")]
        indexes = [
            models.Index(fields=["user_id", "at"], name="audit_entry_who"),
            models.Index(fields=["agency_id", "at"], name="audit_entry_agency"),
            models.Index(fields=["reference", "at"], name="audit_entry_thing"),
            models.Index(fields=["action", "at"], name="audit_entry_action"),
        ]

    def __str__(self) -> str:
        return f"{self.shard}/{self.n} {self.action} {self.reference}".rstrip()


class Head(AppendedOnly):
    """The last row of a shard: how many there are, and its hash. Moved on by the database as rows are appended."""

    shard = models.SmallIntegerField(primary_key=True)
    n = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.shard}: {self.n} {self.hash[:12]}"


class Prompt(models.Model):
    """Something in the trail that somebody should look into: a question, and not yet an answer."""

    class Rule(models.TextChoices):
        MANY = "many_children", "Many different children in a short time"
        OWN_SURNAME = "own_surname", "A child with the same surname"
        AFTER_HOURS = "after_hours", "Many children outside working hours"
        LEAVING = "leaving", "Took data out before leaving"

    class Outcome(models.TextChoices):
        EXPECTED = "expected", "It was part of the work"
        SPOKEN = "spoken", "I have spoken with the person"
        INCIDENT = "incident", "It is being handled as an incident"

    rule = models.CharField(max_length=20, choices=Rule.choices)
    user_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    count = models.PositiveIntegerField(help_text="Different children; or times, where that is what was counted")
    made_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.BigIntegerField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    said = models.CharField(max_length=500, blank=True, help_text="What was found, without the name of a child")

    class Meta:
        indexes = [models.Index(fields=["reviewed_at", "-until"], name="audit_prompt_queue")]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} ({self.count})"
