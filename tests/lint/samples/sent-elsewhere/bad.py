# as if in: referrals/web/sample.py
from django.http import HttpResponseRedirect
from django.shortcuts import redirect


def page(request):
    if request.POST:
        return redirect(request.POST["next"])  # bad
    return HttpResponseRedirect(request.GET.get("next"))  # bad
