"""A token for a program that acts for a person. Limited like the sign-in page, by its very counters.

Where the second factor is on, a password alone gets no token: with it comes a code of her authenticator app or one of
her recovery codes. Whatever is not right is answered with the same words.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ValidationError as AuthenticationFailed
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.accounts import limits, second_factor, tokens, told
from portal.accounts.access import declares
from portal.accounts.models import User
from portal.accounts.step_up import TOO_MANY

from .answers import Problem

WRONG = "The email address, the password or the code is not right"


class SignInFields(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=128)
    code = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="What her authenticator app shows now, or a recovery code",
    )


class TokenAnswer(serializers.Serializer):
    token = serializers.CharField()
    good_until = serializers.DateTimeField(help_text="Unless the password is changed before")


@declares("everyone")
class SignIn(APIView):
    """Exchange an email address, a password and a code for a token, to be sent as `Authorization: Token …`."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(operation_id="sign_in", request=SignInFields, responses={200: TokenAnswer, 400: Problem}, auth=[])
    def post(self, request: Request) -> Response:
        fields = SignInFields(data=request.data)
        fields.is_valid(raise_exception=True)
        code = fields.validated_data.pop("code")
        try:
            user = get_adapter().authenticate(request._request, **fields.validated_data)
        except AuthenticationFailed as limited:
            raise Throttled(detail=" ".join(limited.messages)) from limited
        if user is None or not user.is_active or not self.shows_second_factor(request._request, user, code):
            raise ValidationError({"request": WRONG})
        token = tokens.issue(user)
        told.signed_in(user, "token", told.API)
        return Response({"token": token.key, "good_until": tokens.ends(token)})

    @staticmethod
    def shows_second_factor(request: HttpRequest, user: User, code: str) -> bool:
        """Whoever has one shows it; whoever has none gets no token while one is asked of everybody."""
        if not second_factor.enrolled(user):
            return not settings.SECOND_FACTOR
        whose = str(user.pk)
        kind = "" if limits.is_full(limits.CODE, whose) else second_factor.use_code(user, code)
        if limits.is_full(limits.CODE, whose):  # asked again: others may have guessed meanwhile
            told.locked(request, user)
            raise Throttled(detail=TOO_MANY)
        if not kind:
            if not limits.fail(limits.CODE, whose):
                told.locked(request, user)
                raise Throttled(detail=TOO_MANY)
            told.sign_in_failed(user, "second factor", told.API)
        return bool(kind)
