# as if in: referrals/web/sample.py
def page(request, found, action):
    action(**request.POST.dict())  # bad
    return found.filter(**request.GET)  # bad
