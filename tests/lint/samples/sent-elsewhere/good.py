# as if in: referrals/web/sample.py
from django.shortcuts import redirect


def page(request, case):
    return redirect("workspace:case", case.reference)
