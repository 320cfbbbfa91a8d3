"""The product's addresses, and one page behind `@recently_confirmed` that says what it was sent."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from portal.accounts.step_up import recently_confirmed
from portal.urls import *  # noqa: F403
from portal.urls import urlpatterns as ours


@recently_confirmed
def export(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"method": request.method, "sent": dict(request.POST.lists())})


urlpatterns = [path("workspace/export-for-test/", export), *ours]
