# as if in: referrals/web/sample.py
def may(request):
    return request.actor is not None and request.user.is_active
