"""WHO IS ASKING: every question to the policy and every action takes an Actor.

A person acts as one of her memberships at a time. Machines and members of the public act as named actors that hold no
membership: `Actor.machine("worker")`, `Actor.public()`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from .models import Membership
from .roles import AgencyKind, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import Agency, User


class ActingAsAnother(Exception):
    """A page that was opened as one membership was sent as another: nothing was done. (409)"""


@dataclass(frozen=True, eq=False)
class Actor:
    """`membership` is current when the Actor is made; `name` says who a machine is ("worker", "public").

    `others`: the person's other current memberships, which she could choose to act as instead. They open nothing now.
    """

    membership: Membership | None = None
    name: str = ""
    others: tuple[Membership, ...] = ()

    @classmethod
    def of(
        cls,
        user: User | AnonymousUser,
        membership_id: int | None = None,
        *,
        through: Callable[..., QuerySet[Membership]] | None = None,
    ) -> Actor | None:
        """The actor a signed-in person is now: the membership she chose, or her first where she chose none.

        None for a person without any current membership: she is signed in and sees no casework at all. None too where
        the one she chose has ended: what she meant to do as one of her agencies is never done as another.

        `through(memberships, user, chosen, today)`: the same rows, with what reading them is to do beside.
        """
        if not user.is_authenticated or not user.is_active:
            return None
        today = timezone.localdate()
        rows: QuerySet[Membership] = (
            Membership.objects.current(today).filter(user=user).select_related("agency", "user")
        )
        if through is not None:
            rows = through(rows, user.pk, membership_id, today)
        current = list(rows.order_by("since", "pk"))
        if not current:
            return None
        chosen = current[0] if membership_id is None else next((m for m in current if m.pk == membership_id), None)
        if chosen is None:
            return None
        return cls(chosen, others=tuple(m for m in current if m != chosen))

    @classmethod
    def machine(cls, name: str) -> Actor:
        return cls(name=name)

    @classmethod
    def public(cls) -> Actor:
        return cls(name="public")

    @property
    def user(self) -> User | None:
        return self.membership.user if self.membership else None

    @property
    def agency(self) -> Agency | None:
        return self.membership.agency if self.membership else None

    @property
    def role(self) -> str:
        return self.membership.role if self.membership else ""

    @property
    def is_la(self) -> bool:
        return bool(self.agency and self.agency.kind == AgencyKind.LA_ATTENDANCE)

    @cached_property
    def groups(self) -> tuple[int, ...]:
        """Auth groups this actor speaks for: her agency's, and for a trust's attendance lead those of its schools."""
        if not self.agency:
            return ()
        if self.role == Role.TRUST_LEAD:
            return (
                self.agency.group_id,
                *self.agency.schools.open().values_list("group_id", flat=True),
            )
        return (self.agency.group_id,)

    def __str__(self) -> str:
        return str(self.user) if self.user else self.name
