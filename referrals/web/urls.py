"""The workspace: one module a group of screens, each with its own list of routes."""

from django.urls import register_converter

from referrals.reference import ReferenceConverter

from . import case, glass, home, intake, looked, oversight, people, referral, why

register_converter(ReferenceConverter, "reference")

app_name = "workspace"
urlpatterns = [
    *home.urls(),
    *intake.urls(),
    *referral.urls(),
    *case.urls(),
    *oversight.urls(),
    *looked.urls(),
    *glass.urls(),
    *why.urls(),
    *people.urls(),
]
