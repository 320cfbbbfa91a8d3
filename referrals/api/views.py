"""The API's operations: parse, call an action or a query, answer. What is invisible is not found."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import PermissionDenied, Throttled, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.accounts import identity, limits, step_up
from portal.accounts.access import declares
from portal.accounts.actor import Actor
from portal.accounts.middleware import SESSION_KEY
from referrals import events as kinds
from referrals import looking, policy, protection
from referrals.actions.case.add_note import add_note
from referrals.actions.referral.start import start
from referrals.models import Case, Concern, Note, Referral
from referrals.queries import api_lists
from referrals.workflow import CONFIRMED, Noun, Verb

from . import answers, idempotency, paging, rows
from .problems import ConfirmAgain
from .verbs import VERBS, NoteFields, judged_edit

CURSOR = OpenApiParameter("cursor", str, description="From `next` of the page before.")
LIMIT = OpenApiParameter("limit", int, description="Rows a page: 1 to 100, 25 by default.")
AFTER = OpenApiParameter("after", int, description="The number of the last event you have.")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Sent again, it is done once.")
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409), answers.Problem)


class Operation(APIView):
    """Signed in, with a current membership; writes once per Idempotency-Key."""

    showing: tuple[Model, ...] | list[Model] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        session = getattr(request, "session", None)
        actor = identity.entered(request.user, session.get(SESSION_KEY) if session is not None else None)
        if actor is None:
            raise PermissionDenied("You have no current membership of any agency.")
        self.actor: Actor = actor
        request._request._actor = actor  # for whoever comes after us: a token's owner is in no session
        form = request._request.content_type in FORMS
        if form and request.META.get("CONTENT_LENGTH", "0") not in {"", "0"}:
            # A form's fields are read by the CSRF check before us, and would then look like an empty body.
            raise UnsupportedMediaType(request._request.content_type)

    def find(self, rows_of: Callable[[Actor], Any], reference: str) -> Any:
        found = rows_of(self.actor).filter(reference=reference).first()
        if found is None:
            raise Http404
        self.showing = [found]
        return found

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What was answered to whom goes into the audit trail."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code < 300:
            looking.shown(self.actor, self.showing, channel="api")
            if isinstance(self, ListOf) and request.method == "GET":
                looking.listed(self.actor, self.model.__name__.lower() + "s", channel="api")
        return answer

    @staticmethod
    def require_confirmed(request: Request) -> None:
        """That it is still her: at a browser, or by signing in for her program's token again."""
        token = request.auth
        if not (
            step_up.is_recent_by_program(token.user)
            if isinstance(token, Token)
            else step_up.is_recent(request._request)
        ):
            raise ConfirmAgain

    def still(self, model: type[Model], reference: str) -> dict[str, Any]:
        """What the actor is told of a thing now that she did something with before."""
        found = self.find(lambda actor: policy.visible_to(actor, model), reference)
        return detail_of(self.actor, found, policy.allowed(self.actor, found))


class ListOf(Operation):
    """Cursor pages of one noun. Subclasses say the rows, what orders them, and how a row reads."""

    model: ClassVar[type[Model]]
    order: ClassVar[str]

    def rows(self) -> Any:
        raise AssertionError("each list says its rows")

    def answer(self, request: Request, row: Callable[[Any, Any], dict]) -> Response:
        limit = paging.size(request)
        found = self.found(paging.after(request), limit + 1)
        verbs = policy.allowed_each(self.actor, found)
        protection.know(found)
        place = lambda thing: (getattr(thing, self.order), thing.pk)  # noqa: E731
        return Response(paging.page(request, found, limit, place, lambda thing: row(thing, verbs[thing.pk])))

    def found(self, mark: paging.Mark | None, limit: int) -> list[Any]:
        return paging.newest(self.rows(), self.order, mark, limit)


@declares("concern.view")
class Concerns(ListOf):
    model, order = Concern, "created_at"

    def rows(self) -> Any:
        return api_lists.concerns(self.actor)

    @extend_schema(
        operation_id="concerns", parameters=[CURSOR, LIMIT], responses={200: answers.ConcernPage, **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        return self.answer(request, rows.concern)


@declares("referral.view", "referral.start")
class Referrals(ListOf):
    model, order = Referral, "created_at"

    def rows(self) -> Any:
        return api_lists.referrals(self.actor)

    @extend_schema(
        operation_id="referrals", parameters=[CURSOR, LIMIT], responses={200: answers.ReferralPage, **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        return self.answer(request, rows.referral)

    @extend_schema(
        operation_id="start_referral",
        parameters=[KEY],
        request=answers.ReferralFields,
        responses={201: answers.ReferralDetail, **PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        return idempotency.once(
            request, self.actor, lambda: self.begin(request), lambda fact: self.still(Referral, fact["reference"])
        )

    def begin(self, request: Request) -> idempotency.Done:
        """A draft of the caller's school, with any tasks' answers that were sent."""
        policy.require(self.actor, Verb.START, Noun.REFERRAL)
        fields = answers.ReferralFields(data=request.data)
        fields.is_valid(raise_exception=True)
        draft = start(by=self.actor, submission_key=uuid.uuid4())
        for task, sent in fields.validated_data["answers"].items():
            judged_edit(draft, self.actor, {"task": task, "answers": sent, "version": None})
        verbs = policy.allowed(self.actor, draft)
        made = Response(rows.referral_detail(draft, verbs, False), status=201, headers={"Location": rows.url(draft)})
        return idempotency.Done(made, {"reference": draft.reference})


@declares("case.view", "case.join")
class Cases(ListOf):
    model, order = Case, "placed"

    def found(self, mark: paging.Mark | None, limit: int) -> list[Any]:
        return api_lists.newest_cases(self.actor, mark, limit)

    @extend_schema(operation_id="cases", parameters=[CURSOR, LIMIT], responses={200: answers.CasePage, **PROBLEMS})
    def get(self, request: Request) -> Response:
        return self.answer(request, rows.case)


def detail_of(actor: Actor, thing: Any, verbs: frozenset[Verb]) -> dict[str, Any]:
    if isinstance(thing, Concern):
        return rows.concern_detail(thing, verbs)
    if isinstance(thing, Referral):
        sees_case = bool(thing.case) and policy.can(actor, Verb.VIEW, thing.case)
        return rows.referral_detail(thing, verbs, sees_case)
    grants = api_lists.grants_of(actor, thing, all_of_them=Verb.VIEW_PEOPLE in verbs)
    return rows.case_detail(thing, verbs, grants)


@declares("concern.view")
class OneConcern(Operation):
    @extend_schema(operation_id="concern", responses={200: answers.ConcernDetail, **PROBLEMS})
    def get(self, request: Request, reference: str) -> Response:
        found = self.find(api_lists.concerns, reference)
        return Response(detail_of(self.actor, found, policy.allowed(self.actor, found)))


@declares("referral.view")
class OneReferral(Operation):
    @extend_schema(operation_id="referral", responses={200: answers.ReferralDetail, **PROBLEMS})
    def get(self, request: Request, reference: str) -> Response:
        found = self.find(api_lists.referrals, reference)
        return Response(detail_of(self.actor, found, policy.allowed(self.actor, found)))


@declares("case.view", "case.join")
class OneCase(Operation):
    @extend_schema(operation_id="case", responses={200: answers.CaseDetail, **PROBLEMS})
    def get(self, request: Request, reference: str) -> Response:
        found = self.find(api_lists.cases_with_invitations, reference)
        return Response(detail_of(self.actor, found, policy.allowed(self.actor, found)))


@declares("event.view")
class Events(Operation):
    """What the doorbell's number is for: everything after the last one you have, oldest first, up to 200."""

    MOST = 200

    @extend_schema(operation_id="case_events", parameters=[AFTER], responses={200: answers.EventPage, **PROBLEMS})
    def get(self, request: Request, reference: str) -> Response:
        text = request.query_params.get("after", "0")
        if not text.isdecimal() or len(text) > 18:
            raise ValidationError({"after": "After must be the number of an event"})
        case = self.find(lambda actor: policy.visible_to(actor, Case), reference)
        found = api_lists.events(self.actor, case, int(text), self.MOST + 1)
        shown = found[: self.MOST]
        following = None
        if len(found) > self.MOST:
            following = request.build_absolute_uri(f"{request.path}?after={shown[-1].pk}")
        results = [rows.event(event, kinds.sentence(event)) for event in shown]
        return Response({"results": results, "next": following})


@declares("note.view", "case.add_note")
class Notes(Operation):
    @extend_schema(operation_id="case_notes", parameters=[CURSOR, LIMIT], responses={200: answers.NotePage, **PROBLEMS})
    def get(self, request: Request, reference: str) -> Response:
        case = self.find(lambda actor: policy.visible_to(actor, Case), reference)
        limit = paging.size(request)
        found = paging.newest(api_lists.notes(self.actor, case), "created_at", paging.after(request), limit + 1)
        protection.of_case(case).hide_schools(*(note.agency for note in found))
        return Response(paging.page(request, found, limit, lambda note: (note.created_at, note.pk), rows.note))

    @extend_schema(
        operation_id="add_case_note",
        parameters=[KEY],
        request=NoteFields,
        responses={201: answers.NoteRow, **PROBLEMS},
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        return idempotency.once(
            request, self.actor, lambda: self.add(request, reference), lambda fact: self.added(reference, fact["id"])
        )

    def added(self, reference: str, number: int) -> dict[str, Any]:
        case = self.find(lambda actor: policy.visible_to(actor, Case), reference)
        note = api_lists.notes(self.actor, case).filter(pk=number).first()
        if note is None:
            raise Http404
        protection.of_case(case).hide_schools(note.agency)
        return rows.note(note)

    def add(self, request: Request, reference: str) -> idempotency.Done:
        case = self.find(lambda actor: policy.visible_to(actor, Case), reference)
        policy.require(self.actor, Verb.ADD_NOTE, case)
        fields = NoteFields(data=request.data)
        fields.is_valid(raise_exception=True)
        note: Note = add_note(case, by=self.actor, **fields.validated_data)
        return idempotency.Done(Response(rows.note(note), status=201), {"id": note.pk})


def transition_view(noun: Noun, verb: Verb) -> type[Operation]:
    """The operation `POST <url>/<verb>/`."""
    handler = VERBS[noun, verb]
    model = policy.MODELS[noun]
    detail = answers.DETAILS[noun]

    @declares(f"{noun}.{verb}")
    class Do(Operation):
        __doc__ = kinds.KINDS[kinds.kind_of(noun, verb)].sentence.format(by="You", agency="the agency")

        @extend_schema(
            operation_id=f"{verb}_{noun}",
            parameters=[] if handler.answers else [KEY],
            request=handler.fields,
            responses={
                200: handler.answers or detail,
                **PROBLEMS,
                **({429: answers.Problem} if handler.limit else {}),
            },
        )
        def post(self, request: Request, reference: str) -> HttpResponse:
            if handler.limit:  # counted here, where nothing takes it back
                limit, too_many = handler.limit
                if not limits.fail(limit, str(self.actor.user.pk)):
                    raise Throttled(detail=too_many)
            if handler.answers:
                with transaction.atomic():
                    return self.work(request, reference).response
            return idempotency.once(
                request, self.actor, lambda: self.work(request, reference), lambda _: self.still(model, reference)
            )

        def work(self, request: Request, reference: str) -> idempotency.Done:
            thing = self.find(lambda actor: policy.visible_to(actor, model, *Verb), reference)
            policy.require(self.actor, verb, thing)
            fields = handler.fields(data=request.data)
            fields.is_valid(raise_exception=True)
            if (noun, verb) in CONFIRMED or fields.validated_data.get("invitations"):
                self.require_confirmed(request)
            done = handler.do(thing, self.actor, dict(fields.validated_data))
            if handler.answers:
                return idempotency.Done(Response(done), {})
            fresh = model._default_manager.filter(pk=thing.pk).first()
            verbs = policy.allowed(self.actor, fresh) if fresh else frozenset()
            if not verbs:  # a refused invitation: what was done was to go out of sight
                goodbye = {"reference": thing.reference, "stage": thing.stage, "allowed_actions": []}
                return idempotency.Done(Response(goodbye), goodbye)
            return idempotency.Done(Response(detail_of(self.actor, fresh, verbs)), {"reference": thing.reference})

    Do.__name__ = f"{verb}_{noun}".title().replace("_", "")
    return Do
