"""/api/v1/: lists, one of each by its reference, every transition, and the schema that says all this to programs."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.accounts.access import declares

from . import views
from .not_there import not_there
from .sign_in import SignIn
from .verbs import VERBS

app_name = "api"
PLURAL = {"concern": "concerns", "referral": "referrals", "case": "cases"}

schema = declares("everyone")(SpectacularAPIView.as_view())
docs = declares("everyone")(SpectacularSwaggerSplitView.as_view(url_name="api:schema"))

urlpatterns = [
    path("schema/", schema, name="schema"),
    path("docs/", docs, name="docs"),
    path("token/", SignIn.as_view(), name="token"),
    path("concerns/", views.Concerns.as_view(), name="concerns"),
    path("concerns/<reference:reference>/", views.OneConcern.as_view(), name="concern"),
    path("referrals/", views.Referrals.as_view(), name="referrals"),
    path("referrals/<reference:reference>/", views.OneReferral.as_view(), name="referral"),
    path("cases/", views.Cases.as_view(), name="cases"),
    path("cases/<reference:reference>/", views.OneCase.as_view(), name="case"),
    path("cases/<reference:reference>/events/", views.Events.as_view(), name="case-events"),
    path("cases/<reference:reference>/notes/", views.Notes.as_view(), name="case-notes"),
    *(
        path(
            f"{PLURAL[noun]}/<reference:reference>/{verb}/",
            views.transition_view(noun, verb).as_view(),
            name=f"{noun}-{verb}",
        )
        for noun, verb in VERBS
    ),
    re_path(r"^.*$", not_there, name="not-there"),
]
