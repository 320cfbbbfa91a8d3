# as if in: referrals/web/sample.py
def may(request):
    return request.user.is_superuser or request.user.is_staff  # bad
