"""The product with one hole in it, which tests/prove/dast.py must find. Nothing else serves it.

PLANTED_HOLE says in which wall: "first" (one operation of the API looks a referral up without asking the policy), or
"both" (it asks the database as the worker besides).
"""

from __future__ import annotations

import contextlib
import functools
import os
from typing import Any

from portal.asgi import application  # first: it loads the applications

# isort: split
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals import policy
from referrals.api import rows, views
from referrals.models import Referral

HOLE = os.environ["PLANTED_HOLE"]


@functools.wraps(views.OneReferral.get)
def for_anybody(self: views.OneReferral, request: Any, reference: str) -> Response:
    as_the_worker = HOLE == "both"
    with identity.as_actor(Actor.machine("worker")) if as_the_worker else contextlib.nullcontext():
        found = Referral.objects.filter(reference=reference).first()
        if found is None:
            raise NotFound
        return Response(rows.referral_detail(found, policy.allowed(self.actor, found), False))


views.OneReferral.get = for_anybody  # type: ignore[method-assign]

__all__ = ["application"]
