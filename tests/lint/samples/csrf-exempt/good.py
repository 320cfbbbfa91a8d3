# as if in: referrals/web/sample.py
from django.views.decorators.csrf import csrf_protect


@csrf_protect
def page(request):
    return None
