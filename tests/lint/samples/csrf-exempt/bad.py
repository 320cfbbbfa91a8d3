# as if in: referrals/web/sample.py
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # bad
def page(request):
    return None


@method_decorator(csrf_exempt, name="dispatch")  # bad
class Page:
    pass
