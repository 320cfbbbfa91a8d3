"""The shapes of what the API answers, for its schema (rows.py makes them), and what starts a referral."""

from __future__ import annotations

from rest_framework import serializers

from referrals import questions
from referrals.workflow import Noun


class Problem(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # a field of ours, not the property
    code = serializers.CharField(required=False, help_text="confirm_again: sign in for the token anew, then repeat it")


class Head(serializers.Serializer):
    reference = serializers.CharField()
    url = serializers.CharField()
    stage = serializers.CharField()
    stage_name = serializers.CharField()
    waiting_on = serializers.CharField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class ArrivalRow(Head):
    child = serializers.CharField(allow_null=True)
    year_group = serializers.CharField(allow_null=True)
    school = serializers.CharField(allow_null=True)
    risk = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)


class ConcernRow(ArrivalRow):
    raiser_type = serializers.CharField()
    received_at = serializers.DateTimeField()


class ConcernDetail(ConcernRow):
    answers = serializers.DictField()
    risk_reasons = serializers.ListField(child=serializers.CharField())
    source_protected = serializers.BooleanField()
    case = serializers.CharField(allow_null=True)


class ReferralRow(ArrivalRow):
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class ReferralDetail(ReferralRow):
    answers = serializers.DictField()
    missing = serializers.DictField(child=serializers.CharField())
    return_items = serializers.DictField(child=serializers.CharField())
    version = serializers.IntegerField()
    case = serializers.CharField(allow_null=True)


class ReferralFields(serializers.Serializer):
    answers = serializers.DictField(
        child=serializers.DictField(), required=False, default=dict, help_text="{task: {field: value}}"
    )

    def validate_answers(self, answers: dict) -> dict:
        unknown = sorted(set(answers) - set(questions.referral.TASKS))
        if unknown:
            tasks = ", ".join(questions.referral.TASKS)
            raise serializers.ValidationError(f"There is no task called {unknown[0]}. The tasks are: {tasks}")
        return answers


class GrantRow(serializers.Serializer):
    agency = serializers.SlugField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    joined_at = serializers.DateTimeField(allow_null=True)


class CaseRow(Head):
    """For an agency that is only invited, all about the child is null."""

    participation = serializers.ChoiceField(["taking_part", "invited"])
    child = serializers.CharField(allow_null=True)
    year_group = serializers.CharField(allow_null=True)
    school = serializers.CharField(allow_null=True)
    lead = serializers.CharField(allow_null=True)
    first_contact_by = serializers.DateField(allow_null=True)
    last_activity = serializers.DateTimeField(allow_null=True)


class CaseDetail(CaseRow):
    aim = serializers.CharField(allow_null=True)
    agencies = GrantRow(many=True)
    events = serializers.CharField(allow_null=True)
    notes = serializers.CharField(allow_null=True)


class NoteRow(serializers.Serializer):
    id = serializers.IntegerField()
    body = serializers.CharField()
    visibility = serializers.ChoiceField(["case", "agency", "named"])
    author = serializers.CharField()
    agency = serializers.CharField()
    occurred_on = serializers.DateField()
    created_at = serializers.DateTimeField()


class EventRow(serializers.Serializer):
    number = serializers.IntegerField()
    kind = serializers.CharField()
    sentence = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True)
    agency = serializers.CharField(allow_null=True)
    note = serializers.IntegerField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # as above


def _page(row: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    fields = {"results": row(many=True), "next": serializers.CharField(allow_null=True)}
    return type(name, (serializers.Serializer,), fields)


ConcernPage = _page(ConcernRow, "ConcernPage")
ReferralPage = _page(ReferralRow, "ReferralPage")
CasePage = _page(CaseRow, "CasePage")
NotePage = _page(NoteRow, "NotePage")
EventPage = _page(EventRow, "EventPage")
DETAILS = {Noun.CONCERN: ConcernDetail, Noun.REFERRAL: ReferralDetail, Noun.CASE: CaseDetail}
