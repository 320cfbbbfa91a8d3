"""`POST <url>/<verb>/`: for every transition, what is sent and the action it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.accounts import limits
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, User
from referrals import policy, questions, reference
from referrals.actions._grant import Invitation, Shares
from referrals.actions._input import BadInput
from referrals.actions.case.add_marks import add_marks
from referrals.actions.case.add_note import add_note
from referrals.actions.case.assign import assign
from referrals.actions.case.close import OUTCOMES as CASE_OUTCOMES
from referrals.actions.case.close import close
from referrals.actions.case.declare_conflict import declare_conflict as declare_case_conflict
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.lift_conflict import lift_conflict as lift_case_conflict
from referrals.actions.case.refuse import refuse
from referrals.actions.case.remove import remove
from referrals.actions.case.reopen import reopen
from referrals.actions.case.share import share
from referrals.actions.concern import accept as concern_accept
from referrals.actions.concern import contact as concern_contact
from referrals.actions.concern import decline as concern_decline
from referrals.actions.concern.declare_conflict import declare_conflict as declare_concern_conflict
from referrals.actions.concern.lift_conflict import lift_conflict as lift_concern_conflict
from referrals.actions.concern.review import review
from referrals.actions.referral import accept as referral_accept
from referrals.actions.referral import decline as referral_decline
from referrals.actions.referral.declare_conflict import declare_conflict as declare_referral_conflict
from referrals.actions.referral.edit import edit
from referrals.actions.referral.lift_conflict import lift_conflict as lift_referral_conflict
from referrals.actions.referral.return_ import return_
from referrals.actions.referral.submit import submit
from referrals.actions.referral.withdraw import withdraw
from referrals.models import Case, Note
from referrals.models.grant import SECTIONS
from referrals.models.note import Visibility
from referrals.workflow import Noun, Verb

from . import protect


class Nothing(serializers.Serializer):
    """No fields."""


class AgencyField(serializers.SlugRelatedField):
    """An agency by its slug."""

    def __init__(self, **kwargs: Any) -> None:
        unknown = "Select an agency, by its short name"
        words: dict[str, Any] = {"required": unknown, "null": unknown, "invalid": unknown, "does_not_exist": unknown}
        super().__init__(slug_field="slug", queryset=Agency.objects.open(), error_messages=words, **kwargs)


@extend_schema_field(OpenApiTypes.EMAIL)
class PersonField(serializers.Field):
    """A person by email address. Whether there is such a person is never said: nobody and the wrong one are alike."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "@" not in data or len(data) > 254:
            raise serializers.ValidationError("Enter an email address, like name@example.org")
        return User.objects.filter(email=data.strip().lower(), is_active=True).first() or NOBODY


NOBODY = User(name="nobody")


def says(sentence: str, **longer: str) -> dict[str, Any]:
    """The screens' own sentence for a field that is missing, empty or not one of its choices."""
    return {**dict.fromkeys(("required", "null", "blank", "invalid", "invalid_choice"), sentence), **longer}


class SharesFields(serializers.Serializer):
    """What an agency reads of a case. Left out, it is the whole of it."""

    sections = serializers.ListField(
        child=serializers.ChoiceField(list(SECTIONS.items()), error_messages=says("Select sections of this case")),
        required=False,
        default=lambda: list(SECTIONS),
        help_text="Left out: all of them",
    )
    from_today = serializers.BooleanField(required=False, default=False, help_text="Only what is written from now on")


class InvitationFields(SharesFields):
    agency = AgencyField()
    purpose = serializers.CharField(
        max_length=200, error_messages=says("Tell the agency why it is being asked to join")
    )
    until = serializers.DateField(required=False, allow_null=True, default=None)


class AcceptFields(serializers.Serializer):
    lead = PersonField(
        help_text="Email address of the officer who will lead", error_messages=says("Select who will lead")
    )
    aim = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    first_contact_by = serializers.DateField(required=False, allow_null=True, default=None)
    first_contact_reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    invitations = InvitationFields(many=True, required=False, default=list)
    case = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Reference of a case of this child, if the child is known",
    )


class AcceptConcernFields(AcceptFields):
    case = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text="Reference of a case of this child, if the child is known",
    )


class AcceptReferralFields(AcceptFields):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ContactFields(serializers.Serializer):
    outcome = serializers.ChoiceField(
        list(concern_contact.OUTCOMES), error_messages=says("Select what happened when you made contact")
    )
    outcome_note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DeclineConcernFields(serializers.Serializer):
    reason = serializers.ChoiceField(
        list(concern_decline.REASONS), error_messages=says("Select why you are closing this concern")
    )
    advice = serializers.CharField(
        max_length=500,
        error_messages=says("Tell the family what would help now", max_length="Advice must be 500 characters or fewer"),
    )


class DeclineReferralFields(serializers.Serializer):
    reason = serializers.ChoiceField(
        list(referral_decline.REASONS), error_messages=says("Select why you are declining")
    )
    advice = serializers.CharField(
        max_length=500,
        error_messages=says("Tell the school what to do next", max_length="Advice must be 500 characters or fewer"),
    )


class ReturnFields(serializers.Serializer):
    items = serializers.DictField(
        child=serializers.CharField(max_length=500, error_messages=says("Tell the school what you need for each item")),
        help_text="{task: what is needed}",
        error_messages={"required": "Select what is missing", "null": "Select what is missing"},
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    return_by = serializers.DateField(required=False, allow_null=True, default=None)


class EditFields(serializers.Serializer):
    task = serializers.ChoiceField(list(questions.referral.TASKS))
    answers = serializers.DictField()
    version = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2_147_483_647
    )


class ReasonFields(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RemoveFields(ReasonFields):
    agency = AgencyField()


class ShareFields(SharesFields):
    agency = AgencyField()
    purpose = serializers.CharField(max_length=200, required=False, help_text="Left out: as it is")
    until = serializers.DateField(required=False, allow_null=True, help_text="Left out: as it is")


class DeclareConflictFields(serializers.Serializer):
    person = PersonField(
        required=False, help_text="Email address; left out, yourself. Only a manager declares it about another person"
    )
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")


class LiftConflictFields(serializers.Serializer):
    person = PersonField(help_text="Email address", error_messages=says("Select whose conflict of interest has ended"))


class AssignFields(serializers.Serializer):
    lead = PersonField(
        help_text="Email address of the officer who will lead", error_messages=says("Select who will lead")
    )


class NoteFields(serializers.Serializer):
    body = serializers.CharField(
        max_length=Note.MAX_LENGTH,
        trim_whitespace=False,
        error_messages=says("Enter your note", max_length="Your note must be 4,000 characters or fewer"),
    )
    visibility = serializers.ChoiceField(
        Visibility.choices, default=Visibility.CASE, error_messages=says("Select who can see this note")
    )
    people = serializers.ListField(
        child=PersonField(), required=False, default=list, help_text="Email addresses; for visibility named"
    )
    occurred_on = serializers.DateField(required=False, allow_null=True, default=None)


class MarksFields(serializers.Serializer):
    marks = serializers.CharField(max_length=500_000, help_text="Pasted marks, as from a school's system")


class CloseFields(serializers.Serializer):
    outcome = serializers.ChoiceField(list(CASE_OUTCOMES), error_messages=says("Select the outcome"))
    what_helped = serializers.CharField(
        max_length=400,
        error_messages=says(
            "Tell us what helped, even a little", max_length="What helped must be 400 characters or fewer"
        ),
    )


@dataclass(frozen=True)
class Handler:
    """`answers`: the shape of what `do` gives, where that is answered instead of the thing, and then kept nowhere.

    `limit`: how often one person may ask for it at all, whatever is answered, and what she is told after that.
    """

    fields: type[serializers.Serializer]
    do: Callable[[Any, Actor, dict[str, Any]], Any]
    answers: type[serializers.Serializer] | None = None
    limit: tuple[limits.Limit, str] | None = None


def judged_edit(referral: Any, actor: Actor, sent: dict[str, Any]) -> Any:
    """Answers that came by the API are judged by the very forms the pages use."""
    policy.require(actor, Verb.EDIT, referral)
    form = questions.referral.judge(sent["task"], sent["answers"], referral.answers)
    if not form.is_valid():
        raise BadInput({f"{sent['task']}.{field}": text for field, text in form.sentences.items()})
    return edit(referral, by=actor, task=sent["task"], answers=form.answers(), version=sent["version"])


def _accept(actor: Actor, sent: dict[str, Any]) -> dict[str, Any]:
    """The keywords of an accept: which child it is, by one of her cases; and the invitations."""
    named = sent.pop("case")
    known = policy.visible_to(actor, Case).filter(reference=reference.parse(named) or "").first() if named else None
    if named and known is None:
        raise BadInput({"case": "Enter the reference of a case that you can see, like A-4K7-9M2T"})
    invitations = [_invitation(invitation) for invitation in sent["invitations"]]
    asked = [invitation.agency for invitation in invitations]
    if twice := next((agency for agency in asked if asked.count(agency) > 1), None):
        raise BadInput({"invitations": f"You have chosen {twice} twice"})
    return {**sent, "child": known.child if known else None, "invitations": invitations}


def _invitation(sent: dict[str, Any]) -> Invitation:
    return Invitation(sent["agency"], sent["purpose"], sent["until"], _shares(sent))


def _shares(sent: dict[str, Any]) -> Shares:
    return Shares(frozenset(sent["sections"]), sent["from_today"])


def _share(case: Case, actor: Actor, sent: dict[str, Any]) -> Any:
    said = {"purpose": sent.get("purpose"), "until": sent.get("until"), "keeps_until": "until" not in sent}
    return share(case, by=actor, agency=sent["agency"], shares=_shares(sent), **said)


def _add_marks(case: Case, actor: Actor, sent: dict[str, Any]) -> Any:
    policy.require(actor, Verb.ADD_MARKS, case)
    attendance, problems = questions.attendance.read_attendance(sent["marks"])
    if problems:
        raise BadInput({"marks": " ".join(problems[:20])})
    return add_marks(case, by=actor, attendance=attendance)


VERBS: dict[tuple[Noun, Verb], Handler] = {
    (Noun.CONCERN, Verb.REVIEW): Handler(Nothing, lambda c, by, sent: review(c, by=by)),
    (Noun.CONCERN, Verb.CONTACT): Handler(ContactFields, lambda c, by, sent: concern_contact.contact(c, by=by, **sent)),
    (Noun.CONCERN, Verb.ACCEPT): Handler(
        AcceptFields, lambda c, by, sent: concern_accept.accept(c, by=by, **_accept(by, sent))
    ),
    (Noun.CONCERN, Verb.DECLINE): Handler(
        DeclineConcernFields, lambda c, by, sent: concern_decline.decline(c, by=by, **sent)
    ),
    (Noun.REFERRAL, Verb.EDIT): Handler(EditFields, judged_edit),
    (Noun.REFERRAL, Verb.SUBMIT): Handler(Nothing, lambda r, by, sent: submit(r, by=by)),
    (Noun.REFERRAL, Verb.WITHDRAW): Handler(ReasonFields, lambda r, by, sent: withdraw(r, by=by, **sent)),
    (Noun.REFERRAL, Verb.ACCEPT): Handler(
        AcceptReferralFields, lambda r, by, sent: referral_accept.accept(r, by=by, **_accept(by, sent))
    ),
    (Noun.REFERRAL, Verb.RETURN): Handler(ReturnFields, lambda r, by, sent: return_(r, by=by, **sent)),
    (Noun.REFERRAL, Verb.DECLINE): Handler(
        DeclineReferralFields, lambda r, by, sent: referral_decline.decline(r, by=by, **sent)
    ),
    (Noun.CASE, Verb.INVITE): Handler(
        InvitationFields, lambda c, by, sent: invite(c, by=by, invitation=_invitation(sent))
    ),
    (Noun.CASE, Verb.JOIN): Handler(Nothing, lambda c, by, sent: join(c, by=by)),
    (Noun.CASE, Verb.REFUSE): Handler(ReasonFields, lambda c, by, sent: refuse(c, by=by, **sent)),
    (Noun.CASE, Verb.REMOVE): Handler(RemoveFields, lambda c, by, sent: remove(c, by=by, **sent)),
    (Noun.CASE, Verb.ASSIGN): Handler(AssignFields, lambda c, by, sent: assign(c, by=by, **sent)),
    (Noun.CASE, Verb.ADD_NOTE): Handler(NoteFields, lambda c, by, sent: add_note(c, by=by, **sent)),
    (Noun.CASE, Verb.ADD_MARKS): Handler(MarksFields, _add_marks),
    (Noun.CASE, Verb.CLOSE): Handler(CloseFields, lambda c, by, sent: close(c, by=by, **sent)),
    (Noun.CASE, Verb.REOPEN): Handler(ReasonFields, lambda c, by, sent: reopen(c, by=by, **sent)),
    (Noun.CASE, Verb.SHARE): Handler(ShareFields, _share),
    (Noun.CASE, Verb.RESTRICT): Handler(protect.RestrictFields, protect.set_one, limit=protect.NAMED),
    (Noun.CASE, Verb.ASK_TO_LIFT): Handler(protect.AskToLiftFields, protect.ask_that_one_ends),
    (Noun.CASE, Verb.LIFT): Handler(protect.LiftFields, protect.end_one),
    (Noun.CASE, Verb.REVEAL): Handler(protect.RevealFields, protect.read_one, answers=protect.Revealed),
    **{
        (noun, verb): Handler(fields, lambda thing, by, sent, do=do: do(thing, by=by, **sent))
        for noun, verb, fields, do in (
            (Noun.CONCERN, Verb.DECLARE_CONFLICT, DeclareConflictFields, declare_concern_conflict),
            (Noun.CONCERN, Verb.LIFT_CONFLICT, LiftConflictFields, lift_concern_conflict),
            (Noun.REFERRAL, Verb.DECLARE_CONFLICT, DeclareConflictFields, declare_referral_conflict),
            (Noun.REFERRAL, Verb.LIFT_CONFLICT, LiftConflictFields, lift_referral_conflict),
            (Noun.CASE, Verb.DECLARE_CONFLICT, DeclareConflictFields, declare_case_conflict),
            (Noun.CASE, Verb.LIFT_CONFLICT, LiftConflictFields, lift_case_conflict),
        )
    },
}
