"""A token for a program that acts for a person. Throttled like the sign-in page, by its very limits."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError as AuthenticationFailed
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.accounts import tokens
from portal.accounts.access import declares

from .answers import Problem


class SignInFields(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=128)


class TokenAnswer(serializers.Serializer):
    token = serializers.CharField()
    good_until = serializers.DateTimeField(help_text="Unless the password is changed before")


@declares("everyone")
class SignIn(APIView):
    """Exchange an email address and a password for a token, to be sent as `Authorization: Token …`."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(operation_id="sign_in", request=SignInFields, responses={200: TokenAnswer, 400: Problem}, auth=[])
    def post(self, request: Request) -> Response:
        fields = SignInFields(data=request.data)
        fields.is_valid(raise_exception=True)
        try:
            user = get_adapter().authenticate(request._request, **fields.validated_data)
        except AuthenticationFailed as limited:  # allauth's throttle
            raise Throttled(detail=" ".join(limited.messages)) from limited
        if user is None or not user.is_active:
            raise ValidationError({"request": "The email address or the password is not right"})
        token = tokens.issue(user)
        return Response({"token": token.key, "good_until": tokens.ends(token)})
