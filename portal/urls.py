"""Every address, in the order they are tried. The public site's pages come last: their addresses are the editors'."""

from allauth.account import views as account
from django.conf import settings
from django.http import Http404
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtail_admin_urls
from wagtail.documents import urls as wagtail_document_urls
from wagtail.urls import serve_pattern
from wagtail.views import serve

from portal import health, welcome
from portal.accounts import challenge, enrolment, own, reset, sso, step_up
from portal.accounts.views import act_as

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("raise-a-concern/", include("referrals.web.concern_urls")),
    path("workspace/notifications/", include("notifications.urls")),
    path("workspace/act-as/", act_as, name="act-as"),
    path("workspace/", include("referrals.web.urls")),
    path("api/v1/", include("referrals.api.urls")),
    # Of allauth's pages only these: people are invited, and the second factor brings the rest with it.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", own.sign_out, name="account_logout"),
    path("accounts/invitation/", welcome.accept, name="invitation-accept"),
    path("accounts/invitation/<slug:token>/", welcome.invitation, name="invitation"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.signup, name="account_signup"),  # answers "closed"; allauth links to it by name
    path("accounts/confirm/", step_up.confirm, name="account_confirm"),
    path("accounts/code/", challenge.challenge, name="mfa_authenticate"),  # allauth's stage of signing in goes there
    path("accounts/sso/", sso.begin, name="sso"),
    path("accounts/sso/return/", sso.come_back, name="sso_return"),
    path("accounts/", own.home, name="account_home"),
    path("accounts/session/", own.session_left, name="session_left"),
    path("accounts/password/", own.password, name="change_password"),
    path("accounts/password/forgotten/", reset.ask, name="reset_ask"),
    path("accounts/password/sent/", reset.sent, name="reset_sent"),
    path("accounts/password/choose/", reset.choose, name="reset_choose"),
    path("accounts/password/link/<slug:number>/<slug:token>/", reset.follow, name="reset_link"),
    path("accounts/devices/sign-out/", own.end_device, name="end_device"),
    path("accounts/devices/sign-out-everywhere/", own.end_everything, name="end_everything"),
    path("accounts/second-step/", enrolment.begin, name="second_factor"),
    path("accounts/second-step/code/", enrolment.code, name="second_step_code"),
    path("accounts/second-step/app/", enrolment.app, name="second_factor_app"),
    path("accounts/second-step/passkey/", enrolment.passkey, name="second_factor_passkey"),
    path("accounts/second-step/codes/", enrolment.codes, name="recovery_codes"),
    path("accounts/second-step/remove/", enrolment.remove, name="second_factor_remove"),
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    # People come by command. Whoever could change them here, superuser or not, could sign in as anybody.
    re_path(r"^cms/(?:users|groups|bulk/accounts|bulk/auth)/", page_not_found, {"exception": Http404()}),
    path("cms/", include(wagtail_admin_urls)),
    path("documents/", include(wagtail_document_urls)),
    *([path("gallery/", include("portal.ui.urls"))] if settings.DEBUG else []),
    path("", include("content.urls")),
    re_path(serve_pattern, serve, name="wagtail_serve"),
]
