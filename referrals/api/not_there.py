"""What the API answers where there is nothing: a problem, whatever was sent and by whom."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from portal.accounts.access import declares

from .problems import TITLES


@declares("everyone")
@csrf_exempt
def not_there(request: HttpRequest) -> HttpResponse:
    body = {"type": "about:blank", "title": TITLES[404], "status": 404, "detail": "There is no such address here."}
    return HttpResponse(orjson.dumps(body), status=404, content_type="application/problem+json")
